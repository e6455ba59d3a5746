using System.Threading.Channels;
using Bench.Common;

namespace Tasks.Bench;

/// <summary>One writer, one reader, a bounded channel; an operation is one item.</summary>
internal static class Pipe
{
    public static async Task Run(int items)
    {
        var pipe = Channel.CreateBounded<int>(new BoundedChannelOptions(Sizes.Buffer) { SingleWriter = true, SingleReader = true });
        var writer = Task.Run(async () =>
        {
            for (var i = 0; i < items; i++) await pipe.Writer.WriteAsync(i);
            pipe.Writer.Complete();
        });
        long sum = 0;
        while (await pipe.Reader.WaitToReadAsync())
        {
            while (pipe.Reader.TryRead(out var v)) sum += v;
        }
        await writer;
        Report.Check((long)items * (items - 1) / 2, sum);
    }
}
