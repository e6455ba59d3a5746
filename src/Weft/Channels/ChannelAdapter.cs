// A Chan<T> as a System.Threading.Channels channel.
//
// The adapters hold no value and no state: whatever they do is an operation on the channel, so any number of them, and the channel's own
// operations, may be mixed. WaitToReadAsync and WaitToWriteAsync do not take part in a transfer (Watcher.cs): on an unbuffered channel one
// side must really send or receive, which ReadAsync, ReadAllAsync and WriteAsync do; TryRead against TryWrite never meets.
//
// A channel knows no error. The reason given to Complete is kept beside it (ChanEnd), for readers that come through an adapter.

using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Weft.Runtime;

namespace Weft;

internal sealed class ChannelAdapter<T> : Channel<T>
{
    internal ChannelAdapter(Chan<T> chan)
    {
        Reader = new ChanReader<T>(chan);
        Writer = new ChanWriter<T>(chan);
    }
}

internal sealed class ChanReader<T>(Chan<T> chan) : ChannelReader<T>
{
    public override bool CanCount => true;

    public override int Count => chan.Count;

    public override Task Completion => chan.MakeEnd().Drained.Task;

    public override bool TryRead(out T item) => chan.TryReceive(out item);

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
    {
        var ready = Watcher.Watch(chan, forSend: false, cancellationToken);
        return ready.IsCompletedSuccessfully && ready.Result ? ready : OrReason(ready);
    }

    private async ValueTask<bool> OrReason(ValueTask<bool> ready)
    {
        if (await ready.ConfigureAwait(false))
            return true;
        if (chan.end?.Error is { } e)
            ExceptionDispatchInfo.Throw(e);
        return false;
    }

    public override async ValueTask<T> ReadAsync(CancellationToken cancellationToken = default)
    {
        var (value, ok) = await chan.ReceiveOkAsync(cancellationToken).ConfigureAwait(false);
        return ok ? value : throw new ChannelClosedException(chan.end?.Error);
    }

    public override async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var (value, ok) = await chan.ReceiveOkAsync(cancellationToken).ConfigureAwait(false);
            if (!ok)
                break;
            yield return value;
        }
        if (chan.end?.Error is { } e)
            ExceptionDispatchInfo.Throw(e);
    }
}

internal sealed class ChanWriter<T>(Chan<T> chan) : ChannelWriter<T>
{
    public override bool TryWrite(T item) => chan.TrySendOpen(item);

    public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) =>
        Watcher.Watch(chan, forSend: true, cancellationToken);

    public override async ValueTask WriteAsync(T item, CancellationToken cancellationToken = default)
    {
        try
        {
            await chan.SendAsync(item, cancellationToken).ConfigureAwait(false);
        }
        catch (ChanClosedException)
        {
            throw new ChannelClosedException(chan.end?.Error);
        }
    }

    public override bool TryComplete(Exception? error = null) => chan.TryClose(error);
}
