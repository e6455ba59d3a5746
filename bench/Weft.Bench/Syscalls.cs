// Many goroutines in foreign calls that block their threads, beside others that compute.

using System.Diagnostics;
using Bench.Common;

namespace Weft.Bench;

internal static class Syscalls
{
    public static void Run(string name)
    {
        List<double> slower = [], calls = [];
        for (var i = -1; i < Measurement.Runs; i++) // one to warm up
        {
            var (alone, _) = Rates(0);
            var (beside, time) = Rates(Sizes.Callers);
            if (i < 0) continue;
            slower.Add(alone / beside);
            calls.Add(time);
        }
        Report.Emit(name + "-compute", Shares.Median(slower), "x");
        Report.Emit(name + "-call", Shares.Median(calls), "us");
    }

    /// <summary>What the others compute in a second, and how long a call takes its caller, in microseconds.</summary>
    private static (double Computed, double Call) Rates(int callers)
    {
        var loops = new Loops();
        var group = new WaitGroup();
        var calls = 0L;
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < callers; i++)
        {
            group.Go(() =>
            {
                Goroutine.Yield(); // makes the method hot
                var n = 0;
                for (; !loops.Stop; n++) Libc.usleep(Sizes.CallUs);
                Interlocked.Add(ref calls, n);
            });
        }
        loops.Start(group, WeftRuntime.MaxProcs);
        Goroutine.Sleep(Shares.Time);
        loops.Stop = true;
        group.Wait();
        var time = Stopwatch.GetElapsedTime(start);
        return (loops.Count / time.TotalSeconds, time.TotalMicroseconds * callers / Math.Max(1, calls));
    }
}
