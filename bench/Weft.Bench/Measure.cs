// The harness: every run is a goroutine of its own, which the main goroutine waits for.

using Bench.Common;

namespace Weft.Bench;

internal static class Measure
{
    /// <summary>Warms up, measures <paramref name="full"/> and prints its median.</summary>
    public static void Run(string name, Scale scale, long operations, Action full, Action small)
    {
        WarmUp(full, small);
        var measurement = new Measurement(name, scale, operations);
        for (var i = 0; i < Measurement.Runs; i++) Once(full, measurement);
        measurement.Emit();
    }

    /// <summary>
    /// Several that are to be compared with each other: their runs alternate, so that a busy spell of the machine does not fall on one
    /// of them alone.
    /// </summary>
    public static void RunInTurns(Scale scale, long operations, params (string Name, Action Full, Action Small)[] workloads)
    {
        foreach (var (_, full, small) in workloads) WarmUp(full, small);
        var measurements = workloads.Select(workload => new Measurement(workload.Name, scale, operations)).ToArray();
        for (var i = 0; i < Measurement.Turns; i++)
        {
            for (var j = 0; j < workloads.Length; j++) Once(workloads[j].Full, measurements[j]);
        }
        foreach (var measurement in measurements) measurement.Emit();
    }

    private static void WarmUp(Action full, Action small)
    {
        for (var round = 0; round < Measurement.WarmUpRounds; round++)
        {
            for (var i = 0; i < Measurement.SmallRuns; i++) Once(small);
            Once(full);
            Goroutine.Sleep(Measurement.Settle);
        }
    }

    private static void Once(Action body, Measurement measurement)
    {
        measurement.Begin();
        Once(body);
        measurement.End();
    }

    private static void Once(Action body)
    {
        var done = new WaitGroup();
        done.Go(body);
        done.Wait();
    }
}
