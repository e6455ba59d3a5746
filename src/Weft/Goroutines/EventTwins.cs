// SemaphoreSlim, ManualResetEventSlim, CountdownEvent and the events and semaphores of the system, in woven code: they park.
//
// Each first asks plainly and without waiting, which checks the arguments and the token, and is all there is to do most times. SemaphoreSlim
// has an async form that does the waiting; the two events wait by the event of the system that they make when they are asked for it, which
// is why one that goroutines wait for is a little dearer to set from then on.
//
// WaitHandle.WaitOne is virtual, and may take a Mutex, which belongs to the thread: only the types that are listed park, and for all others the
// thread waits (LockTwins.cs).
//
// Not here: Barrier, whose waiting half cannot be told from its signalling half, and which runs code of the user's between the two;
// BlockingCollection, which waits inside. Both hold the thread, and sysmon finds another processor for the rest.

using System.ComponentModel;
using Weft.Runtime;

namespace Weft;

/// <summary>Redirections; see the file head.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[NotWoven]
public static class EventTwins
{
    /// <summary><see cref="SemaphoreSlim.Wait()"/>.</summary>
    [TwinOf(typeof(SemaphoreSlim), nameof(SemaphoreSlim.Wait))]
    public static void Wait(SemaphoreSlim s, G g) => Wait(s, Timeout.Infinite, default, g);

    /// <summary><see cref="SemaphoreSlim.Wait(CancellationToken)"/>.</summary>
    [TwinOf(typeof(SemaphoreSlim), nameof(SemaphoreSlim.Wait))]
    public static void Wait(SemaphoreSlim s, CancellationToken cancellationToken, G g) => Wait(s, Timeout.Infinite, cancellationToken, g);

    /// <summary><see cref="SemaphoreSlim.Wait(int)"/>.</summary>
    [TwinOf(typeof(SemaphoreSlim), nameof(SemaphoreSlim.Wait))]
    public static bool Wait(SemaphoreSlim s, int millisecondsTimeout, G g) =>
        millisecondsTimeout < -1 ? s.Wait(millisecondsTimeout) : Wait(s, millisecondsTimeout, default, g);

    /// <summary><see cref="SemaphoreSlim.Wait(TimeSpan)"/>.</summary>
    [TwinOf(typeof(SemaphoreSlim), nameof(SemaphoreSlim.Wait))]
    public static bool Wait(SemaphoreSlim s, TimeSpan timeout, G g) => Wait(s, timeout, default, g);

    /// <summary><see cref="SemaphoreSlim.Wait(TimeSpan, CancellationToken)"/>.</summary>
    [TwinOf(typeof(SemaphoreSlim), nameof(SemaphoreSlim.Wait))]
    public static bool Wait(SemaphoreSlim s, TimeSpan timeout, CancellationToken cancellationToken, G g) =>
        TaskGroupTwins.Milliseconds(timeout) is { } ms ? Wait(s, ms, cancellationToken, g) : s.Wait(timeout, cancellationToken);

    /// <summary><see cref="SemaphoreSlim.Wait(int, CancellationToken)"/>.</summary>
    [TwinOf(typeof(SemaphoreSlim), nameof(SemaphoreSlim.Wait))]
    public static bool Wait(SemaphoreSlim s, int millisecondsTimeout, CancellationToken cancellationToken, G g)
    {
        if (millisecondsTimeout is 0 or < -1)
            return s.Wait(millisecondsTimeout, cancellationToken);
        if (s.Wait(0, cancellationToken))
            return true;
        return TaskFrame<bool, bool>.Start(g, s.WaitAsync(millisecondsTimeout, cancellationToken), task =>
            task.IsCanceled ? throw new OperationCanceledException(cancellationToken) : TaskPark.GetResult(task));
    }

    /// <summary><see cref="ManualResetEventSlim.Wait()"/>.</summary>
    [TwinOf(typeof(ManualResetEventSlim), nameof(ManualResetEventSlim.Wait))]
    public static void Wait(ManualResetEventSlim e, G g) => Wait(e, Timeout.Infinite, default, g);

    /// <summary><see cref="ManualResetEventSlim.Wait(CancellationToken)"/>.</summary>
    [TwinOf(typeof(ManualResetEventSlim), nameof(ManualResetEventSlim.Wait))]
    public static void Wait(ManualResetEventSlim e, CancellationToken cancellationToken, G g) => Wait(e, Timeout.Infinite, cancellationToken, g);

    /// <summary><see cref="ManualResetEventSlim.Wait(int)"/>.</summary>
    [TwinOf(typeof(ManualResetEventSlim), nameof(ManualResetEventSlim.Wait))]
    public static bool Wait(ManualResetEventSlim e, int millisecondsTimeout, G g) => Wait(e, millisecondsTimeout, default, g);

    /// <summary><see cref="ManualResetEventSlim.Wait(TimeSpan)"/>.</summary>
    [TwinOf(typeof(ManualResetEventSlim), nameof(ManualResetEventSlim.Wait))]
    public static bool Wait(ManualResetEventSlim e, TimeSpan timeout, G g) => Wait(e, timeout, default, g);

    /// <summary><see cref="ManualResetEventSlim.Wait(TimeSpan, CancellationToken)"/>.</summary>
    [TwinOf(typeof(ManualResetEventSlim), nameof(ManualResetEventSlim.Wait))]
    public static bool Wait(ManualResetEventSlim e, TimeSpan timeout, CancellationToken cancellationToken, G g) =>
        TaskGroupTwins.Milliseconds(timeout) is { } ms ? Wait(e, ms, cancellationToken, g) : e.Wait(timeout, cancellationToken);

    /// <summary><see cref="ManualResetEventSlim.Wait(int, CancellationToken)"/>.</summary>
    [TwinOf(typeof(ManualResetEventSlim), nameof(ManualResetEventSlim.Wait))]
    public static bool Wait(ManualResetEventSlim e, int millisecondsTimeout, CancellationToken cancellationToken, G g)
    {
        if (millisecondsTimeout is 0 or < -1)
            return e.Wait(millisecondsTimeout, cancellationToken);
        return e.Wait(0, cancellationToken) || HandleWait.Start(g, e.WaitHandle, millisecondsTimeout, cancellationToken);
    }

    /// <summary><see cref="CountdownEvent.Wait()"/>.</summary>
    [TwinOf(typeof(CountdownEvent), nameof(CountdownEvent.Wait))]
    public static void Wait(CountdownEvent e, G g) => Wait(e, Timeout.Infinite, default, g);

    /// <summary><see cref="CountdownEvent.Wait(CancellationToken)"/>.</summary>
    [TwinOf(typeof(CountdownEvent), nameof(CountdownEvent.Wait))]
    public static void Wait(CountdownEvent e, CancellationToken cancellationToken, G g) => Wait(e, Timeout.Infinite, cancellationToken, g);

    /// <summary><see cref="CountdownEvent.Wait(int)"/>.</summary>
    [TwinOf(typeof(CountdownEvent), nameof(CountdownEvent.Wait))]
    public static bool Wait(CountdownEvent e, int millisecondsTimeout, G g) => Wait(e, millisecondsTimeout, default, g);

    /// <summary><see cref="CountdownEvent.Wait(TimeSpan)"/>.</summary>
    [TwinOf(typeof(CountdownEvent), nameof(CountdownEvent.Wait))]
    public static bool Wait(CountdownEvent e, TimeSpan timeout, G g) => Wait(e, timeout, default, g);

    /// <summary><see cref="CountdownEvent.Wait(TimeSpan, CancellationToken)"/>.</summary>
    [TwinOf(typeof(CountdownEvent), nameof(CountdownEvent.Wait))]
    public static bool Wait(CountdownEvent e, TimeSpan timeout, CancellationToken cancellationToken, G g) =>
        TaskGroupTwins.Milliseconds(timeout) is { } ms ? Wait(e, ms, cancellationToken, g) : e.Wait(timeout, cancellationToken);

    /// <summary><see cref="CountdownEvent.Wait(int, CancellationToken)"/>.</summary>
    [TwinOf(typeof(CountdownEvent), nameof(CountdownEvent.Wait))]
    public static bool Wait(CountdownEvent e, int millisecondsTimeout, CancellationToken cancellationToken, G g)
    {
        if (millisecondsTimeout is 0 or < -1)
            return e.Wait(millisecondsTimeout, cancellationToken);
        return e.Wait(0, cancellationToken) || HandleWait.Start(g, e.WaitHandle, millisecondsTimeout, cancellationToken);
    }

    /// <summary><see cref="WaitHandle.WaitOne()"/>.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.WaitOne), Holds = 1)]
    public static bool WaitOne(WaitHandle h, G g) => WaitOne(h, Timeout.Infinite, g);

    /// <summary><see cref="WaitHandle.WaitOne(TimeSpan)"/>.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.WaitOne), Holds = 1)]
    public static bool WaitOne(WaitHandle h, TimeSpan timeout, G g) =>
        TaskGroupTwins.Milliseconds(timeout) is { } ms ? WaitOne(h, ms, g) : h.WaitOne(timeout);

    /// <summary><see cref="WaitHandle.WaitOne(int, bool)"/>.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.WaitOne), Holds = 1)]
    public static bool WaitOne(WaitHandle h, int millisecondsTimeout, bool exitContext, G g) => WaitOne(h, millisecondsTimeout, g);

    /// <summary><see cref="WaitHandle.WaitOne(TimeSpan, bool)"/>.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.WaitOne), Holds = 1)]
    public static bool WaitOne(WaitHandle h, TimeSpan timeout, bool exitContext, G g) => WaitOne(h, timeout, g);

    /// <summary><see cref="WaitHandle.WaitOne(int)"/>.</summary>
    [TwinOf(typeof(WaitHandle), nameof(WaitHandle.WaitOne), Holds = 1)]
    public static bool WaitOne(WaitHandle h, int millisecondsTimeout, G g)
    {
        if (!Parks(h))
            return MutexTwins.WaitOne(h, millisecondsTimeout, g);
        if (millisecondsTimeout is 0 or < -1)
            return h.WaitOne(millisecondsTimeout);
        return h.WaitOne(0) || HandleWait.Start(g, h, millisecondsTimeout, default);
    }

    // Another type may be a Mutex, have a WaitOne of its own, or be one that the pool cannot wait for.
    private static bool Parks(WaitHandle h) =>
        h.GetType() is var type && (type == typeof(ManualResetEvent) || type == typeof(AutoResetEvent) || type == typeof(EventWaitHandle) || type == typeof(System.Threading.Semaphore));
}
