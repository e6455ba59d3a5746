// Bridges between channels and .NET's own streams of values.
//
// Into a channel: a pump copies, one value at a time, and closes the channel at the end, however the source ends. Of a channel: each value
// goes to one taker, whoever is first, as ever.

using System.Threading.Channels;
using Weft.Runtime;

namespace Weft;

/// <summary>Bridges between channels and <see cref="Channel{T}"/>, <see cref="IAsyncEnumerable{T}"/> and <see cref="IObservable{T}"/>.</summary>
public static class ChanExtensions
{
    /// <summary>The channel as a <see cref="ChannelReader{T}"/>. Nothing is copied: readers of both kinds take from the same channel.</summary>
    /// <param name="channel">The channel.</param>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <remarks>
    /// <see cref="ChannelReader{T}.WaitToReadAsync"/> takes no value, so on an unbuffered channel it sees senders that wait, and not those that
    /// only try (<see cref="Chan{T}.TrySend(T)"/>).
    /// </remarks>
    public static ChannelReader<T> AsReader<T>(this Chan<T> channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return new ChanReader<T>(channel);
    }

    /// <summary>The channel as a <see cref="ChannelWriter{T}"/>; completing it closes the channel.</summary>
    /// <param name="channel">The channel.</param>
    /// <typeparam name="T">The type of the values.</typeparam>
    public static ChannelWriter<T> AsWriter<T>(this Chan<T> channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return new ChanWriter<T>(channel);
    }

    /// <summary>Both <see cref="AsReader{T}"/> and <see cref="AsWriter{T}"/>.</summary>
    /// <param name="channel">The channel.</param>
    /// <typeparam name="T">The type of the values.</typeparam>
    public static Channel<T> AsChannel<T>(this Chan<T> channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return new ChannelAdapter<T>(channel);
    }

    /// <summary>Sends all that the source yields, then closes the channel; also if the source fails or the token is cancelled.</summary>
    /// <param name="source">The source.</param>
    /// <param name="channel">Where the values go.</param>
    /// <param name="cancellationToken">Ends the copying.</param>
    /// <returns>Done when the channel is closed; fails with what the source failed with.</returns>
    /// <typeparam name="T">The type of the values.</typeparam>
    public static Task CopyToAsync<T>(this IAsyncEnumerable<T> source, ISendChan<T> channel, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(channel);
        return Copy();

        async Task Copy()
        {
            Exception? reason = null;
            try
            {
                await foreach (var value in source.WithCancellation(cancellationToken).ConfigureAwait(false))
                    await channel.SendAsync(value, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                reason = e;
                throw;
            }
            finally
            {
                Close(channel, reason);
            }
        }
    }

    /// <summary>A channel with all that the source yields, closed at its end.</summary>
    /// <param name="source">The source. It is read ahead of the receivers by the buffer's size and one value more.</param>
    /// <param name="capacity">The size of the channel's buffer.</param>
    /// <param name="cancellationToken">Ends the copying, and closes the channel.</param>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <remarks>If the source fails the channel is closed, and the exception leaves a goroutine, which ends the process. Where it is to be
    /// handled use <see cref="CopyToAsync{T}(IAsyncEnumerable{T}, ISendChan{T}, CancellationToken)"/>.</remarks>
    public static Chan<T> ToChan<T>(this IAsyncEnumerable<T> source, int capacity = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var channel = new Chan<T>(capacity);
        Report(source.CopyToAsync(channel, cancellationToken), cancellationToken);
        return channel;
    }

    /// <summary>A channel with all that the reader gives, closed when the reader is complete.</summary>
    /// <inheritdoc cref="ToChan{T}(IAsyncEnumerable{T}, int, CancellationToken)"/>
    public static Chan<T> ToChan<T>(this ChannelReader<T> source, int capacity = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.ReadAllAsync(cancellationToken).ToChan(capacity, cancellationToken);
    }

    /// <summary>A channel whose values are written to <paramref name="target"/>; closing it completes the target.</summary>
    /// <param name="target">Where the values go.</param>
    /// <param name="capacity">The size of the channel's buffer.</param>
    /// <param name="cancellationToken">Ends the copying, and closes the channel.</param>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <remarks>A send is done when the value is on its way, not when the target has it. When the target was completed by somebody else the
    /// channel is closed, so that senders fail; a value that was on its way is lost.</remarks>
    public static ISendChan<T> ToChan<T>(this ChannelWriter<T> target, int capacity = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        var channel = new Chan<T>(capacity);
        Report(Copy(), cancellationToken);
        return channel;

        async Task Copy()
        {
            try
            {
                await foreach (var value in channel.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                    await target.WriteAsync(value, cancellationToken).ConfigureAwait(false);
                target.TryComplete();
            }
            catch (ChannelClosedException)
            {
            }
            finally
            {
                channel.TryClose(null);
            }
        }
    }

    /// <summary>A channel with all that the source pushes, closed at its end.</summary>
    /// <param name="source">The source. It is held up, by blocking the thread that pushes, while the channel is full.</param>
    /// <param name="capacity">The size of the channel's buffer.</param>
    /// <param name="cancellationToken">Ends the subscription, and closes the channel.</param>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <remarks>If the source fails the channel is closed, and the exception leaves a goroutine, which ends the process. Closing the channel
    /// from outside ends the subscription with the next value.</remarks>
    public static Chan<T> ToChan<T>(this IObservable<T> source, int capacity = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var channel = new Chan<T>(capacity);
        new ChanObserver<T>(channel, cancellationToken).Subscribe(source);
        return channel;
    }

    /// <summary>The channel as an observable: a goroutine for each subscriber receives and pushes. A value goes to one subscriber only.</summary>
    /// <param name="channel">The channel.</param>
    /// <typeparam name="T">The type of the values.</typeparam>
    public static IObservable<T> AsObservable<T>(this IReceiveChan<T> channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return new ChanObservable<T>(channel);
    }

    /// <summary>Who can do nothing about an exception lets it leave a goroutine. An end by the caller's own token is none.</summary>
    [NotWoven]
    internal static void Report(Task pump, CancellationToken token)
    {
        pump.ContinueWith(static (t, o) =>
        {
            var failure = t.Exception?.InnerException;
            if (failure is not null && !(failure is OperationCanceledException && ((CancellationToken)o!).IsCancellationRequested))
                Goroutine.Go(() => System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure));
        }, token, CancellationToken.None, TaskContinuationOptions.NotOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    internal static void Close<T>(ISendChan<T> channel, Exception? reason)
    {
        if (channel is Chan<T> own)
        {
            own.TryClose(reason);
            return;
        }
        try
        {
            channel.Close();
        }
        catch (ChanClosedException)
        {
        }
    }
}
