// BubbleClock: the clock of a bubble as a TimeProvider. BubbleTimer: its timers.
//
// A timer that fires starts a goroutine of the bubble, which runs the callback: so the bubble is not at rest before that has ended, and a callback
// may block.

namespace Weft.Testing;

[NotWoven]
internal sealed class BubbleClock(BubbleCore bubble) : TimeProvider
{
    public override long TimestampFrequency => 1_000_000_000;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => bubble.nanotime;

    public override DateTimeOffset GetUtcNow() => bubble.UtcNow;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        // Task.Delay passes the very task that it returns. Task.WaitAsync does so too, but its task may come from outside the bubble; it is generic.
        if (state is Task task && task.GetType().BaseType == typeof(Task))
            bubble.Declare(task);
        var timer = new BubbleTimer(bubble, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}

[NotWoven]
internal sealed class BubbleTimer : ITimer, ITimerTarget
{
    private readonly BubbleCore _bubble;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private readonly TimerEntry _entry;
    private RuntimeLock<Ranks.Timer> _lock;
    private int _number;
    private long _when, _period;
    private bool _isDisposed;

    internal BubbleTimer(BubbleCore bubble, TimerCallback callback, object? state)
    {
        _bubble = bubble;
        _callback = callback;
        _state = state;
        _entry = new TimerEntry { strong = this, home = bubble.timers };
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        SynctestBubble.Require(_bubble, null, "use of a bubble's timer");
        _lock.Lock();
        var isAlive = !_isDisposed;
        _number++;
        if (isAlive && dueTime >= TimeSpan.Zero)
        {
            var now = _bubble.nanotime;
            _when = now + Math.Min(RuntimeTimer.Nanoseconds(dueTime), long.MaxValue - now);
            _period = RuntimeTimer.Nanoseconds(period); // infinite: 0
            _entry.Arm(_when, _number);
        }
        else
        {
            _entry.Disarm();
        }
        _lock.Unlock();
        return isAlive;
    }

    public void Fire(int number, M? m)
    {
        _lock.Lock();
        var isDue = number == _number && !_isDisposed;
        if (isDue && _period > 0)
        {
            _when += _period;
            _entry.Arm(_when, number);
        }
        _lock.Unlock();
        if (isDue)
            Proc.newprocIn(_bubble, Run, m);
    }

    public void Dispose()
    {
        _lock.Lock();
        _isDisposed = true;
        _entry.Disarm();
        _lock.Unlock();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private void Run()
    {
        if (_context is null)
            _callback(_state);
        else
            ExecutionContext.Run(_context, static o => ((BubbleTimer)o!)._callback(((BubbleTimer)o!)._state), this);
    }

    private static void Check(TimeSpan d, string name)
    {
        if (d < TimeSpan.Zero && d != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(name);
    }
}
