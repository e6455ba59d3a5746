using System.Threading.Channels;
using Bench.Common;

namespace Tasks.Bench;

/// <summary>
/// Four writers, each with a channel of its own, and one that reads whatever comes; an operation is one item. System.Threading.Channels has no
/// select: readers wait for all with WhenAny, and keep the waits that are not over.
/// </summary>
internal static class SelectOf4
{
    public static async Task Run(int items)
    {
        var channels = Enumerable.Range(0, 4).Select(_ => Hop.Create<int>()).ToArray();
        var writers = channels.Select(c => Task.Run(async () =>
        {
            for (var i = 0; i < items / 4; i++) await c.Writer.WriteAsync(i);
        })).ToArray();
        var waits = new Task<bool>?[4];
        var pending = new Task<bool>[4];
        long sum = 0;
        for (var i = 0; i < items;)
        {
            var any = false;
            for (var k = 0; k < 4; k++)
            {
                if (!channels[k].Reader.TryRead(out var v)) continue;
                sum += v;
                i++;
                any = true;
            }
            if (any) continue;
            for (var k = 0; k < 4; k++)
            {
                if (waits[k] is not { IsCompleted: false }) waits[k] = channels[k].Reader.WaitToReadAsync().AsTask();
                pending[k] = waits[k]!;
            }
            await Task.WhenAny(pending);
        }
        await Task.WhenAll(writers);
        Report.Check(4L * (items / 4) * (items / 4 - 1) / 2, sum);
    }
}
