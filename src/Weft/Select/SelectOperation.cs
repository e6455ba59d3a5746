// SelectOperation: a select of async code, and the source of its ValueTask. Pooled as AsyncOperation is.
//
// Two must be through before it may end: the caller, who is still recording signal cases when a partner may already have decided, and the
// one who decides. `_open` counts them down; the second withdraws the losers and completes.

using System.Threading.Tasks.Sources;

namespace Weft.Runtime;

[NotWoven]
internal sealed class SelectOperation : IValueTaskSource<int>
{
    private const int PoolSize = 64;
    private static RuntimeLock<Ranks.Pool> s_lock;
    private static SelectOperation? s_pool;
    private static int s_pooled;

    private readonly Selection _selection;
    private ManualResetValueTaskSourceCore<int> _core = new() { RunContinuationsAsynchronously = true };
    private int _open;
    private SelectOperation? _next;
    private SynctestBubble? _bubble; // as in AsyncOperation

    private SelectOperation() => _selection = new Selection(this);

    internal static ValueTask<int> Start(SelectCase[] cases, bool ordered, CancellationToken token)
    {
        if (token.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(token);
        var operation = Rent();
        try
        {
            operation._open = 2;
            if (SynctestBubble.On)
            {
                operation._bubble = SynctestBubble.Current;
                operation._core.RunContinuationsAsynchronously = operation._bubble is null;
            }
            var index = operation._selection.Begin(ordered).Add(cases).Add(token).NowOrPark();
            if (index == Selection.Parked)
            {
                var version = operation._core.Version;
                operation.Complete();
                return new ValueTask<int>(operation, version);
            }
            operation.Return();
            return new ValueTask<int>(index);
        }
        catch (ChanClosedException e)
        {
            operation.Return();
            return ValueTask.FromException<int>(e);
        }
        catch (OperationCanceledException e)
        {
            operation.Return();
            return ValueTask.FromCanceled<int>(e.CancellationToken);
        }
    }

    /// <summary>One of the two is through; without locks.</summary>
    internal void Complete()
    {
        if (Interlocked.Decrement(ref _open) != 0)
            return;
        if (SynctestBubble.On && _bubble is not null)
            Proc.newprocIn(_bubble, CompleteNow, M.Current);
        else
            CompleteNow();
    }

    private void CompleteNow()
    {
        int index;
        try
        {
            index = _selection.Finish();
        }
        catch (Exception e)
        {
            _core.SetException(e);
            return;
        }
        _core.SetResult(index);
    }

    int IValueTaskSource<int>.GetResult(short token)
    {
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
            throw new InvalidOperationException("The select is not complete: it must be awaited.");
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            Return();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private static SelectOperation Rent()
    {
        s_lock.Lock();
        var operation = s_pool;
        if (operation is not null)
        {
            s_pool = operation._next;
            operation._next = null;
            s_pooled--;
        }
        s_lock.Unlock();
        return operation ?? new SelectOperation();
    }

    private void Return()
    {
        _bubble = null;
        s_lock.Lock();
        if (s_pooled < PoolSize)
        {
            _next = s_pool;
            s_pool = this;
            s_pooled++;
        }
        s_lock.Unlock();
    }
}
