using System.Threading.Channels;
using Bench.Common;

namespace Tasks.Bench;

/// <summary>A tree of tasks, fan-out 10; the leaves send their number up, the others the sum of their ten.</summary>
internal static class Skynet
{
    public static async Task Run(int leaves)
    {
        var root = Hop.Create<long>();
        _ = Task.Run(() => Node(root.Writer, 0, leaves));
        Report.Check((long)leaves * (leaves - 1) / 2, await root.Reader.ReadAsync());
    }

    private static async Task Node(ChannelWriter<long> up, long first, int leaves)
    {
        if (leaves == 1)
        {
            await up.WriteAsync(first);
            return;
        }
        var below = Hop.Create<long>();
        var each = leaves / 10;
        for (var i = 0; i < 10; i++)
        {
            var start = first + (long)i * each;
            _ = Task.Run(() => Node(below.Writer, start, each));
        }
        long sum = 0;
        for (var i = 0; i < 10; i++) sum += await below.Reader.ReadAsync();
        await up.WriteAsync(sum);
    }
}
