using Weft.Runtime;

namespace Weft;

/// <summary>
/// Something that happens again and again: Go's <c>time.Ticker</c>, with the semantics of Go 1.23. It sends the time of each tick on <see cref="C"/>;
/// a tick that finds the last one not yet received is dropped. Ticks are never early, and do not drift.
/// </summary>
/// <remarks>A ticker that nobody refers to and nobody waits for is collected, stopped or not.</remarks>
/// <example><code>
/// using var ticker = new Ticker(TimeSpan.FromMilliseconds(2));
/// for (var i = 0; i &lt; 3; i++)
///     ticker.C.Receive();
/// </code></example>
public sealed class Ticker : IDisposable
{
    private readonly RuntimeTimer _timer;

    /// <summary>Starts a ticker: Go's <c>time.NewTicker</c>.</summary>
    /// <param name="period">From tick to tick.</param>
    /// <param name="timeProvider">The clock; the system's if null.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="period"/> is zero or less.</exception>
    public Ticker(TimeSpan period, TimeProvider? timeProvider = null)
    {
        if (period <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(period), "non-positive interval for NewTicker");
        _timer = new RuntimeTimer(null, timeProvider);
        _timer.Reset(period, period);
    }

    /// <summary>Where the times of the ticks are sent. Its count and capacity are 0. It is not closed when the ticker stops.</summary>
    public Chan<DateTimeOffset> C => _timer.Chan!;

    /// <summary>Stops it: no more ticks are received.</summary>
    public void Stop() => _timer.Stop();

    /// <summary>Starts it anew with another period; the first tick comes after one.</summary>
    /// <param name="period">From tick to tick.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="period"/> is zero or less.</exception>
    public void Reset(TimeSpan period)
    {
        if (period <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(period), "non-positive interval for Ticker.Reset");
        _timer.Reset(period, period);
    }

    /// <summary>Stops it.</summary>
    public void Dispose() => Stop();
}
