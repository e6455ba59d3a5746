// AllGs: every G that one P has made, for dumps and counts.
//
// One writer (the P's owner, or the holder of sched.lock for the shared list), any reader: the array is replaced, never shrunk,
// and the count is published after the element. A G record is kept for reuse for ever, as in Go; what it held is let go.
// While leaks are looked for (Leaks.cs) the places that were taken before are empty, and the array cannot be replaced.

namespace Weft.Runtime;

internal sealed class AllGs
{
    private G?[] _all = new G?[16];
    private int _count;
    private RuntimeLock _growth;

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
        var n = Volatile.Read(ref _count); // before the array: a later array holds at least as many
        return Volatile.Read(ref _all).AsSpan(0, n);
    }

    /// <summary>Takes all that are listed out of their places, until <see cref="Reveal"/> with the same array.</summary>
    internal G?[] Hide()
    {
        _growth.Lock();
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
