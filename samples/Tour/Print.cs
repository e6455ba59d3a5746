using Weft.Runtime;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace Tour;

/// <summary>How moments look on the screen.</summary>
internal static class Print
{
    public static void Title(string text)
    {
        Console.WriteLine(text);
        Console.WriteLine(new string('-', text.Length));
    }

    public static void Moments(IReadOnlyList<Moment> moments)
    {
        if (moments.Count == 0)
            return;
        var start = moments[0].Ticks;
        foreach (var (record, ticks) in moments)
        {
            var microseconds = Stopwatch.GetElapsedTime(start, ticks).TotalMicroseconds;
            Console.WriteLine($"{microseconds,10:F1} us  {Where(record),-8} {Who(record),-8} {record.Event,-11} {Remark(record.Event)}");
        }
        Console.WriteLine();
    }

    // A thread that the runtime did not make has no M until it blocks, and then one with a negative number.
    private static string Where(TraceRecord r) => r.M < 0 ? "outside" : r.P < 0 ? $"M{r.M}" : $"M{r.M} P{r.P}";

    private static string Who(TraceRecord r) => r.Goid != 0 ? $"g{r.Goid}" : r.M < 0 ? "-" : "g0";

    private static string Remark(TraceEvent e) => e switch
    {
        TraceEvent.newproc => "the go statement, in the goroutine that says it, which then goes on",
        TraceEvent.gfget => "a dead goroutine's record is used again (with its old number still on it)",
        TraceEvent.newproc1 => "the record is made to look as if goexit had just called its function",
        TraceEvent.runnext => "it will run next on this P",
        TraceEvent.runqput => "to the tail of this P's queue",
        TraceEvent.globrunqput => "to the global queue",
        TraceEvent.schedule => "a turn of the scheduler begins, on g0",
        TraceEvent.steal => "another P takes it",
        TraceEvent.execute => "it was chosen: Runnable to Running",
        TraceEvent.gogo => "its innermost frame is resumed on the machine stack above g0",
        TraceEvent.gopark => "it blocks",
        TraceEvent.mcall => "it leaves the machine stack: its activations return to g0, saving themselves",
        TraceEvent.park_m => "on g0, with nothing of it left on the stack: Waiting",
        TraceEvent.park_race => "on g0: the wake was faster, it goes on",
        TraceEvent.goready => "somebody wakes it: Runnable",
        TraceEvent.gosched_m => "on g0: it yielded",
        TraceEvent.newstack => "its activations move from the machine stack to the heap",
        TraceEvent.pinned => "a plain frame is on its stack, so it blocks with its thread",
        TraceEvent.goexit => "its function has returned to where it seemed to come from",
        TraceEvent.goexit1 => "its end, still as itself",
        TraceEvent.goexit0 => "its end, on g0: Dead",
        TraceEvent.gfput => "the record waits for the next newproc",
        TraceEvent.mstart => "a thread begins to run goroutines",
        TraceEvent.stopm => "a thread without work goes to sleep",
        TraceEvent.startm => "a thread is woken or made to run this P",
        TraceEvent.handoffp => "its P goes to another thread",
        _ => "",
    };
}
