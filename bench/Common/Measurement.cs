// How a figure is taken, in both .NET programs; bench/go/harness.go does the same.
//
// Warm-up comes in rounds, because a method reaches its last tier in steps (tier 0, instrumented, tier 1), each of them
// after 30 calls and a quiet 100 ms. The small runs give the calls to bodies that a full run enters only once, so that
// they are not left in on-stack-replaced code; the full run grows the heap and the free lists; the pause lets the
// background compiler land.

using System.Diagnostics;

namespace Bench.Common;

/// <summary>What a figure is divided by.</summary>
internal enum Scale
{
    /// <summary>Nanoseconds an operation.</summary>
    Nanoseconds,

    /// <summary>Milliseconds the whole run.</summary>
    Milliseconds,
}

/// <summary>The measured runs of one workload: their times, and what they allocated together.</summary>
internal sealed class Measurement(string name, Scale scale, long operations)
{
    /// <summary>Rounds of warm-up.</summary>
    public const int WarmUpRounds = 3;

    /// <summary>Small runs in a round.</summary>
    public const int SmallRuns = 40;

    /// <summary>Measured runs; the median of them is the figure.</summary>
    public const int Runs = 5;

    /// <summary>Measured runs of each of several workloads in turns: they are compared to the hundredth.</summary>
    public const int Turns = 25;

    /// <summary>The pause after each round.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(200);

    private readonly List<double> _nanoseconds = [];
    private long _allocated;
    private long _allocatedBefore;
    private long _start;

    /// <summary>A measured run begins.</summary>
    public void Begin()
    {
        // Precise stops all threads, so it stays out of the time.
        _allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
        _start = Stopwatch.GetTimestamp();
    }

    /// <summary>It is over.</summary>
    public void End()
    {
        _nanoseconds.Add(Stopwatch.GetElapsedTime(_start).TotalNanoseconds);
        _allocated += GC.GetTotalAllocatedBytes(precise: true) - _allocatedBefore;
    }

    /// <summary>Prints the figure.</summary>
    public void Emit()
    {
        _nanoseconds.Sort();
        var median = _nanoseconds[_nanoseconds.Count / 2];
        var perOperation = (double)_allocated / _nanoseconds.Count / operations;
        if (scale == Scale.Nanoseconds) Report.Emit(name, median / operations, "ns", perOperation);
        else Report.Emit(name, median / 1e6, "ms", perOperation);
    }
}
