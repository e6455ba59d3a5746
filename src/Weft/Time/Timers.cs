// Timers: a P's timer heap.
//
// A 4-ary heap in two arrays, ordered by deadline: half the depth of a binary one, and the four children of a node share a cache line
// of deadlines. Under its own lock, since an idle P's timers are run by others. `Next`, the earliest key (0: none), is read without
// the lock: an M that looks at it either sees a new deadline or is woken by whoever added it (Proc.wakeTimerSleeper).
//
// What lies in it is a goroutine that sleeps (it is made ready), which costs nothing but its place; or the TimerEntry of a timer that can be
// stopped and moved. No entry knows where in the heap it is, since keeping that up to date would touch an object with each step of a sift; so
// the heap is lazy, as Go's:
//   stopped       the entry stays, with deadline 0
//   moved later   the entry stays under its old key, and is put in order when that comes up
//   moved earlier a second entry; the old one is known by its key, which is not the timer's any more
// Those that lie there for nothing are counted; when they are a quarter of the heap, it is swept. The sweep also lets go of timers that the
// collector has taken (RuntimeTimer.cs), and runs before the arrays grow.
//
// Never early: a deadline counts as reached when the monotonic clock has passed it. Targets run on g0 and must not block.
//
// Rejected: a timing wheel. Arming is O(1) there, but a tick is not: deadlines are in nanoseconds, sleeping ones would have to be linked
// objects, and finding the next deadline, which every M does that goes idle, means looking at the slots.

namespace Weft.Runtime;

internal sealed class Timers
{
    private const int Arity = 4;

    private readonly long _order; // among the locks of heaps: that of P 0 comes last
    private readonly bool _isFake;

    /// <summary>Of a P.</summary>
    internal Timers(int id) => _order = -id;

    /// <summary>Of a bubble, which looks at it when it is at rest: no M sleeps for it.</summary>
    internal Timers() => _isFake = true;

    private RuntimeLock<Ranks.Timers> _lock;
    private long[] _when = new long[16];
    private object[] _what = new object[16];
    private int _count;
    private int _dead; // of them; a hint, exact but for entries that come back to a key they had before
    private long _next;

    /// <summary>Earliest key in nanoseconds, or 0.</summary>
    internal long Next => Volatile.Read(ref _next);

    /// <summary>How many lie in it.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>Adds a goroutine; true if its deadline is now the earliest.</summary>
    internal bool Add(long when, G g)
    {
        if (Check.On)
            Check.Put(g, Place.Timer);
        _lock.Lock();
        var earliest = Insert(when, g);
        _lock.Unlock();
        return earliest;
    }

    /// <summary>
    /// Arms a timer that lies in no heap, or in this one; false if it has left this one meanwhile. The caller is the only one who arms it.
    /// </summary>
    internal bool Arm(TimerEntry e, long when, int number, bool isNew, out bool earliest)
    {
        earliest = false;
        _lock.Lock();
        if (isNew)
        {
            e.heap = this;
        }
        else if (e.heap != this)
        {
            _lock.Unlock();
            return false;
        }
        if (e.key != 0 && e.when == 0)
            _dead--;
        e.when = when;
        e.number = number;
        if (e.key == 0 || e.key > when)
        {
            if (e.key != 0)
                _dead++;
            e.key = when;
            earliest = Insert(when, e);
        }
        _lock.Unlock();
        return true;
    }

    /// <summary>Stops a timer; false if it does not lie here.</summary>
    internal bool Disarm(TimerEntry e)
    {
        _lock.Lock();
        if (e.heap != this)
        {
            _lock.Unlock();
            return false;
        }
        if (e.when != 0)
        {
            e.when = 0;
            if (++_dead > _count / 4)
                Sweep();
        }
        _lock.Unlock();
        return true;
    }

    /// <summary>Runs all that are due; returns the time it looked at (<paramref name="now"/>, or the clock's if that is 0).</summary>
    internal long Run(long now, M m)
    {
        if (now == 0)
            now = Os.nanotime();
        while (Next is var next && next != 0 && next <= now)
        {
            _lock.Lock();
            var due = TakeDue(now, out var number);
            _lock.Unlock();
            // Outside the lock: it may wake a thread.
            if (due is not null)
                Fire(due, number, m);
        }
        return now;
    }

    /// <summary>Takes out all that are due. Each is to be fired, by <see cref="Fire"/>, in whatever order.</summary>
    internal void TakeDue(long now, List<(object What, int Number)> due)
    {
        _lock.Lock();
        while (TakeDue(now, out var number) is { } what)
            due.Add((what, number));
        _lock.Unlock();
    }

    /// <summary>Under no lock.</summary>
    internal static void Fire(object due, int number, M m)
    {
        if (due is G g)
        {
            if (Check.On)
                Check.Take(g, Place.Timer);
            Proc.goready(g, m);
        }
        else if (due is ITimerTarget target)
        {
            target.Fire(number, m);
        }
    }

    /// <summary>Are there several deadlines until then? Looks at the root and its children alone: of some ten, four or more are mostly there.</summary>
    internal bool IsDense(long by)
    {
        _lock.Lock();
        var n = 0;
        for (var i = 0; i < Math.Min(_count, 1 + Arity); i++)
            n += _when[i] <= by ? 1 : 0;
        _lock.Unlock();
        return n >= Arity;
    }

    /// <summary>Does anything lie in it but timers whose firing nobody would notice?</summary>
    internal bool CanWake()
    {
        _lock.Lock();
        var can = false;
        for (var i = 0; i < _count && !can; i++)
            can = _what[i] is not TimerEntry e || e.when != 0 && e.Target is { } target && target is not RuntimeTimer { IsUnnoticed: true };
        _lock.Unlock();
        return can;
    }

    /// <summary>Moves all timers, when their P goes out of use. Under sched.lock.</summary>
    internal void MoveTo(Timers other)
    {
        _lock.Lock(_order);
        other._lock.Lock(other._order);
        for (var i = 0; i < _count; i++)
        {
            var e = _what[i] as TimerEntry;
            if (e is null || e.heap == this && e.key == _when[i])
            {
                if (e is not null)
                {
                    e.heap = other;
                    if (e.when == 0)
                        other._dead++;
                }
                other.Insert(_when[i], _what[i]);
            }
            _what[i] = null!;
        }
        _count = _dead = 0;
        Volatile.Write(ref _next, 0);
        other._lock.Unlock();
        _lock.Unlock();
    }

    /// <summary>Adds what armed timers lead to, so that it can be kept alive for a time.</summary>
    internal void AddTargets(List<object> to)
    {
        _lock.Lock();
        for (var i = 0; i < _count; i++)
            if (_what[i] is TimerEntry e && e.heap == this && e.key == _when[i] && e.when != 0 && e.Target is { } target)
                to.Add(target);
        _lock.Unlock();
    }

    // Under the lock.

    private object? TakeDue(long now, out int number)
    {
        number = 0;
        while (_count > 0 && _when[0] <= now)
        {
            if (_what[0] is not TimerEntry e)
            {
                var g = _what[0];
                RemoveFirst();
                return g;
            }
            if (e.heap != this || e.key != _when[0])
            {
                _dead--;
                RemoveFirst();
            }
            else if (e.when > now)
            {
                e.key = e.when;
                SiftDown(0, _count, e.when, e);
                PublishNext();
            }
            else
            {
                if (e.when == 0)
                    _dead--;
                var isArmed = e.when != 0;
                number = e.number;
                e.Leave();
                RemoveFirst();
                if (isArmed && e.Target is { } target)
                    return target;
            }
        }
        return null;
    }

    private bool Insert(long when, object what)
    {
        if (_count == _when.Length)
        {
            Sweep();
            if (_count > _when.Length / 2)
            {
                Array.Resize(ref _when, _count * 2);
                Array.Resize(ref _what, _count * 2);
            }
        }
        var i = _count++;
        while (i > 0)
        {
            var parent = (i - 1) / Arity;
            if (_when[parent] <= when)
                break;
            _when[i] = _when[parent];
            _what[i] = _what[parent];
            i = parent;
        }
        _when[i] = when;
        _what[i] = what;
        PublishNext();
        return i == 0 && !_isFake;
    }

    private void RemoveFirst()
    {
        var last = --_count;
        var (when, what) = (_when[last], _what[last]);
        _what[last] = null!;
        if (last > 0)
            SiftDown(0, last, when, what);
        PublishNext();
    }

    private void SiftDown(int i, int count, long when, object what)
    {
        var (whens, whats) = (_when, _what);
        while (true)
        {
            var child = i * Arity + 1;
            if (child >= count)
                break;
            var least = child;
            for (var c = child + 1; c < Math.Min(child + Arity, count); c++)
                if (whens[c] < whens[least])
                    least = c;
            if (whens[least] >= when)
                break;
            whens[i] = whens[least];
            whats[i] = whats[least];
            i = least;
        }
        whens[i] = when;
        whats[i] = what;
    }

    private void Sweep()
    {
        var kept = 0;
        for (var i = 0; i < _count; i++)
        {
            var when = _when[i];
            if (_what[i] is TimerEntry e)
            {
                if (e.heap != this || e.key != when)
                    continue;
                if (e.when == 0 || e.Target is null)
                {
                    e.Leave();
                    continue;
                }
                e.key = when = e.when;
            }
            (_when[kept], _what[kept]) = (when, _what[i]);
            kept++;
        }
        Array.Clear(_what, kept, _count - kept);
        _count = kept;
        _dead = 0;
        for (var i = (kept - 2) / Arity; i >= 0 && kept > 1; i--)
            SiftDown(i, kept, _when[i], _what[i]);
        PublishNext();
    }

    private void PublishNext() => Volatile.Write(ref _next, _count == 0 ? 0 : _when[0]);
}
