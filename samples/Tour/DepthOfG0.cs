using System.Globalization;
using Weft;
using Weft.Runtime;
using static Weft.Goroutine;

namespace Tour;

/// <summary>schedule, execute and gogo call each other for ever. How does that avoid a stack overflow?</summary>
internal static class DepthOfG0
{
    private const int Lives = 100_000, MaxMs = 1_000, MaxDepths = 8;

    // How often schedule began at which depth, by M. Each M writes its own row only.
    private static readonly (long Depth, long Turns)[,] s_turns = new (long, long)[MaxMs, MaxDepths];

    public static void Show()
    {
        Print.Title("2  The depth of g0 at every turn of schedule");
        Trace.Hook = Measure;
        var door = new Chan<int>();
        var all = new WaitGroup();
        for (var i = 0; i < Lives; i++)
        {
            all.Add(1);
            Go(() =>
            {
                door.Receive();
                all.Done();
            });
        }
        for (var i = 0; i < Lives; i++)
            door.Send(i);
        all.Wait();
        Trace.Hook = null;

        Console.WriteLine($"{Lives.ToString("N0", CultureInfo.InvariantCulture)} goroutines were started, parked, woken and ended.");
        for (var m = 0; m < MaxMs; m++)
        {
            var depths = Enumerable.Range(0, MaxDepths).Select(i => s_turns[m, i]).Where(d => d.Turns > 0).ToList();
            if (depths.Count > 0)
                Console.WriteLine($"   M{m}: schedule began {string.Join(", ", depths.Select(d => $"{d.Turns} times with g0 {d.Depth} bytes deep"))}");
        }
        Console.WriteLine("""
            A goroutine that parks or ends has returned to g0 before schedule is entered again: nothing piles up. Where there is
            a second depth, the JIT has replaced a method beneath by its optimised code, whose frame has another size.

            """);
    }

    private static void Measure(TraceRecord record)
    {
        if (record.Event != TraceEvent.schedule || record.M < 0 || record.M >= MaxMs)
            return;
        // A depth beyond the last column would be counted there: it would have to be explained, and must not be lost.
        for (var i = 0; i < MaxDepths; i++)
        {
            ref var seen = ref s_turns[record.M, i];
            if (seen.Turns == 0 || i == MaxDepths - 1)
                seen.Depth = record.G0Depth;
            if (seen.Depth != record.G0Depth)
                continue;
            seen.Turns++;
            return;
        }
    }
}
