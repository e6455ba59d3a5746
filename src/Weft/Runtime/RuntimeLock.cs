// RuntimeLock: the lock of the runtime's own small critical sections (a channel, the scheduler's lists, a timer heap).
//
// Held for tens of nanoseconds, never across a call that may block, allocate much, or run user code; never while a goroutine
// unwinds. So a waiter spins, then gives its time slice away: the holder can only be late because the OS took it off its core.
// Not reentrant. Lock order: see docs/runtime.md.
//
// Rejected: System.Threading.Lock (14 ns uncontended, and parks the thread in a way that the scheduler cannot see).

using System.Runtime.CompilerServices;

namespace Weft.Runtime;

internal struct RuntimeLock
{
    private int _locked;

    /// <summary>Full barrier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Lock()
    {
        if (Interlocked.CompareExchange(ref _locked, 1, 0) != 0)
            LockSlow();
    }

    /// <summary>Takes it if it is free. Full barrier.</summary>
    internal bool TryLock() => Interlocked.CompareExchange(ref _locked, 1, 0) == 0;

    /// <summary>Release; pairs with the exchange in <see cref="Lock"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Unlock() => Volatile.Write(ref _locked, 0);

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
