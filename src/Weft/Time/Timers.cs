// Timers: a P's timer heap.
//
// A 4-ary heap in two arrays, ordered by deadline: half the depth of a binary one, and the four children of a node share a cache line
// of deadlines. Under its own lock, since an idle P's timers are run by others. `Next`, the earliest deadline (0: none), is read without
// the lock: an M that looks at it either sees a new deadline or is woken by whoever added it (Proc.wakeTimerSleeper).
//
// A target is a goroutine that sleeps (it is made ready) or an object that knows what to do; it runs on g0 and must not block.
// Never early: a deadline counts as reached when the monotonic clock has passed it.

namespace Weft.Runtime;

/// <param name="id">Of the P.</param>
internal sealed class Timers(int id)
{
    private RuntimeLock<Ranks.Timers> _lock;
    private long[] _when = new long[16];
    private G[] _what = new G[16];
    private int _count;
    private long _next;

    /// <summary>Earliest deadline in nanoseconds, or 0.</summary>
    internal long Next => Volatile.Read(ref _next);

    /// <summary>Adds; true if it is now the earliest.</summary>
    internal bool Add(long when, G g)
    {
        if (Check.On)
            Check.Put(g, Place.Timer);
        _lock.Lock(-id); // under that of a P that goes out of use
        if (_count == _when.Length)
        {
            Array.Resize(ref _when, _count * 2);
            Array.Resize(ref _what, _count * 2);
        }
        SiftUp(_count++, when, g);
        var earliest = _what[0] == g;
        Volatile.Write(ref _next, _when[0]);
        _lock.Unlock();
        return earliest;
    }

    /// <summary>Makes all that are due ready; returns the time it looked at (<paramref name="now"/>, or the clock's if that is 0).</summary>
    internal long Run(long now, M m)
    {
        if (now == 0)
            now = Os.nanotime();
        while (Next is var next && next != 0 && next <= now)
        {
            _lock.Lock();
            if (_count == 0 || _when[0] > now)
            {
                _lock.Unlock();
                break;
            }
            var g = _what[0];
            RemoveFirst();
            Volatile.Write(ref _next, _count == 0 ? 0 : _when[0]);
            _lock.Unlock();
            if (Check.On)
                Check.Take(g, Place.Timer);
            Proc.goready(g, m); // outside the lock: it may wake a thread
        }
        return now;
    }

    /// <summary>Moves all timers, when their P goes out of use. Under sched.lock.</summary>
    internal void MoveTo(Timers other)
    {
        _lock.Lock(-id);
        for (var i = 0; i < _count; i++)
        {
            if (Check.On)
                Check.Take(_what[i], Place.Timer);
            other.Add(_when[i], _what[i]);
            _what[i] = null!;
        }
        _count = 0;
        Volatile.Write(ref _next, 0);
        _lock.Unlock();
    }

    private void SiftUp(int i, long when, G g)
    {
        while (i > 0)
        {
            var parent = (i - 1) / 4;
            if (_when[parent] <= when)
                break;
            _when[i] = _when[parent];
            _what[i] = _what[parent];
            i = parent;
        }
        _when[i] = when;
        _what[i] = g;
    }

    private void RemoveFirst()
    {
        var last = --_count;
        var (when, g) = (_when[last], _what[last]);
        _what[last] = null!;
        if (last == 0)
            return;
        var i = 0;
        while (true)
        {
            var child = i * 4 + 1;
            if (child >= last)
                break;
            var least = child;
            for (var c = child + 1; c < Math.Min(child + 4, last); c++)
                if (_when[c] < _when[least])
                    least = c;
            if (_when[least] >= when)
                break;
            _when[i] = _when[least];
            _what[i] = _what[least];
            i = least;
        }
        _when[i] = when;
        _what[i] = g;
    }
}
