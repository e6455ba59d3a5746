// Task.WaitAll and WaitAny, with a time, a token, or another collection than an array (AwaitTwins.cs has the others). In woven code they park.
//
// Plain calls with no time to wait check the arguments, look whether it is done already, and say how it ended: so the contract stays theirs. A
// span is copied before anything is waited for; then the caller has no further use of it.

using System.ComponentModel;
using Weft.Runtime;

namespace Weft;

/// <summary>Redirections; see the file head.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[NotWoven]
public static class TaskGroupTwins
{
    /// <summary><see cref="Task.WaitAll(ReadOnlySpan{Task})"/>.</summary>
    [TwinOf(typeof(Task), nameof(Task.WaitAll))]
    public static void WaitAll(ReadOnlySpan<Task> tasks, G g) => BclTwins.WaitAll(tasks.ToArray(), g);

    /// <summary><see cref="Task.WaitAll(Task[], int)"/>.</summary>
    [TwinOf(typeof(Task), nameof(Task.WaitAll))]
    public static bool WaitAll(Task[] tasks, int millisecondsTimeout, G g) => WaitAll(tasks, millisecondsTimeout, default, g);

    /// <summary><see cref="Task.WaitAll(Task[], TimeSpan)"/>.</summary>
    [TwinOf(typeof(Task), nameof(Task.WaitAll))]
    public static bool WaitAll(Task[] tasks, TimeSpan timeout, G g) =>
        Milliseconds(timeout) is { } ms ? WaitAll(tasks, ms, default, g) : Task.WaitAll(tasks, timeout);

    /// <summary><see cref="Task.WaitAll(Task[], CancellationToken)"/>.</summary>
    [TwinOf(typeof(Task), nameof(Task.WaitAll))]
    public static void WaitAll(Task[] tasks, CancellationToken cancellationToken, G g) => WaitAll(tasks, Timeout.Infinite, cancellationToken, g);

    /// <summary><see cref="Task.WaitAll(IEnumerable{Task}, CancellationToken)"/>.</summary>
    [TwinOf(typeof(Task), nameof(Task.WaitAll))]
    public static void WaitAll(IEnumerable<Task> tasks, CancellationToken cancellationToken, G g)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        WaitAll([.. tasks], Timeout.Infinite, cancellationToken, g);
    }

    /// <summary><see cref="Task.WaitAll(Task[], int, CancellationToken)"/>.</summary>
    [TwinOf(typeof(Task), nameof(Task.WaitAll))]
    public static bool WaitAll(Task[] tasks, int millisecondsTimeout, CancellationToken cancellationToken, G g)
    {
        if (millisecondsTimeout is 0 or < -1)
            return Task.WaitAll(tasks, millisecondsTimeout, cancellationToken);
        return Task.WaitAll(tasks, 0, cancellationToken)
            || Wait(g, SynctestBubble.Joined(Task.WhenAll(tasks), tasks, g), millisecondsTimeout, cancellationToken, () => Task.WaitAll(tasks, 0, CancellationToken.None));
    }

    /// <summary><see cref="Task.WaitAny(Task[], int)"/>.</summary>
    [TwinOf(typeof(Task), nameof(Task.WaitAny))]
    public static int WaitAny(Task[] tasks, int millisecondsTimeout, G g) => WaitAny(tasks, millisecondsTimeout, default, g);

    /// <summary><see cref="Task.WaitAny(Task[], TimeSpan)"/>.</summary>
    [TwinOf(typeof(Task), nameof(Task.WaitAny))]
    public static int WaitAny(Task[] tasks, TimeSpan timeout, G g) =>
        Milliseconds(timeout) is { } ms ? WaitAny(tasks, ms, default, g) : Task.WaitAny(tasks, timeout);

    /// <summary><see cref="Task.WaitAny(Task[], CancellationToken)"/>.</summary>
    [TwinOf(typeof(Task), nameof(Task.WaitAny))]
    public static int WaitAny(Task[] tasks, CancellationToken cancellationToken, G g) => WaitAny(tasks, Timeout.Infinite, cancellationToken, g);

    /// <summary><see cref="Task.WaitAny(Task[], int, CancellationToken)"/>.</summary>
    [TwinOf(typeof(Task), nameof(Task.WaitAny))]
    public static int WaitAny(Task[] tasks, int millisecondsTimeout, CancellationToken cancellationToken, G g)
    {
        if (millisecondsTimeout is 0 or < -1)
            return Task.WaitAny(tasks, millisecondsTimeout, cancellationToken);
        var first = Task.WaitAny(tasks, 0, cancellationToken);
        return first >= 0 || tasks.Length == 0
            ? first
            : Wait(g, SynctestBubble.Joined(Task.WhenAny(tasks), tasks, g), millisecondsTimeout, cancellationToken, () => Task.WaitAny(tasks, 0, CancellationToken.None));
    }

    private static R Wait<R>(G g, Task joined, int milliseconds, CancellationToken token, Func<R> end) =>
        ResultFrame<R>.Start(g, new TaskWait(joined, TimeSpan.FromMilliseconds(milliseconds)), WaitReason.TaskWait, token, end);

    /// <summary>Null: the plain form says what is wrong with it.</summary>
    internal static int? Milliseconds(TimeSpan timeout) => (long)timeout.TotalMilliseconds is >= -1 and <= int.MaxValue and var ms ? (int)ms : null;
}
