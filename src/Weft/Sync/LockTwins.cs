// The other locks that belong to a thread, in woven code: the same, and counted (Held.cs). Mutexes are in MutexTwins.cs.

using System.ComponentModel;

namespace Weft.Runtime;

/// <summary>
/// Redirections of <see cref="ReaderWriterLockSlim"/>, <see cref="ReaderWriterLock"/>, <see cref="SpinLock"/>, <see cref="AsyncFlowControl"/> and
/// <see cref="Thread.Join()"/>; see the file head.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[NotWoven]
public static class LockTwins
{
    /// <summary><see cref="ReaderWriterLockSlim.EnterReadLock"/>.</summary>
    [TwinOf(typeof(ReaderWriterLockSlim), nameof(ReaderWriterLockSlim.EnterReadLock), Suspends = false, Holds = 1)]
    public static void EnterReadLock(ReaderWriterLockSlim l, G g) => Take(l, g, static l => l.TryEnterReadLock(0), static l => l.EnterReadLock());

    /// <summary><see cref="ReaderWriterLockSlim.EnterWriteLock"/>.</summary>
    [TwinOf(typeof(ReaderWriterLockSlim), nameof(ReaderWriterLockSlim.EnterWriteLock), Suspends = false, Holds = 1)]
    public static void EnterWriteLock(ReaderWriterLockSlim l, G g) => Take(l, g, static l => l.TryEnterWriteLock(0), static l => l.EnterWriteLock());

    /// <summary><see cref="ReaderWriterLockSlim.EnterUpgradeableReadLock"/>.</summary>
    [TwinOf(typeof(ReaderWriterLockSlim), nameof(ReaderWriterLockSlim.EnterUpgradeableReadLock), Suspends = false, Holds = 1)]
    public static void EnterUpgradeableReadLock(ReaderWriterLockSlim l, G g)
        => Take(l, g, static l => l.TryEnterUpgradeableReadLock(0), static l => l.EnterUpgradeableReadLock());

    /// <summary><see cref="ReaderWriterLockSlim.TryEnterReadLock(int)"/>.</summary>
    [TwinOf(typeof(ReaderWriterLockSlim), nameof(ReaderWriterLockSlim.TryEnterReadLock), Suspends = false, Holds = 1)]
    public static bool TryEnterReadLock(ReaderWriterLockSlim l, int millisecondsTimeout, G g)
        => Try(l, millisecondsTimeout, g, static (l, ms) => l.TryEnterReadLock(ms));

    /// <summary><see cref="ReaderWriterLockSlim.TryEnterReadLock(TimeSpan)"/>.</summary>
    [TwinOf(typeof(ReaderWriterLockSlim), nameof(ReaderWriterLockSlim.TryEnterReadLock), Suspends = false, Holds = 1)]
    public static bool TryEnterReadLock(ReaderWriterLockSlim l, TimeSpan timeout, G g)
        => TryEnterReadLock(l, Milliseconds(timeout), g);

    /// <summary><see cref="ReaderWriterLockSlim.TryEnterWriteLock(int)"/>.</summary>
    [TwinOf(typeof(ReaderWriterLockSlim), nameof(ReaderWriterLockSlim.TryEnterWriteLock), Suspends = false, Holds = 1)]
    public static bool TryEnterWriteLock(ReaderWriterLockSlim l, int millisecondsTimeout, G g)
        => Try(l, millisecondsTimeout, g, static (l, ms) => l.TryEnterWriteLock(ms));

    /// <summary><see cref="ReaderWriterLockSlim.TryEnterWriteLock(TimeSpan)"/>.</summary>
    [TwinOf(typeof(ReaderWriterLockSlim), nameof(ReaderWriterLockSlim.TryEnterWriteLock), Suspends = false, Holds = 1)]
    public static bool TryEnterWriteLock(ReaderWriterLockSlim l, TimeSpan timeout, G g)
        => TryEnterWriteLock(l, Milliseconds(timeout), g);

    /// <summary><see cref="ReaderWriterLockSlim.TryEnterUpgradeableReadLock(int)"/>.</summary>
    [TwinOf(typeof(ReaderWriterLockSlim), nameof(ReaderWriterLockSlim.TryEnterUpgradeableReadLock), Suspends = false, Holds = 1)]
    public static bool TryEnterUpgradeableReadLock(ReaderWriterLockSlim l, int millisecondsTimeout, G g)
        => Try(l, millisecondsTimeout, g, static (l, ms) => l.TryEnterUpgradeableReadLock(ms));

    /// <summary><see cref="ReaderWriterLockSlim.TryEnterUpgradeableReadLock(TimeSpan)"/>.</summary>
    [TwinOf(typeof(ReaderWriterLockSlim), nameof(ReaderWriterLockSlim.TryEnterUpgradeableReadLock), Suspends = false, Holds = 1)]
    public static bool TryEnterUpgradeableReadLock(ReaderWriterLockSlim l, TimeSpan timeout, G g)
        => TryEnterUpgradeableReadLock(l, Milliseconds(timeout), g);

    /// <summary><see cref="ReaderWriterLockSlim.ExitReadLock"/>.</summary>
    [TwinOf(typeof(ReaderWriterLockSlim), nameof(ReaderWriterLockSlim.ExitReadLock), Suspends = false, Holds = -1)]
    public static void ExitReadLock(ReaderWriterLockSlim l, G g)
    {
        l.ExitReadLock();
        g.LetGo();
    }

    /// <summary><see cref="ReaderWriterLockSlim.ExitWriteLock"/>.</summary>
    [TwinOf(typeof(ReaderWriterLockSlim), nameof(ReaderWriterLockSlim.ExitWriteLock), Suspends = false, Holds = -1)]
    public static void ExitWriteLock(ReaderWriterLockSlim l, G g)
    {
        l.ExitWriteLock();
        g.LetGo();
    }

    /// <summary><see cref="ReaderWriterLockSlim.ExitUpgradeableReadLock"/>.</summary>
    [TwinOf(typeof(ReaderWriterLockSlim), nameof(ReaderWriterLockSlim.ExitUpgradeableReadLock), Suspends = false, Holds = -1)]
    public static void ExitUpgradeableReadLock(ReaderWriterLockSlim l, G g)
    {
        l.ExitUpgradeableReadLock();
        g.LetGo();
    }

    /// <summary><see cref="Thread.Join()"/>: nothing is held, but there is nobody else who could wait for a thread.</summary>
    [TwinOf(typeof(Thread), nameof(Thread.Join), Suspends = false)]
    public static void Join(Thread t, G g) => Blocking(t, g, static t => t.Join(Timeout.Infinite));

    /// <summary><see cref="Thread.Join(int)"/>.</summary>
    [TwinOf(typeof(Thread), nameof(Thread.Join), Suspends = false)]
    public static bool Join(Thread t, int millisecondsTimeout, G g) => Blocking((t, millisecondsTimeout), g, static a => a.t.Join(a.millisecondsTimeout));

    /// <summary><see cref="Thread.Join(TimeSpan)"/>.</summary>
    [TwinOf(typeof(Thread), nameof(Thread.Join), Suspends = false)]
    public static bool Join(Thread t, TimeSpan timeout, G g) => Join(t, Milliseconds(timeout), g);

    /// <summary><see cref="SpinLock.Enter"/>.</summary>
    [TwinOf(typeof(SpinLock), nameof(SpinLock.Enter), Suspends = false, Holds = 1)]
    public static void Enter(ref SpinLock l, ref bool lockTaken, G g)
    {
        l.Enter(ref lockTaken);
        g.Hold();
    }

    /// <summary><see cref="SpinLock.TryEnter(ref bool)"/>.</summary>
    [TwinOf(typeof(SpinLock), nameof(SpinLock.TryEnter), Suspends = false, Holds = 1)]
    public static void TryEnter(ref SpinLock l, ref bool lockTaken, G g)
    {
        l.TryEnter(ref lockTaken);
        if (lockTaken)
            g.Hold();
    }

    /// <summary><see cref="SpinLock.TryEnter(int, ref bool)"/>: it spins, and sleeps between for moments.</summary>
    [TwinOf(typeof(SpinLock), nameof(SpinLock.TryEnter), Suspends = false, Holds = 1)]
    public static void TryEnter(ref SpinLock l, int millisecondsTimeout, ref bool lockTaken, G g)
    {
        l.TryEnter(millisecondsTimeout, ref lockTaken);
        if (lockTaken)
            g.Hold();
    }

    /// <summary><see cref="SpinLock.TryEnter(TimeSpan, ref bool)"/>.</summary>
    [TwinOf(typeof(SpinLock), nameof(SpinLock.TryEnter), Suspends = false, Holds = 1)]
    public static void TryEnter(ref SpinLock l, TimeSpan timeout, ref bool lockTaken, G g)
    {
        l.TryEnter(timeout, ref lockTaken);
        if (lockTaken)
            g.Hold();
    }

    /// <summary><see cref="SpinLock.Exit()"/>.</summary>
    [TwinOf(typeof(SpinLock), nameof(SpinLock.Exit), Suspends = false, Holds = -1)]
    public static void Exit(ref SpinLock l, G g)
    {
        l.Exit();
        g.LetGo();
    }

    /// <summary><see cref="SpinLock.Exit(bool)"/>.</summary>
    [TwinOf(typeof(SpinLock), nameof(SpinLock.Exit), Suspends = false, Holds = -1)]
    public static void Exit(ref SpinLock l, bool useMemoryBarrier, G g)
    {
        l.Exit(useMemoryBarrier);
        g.LetGo();
    }

    /// <summary><see cref="ReaderWriterLock.AcquireReaderLock(int)"/>.</summary>
    [TwinOf(typeof(ReaderWriterLock), nameof(ReaderWriterLock.AcquireReaderLock), Suspends = false, Holds = 1)]
    public static void AcquireReaderLock(ReaderWriterLock l, int millisecondsTimeout, G g) => Acquire(l, millisecondsTimeout, g, static (l, ms) => l.AcquireReaderLock(ms));

    /// <summary><see cref="ReaderWriterLock.AcquireReaderLock(TimeSpan)"/>.</summary>
    [TwinOf(typeof(ReaderWriterLock), nameof(ReaderWriterLock.AcquireReaderLock), Suspends = false, Holds = 1)]
    public static void AcquireReaderLock(ReaderWriterLock l, TimeSpan timeout, G g) => AcquireReaderLock(l, Milliseconds(timeout), g);

    /// <summary><see cref="ReaderWriterLock.AcquireWriterLock(int)"/>. An upgrade and its reversal leave the count as it is.</summary>
    [TwinOf(typeof(ReaderWriterLock), nameof(ReaderWriterLock.AcquireWriterLock), Suspends = false, Holds = 1)]
    public static void AcquireWriterLock(ReaderWriterLock l, int millisecondsTimeout, G g) => Acquire(l, millisecondsTimeout, g, static (l, ms) => l.AcquireWriterLock(ms));

    /// <summary><see cref="ReaderWriterLock.AcquireWriterLock(TimeSpan)"/>.</summary>
    [TwinOf(typeof(ReaderWriterLock), nameof(ReaderWriterLock.AcquireWriterLock), Suspends = false, Holds = 1)]
    public static void AcquireWriterLock(ReaderWriterLock l, TimeSpan timeout, G g) => AcquireWriterLock(l, Milliseconds(timeout), g);

    /// <summary><see cref="ReaderWriterLock.ReleaseReaderLock"/>.</summary>
    [TwinOf(typeof(ReaderWriterLock), nameof(ReaderWriterLock.ReleaseReaderLock), Suspends = false, Holds = -1)]
    public static void ReleaseReaderLock(ReaderWriterLock l, G g)
    {
        l.ReleaseReaderLock();
        g.LetGo();
    }

    /// <summary><see cref="ReaderWriterLock.ReleaseWriterLock"/>.</summary>
    [TwinOf(typeof(ReaderWriterLock), nameof(ReaderWriterLock.ReleaseWriterLock), Suspends = false, Holds = -1)]
    public static void ReleaseWriterLock(ReaderWriterLock l, G g)
    {
        l.ReleaseWriterLock();
        g.LetGo();
    }

    /// <summary><see cref="ExecutionContext.SuppressFlow"/>: the thread that suppresses it must restore it.</summary>
    [TwinOf(typeof(ExecutionContext), nameof(ExecutionContext.SuppressFlow), Suspends = false, Holds = 1)]
    public static AsyncFlowControl SuppressFlow(G g)
    {
        var control = ExecutionContext.SuppressFlow();
        g.Hold();
        return control;
    }

    /// <summary><see cref="ExecutionContext.RestoreFlow"/>.</summary>
    [TwinOf(typeof(ExecutionContext), nameof(ExecutionContext.RestoreFlow), Suspends = false, Holds = -1)]
    public static void RestoreFlow(G g)
    {
        ExecutionContext.RestoreFlow();
        g.LetGo();
    }

    /// <summary><see cref="AsyncFlowControl.Undo"/>.</summary>
    [TwinOf(typeof(AsyncFlowControl), nameof(AsyncFlowControl.Undo), Suspends = false, Holds = -1)]
    public static void Undo(ref AsyncFlowControl control, G g)
    {
        control.Undo();
        g.LetGo();
    }

    /// <summary><see cref="AsyncFlowControl.Dispose"/>.</summary>
    [TwinOf(typeof(AsyncFlowControl), nameof(AsyncFlowControl.Dispose), Suspends = false, Holds = -1)]
    public static void Dispose(ref AsyncFlowControl control, G g) => Undo(ref control, g);

    private static void Acquire(ReaderWriterLock l, int millisecondsTimeout, G g, Action<ReaderWriterLock, int> acquire)
    {
        Blocking((l, millisecondsTimeout, acquire), g, static a =>
        {
            a.acquire(a.l, a.millisecondsTimeout);
            return true;
        });
        g.Hold();
    }

    private static void Take<L>(L l, G g, Func<L, bool> attempt, Action<L> enter)
    {
        if (!attempt(l))
        {
            Proc.entersyscallblock(g);
            try
            {
                enter(l);
            }
            finally
            {
                Proc.exitsyscall(g);
            }
        }
        g.Hold();
    }

    private static bool Try<L>(L l, int millisecondsTimeout, G g, Func<L, int, bool> attempt)
    {
        var taken = Blocking((l, millisecondsTimeout, attempt), g, static a => a.attempt(a.l, a.millisecondsTimeout));
        if (taken)
            g.Hold();
        return taken;
    }

    internal static R Blocking<A, R>(A argument, G g, Func<A, R> call)
    {
        Proc.entersyscallblock(g);
        try
        {
            return call(argument);
        }
        finally
        {
            Proc.exitsyscall(g);
        }
    }

    // As the originals check it, whose message names their own parameter.
    internal static int Milliseconds(TimeSpan timeout)
    {
        var milliseconds = (long)timeout.TotalMilliseconds;
        if (milliseconds is < -1 or > int.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(timeout));
        return (int)milliseconds;
    }
}
