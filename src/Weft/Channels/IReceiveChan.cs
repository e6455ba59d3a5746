namespace Weft;

/// <summary>The receiving side of a channel: Go's <c>&lt;-chan T</c>.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
public interface IReceiveChan<T> : IEnumerable<T>
{
    /// <summary>Number of values in the buffer; Go's <c>len</c>.</summary>
    int Count { get; }

    /// <summary>Size of the buffer; Go's <c>cap</c>.</summary>
    int Capacity { get; }

    /// <summary>Receives a value, blocking until there is one; Go's <c>&lt;-ch</c>.</summary>
    /// <returns>The value, or the default of <typeparamref name="T"/> once the channel is closed and drained.</returns>
    T Receive();

    /// <summary>Receives a value, blocking until there is one or the token is cancelled.</summary>
    /// <param name="cancellationToken">Ends the wait. It is looked at first: a token that is cancelled already takes nothing.</param>
    /// <returns>The value, or the default of <typeparamref name="T"/> once the channel is closed and drained.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing was taken.</exception>
    T Receive(CancellationToken cancellationToken);

    /// <summary>As <see cref="Receive()"/>, and says whether the value was sent; Go's <c>v, ok := &lt;-ch</c>.</summary>
    /// <returns>The value and true, or the default and false once the channel is closed and drained.</returns>
    (T Value, bool Ok) ReceiveOk();

    /// <summary>As <see cref="Receive(CancellationToken)"/>, and says whether the value was sent.</summary>
    /// <param name="cancellationToken">Ends the wait. It is looked at first: a token that is cancelled already takes nothing.</param>
    /// <returns>The value and true, or the default and false once the channel is closed and drained.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing was taken.</exception>
    (T Value, bool Ok) ReceiveOk(CancellationToken cancellationToken);

    /// <summary>Receives if that needs no waiting: Go's <c>select</c> with a default clause.</summary>
    /// <param name="value">The value, or the default.</param>
    /// <returns>True if a value was received; false if the receive would block, or the channel is closed and drained.</returns>
    bool TryReceive(out T value);

    /// <summary>Receives from async code; the default of <typeparamref name="T"/> once the channel is closed and drained.</summary>
    /// <param name="cancellationToken">Ends the wait; nothing was taken then.</param>
    /// <returns>To be awaited once. A value that it was given is lost if nobody does.</returns>
    /// <remarks>The place in the queue is that of the call, not of the await. Continuations run on the thread pool or the captured
    /// context, never on the thread of the sender.</remarks>
    ValueTask<T> ReceiveAsync(CancellationToken cancellationToken = default);

    /// <summary>As <see cref="ReceiveAsync"/>, and says whether the value was sent.</summary>
    /// <param name="cancellationToken">Ends the wait; nothing was taken then.</param>
    ValueTask<(T Value, bool Ok)> ReceiveOkAsync(CancellationToken cancellationToken = default);

    /// <summary>Receives from async code until the channel is closed and drained: Go's <c>for v := range ch</c>.</summary>
    /// <param name="cancellationToken">Ends the loop with an <see cref="OperationCanceledException"/>.</param>
    IAsyncEnumerable<T> ReadAllAsync(CancellationToken cancellationToken = default);

    /// <summary>A case for <see cref="Select"/>: receives from this channel.</summary>
    ReceiveCase<T> OnReceive();
}
