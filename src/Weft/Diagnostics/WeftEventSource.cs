// The EventSource "Weft": what an operator of a program should hear of.
//
//     dotnet-trace collect --providers Weft -- program
//     dotnet-counters and EventListener likewise
//
// Written by sysmon alone, and seldom. A listener runs on its thread: while it does, nobody is preempted and no P is retaken.

using System.Diagnostics.Tracing;

namespace Weft.Runtime;

[NotWoven]
[EventSource(Name = "Weft")]
internal sealed class WeftEventSource : EventSource
{
    internal static readonly WeftEventSource Log = new();

    private WeftEventSource()
    {
    }

    /// <summary>Goroutines block or occupy their processors where nothing can be taken from them; others stand in for these.</summary>
    [Event(1, Level = EventLevel.Warning, Message = "{0} of {1} processors are stuck in calls that are not woven, or in loops without calls; spare ones stand in for them.")]
    public void SpareProcessors(int spare, int maxProcs) => WriteEvent(1, spare, maxProcs);
}
