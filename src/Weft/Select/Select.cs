// Select: Go's select statement. The machinery is in Selection.cs.

using System.ComponentModel;
using Weft.Runtime;

namespace Weft;

/// <summary>
/// Waits for several operations and runs exactly one of them: Go's <c>select</c>. If more than one is ready, one of them at random, each
/// equally likely.
/// </summary>
/// <remarks>
/// Cases come from <see cref="Chan{T}.OnReceive"/> and <see cref="Chan{T}.OnSend(T)"/>, or are signals: <see cref="After(TimeSpan)"/>,
/// <see cref="Cancelled"/>, <see cref="Completed(Task)"/>. Of the cases that do not run nothing happens: no value is sent or taken, and nothing
/// is left behind. Cases on a nil channel never run. A goroutine parks while it waits, a plain thread blocks, async code uses
/// <see cref="WaitAsync(SelectCase[])"/>.
/// <para>Cases can be used again, and then a select allocates nothing. The fluent form, <see cref="On{T}(Chan{T}, Action{T})"/>, runs a handler
/// for the case that ran.</para>
/// </remarks>
/// <example><code>
/// var words = new Chan&lt;string&gt;();
/// var quit = new Chan&lt;bool&gt;();
/// Goroutine.Go(() =>
/// {
///     words.Send("one");
///     words.Send("two");
///     quit.Close();
/// });
/// var word = words.OnReceive();
/// var end = quit.OnReceive();
/// while (Select.Wait(word, end) == 0)
///     Console.WriteLine(word.Value);      // one, two
/// </code></example>
public static partial class Select
{
    /// <summary>Waits until one of the cases can run, and runs it.</summary>
    /// <param name="cases">The cases, at most 65,536; none block for ever. The array is not kept.</param>
    /// <returns>The index of the case that ran.</returns>
    /// <exception cref="ChanClosedException">The case that was chosen sends to a closed channel, or the channel was closed meanwhile.</exception>
    /// <exception cref="InvalidOperationException">A case is waiting in another select.</exception>
    public static int Wait(params SelectCase[] cases) => Block(Begin(out var g).Add(cases), g);

    /// <summary>Hot form of <see cref="Wait(SelectCase[])"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public static int Wait(SelectCase[] cases, G g) => Park(Begin(g).Add(cases), g);

    /// <summary>Waits until one of the cases can run, and runs it, or until the token is cancelled.</summary>
    /// <param name="cases">The cases, at most 65,536. The array is not kept.</param>
    /// <param name="cancellationToken">Ends the wait. It is looked at first: if it is cancelled already no case runs.</param>
    /// <returns>The index of the case that ran.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; no case ran.</exception>
    /// <exception cref="ChanClosedException">The case that was chosen sends to a closed channel, or the channel was closed meanwhile.</exception>
    public static int Wait(SelectCase[] cases, CancellationToken cancellationToken) => Block(Begin(out var g).Add(cases).Add(cancellationToken), g);

    /// <summary>Hot form of <see cref="Wait(SelectCase[], CancellationToken)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public static int Wait(SelectCase[] cases, CancellationToken cancellationToken, G g) => Park(Begin(g).Add(cases).Add(cancellationToken), g);

    /// <summary>Runs a case if one can run now: Go's <c>select</c> with a default clause.</summary>
    /// <param name="cases">The cases, at most 65,536. The array is not kept.</param>
    /// <returns>The index of the case that ran, or -1 if at one instant none could.</returns>
    /// <exception cref="ChanClosedException">The case that was chosen sends to a closed channel.</exception>
    public static int TryWait(params SelectCase[] cases) => Begin(out _).Add(cases).TryNow();

    /// <summary>As <see cref="Wait(SelectCase[])"/>, but of several cases that are ready the first in the list runs.</summary>
    /// <param name="cases">The cases in the order of their priority, at most 65,536. The array is not kept.</param>
    /// <returns>The index of the case that ran.</returns>
    /// <remarks>Once it waits, whichever comes first runs. A case that is always ready starves those after it.</remarks>
    /// <exception cref="ChanClosedException">The case that was chosen sends to a closed channel, or the channel was closed meanwhile.</exception>
    public static int WaitOrdered(params SelectCase[] cases) => Block(Begin(out var g, ordered: true).Add(cases), g);

    /// <summary>Hot form of <see cref="WaitOrdered(SelectCase[])"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public static int WaitOrdered(SelectCase[] cases, G g) => Park(Begin(g, ordered: true).Add(cases), g);

    /// <summary>As <see cref="WaitOrdered(SelectCase[])"/>, until the token is cancelled.</summary>
    /// <param name="cases">The cases in the order of their priority, at most 65,536. The array is not kept.</param>
    /// <param name="cancellationToken">Ends the wait. It is looked at first: if it is cancelled already no case runs.</param>
    /// <returns>The index of the case that ran.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; no case ran.</exception>
    /// <exception cref="ChanClosedException">The case that was chosen sends to a closed channel, or the channel was closed meanwhile.</exception>
    public static int WaitOrdered(SelectCase[] cases, CancellationToken cancellationToken) =>
        Block(Begin(out var g, ordered: true).Add(cases).Add(cancellationToken), g);

    /// <summary>Hot form of <see cref="WaitOrdered(SelectCase[], CancellationToken)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public static int WaitOrdered(SelectCase[] cases, CancellationToken cancellationToken, G g) =>
        Park(Begin(g, ordered: true).Add(cases).Add(cancellationToken), g);

    /// <summary>As <see cref="TryWait(SelectCase[])"/>, but of several cases that are ready the first in the list runs.</summary>
    /// <param name="cases">The cases in the order of their priority, at most 65,536. The array is not kept.</param>
    /// <returns>The index of the case that ran, or -1 if at one instant none could.</returns>
    /// <exception cref="ChanClosedException">The case that was chosen sends to a closed channel.</exception>
    public static int TryWaitOrdered(params SelectCase[] cases) => Begin(out _, ordered: true).Add(cases).TryNow();

    /// <summary><see cref="Wait(SelectCase[])"/> for async code.</summary>
    /// <param name="cases">The cases, at most 65,536. The array is not kept.</param>
    /// <returns>The index of the case that ran, to be awaited once.</returns>
    public static ValueTask<int> WaitAsync(params SelectCase[] cases) => SelectOperation.Start(cases, ordered: false, default);

    /// <summary><see cref="Wait(SelectCase[], CancellationToken)"/> for async code.</summary>
    /// <param name="cases">The cases, at most 65,536. The array is not kept.</param>
    /// <param name="cancellationToken">Ends the wait; no case ran then.</param>
    /// <returns>The index of the case that ran, to be awaited once.</returns>
    public static ValueTask<int> WaitAsync(SelectCase[] cases, CancellationToken cancellationToken) =>
        SelectOperation.Start(cases, ordered: false, cancellationToken);

    /// <summary><see cref="WaitOrdered(SelectCase[])"/> for async code.</summary>
    /// <param name="cases">The cases in the order of their priority, at most 65,536. The array is not kept.</param>
    /// <param name="cancellationToken">Ends the wait; no case ran then.</param>
    /// <returns>The index of the case that ran, to be awaited once.</returns>
    public static ValueTask<int> WaitOrderedAsync(SelectCase[] cases, CancellationToken cancellationToken = default) =>
        SelectOperation.Start(cases, ordered: true, cancellationToken);

    /// <summary>A case that is ready <paramref name="due"/> from now; <c>case &lt;-time.After(due)</c>.</summary>
    /// <param name="due">How long; zero or less is ready at once, <see cref="Timeout.InfiniteTimeSpan"/> never.</param>
    public static TimeoutCase After(TimeSpan due) => new(due, null);

    /// <summary>As <see cref="After(TimeSpan)"/>, on the clock of a <see cref="TimeProvider"/>.</summary>
    /// <param name="due">How long; zero or less is ready at once, <see cref="Timeout.InfiniteTimeSpan"/> never.</param>
    /// <param name="timeProvider">The clock.</param>
    public static TimeoutCase After(TimeSpan due, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        return new TimeoutCase(due, timeProvider);
    }

    /// <summary>A case that is ready once the token is cancelled; <c>case &lt;-ctx.Done()</c>.</summary>
    /// <param name="cancellationToken">The token.</param>
    public static SelectCase Cancelled(CancellationToken cancellationToken) => new CancelledCase(cancellationToken);

    /// <summary>A case that is ready once the task is done, however it ended. The case does not throw what the task failed with.</summary>
    /// <param name="task">The task.</param>
    public static TaskCase Completed(Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return new TaskCase(task);
    }

    /// <summary>A case that is ready once the task is done, however it ended; <see cref="TaskCase{T}.Value"/> throws what it failed with.</summary>
    /// <param name="task">The task.</param>
    /// <typeparam name="T">The type of the result.</typeparam>
    public static TaskCase<T> Completed<T>(Task<T> task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return new TaskCase<T>(task);
    }

    private static Selection Begin(out G g, bool ordered = false)
    {
        g = M.GoroutineOrThread();
        return Selection.Of(g).Begin(ordered);
    }

    private static Selection Begin(G g, bool ordered = false) => Selection.Of(g).Begin(ordered);

    private static int Block(Selection select, G g)
    {
        var index = select.NowOrPark();
        if (index != Selection.Parked)
            return index;
        Proc.block(g);
        return select.Finish();
    }

    private static int Park(Selection select, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        var index = select.NowOrPark();
        if (index != Selection.Parked)
            return Chaos.On ? Chaos.Primitive(g, index) : index;
        if (g.held != 0)
        {
            Proc.block(g);
            return select.Finish();
        }
        Proc.gopark(g);
        g.push(select);
        return 0;
    }
}
