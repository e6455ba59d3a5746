namespace Weft;

/// <summary>A send on, or a second close of, a closed channel. Go panics there.</summary>
public sealed class ChanClosedException : InvalidOperationException
{
    /// <summary>A send on a closed channel.</summary>
    public ChanClosedException() : base("send on closed channel")
    {
    }

    /// <summary>With a message of its own.</summary>
    public ChanClosedException(string message) : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    public ChanClosedException(string message, Exception inner) : base(message, inner)
    {
    }
}
