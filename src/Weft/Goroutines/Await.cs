// Await: a goroutine parks until a task is done.
//
// The task's continuation only queues the goroutine, on whichever thread completes the task; it never runs it. It may come before the
// goroutine has unwound, even inside OnCompleted: the parking handshake (GStatus.cs) covers that.
//
// The blocking members of Task and its awaiters are redirected here by [TwinOf], so that woven code which blocks on a task parks
// instead. They keep their contract: Wait and Result wrap in AggregateException, GetResult does not.

using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Runtime;

namespace Weft;

public static partial class Goroutine
{
    /// <summary>Waits for the task, parking the goroutine (or blocking the thread), and rethrows what it failed with, as <c>await</c> does.</summary>
    /// <param name="task">The task.</param>
    public static void Await(Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        TaskPark.Wait(task);
        TaskPark.GetResult(task);
    }

    /// <summary>Waits for the task, parking the goroutine (or blocking the thread), and returns its result or rethrows as <c>await</c> does.</summary>
    /// <param name="task">The task.</param>
    /// <typeparam name="T">The result's type.</typeparam>
    public static T Await<T>(Task<T> task)
    {
        ArgumentNullException.ThrowIfNull(task);
        TaskPark.Wait(task);
        return TaskPark.GetResult(task);
    }

    /// <summary>As <see cref="Await(Task)"/>; the task is consumed.</summary>
    /// <param name="task">The task.</param>
    public static void Await(ValueTask task)
    {
        if (!task.IsCompletedSuccessfully)
            Await(task.AsTask());
        else
            TaskPark.GetResult(task);
    }

    /// <summary>As <see cref="Await{T}(Task{T})"/>; the task is consumed.</summary>
    /// <param name="task">The task.</param>
    /// <typeparam name="T">The result's type.</typeparam>
    public static T Await<T>(ValueTask<T> task) => task.IsCompletedSuccessfully ? TaskPark.GetResult(task) : Await(task.AsTask());

    /// <summary>As <see cref="Await(Task)"/>. There is no context to come back to: what the task was configured with does not matter.</summary>
    /// <param name="task">The task.</param>
    public static void Await(ConfiguredTaskAwaitable task) => task.GetAwaiter().GetResult();

    /// <summary>As <see cref="Await{T}(Task{T})"/>; what the task was configured with does not matter.</summary>
    /// <param name="task">The task.</param>
    /// <typeparam name="T">The result's type.</typeparam>
    public static T Await<T>(ConfiguredTaskAwaitable<T> task) => task.GetAwaiter().GetResult();

    /// <summary>As <see cref="Await(ValueTask)"/>; what the task was configured with does not matter.</summary>
    /// <param name="task">The task; it is consumed.</param>
    public static void Await(ConfiguredValueTaskAwaitable task)
    {
        var awaiter = task.GetAwaiter();
        if (!awaiter.IsCompleted)
            AwaitCompletion(awaiter);
        awaiter.GetResult();
    }

    /// <summary>As <see cref="Await{T}(ValueTask{T})"/>; what the task was configured with does not matter.</summary>
    /// <param name="task">The task; it is consumed.</param>
    /// <typeparam name="T">The result's type.</typeparam>
    public static T Await<T>(ConfiguredValueTaskAwaitable<T> task)
    {
        var awaiter = task.GetAwaiter();
        if (!awaiter.IsCompleted)
            AwaitCompletion(awaiter);
        return awaiter.GetResult();
    }

    /// <summary>Parks the goroutine (or blocks the thread) until any awaiter calls back; then its <c>GetResult</c> may be called.</summary>
    /// <param name="awaiter">What <c>GetAwaiter</c> has returned, and whose <c>IsCompleted</c> was false.</param>
    /// <typeparam name="TAwaiter">The type of the awaiter.</typeparam>
    /// <example><code>
    /// var awaiter = Task.Yield().GetAwaiter();
    /// if (!awaiter.IsCompleted)
    ///     Goroutine.AwaitCompletion(awaiter);
    /// awaiter.GetResult();
    /// </code></example>
    public static void AwaitCompletion<TAwaiter>(TAwaiter awaiter) where TAwaiter : INotifyCompletion =>
        Blocking.Plain(new CompletionWait<TAwaiter>(awaiter), WaitReason.TaskWait);

    /// <summary>Hot form of <see cref="AwaitCompletion{TAwaiter}(TAwaiter)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public static void AwaitCompletion<TAwaiter>(TAwaiter awaiter, G g) where TAwaiter : INotifyCompletion =>
        Blocking.Hot(new CompletionWait<TAwaiter>(awaiter), g, WaitReason.TaskWait);
}

/// <summary>The blocking members of tasks, for woven code; see the file head.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[NotWoven]
public static class TaskPark
{
    /// <summary>Waits until the task is done, however it ended.</summary>
    public static void Wait(Task task)
    {
        if (task.IsCompleted)
            return;
        if (M.getg() is { } g)
        {
            Begin(task, g);
            Proc.block(g);
        }
        else
        {
            Task.WaitAny(task); // without throwing what the task failed with
        }
    }

    /// <summary>Hot form of <see cref="Wait(Task)"/>.</summary>
    [Twin]
    public static void Wait(Task task, G g)
    {
        if (task.IsCompleted)
            return;
        Begin(task, g);
        if (g.held != 0)
            Proc.block(g);
        else
            Proc.gopark(g);
    }

    private static void Begin(Task task, G g)
    {
        Proc.gopark_begin(g, SynctestBubble.On && g.bubble is { } bubble && bubble.Awaits(task, g) ? WaitReason.TaskWaitDurable : WaitReason.TaskWait);
        task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(g.readyAction);
    }

    internal static void GetResult(Task task) => task.GetAwaiter().GetResult();

    internal static T GetResult<T>(Task<T> task) => task.GetAwaiter().GetResult();

    internal static void GetResult(ValueTask task) => task.GetAwaiter().GetResult();

    internal static T GetResult<T>(ValueTask<T> task) => task.GetAwaiter().GetResult();

    internal static bool ThrowAggregate(Task task)
    {
        task.Wait();
        return true;
    }

    internal static void WaitAll(Task[] tasks) => Task.WaitAll(tasks);

    internal static T ResultOrAggregate<T>(Task<T> task) => task.Result;
}
