using Weft.Runtime;

namespace Weft;

/// <summary>A goroutine that waits for what nothing else can reach: it will never go on.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Reason">What it waits for, in Go's words: <c>chan receive</c> and the like.</param>
/// <param name="Stack">The goroutine as <see cref="WeftRuntime.Dump"/> writes it: methods with file and line, and who started it.</param>
public sealed record GoroutineLeak(long Id, string Reason, string Stack);

public static partial class WeftRuntime
{
    /// <summary>
    /// Finds leaked goroutines: blocked on a channel, a wait group, a task... that nothing else can reach, so that nobody can ever wake them.
    /// </summary>
    /// <returns>The leaked goroutines, by number. An empty list does not prove that there are none.</returns>
    /// <remarks>
    /// Forces a full collection: for tests and for a diagnostic page, not for every second. Not found are goroutines that block a thread of
    /// their own, beneath a method that is not woven. Objects that only leaked goroutines refer to are finalized.
    /// </remarks>
    public static IReadOnlyList<GoroutineLeak> FindLeaks() => Leaks.Find();
}
