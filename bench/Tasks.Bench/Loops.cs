using System.Diagnostics;
using Bench.Common;

namespace Tasks.Bench;

/// <summary>Tasks that compute, calling functions, and never await.</summary>
internal sealed class Loops : Party
{
    public Task Start(int tasks) => Task.WhenAll(Enumerable.Range(0, tasks).Select(_ => Task.Run(Loop)));

    private void Loop()
    {
        var count = 0L;
        for (; !Stop; count++) Work(8);
        Interlocked.Add(ref Count, count);
    }

    public static int Work(int n) => n == 0 ? 0 : Work(n - 1) + 1;

    /// <summary>Computes until a time of <see cref="Stopwatch"/>.</summary>
    public static void WorkUntil(long until)
    {
        while (Stopwatch.GetTimestamp() < until) Work(8);
    }
}
