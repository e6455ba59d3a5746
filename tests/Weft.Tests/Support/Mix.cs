namespace Weft.Tests;

/// <summary>Who calls a blocking operation.</summary>
public enum Who
{
    Goroutine,
    Thread,
    Async,
}

/// <summary>Base of suites that must hold for every two kinds of callers that meet on one object.</summary>
public abstract class MixSuite(Who first, Who second)
{
    internal Who First { get; } = first;

    internal Who Second { get; } = second;

    /// <summary>Runs the body as that kind of caller: the plain form on a goroutine or a thread, the other one on the pool.</summary>
    internal static Task By(Who who, Action body, Func<Task> asyncBody) => who switch
    {
        Who.Goroutine => Run(body),
        Who.Thread => Bounded.OnThread(body),
        _ => Task.Run(asyncBody),
    };

    /// <summary>Begins as many as that, the two kinds in turn.</summary>
    internal List<Task> Many(int count, Action body, Func<Task> asyncBody) =>
        [.. Enumerable.Range(0, count).Select(i => By(i % 2 == 0 ? First : Second, body, asyncBody))];

    /// <summary>Waits until the condition holds, and as long again: what must not happen has had its chance.</summary>
    internal static void Blocks(Task task, Func<bool> isQueued, string what)
    {
        Bounded.Until(isQueued, what);
        Thread.Sleep(2);
        Assert.False(task.IsCompleted, what);
    }

    /// <summary>The task ends as cancelled by this token.</summary>
    internal static void IsCanceled(Task task, CancellationToken token)
    {
        var e = Assert.ThrowsAny<OperationCanceledException>(() => Bounded.Wait(task));
        Assert.Equal(token, e.CancellationToken);
    }
}
