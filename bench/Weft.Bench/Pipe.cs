using Bench.Common;
using static Weft.Goroutine;

namespace Weft.Bench;

/// <summary>One sender, one receiver, a buffered channel; an operation is one item.</summary>
internal static class Pipe
{
    public static void Run(int items)
    {
        var pipe = new Chan<int>(Sizes.Buffer);
        Go(() =>
        {
            for (var i = 0; i < items; i++) pipe.Send(i);
            pipe.Close();
        });
        long sum = 0;
        foreach (var v in pipe) sum += v;
        Report.Check((long)items * (items - 1) / 2, sum);
    }
}
