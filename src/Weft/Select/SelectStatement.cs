// The fluent form: cases with handlers. Plain C# over Select.Wait, woven like anybody's: a handler may block.

using Weft.Runtime;

namespace Weft;

public static partial class Select
{
    /// <summary>Begins a select: receives from the channel, and calls the handler with the value.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="handler">Called with the value, or with the default once the channel is closed and drained.</param>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <example><code>
    /// var numbers = new Chan&lt;int&gt;(1);
    /// var text = "";
    /// Select.On(numbers, n => text = $"got {n}").Default(() => text = "nothing yet");
    /// Console.WriteLine(text);            // nothing yet
    /// numbers.Send(7);
    /// Select.On(numbers, n => text = $"got {n}").Default(() => text = "nothing yet");
    /// Console.WriteLine(text);            // got 7
    /// </code></example>
    public static SelectStatement On<T>(Chan<T> channel, Action<T> handler) => new SelectStatement().On(channel, handler);

    /// <summary>Begins a select: receives from the channel, and calls the handler with the value and whether it was sent.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="handler">Called with the value and true, or with the default and false once the channel is closed and drained.</param>
    /// <typeparam name="T">The type of the values.</typeparam>
    public static SelectStatement On<T>(Chan<T> channel, Action<T, bool> handler) => new SelectStatement().On(channel, handler);

    /// <summary>Begins a select: receives from the channel, and calls the handler with the value.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="handler">Called with the value, or with the default once the channel is closed and drained.</param>
    /// <typeparam name="T">The type of the values.</typeparam>
    public static SelectStatement On<T>(IReceiveChan<T> channel, Action<T> handler) => new SelectStatement().On(channel, handler);

    /// <summary>Begins a select: receives from the channel, and calls the handler with the value and whether it was sent.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="handler">Called with the value and true, or with the default and false once the channel is closed and drained.</param>
    /// <typeparam name="T">The type of the values.</typeparam>
    public static SelectStatement On<T>(IReceiveChan<T> channel, Action<T, bool> handler) => new SelectStatement().On(channel, handler);

    /// <summary>Begins a select: sends the value, and calls the handler when it was sent.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="value">The value.</param>
    /// <param name="handler">Called after the value was sent.</param>
    /// <typeparam name="T">The type of the values.</typeparam>
    public static SelectStatement On<T>(ISendChan<T> channel, T value, Action handler) => new SelectStatement().On(channel, value, handler);

    /// <summary>Begins a select: waits for the task, and calls the handler with its result.</summary>
    /// <param name="task">The task.</param>
    /// <param name="handler">Called with the result. If the task has failed it is not called, and the select throws what it failed with.</param>
    /// <typeparam name="T">The type of the result.</typeparam>
    public static SelectStatement On<T>(Task<T> task, Action<T> handler) => new SelectStatement().On(task, handler);

    /// <summary>Begins a select with a case of any kind.</summary>
    /// <param name="case">The case.</param>
    /// <param name="handler">Called when the case ran.</param>
    public static SelectStatement On(SelectCase @case, Action handler) => new SelectStatement().On(@case, handler);
}

/// <summary>
/// A select with a handler for each case: made by <see cref="Select.On{T}(Chan{T}, Action{T})"/>, run by <see cref="Wait()"/>,
/// <see cref="Default(Action)"/> or <see cref="WaitAsync"/>, as often as wanted. Its cases belong to it, so it runs once at a time.
/// </summary>
/// <remarks>The handler runs after the operation, on the goroutine or thread that selects, and may block.</remarks>
public sealed class SelectStatement
{
    private readonly List<Branch> _branches = [];
    private SelectCase[]? _cases;
    private bool _ordered;

    internal SelectStatement()
    {
    }

    /// <inheritdoc cref="Select.On{T}(Chan{T}, Action{T})"/>
    public SelectStatement On<T>(Chan<T> channel, Action<T> handler) => On((IReceiveChan<T>)channel, handler);

    /// <inheritdoc cref="Select.On{T}(Chan{T}, Action{T, bool})"/>
    public SelectStatement On<T>(Chan<T> channel, Action<T, bool> handler) => On((IReceiveChan<T>)channel, handler);

    /// <inheritdoc cref="Select.On{T}(IReceiveChan{T}, Action{T})"/>
    public SelectStatement On<T>(IReceiveChan<T> channel, Action<T> handler)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(handler);
        return Add(new ReceiveBranch<T>(channel.OnReceive(), handler));
    }

    /// <inheritdoc cref="Select.On{T}(IReceiveChan{T}, Action{T, bool})"/>
    public SelectStatement On<T>(IReceiveChan<T> channel, Action<T, bool> handler)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(handler);
        return Add(new ReceiveOkBranch<T>(channel.OnReceive(), handler));
    }

    /// <inheritdoc cref="Select.On{T}(ISendChan{T}, T, Action)"/>
    public SelectStatement On<T>(ISendChan<T> channel, T value, Action handler)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return On(channel.OnSend(value), handler);
    }

    /// <inheritdoc cref="Select.On{T}(Task{T}, Action{T})"/>
    public SelectStatement On<T>(Task<T> task, Action<T> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(new TaskBranch<T>(Select.Completed(task), handler));
    }

    /// <inheritdoc cref="Select.On(SelectCase, Action)"/>
    public SelectStatement On(SelectCase @case, Action handler)
    {
        ArgumentNullException.ThrowIfNull(@case);
        ArgumentNullException.ThrowIfNull(handler);
        return Add(new PlainBranch(@case, handler));
    }

    /// <summary>Of several cases that are ready the first runs, as in <see cref="Select.WaitOrdered(SelectCase[])"/>.</summary>
    public SelectStatement Ordered()
    {
        _ordered = true;
        return this;
    }

    /// <summary>Waits until one of the cases can run, runs it and then its handler.</summary>
    /// <returns>The index of the case that ran, in the order of the <c>On</c>s.</returns>
    public int Wait()
    {
        var index = _ordered ? Select.WaitOrdered(Cases) : Select.Wait(Cases);
        _branches[index].Handle();
        return index;
    }

    /// <summary>As <see cref="Wait()"/>, until the token is cancelled.</summary>
    /// <param name="cancellationToken">Ends the wait; no case ran then.</param>
    /// <returns>The index of the case that ran, in the order of the <c>On</c>s.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; no case ran.</exception>
    public int Wait(CancellationToken cancellationToken)
    {
        var index = _ordered ? Select.WaitOrdered(Cases, cancellationToken) : Select.Wait(Cases, cancellationToken);
        _branches[index].Handle();
        return index;
    }

    /// <summary>Runs a case and its handler if one can run now, else <paramref name="handler"/>: Go's <c>default</c> clause.</summary>
    /// <param name="handler">Called if no case can run.</param>
    /// <returns>The index of the case that ran, or -1.</returns>
    public int Default(Action handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var index = _ordered ? Select.TryWaitOrdered(Cases) : Select.TryWait(Cases);
        if (index < 0)
            handler();
        else
            _branches[index].Handle();
        return index;
    }

    /// <summary><see cref="Wait()"/> for async code. The handler runs there, and is plain code.</summary>
    /// <param name="cancellationToken">Ends the wait; no case ran then.</param>
    /// <returns>The index of the case that ran, in the order of the <c>On</c>s.</returns>
    public async ValueTask<int> WaitAsync(CancellationToken cancellationToken = default)
    {
        var cases = Cases;
        var index = await (_ordered ? Select.WaitOrderedAsync(cases, cancellationToken) : Select.WaitAsync(cases, cancellationToken)).ConfigureAwait(false);
        _branches[index].Handle();
        return index;
    }

    private SelectCase[] Cases => _cases ??= [.. _branches.Select(b => b.Case)];

    private SelectStatement Add(Branch branch)
    {
        _branches.Add(branch);
        _cases = null;
        return this;
    }

    private abstract class Branch(SelectCase @case)
    {
        internal readonly SelectCase Case = @case;

        internal abstract void Handle();
    }

    private sealed class PlainBranch(SelectCase @case, Action handler) : Branch(@case)
    {
        internal override void Handle() => handler();
    }

    private sealed class ReceiveBranch<T>(ReceiveCase<T> @case, Action<T> handler) : Branch(@case)
    {
        internal override void Handle() => handler(@case.Value);
    }

    private sealed class ReceiveOkBranch<T>(ReceiveCase<T> @case, Action<T, bool> handler) : Branch(@case)
    {
        internal override void Handle() => handler(@case.Value, @case.Ok);
    }

    private sealed class TaskBranch<T>(TaskCase<T> @case, Action<T> handler) : Branch(@case)
    {
        internal override void Handle() => handler(@case.Value);
    }
}
