using System.Threading.Channels;
using Bench.Common;

namespace Tasks.Bench;

/// <summary>Many writers and as many readers on one channel; an operation is one item.</summary>
internal static class ManyToMany
{
    public static async Task Run(int each, int capacity, int items)
    {
        var pipe = capacity == 0 ? Hop.Create<int>() : Channel.CreateBounded<int>(capacity);
        var writers = Enumerable.Range(0, each).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < items / each; i++) await pipe.Writer.WriteAsync(i);
        })).ToArray();
        var readers = Enumerable.Range(0, each).Select(_ => Task.Run(async () =>
        {
            long sum = 0;
            while (await pipe.Reader.WaitToReadAsync())
            {
                while (pipe.Reader.TryRead(out var v)) sum += v;
            }
            return sum;
        })).ToArray();
        await Task.WhenAll(writers);
        pipe.Writer.Complete();
        Report.Check((long)each * (items / each) * (items / each - 1) / 2, (await Task.WhenAll(readers)).Sum());
    }
}
