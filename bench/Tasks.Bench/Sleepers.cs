// Sleeping tasks: how late they wake, and what processor time it takes; as Weft's.

using System.Diagnostics;
using Bench.Common;

namespace Tasks.Bench;

internal static class Sleepers
{
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(4), Spread = TimeSpan.FromSeconds(10);

    public static async Task Run(string name, int count)
    {
        await Crowd(count / 100, Lead / 40, Spread / 50);
        GC.Collect();
        await Task.Delay(Measurement.Settle);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var late = await Crowd(count, Lead, Spread);
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Array.Sort(late);
        Report.Emit(name + "-p50", late[count / 2] / 1e3, "us");
        Report.Emit(name + "-p99", late[count - count / 100] / 1e3, "us");
        Report.Emit(name + "-cpu", cpu.TotalMilliseconds, "ms", (double)allocated / count);
    }

    private static async Task<long[]> Crowd(int count, TimeSpan lead, TimeSpan spread)
    {
        var late = new long[count];
        var start = Stopwatch.GetTimestamp();
        var all = new Task[count];
        for (var i = 0; i < count; i++)
        {
            var slot = (long)i * 7919 % count;
            var deadline = lead + spread * ((double)slot / count);
            all[i] = Task.Run(() => SleepOnce(late, start, deadline, slot));
        }
        await Task.WhenAll(all);
        return late;
    }

    private static async Task SleepOnce(long[] late, long start, TimeSpan deadline, long slot)
    {
        var left = deadline - Stopwatch.GetElapsedTime(start);
        if (left > TimeSpan.Zero) await Task.Delay(left);
        late[slot] = (long)(Stopwatch.GetElapsedTime(start) - deadline).TotalNanoseconds;
    }
}
