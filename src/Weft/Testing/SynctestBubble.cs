// SynctestBubble: what the runtime knows of a bubble, the island of goroutines that a test runs on a clock of its own (Go's synctest.go).
//
// What a bubble does is in Weft.Testing; here is where the runtime tells it of what happens, and asks it for the time. A goroutine is in the bubble
// of the one that started it (G.bubble). Channels and timers belong to the bubble in which they were made, a wait group to the one in which
// it was added to.
//
//     newproc            Started       the goroutine counts as running
//     gopark_begin       BeginPark     under the locks of what it waits for; from here on it may be woken
//     park_m, block      EndPark       it has left its stack, or was woken before: the bubble may have come to rest
//     goready            Ready         before the waker lets it go: it counts as running again
//     goexit0            Ended
//
// So a bubble at rest is seen on g0, without locks, by whoever was the last to leave (EndPark, Ended). It moves the clock then, which readies
// goroutines, or ends the bubble.
//
// A controlled bubble also decides who runs: one goroutine at a time has the turn. What is readied comes to Enqueue in place of a run queue, and
// whoever has the turn gives it away where it parks, ends, or comes to a scheduling point (Point), if the bubble says so. Points stand in
// the hot forms of our operations, before they do anything: there no frame of unknown code, which might hold a lock, is on the stack.
//
// On is fixed at start, as Trace.Enabled is: without Weft.Testing, whose package sets the switch, all of it is folded away by the JIT.

using System.Runtime.CompilerServices;

namespace Weft.Runtime;

/// <summary>Why a goroutine of a controlled bubble waits for its turn.</summary>
internal enum Turn
{
    /// <summary>It gives away the one it has.</summary>
    Yields,
    /// <summary>The same, and it can go on only after somebody else has done something.</summary>
    Contends,
    /// <summary>It has none: its thread was blocked.</summary>
    ComesBack,
}

[NotWoven]
internal abstract class SynctestBubble
{
    /// <summary>The AppContext switch <c>Weft.Testing</c>.</summary>
    internal static readonly bool On = AppContext.TryGetSwitch("Weft.Testing", out var on) && on;

    /// <summary>Its timers; their clock stands still until the bubble is at rest.</summary>
    internal readonly Timers timers = new();

    /// <summary>The bubble of the goroutine that runs on this thread, or null.</summary>
    internal static SynctestBubble? Current => M.Current is { foreign: false, curg: { } g } ? g.bubble : null;

    /// <summary>It decides who runs.</summary>
    internal abstract bool IsControlled { get; }

    /// <summary>Its clock.</summary>
    internal abstract long nanotime { get; }

    internal abstract DateTimeOffset UtcNow { get; }

    internal abstract TimeProvider TimeProvider { get; }

    internal abstract void Started(G g);

    internal abstract void BeginPark(G g, WaitReason reason);

    /// <summary>Without locks, on a thread with a P. False: it had been woken, and goes on.</summary>
    internal abstract void EndPark(M m, bool parked);

    internal abstract void Ready(G g);

    /// <summary>Controlled: a goroutine can run.</summary>
    internal abstract void Enqueue(G g, M? m);

    /// <summary>Controlled: the running goroutine, Runnable by now, gives its turn away.</summary>
    internal abstract void Yielded(G g, M m);

    /// <summary>See <see cref="Turn.Contends"/>.</summary>
    internal abstract void Contends(G g, M m);

    /// <summary>Controlled: the running goroutine is about to block its thread, and gives its turn away.</summary>
    internal abstract void Leaves(G g, M m);

    /// <summary>Controlled: the thread of a goroutine is blocked.</summary>
    internal abstract bool IsSomebodyAway { get; }

    /// <summary>After a call: it had done so.</summary>
    internal abstract bool ComesBack(G g);

    internal abstract void Ended(G g, M m);

    /// <summary>An exception has left a goroutine. True: the bubble has taken it.</summary>
    internal abstract bool Failed(Exception e, G g);

    /// <summary>Where continuations of async code run that was begun in the bubble.</summary>
    private protected abstract SynchronizationContext Context { get; }

    /// <summary>A number from the seed, not 0.</summary>
    internal abstract uint Random();

    /// <summary>May the goroutine go on at this point? If not, it is to yield.</summary>
    internal abstract bool GoesOn(G g);

    /// <summary>Is it completed by the bubble's own goroutines and timers alone?</summary>
    internal abstract bool Owns(Task task);

    /// <summary>As <see cref="Owns"/>; if so, the goroutine is about to wait for it.</summary>
    internal abstract bool Awaits(Task task, G g);

    /// <summary>From now on it is.</summary>
    internal abstract void Declare(Task task);

    /// <summary>A task made of others belongs to whom all of them belong to.</summary>
    internal static T Joined<T>(T whole, Task[] parts, G g) where T : Task
    {
        if (On && g.bubble is { } b && !whole.IsCompleted && Array.TrueForAll(parts, b.Owns))
            b.Declare(whole);
        return whole;
    }

    /// <summary>Calls an async function. In a bubble what continues it are goroutines of the bubble, and its task belongs to it.</summary>
    internal static T Begin<T>(Func<T> body) where T : Task
    {
        if (Current is not { } b)
            return body();
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(b.Context);
        try
        {
            var task = body();
            b.Declare(task);
            return task;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    /// <summary>The clock of a caller who has named none.</summary>
    internal static long Now(SynctestBubble? bubble) => bubble is null ? Os.nanotime() : bubble.nanotime;

    /// <summary>The bubble whose clock stands for that of the system, and for its own, where the caller is.</summary>
    internal static SynctestBubble? For(TimeProvider? provider) =>
        On && Current is { } b && (provider is null || provider == TimeProvider.System || provider == b.TimeProvider) ? b : null;

    /// <summary>What the bubble's goroutine awaits, or null outside. Its continuations run where it is completed, in the bubble.</summary>
    internal static TaskCompletionSource NewSource() =>
        On && Current is { } b ? new TaskCompletionSource(b) : new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc cref="NewSource()"/>
    internal static TaskCompletionSource<T> NewSource<T>() =>
        On && Current is { } b ? new TaskCompletionSource<T>(b) : new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A scheduling point: before an operation of the running goroutine, in its hot form.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Point(G g)
    {
        if (g.bubble is { IsControlled: true } b && g.held == 0 && !b.GoesOn(g))
            Proc.yieldInBubble(g, b, Turn.Yields);
    }

    /// <summary>Throws if the caller is not in that bubble.</summary>
    /// <param name="of">What the object belongs to.</param>
    /// <param name="g">The caller where it is known.</param>
    /// <param name="what">What was tried.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Require(SynctestBubble of, G? g, string what)
    {
        if ((g is null ? Current : g.bubble) != of)
            throw new InvalidOperationException($"{what} from outside of the bubble that it belongs to");
    }
}

internal static unsafe partial class Proc
{
    /// <summary>Controlled: waits for the turn without leaving the stack.</summary>
    internal static void yieldInBubble(G g, SynctestBubble b, Turn turn)
    {
        if (Check.On)
            Check.RequireNoLocks("a scheduling point");
        var m = g.m!;
        var locked = g.lockedm;
        g.lockedm = m; // before anybody can take it
        g.casgstatus(GStatus.Running, GStatus.Runnable);
        if (turn == Turn.Yields)
            b.Yielded(g, m);
        else if (turn == Turn.Contends)
            b.Contends(g, m);
        else
            b.Enqueue(g, m);
        handoffp(releasep(m), m);
        ParkM(m);
        g.casgstatus(GStatus.Runnable, GStatus.Running);
        g.lockedm = locked;
    }

    /// <summary>The user's wish; preemption, which is none of the bubble's business, is Gosched.</summary>
    internal static void Yield(G g)
    {
        if (SynctestBubble.On && g.bubble is { IsControlled: true })
            mcall(g, &yieldInBubble_m);
        else
            Gosched(g);
    }

    /// <summary>As <see cref="Yield"/>, without leaving the stack.</summary>
    internal static void YieldPinned(G g)
    {
        if (SynctestBubble.On && g.bubble is { IsControlled: true } b)
            yieldInBubble(g, b, Turn.Yields);
        else
            GoschedPinned(g);
    }

    /// <summary>On g0: a goroutine of a controlled bubble yields by its own wish.</summary>
    private static G? yieldInBubble_m(G g)
    {
        var m = g.m!;
        leave(m, g);
        g.casgstatus(GStatus.Running, GStatus.Runnable);
        g.bubble!.Yielded(g, m);
        return null;
    }

    /// <summary>It has the turn: into a run queue.</summary>
    internal static void runInBubble(G g, M? m)
    {
        if (m?.p is { } p)
        {
            runqput(p, g, next: true);
            wakep(m);
        }
        else
        {
            globrunqput(g);
        }
    }
}
