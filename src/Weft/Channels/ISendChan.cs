namespace Weft;

/// <summary>The sending side of a channel: Go's <c>chan&lt;- T</c>.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
public interface ISendChan<T>
{
    /// <summary>Number of values in the buffer; Go's <c>len</c>.</summary>
    int Count { get; }

    /// <summary>Size of the buffer; Go's <c>cap</c>.</summary>
    int Capacity { get; }

    /// <summary>Sends a value, blocking until it is received or buffered; Go's <c>ch &lt;- v</c>.</summary>
    /// <param name="value">The value.</param>
    /// <exception cref="ChanClosedException">The channel is closed, or is closed while the send waits; the value was not sent.</exception>
    void Send(T value);

    /// <summary>Sends a value, blocking until it is received or buffered, or the token is cancelled.</summary>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Ends the wait. It is looked at first: a token that is cancelled already sends nothing.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled; the value was not sent.</exception>
    /// <exception cref="ChanClosedException">The channel is closed, or is closed while the send waits; the value was not sent.</exception>
    void Send(T value, CancellationToken cancellationToken);

    /// <summary>Sends if that needs no waiting: Go's <c>select</c> with a default clause.</summary>
    /// <param name="value">The value.</param>
    /// <returns>False if the send would block; nothing was sent then.</returns>
    /// <exception cref="ChanClosedException">The channel is closed.</exception>
    bool TrySend(T value);

    /// <summary>Sends a value from async code: done when it is received or buffered.</summary>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Ends the wait; the value was not sent then.</param>
    /// <returns>To be awaited once. It fails with <see cref="ChanClosedException"/> if the channel is closed or is closed meanwhile.</returns>
    /// <remarks>The place in the queue is that of the call, not of the await. Continuations run on the thread pool or the captured
    /// context, never on the thread of the receiver.</remarks>
    ValueTask SendAsync(T value, CancellationToken cancellationToken = default);

    /// <summary>
    /// Closes the channel: no more values will be sent. Buffered values can still be received; waiting receivers wake with the
    /// default, waiting senders with an exception.
    /// </summary>
    /// <exception cref="ChanClosedException">It is closed already.</exception>
    /// <exception cref="InvalidOperationException">It is <see cref="Chan{T}.Nil"/>.</exception>
    void Close();

    /// <summary>A case for <see cref="Select"/>: sends <paramref name="value"/>, which can be set anew for each select.</summary>
    /// <param name="value">The value.</param>
    SendCase<T> OnSend(T value);
}
