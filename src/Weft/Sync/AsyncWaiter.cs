// AsyncWaiter: an async caller that waits. Its steps run on the thread pool, and so does what awaits it.
//
// Ready only queues a work item: the waker may be a scheduler, or hold a processor that others wait for. The item takes the
// next step and then completes the task in place, where it is the pool's thread that runs the continuation (or the caller's
// synchronization context, which the source knows).

using System.Threading.Tasks.Sources;

namespace Weft.Runtime;

internal sealed class AsyncWaiter : Waiter, IValueTaskSource, IValueTaskSource<LockScope>, IValueTaskSource<bool>, IThreadPoolWorkItem
{
    private readonly SynctestBubble? _bubble = SynctestBubble.On ? SynctestBubble.Current : null;
    private ManualResetValueTaskSourceCore<LockScope> _core;

    internal ValueTask Task => new(this, _core.Version);

    internal ValueTask<LockScope> ScopeTask => new(this, _core.Version);

    /// <summary>Was it in time?</summary>
    internal ValueTask<bool> LimitedTask => new(this, _core.Version);

    internal override bool CanSpin => false;

    internal override void Prepare()
    {
    }

    internal override void Ready(M? m)
    {
        if (SynctestBubble.On && _bubble is not null)
            Proc.newprocIn(_bubble, Run, m); // in the pool the bubble would not see it
        else
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => Run();

    /// <summary>The next step.</summary>
    internal void Run()
    {
        // Once it is queued the next step may run at any moment, on another thread.
        var (on, number, token, limit) = (_on, ticket, _token, _limit);
        bool isOver;
        try
        {
            isOver = on.Step(this);
        }
        catch (Exception e)
        {
            failure = e;
            isOver = true;
        }
        if (!isOver)
        {
            LookAgain(on, this, number, token, limit);
            return;
        }
        var of = scope;
        if (End() is { } error)
            _core.SetException(error);
        else
            _core.SetResult(of is null ? default : new LockScope(of));
    }

    public override void Resume(G g) => Fatal.Throw("an async waiter is no frame");

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    LockScope IValueTaskSource<LockScope>.GetResult(short token) => _core.GetResult(token);

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        _core.GetResult(token);
        return !timedOut;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
