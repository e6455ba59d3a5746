// AsyncOperation: a send or receive of async code that waits.
//
// Waiter and source of the ValueTask in one. It owns its sudog. Three may end it, and the channel's lock says who does: a partner or close
// (they dequeue the sudog), or the token (it takes it out). Whoever does calls Complete, once, without locks.
//
// Pooled: taken when an operation has to wait, given back when its result is fetched, which the contract of ValueTask allows once; the
// version catches who does it twice. Not given back if the token's callback may still come, as in Cancellation.cs.
// Continuations never run on the waker's stack: it may be a goroutine in the middle of a send.

using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Weft.Runtime;

[NotWoven]
internal sealed class AsyncOperation<T> : IAsyncWaiter, IValueTaskSource, IValueTaskSource<T>, IValueTaskSource<(T, bool)>
{
    private const int PoolSize = 64;
    private static RuntimeLock<Ranks.Pool> s_lock;
    private static AsyncOperation<T>? s_pool;
    private static int s_pooled;

    private static readonly Action<object?> s_cancel = static o => ((AsyncOperation<T>)o!).Cancel();

    private readonly Sudog<T> _sudog;
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private Chan<T>? _chan;
    private bool _isSend;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;
    private AsyncOperation<T>? _next;
    private SynctestBubble? _bubble; // continues in a goroutine of it; in the pool the bubble would not see it

    internal AsyncOperation() => _sudog = new Sudog<T>(null, ChanOp.Receive) { owner = this };

    internal short Version => _core.Version;

    internal static AsyncOperation<T> Rent()
    {
        if (Volatile.Read(ref s_pool) is null)
            return new AsyncOperation<T>();
        s_lock.Lock();
        var operation = s_pool;
        if (operation is not null)
        {
            s_pool = operation._next;
            operation._next = null;
            s_pooled--;
        }
        s_lock.Unlock();
        return operation ?? new AsyncOperation<T>();
    }

    /// <summary>Under the channel's lock: into its queue. Without a channel it waits for ever.</summary>
    internal void Begin(Chan<T>? chan, bool isSend, T value)
    {
        _chan = chan;
        _isSend = isSend;
        _sudog.elem = value;
        _sudog.success = false;
        if (SynctestBubble.On)
        {
            _bubble = SynctestBubble.Current;
            _core.RunContinuationsAsynchronously = _bubble is null;
        }
        if (chan is null)
            return;
        if (isSend)
            chan.sendq.Enqueue(_sudog);
        else
            chan.recvq.Enqueue(_sudog);
    }

    /// <summary>Before the ValueTask is handed out: so it cannot have been given back yet, even if it is complete by now.</summary>
    internal void Watch(CancellationToken token)
    {
        if (!token.CanBeCanceled)
            return;
        _token = token;
        _registration = token.UnsafeRegister(s_cancel, this);
    }

    private void Cancel()
    {
        // Null: a callback that comes late, to an operation that has been through GetResult.
        if (Volatile.Read(ref _chan) is not { } chan)
            return;
        chan.@lock.Lock();
        var mine = _isSend ? chan.sendq.Remove(_sudog) : chan.recvq.Remove(_sudog);
        chan.@lock.Unlock();
        if (!mine)
            return;
        if (_isSend && RuntimeHelpers.IsReferenceOrContainsReferences<T>())
            _sudog.elem = default;
        _core.SetException(new OperationCanceledException(_token));
    }

    /// <inheritdoc/>
    public void Complete()
    {
        if (SynctestBubble.On && _bubble is not null)
            Proc.newprocIn(_bubble, CompleteNow, M.Current);
        else
            CompleteNow();
    }

    private void CompleteNow()
    {
        if (_isSend && RuntimeHelpers.IsReferenceOrContainsReferences<T>())
            _sudog.elem = default;
        if (_isSend && !_sudog.success)
            _core.SetException(new ChanClosedException());
        else
            _core.SetResult(true);
    }

    private (T Value, bool Ok) Result(short token)
    {
        // Throws for a wrong version before anything is touched; then the operation is not ours to give back.
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
            throw new InvalidOperationException("The channel operation is not complete: it must be awaited.");
        var value = _sudog.elem;
        var ok = _sudog.success;
        try
        {
            _core.GetResult(token);
        }
        finally
        {
            Return();
        }
        return ok ? (value!, true) : default;
    }

    private void Return()
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
            _sudog.elem = default;
        _chan = null;
        _bubble = null;
        var isFree = !_token.CanBeCanceled || _registration.Unregister();
        _core.Reset();
        if (!isFree)
            return; // version is up: a second GetResult is caught all the same
        _token = default;
        _registration = default;
        if (Volatile.Read(ref s_pooled) >= PoolSize)
            return;
        s_lock.Lock();
        _next = s_pool;
        s_pool = this;
        s_pooled++;
        s_lock.Unlock();
    }

    void IValueTaskSource.GetResult(short token) => Result(token);

    T IValueTaskSource<T>.GetResult(short token) => Result(token).Value;

    (T, bool) IValueTaskSource<(T, bool)>.GetResult(short token) => Result(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
