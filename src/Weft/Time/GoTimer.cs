using Weft.Runtime;

namespace Weft;

/// <summary>
/// Something that happens once, later: Go's <c>time.Timer</c>, with the semantics of Go 1.23. When it fires it sends the time of its deadline on
/// <see cref="C"/>, or runs a function (<see cref="Time.AfterFunc"/>). Never early.
/// </summary>
/// <remarks>
/// After <see cref="Stop"/> or <see cref="Reset"/> has returned, no value of before is received: the channel need not be drained.
/// A timer that nobody refers to and nobody waits for is collected, stopped or not.
/// </remarks>
/// <example><code>
/// var timer = new GoTimer(TimeSpan.FromMilliseconds(5));
/// timer.C.Receive();
/// Console.WriteLine(timer.Stop());      // False: it has fired, and the value was received
/// </code></example>
public sealed class GoTimer : IDisposable
{
    private readonly RuntimeTimer _timer;

    /// <summary>Starts a timer that sends on <see cref="C"/>: Go's <c>time.NewTimer</c>.</summary>
    /// <param name="d">After how long; zero or less: at once.</param>
    /// <param name="timeProvider">The clock; the system's if null.</param>
    public GoTimer(TimeSpan d, TimeProvider? timeProvider = null) : this(null, d, timeProvider)
    {
    }

    internal GoTimer(Action? func, TimeSpan d, TimeProvider? timeProvider)
    {
        _timer = new RuntimeTimer(func, timeProvider);
        _timer.Reset(d, TimeSpan.Zero);
    }

    /// <summary>Where the time of the deadline is sent. Its count and capacity are 0. <see cref="Chan{T}.Nil"/> for a timer that runs a function.</summary>
    public Chan<DateTimeOffset> C => _timer.Chan ?? Chan<DateTimeOffset>.Nil;

    /// <summary>Stops it.</summary>
    /// <returns>
    /// True if that has prevented it: the function does not run, or the value was not received and will not be. False if it had been stopped, the
    /// function was started, or the value received.
    /// </returns>
    public bool Stop() => _timer.Stop();

    /// <summary>Starts it anew, whatever it was doing.</summary>
    /// <param name="d">After how long; zero or less: at once.</param>
    /// <returns>As <see cref="Stop"/>.</returns>
    public bool Reset(TimeSpan d) => _timer.Reset(d, TimeSpan.Zero);

    /// <summary>Stops it.</summary>
    public void Dispose() => Stop();
}
