namespace Weft.Weaver;

/// <summary>The entry of the weaver.</summary>
public static class WeaverEngine
{
    /// <summary>
    /// Weaves one assembly. What is wrong with the assembly or its references comes back as diagnostics; an exception is a bug
    /// of the weaver.
    /// </summary>
    public static WeaveResult Weave(WeaveOptions o)
    {
        ArgumentNullException.ThrowIfNull(o);
        return new Weaving(o).Run();
    }
}
