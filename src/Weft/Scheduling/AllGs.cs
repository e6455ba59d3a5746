// AllGs: every G that one P has made, for dumps and counts.
//
// One writer (the P's owner, or the holder of sched.lock for the shared list), any reader: the count is published after the element, and a
// smaller array before the smaller count. Records that were let go (Scavenge.cs) leave the list by Compact.
// While leaks are looked for (Leaks.cs) the places that were taken before are empty, and the array cannot be replaced.

using System.Numerics;

namespace Weft.Runtime;

internal sealed class AllGs
{
    private G?[] _all = new G?[16];
    private int _count;
    private RuntimeLock<Ranks.AllGs> _growth;

    internal int Count => Volatile.Read(ref _count);

    internal void Add(G g)
    {
        var n = _count;
        if (n == _all.Length)
            Grow(n);
        _all[n] = g;
        Volatile.Write(ref _count, n + 1);
    }

    private void Grow(int n)
    {
        var larger = new G?[n * 2];
        _growth.Lock();
        Array.Copy(_all, larger, n);
        Volatile.Write(ref _all, larger);
        _growth.Unlock();
    }

    internal ReadOnlySpan<G?> Snapshot()
    {
        var n = Volatile.Read(ref _count); // before the array, which holds at least as many, unless it has become smaller meanwhile
        var all = Volatile.Read(ref _all);
        return all.AsSpan(0, Math.Min(n, all.Length));
    }

    /// <summary>Drops the records that were let go; another time if leaks are being looked for.</summary>
    internal void Compact()
    {
        if (!_growth.TryLock())
            return;
        var kept = Array.FindAll(_all[.._count], g => g!.Status != GStatus.Idle);
        var dropped = _count - kept.Length;
        if (dropped != 0)
        {
            var all = new G?[Math.Max(16, BitOperations.RoundUpToPowerOf2((uint)kept.Length))];
            kept.CopyTo(all, 0);
            Volatile.Write(ref _all, all);
            Volatile.Write(ref _count, kept.Length);
            Interlocked.Add(ref sched.gFreed, -dropped);
        }
        _growth.Unlock();
    }

    /// <summary>Takes all that are listed out of their places, until <see cref="Reveal"/> with the same array.</summary>
    /// <param name="order">Of all lists that are hidden at once.</param>
    internal G?[] Hide(int order)
    {
        _growth.Lock(order);
        var hidden = _all.AsSpan(0, Volatile.Read(ref _count)).ToArray();
        Array.Clear(_all, 0, hidden.Length);
        return hidden;
    }

    internal void Reveal(G?[] hidden)
    {
        hidden.CopyTo(_all, 0);
        _growth.Unlock();
    }
}
