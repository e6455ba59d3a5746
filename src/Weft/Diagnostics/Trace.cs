// The runtime's own event hook.
//
// Purpose: show each turn of a goroutine's life, as it happens, to tests and to the curious (samples/Tour). It is not a
// production tracer: the hook runs synchronously on the thread, and at the place, where the event happens, often on g0.
//
// Invariants: a hook must not block, must not call a goroutine primitive and must not throw; it is called on g0 and under
// the scheduler's protocols. Off (the default) it costs nothing: Enabled is a static readonly that the JIT folds away once
// the methods that test it are optimised, which is why it can be chosen at start-up only.

namespace Weft.Runtime;

/// <summary>One turn in the life of a goroutine or of the scheduler, named after the function that takes it.</summary>
public enum TraceEvent
{
    /// <summary>The go statement, in the creating goroutine.</summary>
    newproc,
    /// <summary>The G record is made or taken from a free list.</summary>
    newproc1,
    /// <summary>A dead G was taken from a free list.</summary>
    gfget,
    /// <summary>A G was put in the P's next slot.</summary>
    runnext,
    /// <summary>A G was put at the tail of a P's local queue.</summary>
    runqput,
    /// <summary>A G was put in the global queue.</summary>
    globrunqput,
    /// <summary>A round of the scheduler begins, on g0.</summary>
    schedule,
    /// <summary>A G was stolen from another P.</summary>
    steal,
    /// <summary>A G is about to run: Runnable to Running.</summary>
    execute,
    /// <summary>The trampoline resumes the innermost frame.</summary>
    gogo,
    /// <summary>The goroutine has decided to leave its machine stack for g0.</summary>
    mcall,
    /// <summary>The goroutine asks to be parked.</summary>
    gopark,
    /// <summary>On g0: the goroutine has left its stack and is about to be Waiting.</summary>
    park_m,
    /// <summary>On g0: the wake came first, the goroutine goes on.</summary>
    park_race,
    /// <summary>Somebody makes the goroutine runnable again.</summary>
    goready,
    /// <summary>On g0: the goroutine yielded.</summary>
    gosched_m,
    /// <summary>The machine segment was moved into frames.</summary>
    newstack,
    /// <summary>The goroutine blocks its thread, since a plain frame is on its stack; its P is handed off.</summary>
    pinned,
    /// <summary>The goroutine is about to call foreign code.</summary>
    entersyscall,
    /// <summary>The foreign call is over, and the goroutine has a P again.</summary>
    exitsyscall,
    /// <summary>A P was taken from a foreign call that takes long.</summary>
    retake,
    /// <summary>The number of spare Ps is being changed.</summary>
    sparep,
    /// <summary>The goroutine's function has returned to its base.</summary>
    goexit,
    /// <summary>The end of the goroutine, still as itself.</summary>
    goexit1,
    /// <summary>The end of the goroutine, on g0.</summary>
    goexit0,
    /// <summary>The dead G goes to the free list.</summary>
    gfput,
    /// <summary>An M begins to run.</summary>
    mstart,
    /// <summary>An M goes to sleep.</summary>
    stopm,
    /// <summary>An M is woken or made to run a P.</summary>
    startm,
    /// <summary>A P leaves a blocked M.</summary>
    handoffp,
}

/// <summary>One event: what, which goroutine (0 for none), on which M and P (-1 for none), and how deep g0 is in bytes.</summary>
public readonly record struct TraceRecord(TraceEvent Event, long Goid, int M, int P, long G0Depth);

/// <summary>The event hook; see the file head. Enabled by the AppContext switch <c>Weft.Trace</c> or <c>WEFT_TRACE=1</c>.</summary>
public static class Trace
{
    /// <summary>Whether events are raised at all; fixed at start-up.</summary>
    public static readonly bool Enabled =
        (AppContext.TryGetSwitch("Weft.Trace", out var on) && on) ||
        Environment.GetEnvironmentVariable("WEFT_TRACE") == "1";

    /// <summary>The hook. Runs inside the scheduler: it must not block, use goroutine primitives or throw.</summary>
    public static Action<TraceRecord>? Hook { get; set; }
}
