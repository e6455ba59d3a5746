using System.Diagnostics;
using Bench.Common;

namespace Weft.Bench;

/// <summary>Goroutines that compute, calling functions, and never block.</summary>
internal sealed class Loops : Party
{
    public void Start(WaitGroup group, int goroutines)
    {
        for (var i = 0; i < goroutines; i++) group.Go(Loop);
    }

    private void Loop()
    {
        var count = 0L;
        for (; !Stop; count++) Work(8);
        Interlocked.Add(ref Count, count);
    }

    /// <summary>Recursive, so that it is woven and has a prologue.</summary>
    public static int Work(int n) => n == 0 ? 0 : Work(n - 1) + 1;

    /// <summary>Computes until a time of <see cref="Stopwatch"/>.</summary>
    public static void WorkUntil(long until)
    {
        while (Stopwatch.GetTimestamp() < until) Work(8);
    }
}
