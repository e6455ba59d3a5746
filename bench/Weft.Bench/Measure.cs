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
    /// Two that are to be compared with each other, in milliseconds: their runs alternate, so that a busy spell of the
    /// machine does not fall on one of them alone.
    /// </summary>
    public static void RunBoth(string name1, Action full1, Action small1, string name2, Action full2, Action small2)
    {
        WarmUp(full1, small1);
        WarmUp(full2, small2);
        Measurement measurement1 = new(name1, Scale.Milliseconds, 1), measurement2 = new(name2, Scale.Milliseconds, 1);
        for (var i = 0; i < Measurement.Runs; i++)
        {
            Once(full1, measurement1);
            Once(full2, measurement2);
        }
        measurement1.Emit();
        measurement2.Emit();
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
