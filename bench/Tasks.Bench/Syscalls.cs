using System.Diagnostics;
using Bench.Common;

namespace Tasks.Bench;

/// <summary>Many threads in foreign calls that block them, beside tasks that compute. On the pool's own threads the callers would block all else.</summary>
internal static class Syscalls
{
    public static async Task Run(string name)
    {
        List<double> slower = [], calls = [];
        for (var i = -1; i < Measurement.Runs; i++) // one to warm up
        {
            var (alone, _) = await Rates(0);
            var (beside, time) = await Rates(Sizes.Callers);
            if (i < 0) continue;
            slower.Add(alone / beside);
            calls.Add(time);
        }
        Report.Emit(name + "-compute", Shares.Median(slower), "x");
        Report.Emit(name + "-call", Shares.Median(calls), "us");
    }

    private static async Task<(double Computed, double Call)> Rates(int callers)
    {
        var loops = new Loops();
        var calls = 0L;
        var start = Stopwatch.GetTimestamp();
        var all = new List<Task>();
        for (var i = 0; i < callers; i++)
        {
            all.Add(Task.Factory.StartNew(
                () =>
                {
                    var n = 0;
                    for (; !loops.Stop; n++) Libc.usleep(Sizes.CallUs);
                    Interlocked.Add(ref calls, n);
                },
                TaskCreationOptions.LongRunning));
        }
        all.Add(loops.Start(Report.Procs));
        await Task.Delay(Shares.Time);
        loops.Stop = true;
        await Task.WhenAll(all);
        var time = Stopwatch.GetElapsedTime(start);
        return (loops.Count / time.TotalSeconds, time.TotalMicroseconds * callers / Math.Max(1, calls));
    }
}
