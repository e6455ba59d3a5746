// TimeoutCase: a deadline as a case of a select.
//
// On the system's clock it lies in a P's timer heap while a select waits, as a goroutine that sleeps does: nothing is made for it, threads of
// the pool have no part in it, and the runtime knows that it is waited for. On another clock a timer of that clock's is made once and
// changed for each select. A timer may come late, when the case waits for another deadline already (SignalCase), and those of other clocks may
// come early.

using Weft.Runtime;

namespace Weft;

/// <summary>A case that is ready once its time has come: <see cref="Select.After(TimeSpan)"/>.</summary>
/// <remarks>
/// The time runs from the call of <see cref="Select.After(TimeSpan)"/>, as with Go's <c>time.After</c>, however many selects the case is used
/// in; <see cref="Reset"/> starts it anew. Once it is over the case stays ready.
/// </remarks>
public sealed class TimeoutCase : SignalCase, ITimerTarget
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(40); // a timer of .NET takes no more than 49.7

    private readonly TimerEntry? _entry; // on the system's clock, or a bubble's
    private readonly SynctestBubble? _bubble;
    private readonly TimeProvider? _time; // on another
    private ITimer? _timer;
    private long _start;
    private TimeSpan _due;

    internal TimeoutCase(TimeSpan due, TimeProvider? time)
    {
        _bubble = SynctestBubble.For(time);
        if (_bubble is not null || time is null || time == TimeProvider.System)
            _entry = new TimerEntry { strong = this, home = _bubble?.timers };
        else
            _time = time;
        Reset(due);
    }

    /// <summary>Starts the time anew: the case is ready <paramref name="due"/> from now. Not while a select waits.</summary>
    /// <param name="due">How long; zero or less is ready at once, <see cref="Timeout.InfiniteTimeSpan"/> never.</param>
    public void Reset(TimeSpan due)
    {
        _start = _time is null ? SynctestBubble.Now(_bubble) : _time.GetTimestamp();
        _due = due == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : due;
        Renew();
    }

    internal override bool BelongsTo(SynctestBubble bubble, G g) => _bubble == bubble;

    private bool IsNever => _due == TimeSpan.MaxValue;

    /// <summary>On the system's clock.</summary>
    private long Deadline => _start + Math.Min(RuntimeTimer.Nanoseconds(_due), long.MaxValue - _start);

    /// <summary>On another clock.</summary>
    private TimeSpan Left => _due - _time!.GetElapsedTime(_start);

    private protected override bool IsReady =>
        _due <= TimeSpan.Zero || !IsNever && (_time is null ? SynctestBubble.Now(_bubble) >= Deadline : Left <= TimeSpan.Zero);

    private protected override void Watch()
    {
        if (IsNever)
            return;
        if (_entry is not null)
        {
            var deadline = Deadline;
            if (_entry.Arm(deadline, 0))
                Proc.wakeTimerSleeper(deadline);
            return;
        }
        _timer ??= MakeTimer();
        Change();
    }

    private protected override void Unwatch()
    {
        _entry?.Disarm();
        _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    void ITimerTarget.Fire(int arming, M? m) => Tell();

    // The timer outlives the select that makes it, and must not keep the context of its goroutine.
    private ITimer MakeTimer()
    {
        var isSuppressed = ExecutionContext.IsFlowSuppressed();
        if (!isSuppressed)
            ExecutionContext.SuppressFlow();
        try
        {
            return _time!.CreateTimer(static o => ((TimeoutCase)o!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        finally
        {
            if (!isSuppressed)
                ExecutionContext.RestoreFlow();
        }
    }

    private void Change()
    {
        var left = Left;
        // Whole milliseconds, up: timers round down, and would come early again and again.
        var wait = left <= TimeSpan.Zero ? TimeSpan.Zero : left > s_longest ? s_longest : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
        _timer!.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void Tick()
    {
        if (!Tell())
            Change();
    }
}
