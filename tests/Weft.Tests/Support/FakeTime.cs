namespace Weft.Tests;

/// <summary>A clock that stands still until a test moves it. Its timers fire within <see cref="Advance"/>, in the order of their deadlines.</summary>
internal sealed class FakeTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Shot> _shots = [];
    private readonly DateTimeOffset _start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_lock)
            return _now.Ticks;
    }

    public override DateTimeOffset GetUtcNow() => _start + TimeSpan.FromTicks(GetTimestamp());

    /// <summary>Timers that wait.</summary>
    internal int Pending
    {
        get
        {
            lock (_lock)
                return _shots.Count;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var shot = new Shot(this, callback, state);
        shot.Change(dueTime, period);
        return shot;
    }

    internal void Advance(TimeSpan by)
    {
        TimeSpan until;
        lock (_lock)
            until = _now + by;
        while (true)
        {
            Shot? next;
            lock (_lock)
            {
                next = _shots.Where(s => s.Due <= until).MinBy(s => s.Due);
                _now = next is null ? until : next.Due > _now ? next.Due : _now;
                if (next is null)
                    return;
                _shots.Remove(next);
            }
            next.Fire();
        }
    }

    private sealed class Shot(FakeTime of, TimerCallback callback, object? state) : ITimer
    {
        internal TimeSpan Due;

        internal void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Assert.Equal(Timeout.InfiniteTimeSpan, period);
            lock (of._lock)
            {
                of._shots.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                Due = of._now + dueTime;
                if (dueTime > TimeSpan.Zero)
                {
                    of._shots.Add(this);
                    return true;
                }
            }
            Fire(); // at once, as Microsoft's own fake does
            return true;
        }

        public void Dispose()
        {
            lock (of._lock)
                of._shots.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
