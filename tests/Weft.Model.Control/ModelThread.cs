namespace Weft.Model.Control;

/// <summary>Unwinds a thread at the end of an execution.</summary>
public sealed class AbortException : Exception;

public enum ThreadState
{
    Ready,
    /// <summary>Spins: not to be run before memory has changed.</summary>
    Spinning,
    /// <summary>Asleep in a futex or for a time.</summary>
    Asleep,
    /// <summary>Until a condition of the scenario holds.</summary>
    Waiting,
    Done,
}

public sealed class ModelThread
{
    internal readonly SemaphoreSlim Wake = new(0), Unwound = new(0);
    internal readonly List<StoreBufferEntry> Stores = [];

    public required int Id { get; init; }
    public required string Name { get; init; }

    /// <summary>The execution may end without it.</summary>
    public bool IsDaemon { get; init; }

    public ThreadState State { get; internal set; }

    internal Action Body { get; init; } = null!;
    internal nint FutexAddress;
    internal long Deadline = long.MaxValue;
    internal bool TimedOut;
    internal long SpunAt;
    internal Func<bool>? Condition;
    internal string At = "start";
}
