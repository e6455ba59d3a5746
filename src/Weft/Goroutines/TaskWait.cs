// Waits of a goroutine for what is not ours: a task with a time limit, any awaiter. What calls back finds the waiter, or finds that its
// time or its token was first.

using System.Runtime.CompilerServices;

namespace Weft.Runtime;

/// <summary>A wait that something outside ends, once. Whoever makes one registers first and waits then: registering runs code of others.</summary>
internal abstract class OneWait : IBlocker
{
    private const int Place = 1;

    private RuntimeLock<Ranks.Wait> _lock;
    private WaiterQueue _waiters; // one
    private bool _hasEnded;

    protected virtual void Stop()
    {
    }

    /// <summary>From anywhere, any number of times.</summary>
    protected void End(M? m)
    {
        _lock.Lock();
        _hasEnded = true;
        var w = _waiters.Take();
        _lock.Unlock();
        w?.Ready(m);
    }

    public bool Step(Waiter w)
    {
        if (w.stage == 0)
        {
            w.stage = 1;
            _lock.Lock();
            if (!_hasEnded)
            {
                w.Prepare();
                _waiters.Add(w, Place);
                _lock.Unlock();
                return false;
            }
            _lock.Unlock();
        }
        Stop();
        return true;
    }

    public bool Withdraw(Waiter w, int ticket)
    {
        _lock.Lock();
        if (!WaiterQueue.IsQueued(w, Place, ticket))
        {
            _lock.Unlock();
            return false;
        }
        _waiters.Remove(w);
        w.cancelled = true;
        _lock.Unlock();
        w.Ready(M.Current);
        return true;
    }
}

/// <summary>Until an awaiter calls back. The goroutine's own context stays with it, so the awaiter need not carry one.</summary>
internal sealed class CompletionWait<TAwaiter> : OneWait where TAwaiter : INotifyCompletion
{
    internal CompletionWait(TAwaiter awaiter)
    {
        Action done = () => End(M.Current);
        if (awaiter is ICriticalNotifyCompletion critical)
            critical.UnsafeOnCompleted(done);
        else
            awaiter.OnCompleted(done);
    }
}

/// <summary>Until a task is done or a time is over.</summary>
internal sealed class TaskWait : OneWait, ITimerTarget
{
    private readonly TimerEntry _entry = new();
    private readonly SynctestBubble? _bubble;

    internal TaskWait(Task task, TimeSpan timeout)
    {
        _bubble = SynctestBubble.On && SynctestBubble.Current is { } bubble && bubble.Owns(task) ? bubble : null;
        task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(() => End(M.Current));
        if (timeout < TimeSpan.Zero)
            return;
        _entry.strong = this;
        _entry.home = _bubble?.timers;
        var now = SynctestBubble.Now(_bubble);
        var when = now + Math.Min(RuntimeTimer.Nanoseconds(timeout), long.MaxValue - now);
        if (_entry.Arm(when, 0))
            Proc.wakeTimerSleeper(when);
    }

    /// <summary>For how long it waits is by the bubble's clock if that completes the task, else by the system's.</summary>
    internal WaitReason Reason => _bubble is null ? WaitReason.TaskWait : WaitReason.TaskWaitDurable;

    protected override void Stop() => _entry.Disarm();

    public void Fire(int number, M? m) => End(m);
}
