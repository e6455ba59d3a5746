using Bench.Common;
using Weft.Bench.Unwoven;

namespace Weft.Bench;

/// <summary>What a call costs that could suspend and never does, against the same call unwoven.</summary>
internal static class Fib
{
    public static void Run(int n) => Report.Check(Expected(n), Of(n));

    public static void RunUnwoven(int n) => Report.Check(Expected(n), PlainFib.Of(n));

    private static int Of(int n) => n < 2 ? n : Of(n - 1) + Of(n - 2);

    private static int Expected(int n)
    {
        int a = 0, b = 1;
        for (; n > 0; n--) (a, b) = (b, a + b);
        return a;
    }
}
