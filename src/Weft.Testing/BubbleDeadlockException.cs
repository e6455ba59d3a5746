namespace Weft.Testing;

/// <summary>A bubble has come to rest for ever: its goroutines wait for each other, and no timer is left that could wake one.</summary>
/// <remarks>Those goroutines stay as they are: nothing can wake them any more.</remarks>
public sealed class BubbleDeadlockException : Exception
{
    /// <summary>With the usual message and no dump.</summary>
    public BubbleDeadlockException() : this("deadlock: all goroutines in bubble are blocked", "")
    {
    }

    /// <summary>With a message of its own.</summary>
    public BubbleDeadlockException(string message) : this(message, "")
    {
    }

    /// <summary>With a message and a cause.</summary>
    public BubbleDeadlockException(string message, Exception inner) : base(message, inner) => Dump = "";

    internal BubbleDeadlockException(string message, string dump) : base(dump.Length == 0 ? message : $"{message}\n\n{dump.Trim()}") => Dump = dump;

    /// <summary>The goroutines of the bubble, in the form of <see cref="WeftRuntime.Dump"/>: what each waits for, and where.</summary>
    public string Dump { get; }
}
