using System.Diagnostics;
using Weft;
using static Weft.Goroutine;

namespace Tour;

/// <summary>What a blocked goroutine costs.</summary>
internal static class Million
{
    private const int Count = 1_000_000;

    public static void Show()
    {
        Print.Title("4  A million goroutines, parked");
        var door = new Chan<int>();
        var all = new WaitGroup();
        all.Add(Count);
        Action wait = () =>
        {
            door.Receive();
            all.Done();
        };

        var before = Resident();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Count; i++)
            Go(wait);
        Sleep(TimeSpan.FromMilliseconds(100)); // the last of them reach the door
        var started = clock.Elapsed;
        var each = (Resident() - before) / Count;
        Console.WriteLine($"   alive                {WeftRuntime.NumGoroutine}, on {Process.GetCurrentProcess().Threads.Count} threads of the operating system");
        Console.WriteLine($"   resident memory      {each} bytes each");
        Console.WriteLine($"   started and parked   in {started.TotalMilliseconds:F0} ms");

        clock.Restart();
        door.Close();
        all.Wait();
        Console.WriteLine($"   woken and ended      in {clock.Elapsed.TotalMilliseconds:F0} ms\n");
    }

    /// <summary>Resident memory in bytes, after what is garbage has gone.</summary>
    private static long Resident()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}
