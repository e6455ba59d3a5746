// BubbleCore: a bubble. Who calls what here is in SynctestBubble.cs.
//
// State, under the lock:
//     total       goroutines that have not ended
//     running     those of them that are not durably blocked
//     active      decisions in progress: a goroutine that parks, between BeginPark and EndPark, or Rest itself
// At rest: running and active are zero. Only then does anything happen here, on the g0 of whoever was last (Rest), in this order: what is due
// is fired, in random order; who waits for rest (Bubble.Wait) is woken; the clock goes to the next deadline, unless the first goroutine
// has ended; if there is none the bubble has ended badly.
//
// Nothing is readied and nothing fires under the lock. A goroutine counts as running from before its waker lets it go, so the bubble is
// never seen at rest while somebody is on his way.
//
// Ended, the bubble does nothing more. Its goroutines, if any are left, are not told: of those that could run on, in a free bubble, some may;
// in a controlled one none does.
//
// Rejected: a goroutine of the bubble's own that moves the clock, as Go's root does: a switch for every step, and one more to keep out of dumps.

using System.Runtime.ExceptionServices;

namespace Weft.Testing;

[NotWoven]
internal sealed class BubbleCore : SynctestBubble
{
    /// <summary>What the clock's nanoseconds begin with: 0 is no deadline in a heap.</summary>
    internal const long Origin = 1_000_000_000;

    private const int TicksBetweenLooks = 1000;

    private static readonly DateTimeOffset s_start = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(object What, int Number)> _due = [];
    private readonly Tasks _tasks;
    private readonly Turns? _turns;
    private RuntimeLock<Ranks.Bubble> _lock;
    private int _total, _running, _active;
    private long _now = Origin;
    private G? _main;
    private bool _mainEnded, _hasEnded;
    private int _fruitless; // steps of the clock since a goroutine ran
    private Exception? _failure;
    private string? _misfortune;

    /// <param name="turns">Who decides who runs; null: the scheduler, as ever.</param>
    internal BubbleCore(Turns? turns)
    {
        _turns = turns;
        _tasks = new Tasks(this);
        Waiting = new BubbleWait();
        Context = new BubbleContext(this);
        TimeProvider = new BubbleClock(this);
    }

    internal BubbleWait Waiting { get; }

    private protected override SynchronizationContext Context { get; }

    internal override TimeProvider TimeProvider { get; }

    internal override bool IsControlled => _turns is not null;

    internal override long nanotime => Volatile.Read(ref _now);

    internal override DateTimeOffset UtcNow => s_start + TimeSpan.FromTicks((nanotime - Origin) / 100);

    /// <summary>Starts its first goroutine; the task is done when the bubble has ended.</summary>
    internal Task Start(Action body)
    {
        Proc.newprocIn(this, body, M.Current);
        return _end.Task;
    }

    /// <summary>It has ended: throws what it ended with.</summary>
    internal void Conclude()
    {
        if (_failure is not null)
            ExceptionDispatchInfo.Throw(_failure);
        if (_misfortune is not null)
            throw new BubbleDeadlockException(_misfortune, GoroutineDump.Of(this));
    }

    internal override void Started(G g)
    {
        _lock.Lock();
        _main ??= g;
        _total++;
        _running++;
        _turns?.Strategy.Started(g);
        _lock.Unlock();
    }

    internal override void BeginPark(G g, WaitReason reason)
    {
        // Where the bubble decides who runs it also knows who could unlock a mutex.
        g.durable = reason.IsDurable() || _turns is not null && reason != WaitReason.TaskWait;
        _lock.Lock();
        _active++;
        if (g.durable)
            _running--;
        _lock.Unlock();
    }

    internal override void EndPark(M m, bool parked)
    {
        _lock.Lock();
        _active--;
        if (parked)
            Release();
        _lock.Unlock();
        if (parked)
            Rest(m);
    }

    internal override void Ready(G g)
    {
        _lock.Lock();
        if (g.durable)
            _running++;
        g.durable = false;
        _fruitless = 0;
        _tasks.Forget(g);
        _lock.Unlock();
    }

    internal override void Ended(G g, M m)
    {
        _lock.Lock();
        _total--;
        _running--;
        _mainEnded |= g == _main;
        _turns?.Strategy.Ended(g);
        Release();
        _lock.Unlock();
        Rest(m);
    }

    internal override bool Failed(Exception e, G g)
    {
        _lock.Lock();
        if (!_hasEnded)
            _failure = e;
        End();
        return true;
    }

    internal override void Enqueue(G g, M? m)
    {
        _lock.Lock();
        _turns!.Add(g);
        var next = _active == 0 && !_hasEnded ? _turns.TryTake() : null;
        _lock.Unlock();
        if (next is not null)
            Proc.runInBubble(next, m);
    }

    internal override void Yielded(G g, M m)
    {
        _lock.Lock();
        _turns!.Yield(g);
        Release();
        _lock.Unlock();
        Rest(m);
    }

    internal override void Contends(G g, M m)
    {
        _lock.Lock();
        _running--;
        _turns!.Contend(g);
        _lock.Unlock();
        Rest(m);
    }

    internal override void Leaves(G g, M m)
    {
        _lock.Lock();
        _turns!.Leave(g);
        Release();
        _lock.Unlock();
        Rest(m);
    }

    internal override bool IsSomebodyAway
    {
        get
        {
            _lock.Lock();
            var isAway = _turns!.IsSomebodyAway;
            _lock.Unlock();
            return isAway;
        }
    }

    internal override bool ComesBack(G g)
    {
        _lock.Lock();
        var wasAway = _turns!.ComeBack(g);
        _lock.Unlock();
        return wasAway;
    }

    internal override bool GoesOn(G g)
    {
        _lock.Lock();
        var goesOn = false;
        if (!_hasEnded)
        {
            _running += _turns!.Revive();
            goesOn = _turns.GoesOn(g);
        }
        _lock.Unlock();
        return goesOn;
    }

    internal override uint Random()
    {
        if (_turns is null)
            return (uint)System.Random.Shared.Next() | 1;
        _lock.Lock();
        var random = _turns.Strategy.Random() | 1;
        _lock.Unlock();
        return random;
    }

    internal override bool Owns(Task task)
    {
        _lock.Lock();
        var owns = _tasks.Owns(task);
        _lock.Unlock();
        return owns;
    }

    internal override bool Awaits(Task task, G g)
    {
        _lock.Lock();
        var owns = _tasks.Owns(task);
        if (owns)
            _tasks.Await(task, g);
        _lock.Unlock();
        return owns;
    }

    /// <summary>The task is completed by this bubble alone.</summary>
    internal override void Declare(Task task)
    {
        _lock.Lock();
        _tasks.Declare(task);
        _lock.Unlock();
    }

    /// <summary>Under the lock: whoever had the turn has it no more, and may have changed what others contend for.</summary>
    private void Release()
    {
        if (_turns is null)
            return;
        _running += _turns.Revive();
        _turns.Release();
    }

    /// <summary>Somebody has stopped running. Gives the turn on; or, if nobody can run, makes something happen.</summary>
    private void Rest(M m)
    {
        while (true)
        {
            _lock.Lock();
            if (_hasEnded || _active > 0)
                break;
            if (_turns is not null && _turns.IsStuck)
            {
                _misfortune = $"livelock: no end after {_turns.MaxSteps} scheduling points";
                End();
                return;
            }
            if (_turns?.TryTake() is { } next)
            {
                _lock.Unlock();
                Proc.runInBubble(next, m);
                return;
            }
            if (_running > 0 || _total > 0 && _tasks.AnyCompleted)
                break;
            if (_total == 0)
            {
                End();
                return;
            }
            _active++;
            _lock.Unlock();
            var misfortune = Happen(m);
            _lock.Lock();
            _active--;
            if (misfortune is not null)
            {
                _misfortune = misfortune;
                End();
                return;
            }
            _lock.Unlock();
        }
        _lock.Unlock();
    }

    /// <summary>At rest, under no lock. Not null: nothing can happen any more.</summary>
    private string? Happen(M m)
    {
        var next = timers.Next;
        if (next != 0 && next <= _now)
        {
            timers.TakeDue(_now, _due);
            for (var n = _due.Count; n > 0; n--)
            {
                var i = (int)(Random() / 2 % (uint)n);
                var (what, number) = _due[i];
                _due[i] = _due[n - 1];
                Timers.Fire(what, number, m);
            }
            _due.Clear();
            return null;
        }
        if (Waiting.Take() is { } waiter)
        {
            waiter.Ready(m);
            return null;
        }
        if (_mainEnded)
            return "deadlock: main bubble goroutine has exited but blocked goroutines remain";
        // A ticker whose ticks nobody fetches would keep the clock going for ever.
        if (next == 0 || ++_fruitless % TicksBetweenLooks == 0 && !timers.CanWake())
            return "deadlock: all goroutines in bubble are blocked";
        Volatile.Write(ref _now, next);
        return null;
    }

    /// <summary>Under the lock, which it lets go.</summary>
    private void End()
    {
        _hasEnded = true;
        _lock.Unlock();
        _end.TrySetResult();
    }
}
