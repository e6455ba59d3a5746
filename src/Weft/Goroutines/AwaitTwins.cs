// The blocking members of .NET's own types, in woven code: they park. Each keeps its contract.

using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Runtime;

namespace Weft;

/// <summary>Redirections; see the file head.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class BclTwins
{
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
    public static T Result<T>(Task<T> task, G g) => TaskFrame<T, T>.Start(g, task, static t => TaskPark.ResultOrAggregate(t));

    /// <summary><see cref="TaskAwaiter.GetResult"/>.</summary>
    [TwinOf(typeof(TaskAwaiter), nameof(TaskAwaiter.GetResult))]
    public static void GetResult(ref TaskAwaiter awaiter, G g) => TaskFrame.Start(g, TaskOf(ref awaiter), static t => TaskPark.GetResult(t));

    /// <summary><see cref="TaskAwaiter{T}.GetResult"/>.</summary>
    [TwinOf(typeof(TaskAwaiter<>), nameof(TaskAwaiter<int>.GetResult))]
    public static T GetResult<T>(ref TaskAwaiter<T> awaiter, G g) => TaskFrame<T, T>.Start(g, AwaiterTask<T>.Of(ref awaiter), static t => TaskPark.GetResult(t));

    /// <summary><see cref="ConfiguredTaskAwaitable.ConfiguredTaskAwaiter.GetResult"/>.</summary>
    [TwinOf(typeof(ConfiguredTaskAwaitable.ConfiguredTaskAwaiter), nameof(ConfiguredTaskAwaitable.ConfiguredTaskAwaiter.GetResult))]
    public static void GetResult(ref ConfiguredTaskAwaitable.ConfiguredTaskAwaiter awaiter, G g) =>
        TaskFrame.Start(g, TaskOf(ref awaiter), static t => TaskPark.GetResult(t));

    /// <summary><see cref="ConfiguredTaskAwaitable{T}.ConfiguredTaskAwaiter.GetResult"/>.</summary>
    [TwinOf(typeof(ConfiguredTaskAwaitable<>.ConfiguredTaskAwaiter), nameof(ConfiguredTaskAwaitable<int>.ConfiguredTaskAwaiter.GetResult))]
    public static T GetResult<T>(ref ConfiguredTaskAwaitable<T>.ConfiguredTaskAwaiter awaiter, G g) =>
        TaskFrame<T, T>.Start(g, AwaiterTask<T>.Of(ref awaiter), static t => TaskPark.GetResult(t));

    /// <summary><see cref="ValueTask{T}.Result"/>.</summary>
    [TwinOf(typeof(ValueTask<>), nameof(ValueTask<int>.Result))]
    public static T Result<T>(ref ValueTask<T> task, G g) =>
        task.IsCompleted ? TaskPark.GetResult(task) : TaskFrame<T, T>.Start(g, task.AsTask(), static t => TaskPark.GetResult(t));

    /// <summary><see cref="ValueTaskAwaiter.GetResult"/>.</summary>
    [TwinOf(typeof(ValueTaskAwaiter), nameof(ValueTaskAwaiter.GetResult))]
    public static void GetResult(ref ValueTaskAwaiter awaiter, G g)
    {
        var task = TaskOf(ref awaiter);
        if (task.IsCompleted)
            TaskPark.GetResult(task);
        else
            TaskFrame.Start(g, task.AsTask(), static t => TaskPark.GetResult(t));
    }

    /// <summary><see cref="ValueTaskAwaiter{T}.GetResult"/>.</summary>
    [TwinOf(typeof(ValueTaskAwaiter<>), nameof(ValueTaskAwaiter<int>.GetResult))]
    public static T GetResult<T>(ref ValueTaskAwaiter<T> awaiter, G g)
    {
        var task = AwaiterTask<T>.Of(ref awaiter);
        return task.IsCompleted ? TaskPark.GetResult(task) : TaskFrame<T, T>.Start(g, task.AsTask(), static t => TaskPark.GetResult(t));
    }

    /// <summary><see cref="ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter.GetResult"/>.</summary>
    [TwinOf(typeof(ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter), nameof(ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter.GetResult))]
    public static void GetResult(ref ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter awaiter, G g)
    {
        var task = TaskOf(ref awaiter);
        if (task.IsCompleted)
            TaskPark.GetResult(task);
        else
            TaskFrame.Start(g, task.AsTask(), static t => TaskPark.GetResult(t));
    }

    /// <summary><see cref="ConfiguredValueTaskAwaitable{T}.ConfiguredValueTaskAwaiter.GetResult"/>.</summary>
    [TwinOf(typeof(ConfiguredValueTaskAwaitable<>.ConfiguredValueTaskAwaiter), nameof(ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter.GetResult))]
    public static T GetResult<T>(ref ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter awaiter, G g)
    {
        var task = AwaiterTask<T>.Of(ref awaiter);
        return task.IsCompleted ? TaskPark.GetResult(task) : TaskFrame<T, T>.Start(g, task.AsTask(), static t => TaskPark.GetResult(t));
    }

    /// <summary><see cref="Task.Wait(int)"/>.</summary>
    [TwinOf(typeof(Task), nameof(Task.Wait))]
    public static bool Wait(Task task, int millisecondsTimeout, G g) => Wait(task, millisecondsTimeout, default, g);

    /// <summary><see cref="Task.Wait(TimeSpan)"/>.</summary>
    [TwinOf(typeof(Task), nameof(Task.Wait))]
    public static bool Wait(Task task, TimeSpan timeout, G g) => Wait(task, timeout, default, g);

    /// <summary><see cref="Task.Wait(CancellationToken)"/>.</summary>
    [TwinOf(typeof(Task), nameof(Task.Wait))]
    public static void Wait(Task task, CancellationToken cancellationToken, G g) => TimedTaskFrame.Start(g, task, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary><see cref="Task.Wait(int, CancellationToken)"/>.</summary>
    [TwinOf(typeof(Task), nameof(Task.Wait))]
    public static bool Wait(Task task, int millisecondsTimeout, CancellationToken cancellationToken, G g)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(millisecondsTimeout, -1);
        return TimedTaskFrame.Start(g, task, TimeSpan.FromMilliseconds(millisecondsTimeout), cancellationToken);
    }

    /// <summary><see cref="Task.Wait(TimeSpan, CancellationToken)"/>.</summary>
    [TwinOf(typeof(Task), nameof(Task.Wait))]
    public static bool Wait(Task task, TimeSpan timeout, CancellationToken cancellationToken, G g)
    {
        if ((long)timeout.TotalMilliseconds is < -1 or > uint.MaxValue - 1)
            throw new ArgumentOutOfRangeException(nameof(timeout));
        return TimedTaskFrame.Start(g, task, timeout, cancellationToken);
    }

    /// <summary><see cref="Task.WaitAll(Task[])"/>.</summary>
    [TwinOf(typeof(Task), nameof(Task.WaitAll))]
    public static void WaitAll(Task[] tasks, G g) => TaskFrame.Start(g, SynctestBubble.Joined(Task.WhenAll(tasks), tasks, g), _ => TaskPark.WaitAll(tasks));

    /// <summary><see cref="Task.WaitAny(Task[])"/>.</summary>
    [TwinOf(typeof(Task), nameof(Task.WaitAny))]
    public static int WaitAny(Task[] tasks, G g) => tasks is { Length: 0 }
        ? -1
        : TaskFrame<Task, int>.Start(g, SynctestBubble.Joined(Task.WhenAny(tasks), tasks, g), first => Array.IndexOf(tasks, TaskPark.GetResult(first)));

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_task")]
    private static extern ref readonly Task TaskOf(ref TaskAwaiter awaiter);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_task")]
    private static extern ref readonly Task TaskOf(ref ConfiguredTaskAwaitable.ConfiguredTaskAwaiter awaiter);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_value")]
    private static extern ref readonly ValueTask TaskOf(ref ValueTaskAwaiter awaiter);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_value")]
    private static extern ref readonly ValueTask TaskOf(ref ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter awaiter);

    private static class AwaiterTask<T>
    {
        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_task")]
        internal static extern ref readonly Task<T> Of(ref TaskAwaiter<T> awaiter);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_task")]
        internal static extern ref readonly Task<T> Of(ref ConfiguredTaskAwaitable<T>.ConfiguredTaskAwaiter awaiter);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_value")]
        internal static extern ref readonly ValueTask<T> Of(ref ValueTaskAwaiter<T> awaiter);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_value")]
        internal static extern ref readonly ValueTask<T> Of(ref ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter awaiter);
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
internal sealed class TaskFrame<T, R>(Task<T> task, Func<Task<T>, R> end) : Frame
{
    internal static R Start(G g, Task<T> task, Func<Task<T>, R> end)
    {
        ArgumentNullException.ThrowIfNull(task);
        TaskPark.Wait(task, g);
        if (g.unwind == Unwind.None)
            return end(task);
        g.push(new TaskFrame<T, R>(task, end));
        return default!;
    }

    public override void Resume(G g) => g.SetResult(end(task));
}

/// <summary>Waits for a task, a time or a token, then ends as <see cref="Task.Wait(int, CancellationToken)"/> does.</summary>
internal sealed class TimedTaskFrame(Task task) : Frame
{
    internal static bool Start(G g, Task task, TimeSpan timeout, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.IsCompleted || timeout == TimeSpan.Zero)
            return End(task);
        token.ThrowIfCancellationRequested();
        var wait = new TaskWait(task, timeout);
        if (Blocking.Hot(wait, g, wait.Reason, token))
            return End(task);
        g.push(new TimedTaskFrame(task));
        return false;
    }

    public override void Resume(G g)
    {
        g.CheckThrow(); // the token
        g.SetResult(End(task));
    }

    private static bool End(Task task) => task.IsCompleted && TaskPark.ThrowAggregate(task);
}
