using Bench.Common;

namespace Weft.Bench;

/// <summary>Two goroutines that do nothing but yield; an operation is one yield.</summary>
internal static class Yielding
{
    public static void Run(int each)
    {
        var group = new WaitGroup();
        var left = 2 * each;
        for (var i = 0; i < 2; i++)
        {
            group.Go(() =>
            {
                var n = 0;
                for (; n < each; n++) Goroutine.Yield();
                Interlocked.Add(ref left, -n);
            });
        }
        group.Wait();
        Report.Check(0, left);
    }
}
