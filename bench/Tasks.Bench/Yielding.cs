using Bench.Common;

namespace Tasks.Bench;

/// <summary>Two tasks that do nothing but yield; an operation is one yield.</summary>
internal static class Yielding
{
    public static async Task Run(int each)
    {
        var left = 2 * each;
        async Task Loop()
        {
            var n = 0;
            for (; n < each; n++) await Task.Yield();
            Interlocked.Add(ref left, -n);
        }
        await Task.WhenAll(Task.Run(Loop), Task.Run(Loop));
        Report.Check(0, left);
    }
}
