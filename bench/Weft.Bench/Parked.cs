// Resident memory of goroutines that are parked. One run only: a second one would find the memory of the first.

using System.Diagnostics;
using Bench.Common;
using static Weft.Goroutine;

namespace Weft.Bench;

internal static class Parked
{
    public static void Run(string name, int count)
    {
        var before = Resident.Bytes();
        new Crowd(Sizes.ParkedWarmUp).Release(); // loads and compiles; what it takes is in the figure
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var start = Stopwatch.GetTimestamp();
        var crowd = new Crowd(count);
        var took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Goroutine.Sleep(TimeSpan.FromMilliseconds(300));
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Report.Emit(name + "-rss", (double)(Resident.Bytes() - before) / count, "B", (double)allocated / count);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Report.Emit(name + "-settled", (double)(Resident.Bytes() - before) / count, "B");
        Report.Emit(name + "-spawn", took, "ms");
        crowd.Release();
    }

    /// <summary>Goroutines that all wait on one channel.</summary>
    private sealed class Crowd
    {
        private readonly Chan<int> _gate = new();
        private readonly WaitGroup _all = new();
        private readonly int _count;
        private int _started;

        public Crowd(int count)
        {
            _count = count;
            _all.Add(count);
            Start();
        }

        public void Release()
        {
            for (var i = 0; i < _count; i++) _gate.Send(1);
            _all.Wait();
        }

        private void Start()
        {
            Action body = Wait;
            for (var i = 0; i < _count; i++) Go(body);
            while (Volatile.Read(ref _started) < _count) Goroutine.Yield();
        }

        private void Wait()
        {
            Interlocked.Increment(ref _started);
            _gate.Receive();
            _all.Done();
        }
    }
}
