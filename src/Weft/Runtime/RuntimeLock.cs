// RuntimeLock: the lock of the runtime's own small critical sections (a channel, the scheduler's lists, a timer heap).
//
// Held for tens of nanoseconds, never across a call that may block, allocate much, or run user code; never while a goroutine
// unwinds. So a waiter spins, then gives its time slice away: the holder can only be late because the OS took it off its core.
// Not reentrant. Lock order: see Checking/LockRank.cs; the rank is a type, so that it costs no room and no instruction.
//
// Rejected: System.Threading.Lock (14 ns uncontended, and parks the thread in a way that the scheduler cannot see).

using System.Runtime.CompilerServices;

namespace Weft.Runtime;

/// <typeparam name="R">One of <see cref="Ranks"/>.</typeparam>
internal struct RuntimeLock<R>
    where R : struct, IRank
{
    private int _locked;

    /// <summary>Full barrier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Lock()
    {
        if (Check.On)
            Check.Lock(R.Rank, Check.Unordered);
        if (Interlocked.CompareExchange(ref _locked, 1, 0) != 0)
            LockSlow();
    }

    /// <summary>As <see cref="Lock()"/>, where locks of this rank are held together: in ascending order.</summary>
    internal void Lock(long order)
    {
        if (Check.On)
            Check.Lock(R.Rank, order);
        if (Interlocked.CompareExchange(ref _locked, 1, 0) != 0)
            LockSlow();
    }

    /// <summary>Takes it if it is free. Full barrier.</summary>
    internal bool TryLock()
    {
        if (Interlocked.CompareExchange(ref _locked, 1, 0) != 0)
            return false;
        if (Check.On)
            Check.Lock(R.Rank, Check.Unordered);
        return true;
    }

    /// <summary>Release; pairs with the exchange in <see cref="Lock()"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Unlock()
    {
        if (Check.On)
            Check.Unlock(R.Rank);
        Volatile.Write(ref _locked, 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LockSlow()
    {
        var spin = new SpinWait();
        do
        {
            spin.SpinOnce(sleep1Threshold: -1); // never Sleep(1): a millisecond is a thousand critical sections
        }
        while (Volatile.Read(ref _locked) != 0 || Interlocked.CompareExchange(ref _locked, 1, 0) != 0);
    }
}
