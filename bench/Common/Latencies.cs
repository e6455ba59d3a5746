using System.Diagnostics;

namespace Bench.Common;

/// <summary>Samples of a latency, printed as their median and their 99th percentile.</summary>
internal sealed class Latencies(string name)
{
    private readonly List<long> _ticks = [];

    /// <summary>Something was due, or began, at a time stamp, and is seen now.</summary>
    public void Since(long stamp) => _ticks.Add(Stopwatch.GetTimestamp() - stamp);

    /// <summary>Prints both figures, in microseconds.</summary>
    public void Emit()
    {
        _ticks.Sort();
        Report.Emit(name + "-p50", At(50), "us");
        Report.Emit(name + "-p99", At(99), "us");
    }

    /// <summary>A time in units of <see cref="Stopwatch"/>.</summary>
    public static long Ticks(TimeSpan t) => (long)(t.TotalSeconds * Stopwatch.Frequency);

    private double At(int percent) => Stopwatch.GetElapsedTime(0, _ticks[_ticks.Count * percent / 100]).TotalMicroseconds;
}
