// Channels and observables, which push: an observer that sends, and an observable whose subscribers each have a goroutine.

using Weft.Runtime;

namespace Weft;

/// <summary>Sends what it observes.</summary>
internal sealed class ChanObserver<T>(Chan<T> channel, CancellationToken token) : IObserver<T>
{
    private readonly Lock _lock = new();
    private IDisposable? _subscription;
    private CancellationTokenRegistration _registration;
    private bool _done;

    internal void Subscribe(IObservable<T> source)
    {
        _registration = token.UnsafeRegister(static o => ((ChanObserver<T>)o!).End(null), this);
        var subscription = source.Subscribe(this);
        bool done;
        lock (_lock)
        {
            _subscription = subscription;
            done = _done;
        }
        if (done)
            subscription.Dispose(); // it ended while it was being subscribed to
    }

    public void OnNext(T value)
    {
        try
        {
            channel.Send(value, token);
        }
        catch (Exception e) when (e is ChanClosedException or OperationCanceledException)
        {
            End(null);
        }
    }

    public void OnCompleted() => End(null);

    public void OnError(Exception error)
    {
        End(error);
        ChanExtensions.Report(Task.FromException(error), CancellationToken.None);
    }

    private void End(Exception? reason)
    {
        IDisposable? subscription;
        lock (_lock)
        {
            if (_done)
                return;
            _done = true;
            subscription = _subscription;
        }
        channel.TryClose(reason);
        _registration.Unregister();
        subscription?.Dispose();
    }
}

/// <summary>Each subscriber is served by a goroutine that receives.</summary>
internal sealed class ChanObservable<T>(IReceiveChan<T> channel) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription();
        Goroutine.Go(() => Serve(observer, subscription));
        return subscription;
    }

    private void Serve(IObserver<T> observer, Subscription subscription)
    {
        while (subscription.TryReceive(channel, out var value, out var ok))
        {
            if (!ok)
            {
                observer.OnCompleted();
                return;
            }
            observer.OnNext(value);
        }
    }

    private sealed class Subscription : IDisposable
    {
        private readonly CancellationTokenSource _cancel = new();

        /// <summary>False: disposed of.</summary>
        internal bool TryReceive(IReceiveChan<T> channel, out T value, out bool ok)
        {
            try
            {
                (value, ok) = channel.ReceiveOk(_cancel.Token);
                return true;
            }
            catch (OperationCanceledException e) when (e.CancellationToken == _cancel.Token)
            {
                value = default!;
                ok = false;
                return false;
            }
        }

        public void Dispose() => _cancel.Cancel();
    }
}
