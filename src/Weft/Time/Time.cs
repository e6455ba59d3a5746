using Weft.Runtime;

namespace Weft;

/// <summary>Things that happen later: the functions of Go's package <c>time</c>.</summary>
public static class Time
{
    /// <summary>A channel on which the time is sent, once: Go's <c>time.After</c>. If nobody waits for it any more, it is collected.</summary>
    /// <param name="d">After how long; zero or less: at once.</param>
    /// <param name="timeProvider">The clock; the system's if null.</param>
    public static Chan<DateTimeOffset> After(TimeSpan d, TimeProvider? timeProvider = null)
    {
        var timer = new RuntimeTimer(null, timeProvider);
        timer.Reset(d, TimeSpan.Zero);
        return timer.Chan!;
    }

    /// <summary>
    /// Runs a function later, in a goroutine of its own: Go's <c>time.AfterFunc</c>. It sees the caller's <see cref="AsyncLocal{T}"/>s, as the callback
    /// of a <see cref="System.Threading.Timer"/> does.
    /// </summary>
    /// <param name="d">After how long; zero or less: at once.</param>
    /// <param name="body">What to run. An exception that leaves it ends the process, as in every goroutine.</param>
    /// <param name="timeProvider">The clock; the system's if null.</param>
    /// <returns>The timer, to stop it, or to run the function again by <see cref="GoTimer.Reset"/>.</returns>
    public static GoTimer AfterFunc(TimeSpan d, Action body, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new GoTimer(body, d, timeProvider);
    }

    /// <summary>The channel of a <see cref="Ticker"/> that is never stopped: Go's <c>time.Tick</c>.</summary>
    /// <param name="period">From tick to tick; zero or less: the channel is <see cref="Chan{T}.Nil"/>.</param>
    /// <param name="timeProvider">The clock; the system's if null.</param>
    public static Chan<DateTimeOffset> Tick(TimeSpan period, TimeProvider? timeProvider = null) =>
        period <= TimeSpan.Zero ? Chan<DateTimeOffset>.Nil : new Ticker(period, timeProvider).C;
}
