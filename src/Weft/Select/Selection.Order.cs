// The two orders of a select: that in which it looks (a shuffle), and that in which it locks (by the channels' ids).
//
// Neither allocates once the arrays have their size. The lock order of the last select is kept: a loop over the same cases finds it sorted.

using System.Runtime.CompilerServices;

namespace Weft.Runtime;

internal sealed partial class Selection
{
    /// <summary>Arrays larger than this are not kept for the next select.</summary>
    private const int KeptCases = 4096;

    private const int InsertionSortLimit = 16;

    private static int s_seed;

    private uint _rand = (uint)Interlocked.Increment(ref s_seed) * 2654435769u | 1;
    private int[] _poll = [];
    private int[] _order = [];
    private int _orderCount;

    /// <summary>Fills <see cref="_poll"/> with a random permutation, each equally likely.</summary>
    private void Shuffle()
    {
        var n = _count;
        if (_poll.Length < n)
            _poll = new int[_cases.Length];
        var poll = _poll;
        if (SynctestBubble.On && g?.bubble is { IsControlled: true } bubble)
            _rand = bubble.Random();
        for (var i = 0; i < n; i++)
        {
            var j = Random((uint)i + 1);
            poll[i] = poll[j];
            poll[j] = i;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Random(uint below)
    {
        var x = _rand;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        _rand = x;
        return (int)(((ulong)x * below) >> 32);
    }

    private void LockAll()
    {
        Sort();
        Hchan? last = null;
        for (var k = 0; k < _count; k++)
        {
            // Signal cases sort first; a channel that is there twice is locked once.
            var chan = _chans[_order[k]];
            if (chan is null || chan == last)
                continue;
            chan.@lock.Lock(chan.Id);
            last = chan;
        }
    }

    private void UnlockAll()
    {
        Hchan? last = null;
        for (var k = 0; k < _count; k++)
        {
            var chan = _chans[_order[k]];
            if (chan is null || chan == last)
                continue;
            chan.@lock.Unlock();
            last = chan;
        }
    }

    private long Key(int i) => _chans[i]?.Id ?? 0;

    private void Sort()
    {
        var n = _count;
        if (_order.Length < n)
        {
            _order = new int[_cases.Length];
            _orderCount = 0;
        }
        if (_orderCount != n)
        {
            for (var i = 0; i < n; i++)
                _order[i] = i;
            _orderCount = n;
        }
        if (n <= InsertionSortLimit)
            InsertionSort(n);
        else if (!IsSorted(n))
            HeapSort(n);
    }

    private void InsertionSort(int n)
    {
        var order = _order;
        for (var i = 1; i < n; i++)
        {
            var moving = order[i];
            var key = Key(moving);
            var j = i;
            for (; j > 0 && Key(order[j - 1]) > key; j--)
                order[j] = order[j - 1];
            order[j] = moving;
        }
    }

    private bool IsSorted(int n)
    {
        for (var i = 1; i < n; i++)
            if (Key(_order[i - 1]) > Key(_order[i]))
                return false;
        return true;
    }

    private void HeapSort(int n)
    {
        for (var i = n / 2 - 1; i >= 0; i--)
            SiftDown(i, n);
        for (var last = n - 1; last > 0; last--)
        {
            (_order[0], _order[last]) = (_order[last], _order[0]);
            SiftDown(0, last);
        }
    }

    private void SiftDown(int i, int n)
    {
        var order = _order;
        var moving = order[i];
        var key = Key(moving);
        while (true)
        {
            var child = 2 * i + 1;
            if (child >= n)
                break;
            if (child + 1 < n && Key(order[child + 1]) > Key(order[child]))
                child++;
            if (Key(order[child]) <= key)
                break;
            order[i] = order[child];
            i = child;
        }
        order[i] = moving;
    }
}
