// Resident memory of async methods that wait. One run only: a second one would find the memory of the first.

using System.Diagnostics;
using System.Threading.Channels;
using Bench.Common;

namespace Tasks.Bench;

internal static class Parked
{
    public static async Task Run(string name, int count)
    {
        var before = Resident.Bytes();
        await (await Crowd.Start(Sizes.ParkedWarmUp)).Release();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var start = Stopwatch.GetTimestamp();
        var crowd = await Crowd.Start(count);
        var took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        await Task.Delay(300);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Report.Emit(name + "-rss", (double)(Resident.Bytes() - before) / count, "B", (double)allocated / count);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Report.Emit(name + "-settled", (double)(Resident.Bytes() - before) / count, "B");
        Report.Emit(name + "-spawn", took, "ms");
        await crowd.Release();
    }

    /// <summary>Tasks that all wait on one channel.</summary>
    private sealed class Crowd
    {
        // Unbounded, because only waiting readers are of interest, and that one has the smaller waiter.
        private readonly Channel<int> _gate = Channel.CreateUnbounded<int>();
        private readonly Latch _all;
        private readonly int _count;
        private int _started;

        private Crowd(int count)
        {
            _count = count;
            _all = new Latch(count);
        }

        public static async Task<Crowd> Start(int count)
        {
            var crowd = new Crowd(count);
            Func<Task> body = crowd.Wait;
            for (var i = 0; i < count; i++) _ = Task.Run(body);
            while (Volatile.Read(ref crowd._started) < count) await Task.Yield();
            return crowd;
        }

        public async Task Release()
        {
            for (var i = 0; i < _count; i++) await _gate.Writer.WriteAsync(1);
            await _all.Done;
        }

        private async Task Wait()
        {
            Interlocked.Increment(ref _started);
            await _gate.Reader.ReadAsync();
            _all.CountDown();
        }
    }
}
