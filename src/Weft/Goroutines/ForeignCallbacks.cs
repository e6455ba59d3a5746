namespace Weft;

/// <summary>What to do with callbacks of foreign code on threads that Weft did not make; see <see cref="WeftRuntime.ForeignCallbacks"/>.</summary>
public enum ForeignCallbacks
{
    /// <summary>They run, and may use all of Weft: what blocks, blocks the foreign thread.</summary>
    Allow,

    /// <summary>They end the process with a line on standard error and exit code 2.</summary>
    Refuse,
}
