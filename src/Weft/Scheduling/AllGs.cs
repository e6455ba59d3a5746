// AllGs: every G that one P has made, for dumps and counts.
//
// One writer (the P's owner, or the holder of sched.lock for the shared list), any reader: the array is replaced, never shrunk,
// and the count is published after the element. A G record is kept for reuse for ever, as in Go; what it held is let go.

namespace Weft.Runtime;

internal sealed class AllGs
{
    private G[] _all = new G[16];
    private int _count;

    internal int Count => Volatile.Read(ref _count);

    internal void Add(G g)
    {
        var n = _count;
        if (n == _all.Length)
        {
            var larger = new G[n * 2];
            Array.Copy(_all, larger, n);
            Volatile.Write(ref _all, larger);
        }
        _all[n] = g;
        Volatile.Write(ref _count, n + 1);
    }

    internal ReadOnlySpan<G> Snapshot()
    {
        var n = Volatile.Read(ref _count); // before the array: a later array holds at least as many
        return Volatile.Read(ref _all).AsSpan(0, n);
    }
}
