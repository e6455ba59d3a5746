using Bench.Common;
using static Weft.Goroutine;

namespace Weft.Bench;

/// <summary>Many senders and as many receivers on one channel; an operation is one item.</summary>
internal static class ManyToMany
{
    public static void Run(int each, int capacity, int items)
    {
        var pipe = new Chan<int>(capacity);
        var sums = new Chan<long>(each);
        var senders = new WaitGroup();
        for (var s = 0; s < each; s++)
        {
            senders.Go(() =>
            {
                for (var i = 0; i < items / each; i++) pipe.Send(i);
            });
            Go(() =>
            {
                long sum = 0;
                foreach (var v in pipe) sum += v;
                sums.Send(sum);
            });
        }
        senders.Wait();
        pipe.Close();
        long total = 0;
        for (var r = 0; r < each; r++) total += sums.Receive();
        Report.Check((long)each * (items / each) * (items / each - 1) / 2, total);
    }
}
