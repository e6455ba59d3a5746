using Bench.Common;

namespace Tasks.Bench;

/// <summary>What a call costs: a plain one, and one that could suspend and never does.</summary>
internal static class Fib
{
    public static Task Run(int n)
    {
        Report.Check(Expected(n), Of(n));
        return Task.CompletedTask;
    }

    public static async Task RunAsync(int n) => Report.Check(Expected(n), await OfAsync(n));

    private static int Of(int n) => n < 2 ? n : Of(n - 1) + Of(n - 2);

    private static async ValueTask<int> OfAsync(int n) => n < 2 ? n : await OfAsync(n - 1) + await OfAsync(n - 2);

    private static int Expected(int n)
    {
        int a = 0, b = 1;
        for (; n > 0; n--) (a, b) = (b, a + b);
        return a;
    }
}
