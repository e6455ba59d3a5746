// Sleeping goroutines: how late they wake, and what processor time it takes. Their deadlines are spread evenly over ten seconds, which begin
// when the last may have gone to sleep. One run only, after one that is small.

using System.Diagnostics;
using Bench.Common;
using static Weft.Goroutine;

namespace Weft.Bench;

internal static class Sleepers
{
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(4), Spread = TimeSpan.FromSeconds(10);

    public static void Run(string name, int count)
    {
        new Crowd(count / 100, Lead / 40, Spread / 50).Wait();
        GC.Collect();
        Goroutine.Sleep(Measurement.Settle);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var crowd = new Crowd(count, Lead, Spread);
        var late = crowd.Wait();
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Array.Sort(late);
        Report.Check(true, late[0] >= 0);
        Report.Emit(name + "-p50", late[count / 2] / 1e3, "us");
        Report.Emit(name + "-p99", late[count - count / 100] / 1e3, "us");
        Report.Emit(name + "-cpu", cpu.TotalMilliseconds, "ms", (double)allocated / count);
    }

    private sealed class Crowd
    {
        private readonly WaitGroup _all = new();
        private readonly long[] _late;
        private readonly long _start = Stopwatch.GetTimestamp();
        private readonly TimeSpan _lead, _spread;
        private int _next;

        public Crowd(int count, TimeSpan lead, TimeSpan spread)
        {
            _late = new long[count];
            (_lead, _spread) = (lead, spread);
            _all.Add(count);
            Action body = SleepOnce;
            for (var i = 0; i < count; i++) Go(body);
        }

        public long[] Wait()
        {
            _all.Wait();
            return _late;
        }

        private void SleepOnce()
        {
            var i = Interlocked.Increment(ref _next) - 1;
            // Not in the order in which they begin.
            var slot = (long)i * 7919 % _late.Length;
            var deadline = _lead + _spread * ((double)slot / _late.Length);
            Sleep(deadline - Stopwatch.GetElapsedTime(_start));
            _late[i] = (long)(Stopwatch.GetElapsedTime(_start) - deadline).TotalNanoseconds;
            _all.Done();
        }
    }
}
