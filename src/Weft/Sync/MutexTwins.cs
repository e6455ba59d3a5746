// Mutexes in woven code: the same, and counted (Held.cs).
//
// WaitHandle.WaitOne, WaitAny, WaitAll and SignalAndWait may take one; nobody can tell from the call, so the object is asked. Counting it as
// "takes" makes the methods around them hot, which costs little. Who is told that a mutex was abandoned has it. WaitOne of an event is in
// EventTwins.cs.

using System.ComponentModel;

namespace Weft.Runtime;

/// <summary>Redirections of <see cref="Mutex"/> and of what waits for several; see the file head.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[NotWoven]
public static class MutexTwins
{
    /// <summary><c>new Mutex(initiallyOwned)</c>, in plain code as in hot.</summary>
    public static Mutex New(bool initiallyOwned) => New(new Mutex(initiallyOwned), initiallyOwned);

    /// <summary><c>new Mutex(initiallyOwned, name)</c>: owned only if it is new, since another process may have made it.</summary>
    public static Mutex New(bool initiallyOwned, string? name) => New(new Mutex(initiallyOwned, name, out var created), initiallyOwned && created);

    /// <summary><c>new Mutex(initiallyOwned, name, out createdNew)</c>.</summary>
    public static Mutex New(bool initiallyOwned, string? name, out bool createdNew)
    {
        var m = new Mutex(initiallyOwned, name, out createdNew);
        return New(m, initiallyOwned && createdNew);
    }

    private static Mutex New(Mutex m, bool isOwned)
    {
        if (isOwned)
            G.Running()?.Hold();
        return m;
    }

    /// <summary><see cref="WaitHandle.WaitOne()"/> in plain code.</summary>
    public static bool WaitOne(WaitHandle h) => Counted(h, h, static h => h.WaitOne());

    /// <summary><see cref="WaitHandle.WaitOne(int)"/> in plain code.</summary>
    public static bool WaitOne(WaitHandle h, int millisecondsTimeout) => Counted(h, (h, millisecondsTimeout), static a => a.h.WaitOne(a.millisecondsTimeout));

    /// <summary><see cref="WaitHandle.WaitOne(TimeSpan)"/> in plain code.</summary>
    public static bool WaitOne(WaitHandle h, TimeSpan timeout) => Counted(h, (h, timeout), static a => a.h.WaitOne(a.timeout));

    /// <summary><see cref="WaitHandle.WaitOne(int, bool)"/> in plain code.</summary>
    public static bool WaitOne(WaitHandle h, int millisecondsTimeout, bool exitContext)
        => Counted(h, (h, millisecondsTimeout, exitContext), static a => a.h.WaitOne(a.millisecondsTimeout, a.exitContext));

    /// <summary><see cref="WaitHandle.WaitOne(TimeSpan, bool)"/> in plain code.</summary>
    public static bool WaitOne(WaitHandle h, TimeSpan timeout, bool exitContext)
        => Counted(h, (h, timeout, exitContext), static a => a.h.WaitOne(a.timeout, a.exitContext));

    private static bool Counted<A>(WaitHandle h, A arguments, Func<A, bool> wait)
    {
        if (h is not Mutex || G.Running() is not { } g)
            return wait(arguments);
        return Counted(h, arguments, wait, g);
    }

    /// <summary><see cref="WaitHandle.WaitOne(int)"/> of a mutex, or of what may be one.</summary>
    internal static bool WaitOne(WaitHandle h, int millisecondsTimeout, G g)
        => Counted(h, (h, millisecondsTimeout, g), static a => LockTwins.Blocking((a.h, a.millisecondsTimeout), a.g, static a => a.h.WaitOne(a.millisecondsTimeout)), g);

    private static bool Counted<A>(WaitHandle h, A arguments, Func<A, bool> wait, G g)
    {
        try
        {
            var taken = wait(arguments);
            if (taken)
                Count(h, g);
            return taken;
        }
        catch (AbandonedMutexException)
        {
            Count(h, g);
            throw;
        }
    }

    /// <summary><see cref="WaitHandle.WaitAny(WaitHandle[])"/>: one of several is taken, which nobody but the thread itself can do.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.WaitAny), Suspends = false, Holds = 1)]
    public static int WaitAny(WaitHandle[] waitHandles, G g) => WaitAny(waitHandles, Timeout.Infinite, g);

    /// <summary><see cref="WaitHandle.WaitAny(WaitHandle[], TimeSpan)"/>.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.WaitAny), Suspends = false, Holds = 1)]
    public static int WaitAny(WaitHandle[] waitHandles, TimeSpan timeout, G g) => WaitAny(waitHandles, LockTwins.Milliseconds(timeout), g);

    /// <summary><see cref="WaitHandle.WaitAny(WaitHandle[], int)"/>.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.WaitAny), Suspends = false, Holds = 1)]
    public static int WaitAny(WaitHandle[] waitHandles, int millisecondsTimeout, G g)
    {
        try
        {
            var taken = LockTwins.Blocking((waitHandles, millisecondsTimeout), g, static a => WaitHandle.WaitAny(a.waitHandles, a.millisecondsTimeout));
            if (taken != WaitHandle.WaitTimeout)
                Count(waitHandles[taken], g);
            return taken;
        }
        catch (AbandonedMutexException e) when (e.MutexIndex >= 0)
        {
            Count(waitHandles[e.MutexIndex], g);
            throw;
        }
    }

    /// <summary><see cref="WaitHandle.WaitAll(WaitHandle[])"/>.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.WaitAll), Suspends = false, Holds = 1)]
    public static bool WaitAll(WaitHandle[] waitHandles, G g) => WaitAll(waitHandles, Timeout.Infinite, g);

    /// <summary><see cref="WaitHandle.WaitAll(WaitHandle[], TimeSpan)"/>.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.WaitAll), Suspends = false, Holds = 1)]
    public static bool WaitAll(WaitHandle[] waitHandles, TimeSpan timeout, G g) => WaitAll(waitHandles, LockTwins.Milliseconds(timeout), g);

    /// <summary><see cref="WaitHandle.WaitAll(WaitHandle[], int)"/>.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.WaitAll), Suspends = false, Holds = 1)]
    public static bool WaitAll(WaitHandle[] waitHandles, int millisecondsTimeout, G g)
    {
        var taken = true; // where one was abandoned, too
        try
        {
            return taken = LockTwins.Blocking((waitHandles, millisecondsTimeout), g, static a => WaitHandle.WaitAll(a.waitHandles, a.millisecondsTimeout));
        }
        catch (Exception e) when (e is not AbandonedMutexException)
        {
            taken = false;
            throw;
        }
        finally
        {
            if (taken)
                foreach (var h in waitHandles)
                    Count(h, g);
        }
    }

    /// <summary><see cref="WaitHandle.SignalAndWait(WaitHandle, WaitHandle)"/>.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.SignalAndWait), Suspends = false, Holds = 1)]
    public static bool SignalAndWait(WaitHandle toSignal, WaitHandle toWaitOn, G g) => SignalAndWait(toSignal, toWaitOn, Timeout.Infinite, exitContext: false, g);

    /// <summary><see cref="WaitHandle.SignalAndWait(WaitHandle, WaitHandle, TimeSpan, bool)"/>.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.SignalAndWait), Suspends = false, Holds = 1)]
    public static bool SignalAndWait(WaitHandle toSignal, WaitHandle toWaitOn, TimeSpan timeout, bool exitContext, G g)
        => SignalAndWait(toSignal, toWaitOn, LockTwins.Milliseconds(timeout), exitContext, g);

    /// <summary><see cref="WaitHandle.SignalAndWait(WaitHandle, WaitHandle, int, bool)"/>.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.SignalAndWait), Suspends = false, Holds = 1)]
    public static bool SignalAndWait(WaitHandle toSignal, WaitHandle toWaitOn, int millisecondsTimeout, bool exitContext, G g)
    {
        var taken = Counted(toWaitOn, (toSignal, toWaitOn, millisecondsTimeout, exitContext, g), static a =>
            LockTwins.Blocking(a, a.g, static a => WaitHandle.SignalAndWait(a.toSignal, a.toWaitOn, a.millisecondsTimeout, a.exitContext)), g);
        if (toSignal is Mutex)
            g.LetGo();
        return taken;
    }

    /// <summary><see cref="Mutex.ReleaseMutex"/>.</summary>
    [TwinOf(typeof(Mutex), nameof(Mutex.ReleaseMutex), Suspends = false, Holds = -1)]
    public static void ReleaseMutex(Mutex m, G g)
    {
        m.ReleaseMutex();
        g.LetGo();
    }

    private static void Count(WaitHandle h, G g)
    {
        if (h is Mutex)
            g.Hold();
    }
}
