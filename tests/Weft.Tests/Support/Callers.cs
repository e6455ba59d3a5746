namespace Weft.Tests;

/// <summary>Who calls the blocking operations of a suite. Of a mix the first kind starts the first body, the second kind the second, in turn.</summary>
public enum Callers
{
    Goroutines,
    Threads,
    Async,
    Mixed,
    ThreadsAndGoroutines,
    GoroutinesAndAsync,
    AsyncAndGoroutines,
    ThreadsAndAsync,
    AsyncAndThreads,
}

/// <summary>
/// Base of suites that must hold whoever calls. Bodies are plain C#; those of async callers run on a thread that waits for the ValueTasks of
/// the async operations, so that the channel meets async waiters.
/// </summary>
public abstract class CallerSuite(Callers callers)
{
    private enum Kind
    {
        Goroutine,
        Thread,
        Async,
    }

    // Flows into the body, on whatever it runs.
    private static readonly AsyncLocal<bool> s_isAsync = new();

    private readonly (Kind, Kind) _kinds = callers switch
    {
        Callers.Goroutines => (Kind.Goroutine, Kind.Goroutine),
        Callers.Threads => (Kind.Thread, Kind.Thread),
        Callers.Async => (Kind.Async, Kind.Async),
        Callers.Mixed => (Kind.Goroutine, Kind.Thread),
        Callers.ThreadsAndGoroutines => (Kind.Thread, Kind.Goroutine),
        Callers.GoroutinesAndAsync => (Kind.Goroutine, Kind.Async),
        Callers.AsyncAndGoroutines => (Kind.Async, Kind.Goroutine),
        Callers.ThreadsAndAsync => (Kind.Thread, Kind.Async),
        _ => (Kind.Async, Kind.Thread),
    };

    private int _started;

    /// <summary>Is the body that asks one of an async caller?</summary>
    private static bool IsAsync => s_isAsync.Value;

    /// <summary>Runs the body on a caller of the one kind or the other, in turn.</summary>
    internal Task Start(Action body)
    {
        switch (_started++ % 2 == 0 ? _kinds.Item1 : _kinds.Item2)
        {
            case Kind.Goroutine:
                return Run(body);
            case Kind.Thread:
                return Bounded.OnThread(body);
            default:
                s_isAsync.Value = true;
                var task = Bounded.OnThread(body);
                s_isAsync.Value = false;
                return task;
        }
    }

    /// <summary>Runs the bodies at the same time and waits for all of them.</summary>
    internal void Together(params Action[] bodies) => Bounded.Wait(bodies.Select(Start).ToList());

    /// <summary>Starts a body that must block in the channel, and waits until it does.</summary>
    internal Task StartBlocked(Hchan chan, Action body) => StartBlocked([chan], body);

    /// <summary>Starts a body that must block in all of the channels, and waits until it does.</summary>
    internal Task StartBlocked(Hchan[] chans, Action body)
    {
        var before = chans.Select(Waiters.Of).ToArray();
        var task = Start(body);
        Bounded.Until(() => task.IsFaulted || chans.Select(Waiters.Of).Zip(before).All(p => p.First == p.Second + 1), "the operation blocks");
        return task;
    }

    // The operations, for bodies that any caller may run.

    protected static void Send<T>(Chan<T> chan, T value, CancellationToken token = default)
    {
        if (IsAsync)
            Block(chan.SendAsync(value, token).AsTask());
        else if (token.CanBeCanceled)
            chan.Send(value, token);
        else
            chan.Send(value);
    }

    protected static T Receive<T>(Chan<T> chan, CancellationToken token = default) =>
        IsAsync ? Block(chan.ReceiveAsync(token).AsTask()) : token.CanBeCanceled ? chan.Receive(token) : chan.Receive();

    protected static (T Value, bool Ok) ReceiveOk<T>(Chan<T> chan, CancellationToken token = default) =>
        IsAsync ? Block(chan.ReceiveOkAsync(token).AsTask()) : token.CanBeCanceled ? chan.ReceiveOk(token) : chan.ReceiveOk();

    protected static void ForEach<T>(Chan<T> chan, Action<T> body)
    {
        if (!IsAsync)
        {
            foreach (var v in chan)
                body(v);
            return;
        }
        var e = chan.ReadAllAsync().GetAsyncEnumerator();
        while (Block(e.MoveNextAsync().AsTask()))
            body(e.Current);
    }

    protected static int Wait(params SelectCase[] cases) => IsAsync ? Block(global::Weft.Select.WaitAsync(cases).AsTask()) : global::Weft.Select.Wait(cases);

    protected static int Wait(SelectCase[] cases, CancellationToken token) =>
        IsAsync ? Block(global::Weft.Select.WaitAsync(cases, token).AsTask()) : global::Weft.Select.Wait(cases, token);

    protected static int WaitOrdered(params SelectCase[] cases) =>
        IsAsync ? Block(global::Weft.Select.WaitOrderedAsync(cases).AsTask()) : global::Weft.Select.WaitOrdered(cases);

    // Plain: the thread of the async caller is to wait, not to park as a goroutine would.
    [NotWoven]
    private static void Block(Task task) => task.GetAwaiter().GetResult();

    [NotWoven]
    private static T Block<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
