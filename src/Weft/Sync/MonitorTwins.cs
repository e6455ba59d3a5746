// Monitor and Lock in woven code: the same, and counted, since they belong to the thread.
//
// While a goroutine holds one it cannot leave its thread (Held.cs). If the lock is not free, the P is handed off for as long as the thread
// waits: the owner may be a goroutine that needs it.
// A `lock` on a System.Threading.Lock compiles to a ref struct in scope, which pins by itself; only Enter and Exit need counting.

using System.ComponentModel;

namespace Weft.Runtime;

/// <summary>Redirections of <see cref="Monitor"/> and <see cref="Lock"/>; see the file head.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[NotWoven]
public static class MonitorTwins
{
    /// <summary><see cref="Monitor.Enter(object)"/>.</summary>
    [TwinOf(typeof(Monitor), nameof(Monitor.Enter), Suspends = false, Holds = 1)]
    public static void Enter(object obj, G g)
    {
        if (!Monitor.TryEnter(obj) && !(SynctestBubble.On && EnterInBubble(obj, g)))
        {
            Proc.entersyscallblock(g);
            try
            {
                Monitor.Enter(obj);
            }
            finally
            {
                Proc.exitsyscall(g);
            }
        }
        g.Hold();
    }

    /// <summary>Where one goroutine runs at a time a thread must not wait for another. False: wait, this is elsewhere.</summary>
    private static bool EnterInBubble(object obj, G g)
    {
        if (g.bubble is not { IsControlled: true } bubble)
            return false;
        do
        {
            if (bubble.IsSomebodyAway)
                return false; // who may have it for a moment yet, and will give it back without a turn: Monitor.Wait
            Proc.yieldInBubble(g, bubble, Turn.Contends);
        }
        while (!Monitor.TryEnter(obj));
        return true;
    }

    private static bool EnterInBubble(Lock obj, G g)
    {
        if (g.bubble is not { IsControlled: true } bubble)
            return false;
        do
        {
            if (bubble.IsSomebodyAway)
                return false;
            Proc.yieldInBubble(g, bubble, Turn.Contends);
        }
        while (!obj.TryEnter());
        return true;
    }

    /// <summary><see cref="Monitor.Enter(object, ref bool)"/>: the shape of the <c>lock</c> statement.</summary>
    [TwinOf(typeof(Monitor), nameof(Monitor.Enter), Suspends = false, Holds = 1)]
    public static void Enter(object obj, ref bool lockTaken, G g)
    {
        if (lockTaken)
            throw new ArgumentException("The lock is marked as taken already.", nameof(lockTaken));
        Enter(obj, g);
        lockTaken = true;
    }

    /// <summary><see cref="Monitor.TryEnter(object)"/>.</summary>
    [TwinOf(typeof(Monitor), nameof(Monitor.TryEnter), Suspends = false, Holds = 1)]
    public static bool TryEnter(object obj, G g)
    {
        var taken = Monitor.TryEnter(obj);
        if (taken)
            g.Hold();
        return taken;
    }

    /// <summary><see cref="Monitor.TryEnter(object, ref bool)"/>.</summary>
    [TwinOf(typeof(Monitor), nameof(Monitor.TryEnter), Suspends = false, Holds = 1)]
    public static void TryEnter(object obj, ref bool lockTaken, G g)
    {
        Monitor.TryEnter(obj, ref lockTaken);
        if (lockTaken)
            g.Hold();
    }

    /// <summary><see cref="Monitor.TryEnter(object, int)"/>.</summary>
    [TwinOf(typeof(Monitor), nameof(Monitor.TryEnter), Suspends = false, Holds = 1)]
    public static bool TryEnter(object obj, int millisecondsTimeout, G g)
    {
        Proc.entersyscallblock(g);
        bool taken;
        try
        {
            taken = Monitor.TryEnter(obj, millisecondsTimeout);
        }
        finally
        {
            Proc.exitsyscall(g);
        }
        if (taken)
            g.Hold();
        return taken;
    }

    /// <summary><see cref="Monitor.TryEnter(object, TimeSpan)"/>.</summary>
    [TwinOf(typeof(Monitor), nameof(Monitor.TryEnter), Suspends = false, Holds = 1)]
    public static bool TryEnter(object obj, TimeSpan timeout, G g) => TryEnter(obj, LockTwins.Milliseconds(timeout), g);

    /// <summary><see cref="Monitor.TryEnter(object, int, ref bool)"/>.</summary>
    [TwinOf(typeof(Monitor), nameof(Monitor.TryEnter), Suspends = false, Holds = 1)]
    public static void TryEnter(object obj, int millisecondsTimeout, ref bool lockTaken, G g)
    {
        if (lockTaken)
            throw new ArgumentException("The lock is marked as taken already.", nameof(lockTaken));
        lockTaken = TryEnter(obj, millisecondsTimeout, g);
    }

    /// <summary><see cref="Monitor.TryEnter(object, TimeSpan, ref bool)"/>.</summary>
    [TwinOf(typeof(Monitor), nameof(Monitor.TryEnter), Suspends = false, Holds = 1)]
    public static void TryEnter(object obj, TimeSpan timeout, ref bool lockTaken, G g) => TryEnter(obj, LockTwins.Milliseconds(timeout), ref lockTaken, g);

    /// <summary><see cref="Monitor.Exit(object)"/>.</summary>
    [TwinOf(typeof(Monitor), nameof(Monitor.Exit), Suspends = false, Holds = -1)]
    public static void Exit(object obj, G g)
    {
        Monitor.Exit(obj);
        g.LetGo();
    }

    /// <summary><see cref="Monitor.Wait(object)"/>: held before and after, so the thread waits; its P goes to others. It makes its callers hot, though it never suspends.</summary>
    [TwinOf(typeof(Monitor), nameof(Monitor.Wait))]
    public static bool Wait(object obj, G g) => Wait(obj, Timeout.Infinite, g);

    /// <summary><see cref="Monitor.Wait(object, int)"/>.</summary>
    [TwinOf(typeof(Monitor), nameof(Monitor.Wait))]
    public static bool Wait(object obj, int millisecondsTimeout, G g)
    {
        Proc.entersyscallblock(g);
        try
        {
            return Monitor.Wait(obj, millisecondsTimeout);
        }
        finally
        {
            Proc.exitsyscall(g);
        }
    }

    /// <summary><see cref="Monitor.Wait(object, TimeSpan)"/>.</summary>
    [TwinOf(typeof(Monitor), nameof(Monitor.Wait))]
    public static bool Wait(object obj, TimeSpan timeout, G g) => Wait(obj, LockTwins.Milliseconds(timeout), g);

    /// <summary><see cref="Lock.Enter"/>.</summary>
    [TwinOf(typeof(Lock), nameof(Lock.Enter), Suspends = false, Holds = 1)]
    public static void Enter(Lock obj, G g)
    {
        if (!obj.TryEnter() && !(SynctestBubble.On && EnterInBubble(obj, g)))
        {
            Proc.entersyscallblock(g);
            try
            {
                obj.Enter();
            }
            finally
            {
                Proc.exitsyscall(g);
            }
        }
        g.Hold();
    }

    /// <summary><see cref="Lock.TryEnter()"/>.</summary>
    [TwinOf(typeof(Lock), nameof(Lock.TryEnter), Suspends = false, Holds = 1)]
    public static bool TryEnter(Lock obj, G g)
    {
        var taken = obj.TryEnter();
        if (taken)
            g.Hold();
        return taken;
    }

    /// <summary><see cref="Lock.TryEnter(int)"/>.</summary>
    [TwinOf(typeof(Lock), nameof(Lock.TryEnter), Suspends = false, Holds = 1)]
    public static bool TryEnter(Lock obj, int millisecondsTimeout, G g)
    {
        Proc.entersyscallblock(g);
        bool taken;
        try
        {
            taken = obj.TryEnter(millisecondsTimeout);
        }
        finally
        {
            Proc.exitsyscall(g);
        }
        if (taken)
            g.Hold();
        return taken;
    }

    /// <summary><see cref="Lock.TryEnter(TimeSpan)"/>.</summary>
    [TwinOf(typeof(Lock), nameof(Lock.TryEnter), Suspends = false, Holds = 1)]
    public static bool TryEnter(Lock obj, TimeSpan timeout, G g) => TryEnter(obj, LockTwins.Milliseconds(timeout), g);

    /// <summary><see cref="Lock.Exit"/>.</summary>
    [TwinOf(typeof(Lock), nameof(Lock.Exit), Suspends = false, Holds = -1)]
    public static void Exit(Lock obj, G g)
    {
        obj.Exit();
        g.LetGo();
    }
}
