using Bench.Common;
using static Weft.Goroutine;

namespace Weft.Bench;

/// <summary>A tree of goroutines, fan-out 10; the leaves send their number up, the others the sum of their ten.</summary>
internal static class Skynet
{
    public static void Run(int leaves)
    {
        var root = new Chan<long>();
        Go(() => Node(root, 0, leaves));
        Report.Check((long)leaves * (leaves - 1) / 2, root.Receive());
    }

    private static void Node(Chan<long> up, long first, int leaves)
    {
        if (leaves == 1)
        {
            up.Send(first);
            return;
        }
        var below = new Chan<long>();
        var each = leaves / 10;
        for (var i = 0; i < 10; i++)
        {
            var start = first + (long)i * each;
            Go(() => Node(below, start, each));
        }
        long sum = 0;
        for (var i = 0; i < 10; i++) sum += below.Receive();
        up.Send(sum);
    }
}
