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
        Proc.gopark_begin(g, WaitReason.TaskWait);
        task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(g.readyAction);
    }

    internal static void GetResult(Task task) => task.GetAwaiter().GetResult();

    internal static T GetResult<T>(Task<T> task) => task.GetAwaiter().GetResult();

    internal static void GetResult(ValueTask task) => task.GetAwaiter().GetResult();

    internal static T GetResult<T>(ValueTask<T> task) => task.GetAwaiter().GetResult();

    internal static void ThrowAggregate(Task task) => task.Wait();

    internal static T ResultOrAggregate<T>(Task<T> task) => task.Result;
}

/// <summary>Redirections of the blocking members of .NET's own types. Woven: written as plain blocking code over Weft's primitives.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class BclTwins
{
    // Each pair: the redirection that the weaver finds, and the plain method whose weaving makes its body. The weaver gives `X` a hot
    // variant; [TwinOf] methods themselves take the G by hand and are small.

    /// <summary><see cref="Thread.Sleep(int)"/>.</summary>
    [TwinOf(typeof(Thread), nameof(Thread.Sleep))]
    public static void Sleep(int millisecondsTimeout, G g)
    {
        if (millisecondsTimeout <= 0)
            SleepOrYield(millisecondsTimeout, g);
        else
            Proc.Sleep(g, TimeSpan.FromMilliseconds(millisecondsTimeout));
    }

    /// <summary><see cref="Thread.Sleep(TimeSpan)"/>.</summary>
    [TwinOf(typeof(Thread), nameof(Thread.Sleep))]
    public static void Sleep(TimeSpan timeout, G g)
    {
        if (timeout <= TimeSpan.Zero)
            SleepOrYield(timeout == TimeSpan.Zero ? 0 : timeout == Timeout.InfiniteTimeSpan ? -1 : -2, g);
        else
            Proc.Sleep(g, timeout);
    }

    private static void SleepOrYield(int milliseconds, G g)
    {
        if (milliseconds == 0)
        {
            Goroutine.Yield(g);
            return;
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, -1, nameof(milliseconds));
        Proc.Sleep(g, TimeSpan.MaxValue);
    }

    /// <summary><see cref="Task.Wait()"/>.</summary>
    [TwinOf(typeof(Task), nameof(Task.Wait))]
    public static void Wait(Task task, G g) => TaskFrame.Start(g, task, static t => TaskPark.ThrowAggregate(t));

    /// <summary><see cref="Task{T}.Result"/>.</summary>
    [TwinOf(typeof(Task<>), nameof(Task<int>.Result))]
    public static T Result<T>(Task<T> task, G g) => TaskFrame<T>.Start(g, task, static t => TaskPark.ResultOrAggregate(t));

    /// <summary><see cref="TaskAwaiter.GetResult"/>.</summary>
    [TwinOf(typeof(TaskAwaiter), nameof(TaskAwaiter.GetResult))]
    public static void GetResult(ref TaskAwaiter awaiter, G g) => TaskFrame.Start(g, TaskOf(ref awaiter), static t => TaskPark.GetResult(t));

    /// <summary><see cref="TaskAwaiter{T}.GetResult"/>.</summary>
    [TwinOf(typeof(TaskAwaiter<>), nameof(TaskAwaiter<int>.GetResult))]
    public static T GetResult<T>(ref TaskAwaiter<T> awaiter, G g) => TaskFrame<T>.Start(g, AwaiterTask<T>.Of(ref awaiter), static t => TaskPark.GetResult(t));

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_task")]
    private static extern ref readonly Task TaskOf(ref TaskAwaiter awaiter);

    private static class AwaiterTask<T>
    {
        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_task")]
        internal static extern ref readonly Task<T> Of(ref TaskAwaiter<T> awaiter);
    }
}

/// <summary>Waits for a task, then ends as <paramref name="end"/> says.</summary>
internal sealed class TaskFrame(Task task, Action<Task> end) : Frame
{
    internal static void Start(G g, Task task, Action<Task> end)
    {
        ArgumentNullException.ThrowIfNull(task);
        TaskPark.Wait(task, g);
        if (g.unwind == Unwind.None)
            end(task);
        else
            g.push(new TaskFrame(task, end));
    }

    public override void Resume(G g) => end(task);
}

/// <summary>Waits for a task, then ends as <paramref name="end"/> says, with a result.</summary>
internal sealed class TaskFrame<T>(Task<T> task, Func<Task<T>, T> end) : Frame
{
    internal static T Start(G g, Task<T> task, Func<Task<T>, T> end)
    {
        ArgumentNullException.ThrowIfNull(task);
        TaskPark.Wait(task, g);
        if (g.unwind == Unwind.None)
            return end(task);
        g.push(new TaskFrame<T>(task, end));
        return default!;
    }

    public override void Resume(G g) => g.SetResult(end(task));
}
