using System.Globalization;
using Weft;
using Weft.Runtime;
using static Weft.Goroutine;

namespace Tour;

/// <summary>schedule, execute and gogo call each other for ever. How does that avoid a stack overflow?</summary>
internal static class DepthOfG0
{
    private const int Lives = 100_000, MaxMs = 1_000;

    // By M. Each M writes its own slots only.
    private static readonly long[] s_turns = new long[MaxMs], s_least = new long[MaxMs], s_most = new long[MaxMs];

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
            if (s_turns[m] > 0)
                Console.WriteLine($"   M{m}: schedule began {s_turns[m]} times, with g0 between {s_least[m]} and {s_most[m]} bytes deep");
        }
        Console.WriteLine("A goroutine that parks or ends has returned to g0 before schedule is entered again: nothing piles up.\n");
    }

    private static void Measure(TraceRecord record)
    {
        if (record.Event != TraceEvent.schedule || record.M < 0 || record.M >= MaxMs)
            return;
        var m = record.M;
        var depth = record.G0Depth;
        s_least[m] = s_turns[m] == 0 ? depth : Math.Min(s_least[m], depth);
        s_most[m] = s_turns[m] == 0 ? depth : Math.Max(s_most[m], depth);
        s_turns[m]++;
    }
}
