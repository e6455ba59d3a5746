// The stack growth that Go had until 1.2: where a loop's calls just cross the end of the stack's part, each of them
// paid for a new part and gave it back. Here a recursion stops at every depth, makes calls in a loop and goes one deeper,
// so one depth lies at each edge there is. The figure is the worst depth, per call. The first call at a depth pays for
// growth, once, and is not timed; the best of a few batches leaves out what else the machine did.

using System.Diagnostics;
using Bench.Common;

namespace Weft.Bench;

internal static class HotSplit
{
    private const int Depths = 200_000; // more frames than an 8 MB thread has room for
    private const int Batches = 4;
    private const int Calls = 16;
    private const int Sweeps = 5;

    public static void Run(string name)
    {
        var worst = new double[Sweeps];
        for (var i = -2; i < Sweeps; i++) // two sweeps of warm-up
        {
            var state = new Sweep();
            var group = new WaitGroup();
            group.Go(() => state.Sum = Descend(0, state));
            group.Wait();
            Report.Check((long)Depths * Batches * Calls * 4, state.Sum);
            if (i >= 0) worst[i] = state.Worst * 1e9 / Stopwatch.Frequency / Calls;
            else Goroutine.Sleep(Measurement.Settle);
        }
        Array.Sort(worst);
        Report.Emit(name, worst[Sweeps / 2], "ns");
    }

    private static long Descend(int depth, Sweep state)
    {
        long sum = 0, best = long.MaxValue;
        Leaf(4);
        for (var batch = 0; batch < Batches; batch++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Calls; i++) sum += Leaf(4);
            best = Math.Min(best, Stopwatch.GetTimestamp() - start);
        }
        state.Worst = Math.Max(state.Worst, best);
        return depth + 1 == Depths ? sum : sum + Descend(depth + 1, state);
    }

    // Recursive, so that it is woven and has a prologue.
    private static int Leaf(int n) => n == 0 ? 0 : Leaf(n - 1) + 1;

    private sealed class Sweep
    {
        public long Worst;
        public long Sum;
    }
}
