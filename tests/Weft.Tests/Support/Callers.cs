namespace Weft.Tests;

/// <summary>Who calls the blocking operations of a suite.</summary>
public enum Callers
{
    Goroutines,
    Threads,
    Mixed,
}

/// <summary>Base of suites that must hold whoever calls.</summary>
public abstract class CallerSuite(Callers callers)
{
    private int _started;

    /// <summary>Runs the body on a goroutine, on a plain thread, or on each in turn.</summary>
    internal Task Start(Action body) =>
        callers == Callers.Goroutines || callers == Callers.Mixed && _started++ % 2 == 0 ? Run(body) : Bounded.OnThread(body);

    /// <summary>Runs the bodies at the same time and waits for all of them.</summary>
    internal void Together(params Action[] bodies) => Bounded.Wait(bodies.Select(Start).ToList());

    /// <summary>Starts a body that must block in the channel, and waits until it does.</summary>
    internal Task StartBlocked<T>(Chan<T> chan, Action body)
    {
        var before = Waiters.Of(chan);
        var task = Start(body);
        Bounded.Until(() => Waiters.Of(chan) == before + 1, "the operation blocks");
        return task;
    }
}
