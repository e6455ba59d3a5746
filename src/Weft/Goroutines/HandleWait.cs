// HandleWait: a goroutine that waits for an event or a semaphore of the system.
//
// .NET's thread pool waits for up to 63 of them on a thread, and calls back. It takes the signal as a thread that waits would: an automatic
// event or a semaphore is taken once for each registration, and never by one whose time is up. Nothing here takes a registration back but the
// waiter, when its wait is over, and a token, which only events have that stay set: so no signal is lost.

namespace Weft.Runtime;

[NotWoven]
internal sealed class HandleWait : OneWait
{
    private readonly RegisteredWaitHandle _registration;
    private bool _isSignaled;

    private HandleWait(WaitHandle handle, int milliseconds) =>
        _registration = ThreadPool.UnsafeRegisterWaitForSingleObject(handle, static (o, timedOut) => ((HandleWait)o!).End(timedOut), this, milliseconds, executeOnlyOnce: true);

    /// <summary>True: signalled; false: the time is up, or the goroutine unwinds.</summary>
    internal static bool Start(G g, WaitHandle handle, int milliseconds, CancellationToken token)
    {
        var wait = new HandleWait(handle, milliseconds);
        return ResultFrame<bool>.Start(g, wait, WaitReason.HandleWait, token, () => wait._isSignaled);
    }

    protected override void Stop() => _registration.Unregister(null);

    private void End(bool timedOut)
    {
        _isSignaled = !timedOut;
        End(M.Current);
    }
}

/// <summary>Waits, then returns what <paramref name="end"/> does.</summary>
internal sealed class ResultFrame<R>(Func<R> end) : Frame
{
    internal static R Start(G g, IBlocker on, WaitReason reason, CancellationToken token, Func<R> end)
    {
        if (Blocking.Hot(on, g, reason, token))
            return end();
        g.push(new ResultFrame<R>(end));
        return default!;
    }

    public override void Resume(G g)
    {
        g.CheckThrow(); // the token
        g.SetResult(end());
    }
}
