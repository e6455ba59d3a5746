// The other locks that belong to a thread, in woven code: the same, and counted (see MonitorTwins.cs).
//
// WaitHandle.WaitOne, WaitAny and WaitAll may take a Mutex; nobody can tell from the call, so the object is asked. Counting it as "takes" makes
// the methods around them hot, which costs little. WaitOne of an event is in EventTwins.cs.

using System.ComponentModel;

namespace Weft.Runtime;

/// <summary>Redirections of <see cref="ReaderWriterLockSlim"/>, <see cref="Mutex"/>, <see cref="SpinLock"/> and <see cref="Thread.Join()"/>; see the file head.</summary>
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
        g.held--;
    }

    /// <summary><see cref="ReaderWriterLockSlim.ExitWriteLock"/>.</summary>
    [TwinOf(typeof(ReaderWriterLockSlim), nameof(ReaderWriterLockSlim.ExitWriteLock), Suspends = false, Holds = -1)]
    public static void ExitWriteLock(ReaderWriterLockSlim l, G g)
    {
        l.ExitWriteLock();
        g.held--;
    }

    /// <summary><see cref="ReaderWriterLockSlim.ExitUpgradeableReadLock"/>.</summary>
    [TwinOf(typeof(ReaderWriterLockSlim), nameof(ReaderWriterLockSlim.ExitUpgradeableReadLock), Suspends = false, Holds = -1)]
    public static void ExitUpgradeableReadLock(ReaderWriterLockSlim l, G g)
    {
        l.ExitUpgradeableReadLock();
        g.held--;
    }

    /// <summary><see cref="WaitHandle.WaitOne(int)"/> of a mutex, or of what may be one.</summary>
    internal static bool WaitOne(WaitHandle h, int millisecondsTimeout, G g)
    {
        var taken = Blocking((h, millisecondsTimeout), g, static a => a.h.WaitOne(a.millisecondsTimeout));
        if (taken && h is Mutex)
            g.held++;
        return taken;
    }

    /// <summary><see cref="WaitHandle.WaitAny(WaitHandle[])"/>: one of several is taken, which nobody but the thread itself can do.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.WaitAny), Suspends = false, Holds = 1)]
    public static int WaitAny(WaitHandle[] waitHandles, G g) => WaitAny(waitHandles, Timeout.Infinite, g);

    /// <summary><see cref="WaitHandle.WaitAny(WaitHandle[], TimeSpan)"/>.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.WaitAny), Suspends = false, Holds = 1)]
    public static int WaitAny(WaitHandle[] waitHandles, TimeSpan timeout, G g) => WaitAny(waitHandles, Milliseconds(timeout), g);

    /// <summary><see cref="WaitHandle.WaitAny(WaitHandle[], int)"/>.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.WaitAny), Suspends = false, Holds = 1)]
    public static int WaitAny(WaitHandle[] waitHandles, int millisecondsTimeout, G g)
    {
        var taken = Blocking((waitHandles, millisecondsTimeout), g, static a => WaitHandle.WaitAny(a.waitHandles, a.millisecondsTimeout));
        if (taken != WaitHandle.WaitTimeout && waitHandles[taken] is Mutex)
            g.held++;
        return taken;
    }

    /// <summary><see cref="WaitHandle.WaitAll(WaitHandle[])"/>.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.WaitAll), Suspends = false, Holds = 1)]
    public static bool WaitAll(WaitHandle[] waitHandles, G g) => WaitAll(waitHandles, Timeout.Infinite, g);

    /// <summary><see cref="WaitHandle.WaitAll(WaitHandle[], TimeSpan)"/>.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.WaitAll), Suspends = false, Holds = 1)]
    public static bool WaitAll(WaitHandle[] waitHandles, TimeSpan timeout, G g) => WaitAll(waitHandles, Milliseconds(timeout), g);

    /// <summary><see cref="WaitHandle.WaitAll(WaitHandle[], int)"/>.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.WaitAll), Suspends = false, Holds = 1)]
    public static bool WaitAll(WaitHandle[] waitHandles, int millisecondsTimeout, G g)
    {
        var taken = Blocking((waitHandles, millisecondsTimeout), g, static a => WaitHandle.WaitAll(a.waitHandles, a.millisecondsTimeout));
        if (taken)
            foreach (var h in waitHandles)
                if (h is Mutex)
                    g.held++;
        return taken;
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

    /// <summary><see cref="Mutex.ReleaseMutex"/>.</summary>
    [TwinOf(typeof(Mutex), nameof(Mutex.ReleaseMutex), Suspends = false, Holds = -1)]
    public static void ReleaseMutex(Mutex m, G g)
    {
        m.ReleaseMutex();
        g.held--;
    }

    /// <summary><see cref="SpinLock.Enter"/>.</summary>
    [TwinOf(typeof(SpinLock), nameof(SpinLock.Enter), Suspends = false, Holds = 1)]
    public static void Enter(ref SpinLock l, ref bool lockTaken, G g)
    {
        l.Enter(ref lockTaken);
        g.held++;
    }

    /// <summary><see cref="SpinLock.TryEnter(ref bool)"/>.</summary>
    [TwinOf(typeof(SpinLock), nameof(SpinLock.TryEnter), Suspends = false, Holds = 1)]
    public static void TryEnter(ref SpinLock l, ref bool lockTaken, G g)
    {
        l.TryEnter(ref lockTaken);
        if (lockTaken)
            g.held++;
    }

    /// <summary><see cref="SpinLock.Exit()"/>.</summary>
    [TwinOf(typeof(SpinLock), nameof(SpinLock.Exit), Suspends = false, Holds = -1)]
    public static void Exit(ref SpinLock l, G g)
    {
        l.Exit();
        g.held--;
    }

    /// <summary><see cref="SpinLock.Exit(bool)"/>.</summary>
    [TwinOf(typeof(SpinLock), nameof(SpinLock.Exit), Suspends = false, Holds = -1)]
    public static void Exit(ref SpinLock l, bool useMemoryBarrier, G g)
    {
        l.Exit(useMemoryBarrier);
        g.held--;
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
        g.held++;
    }

    private static bool Try<L>(L l, int millisecondsTimeout, G g, Func<L, int, bool> attempt)
    {
        var taken = Blocking((l, millisecondsTimeout, attempt), g, static a => a.attempt(a.l, a.millisecondsTimeout));
        if (taken)
            g.held++;
        return taken;
    }

    private static R Blocking<A, R>(A argument, G g, Func<A, R> call)
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
    private static int Milliseconds(TimeSpan timeout)
    {
        var milliseconds = (long)timeout.TotalMilliseconds;
        if (milliseconds is < -1 or > int.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(timeout));
        return (int)milliseconds;
    }
}
