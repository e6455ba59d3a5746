// The harness: every run is a task of its own on the pool.

using Bench.Common;

namespace Tasks.Bench;

internal static class Measure
{
    /// <summary>Warms up, measures <paramref name="full"/> and prints its median.</summary>
    public static async Task Run(string name, Scale scale, long operations, Func<Task> full, Func<Task> small)
    {
        for (var round = 0; round < Measurement.WarmUpRounds; round++)
        {
            for (var i = 0; i < Measurement.SmallRuns; i++) await Task.Run(small);
            await Task.Run(full);
            await Task.Delay(Measurement.Settle);
        }
        var measurement = new Measurement(name, scale, operations);
        for (var i = 0; i < Measurement.Runs; i++)
        {
            measurement.Begin();
            await Task.Run(full);
            measurement.End();
        }
        measurement.Emit();
    }
}
