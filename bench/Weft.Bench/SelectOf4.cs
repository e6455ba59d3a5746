using Bench.Common;
using static Weft.Goroutine;

namespace Weft.Bench;

/// <summary>Four senders, each with an unbuffered channel, and one that selects over all of them; an operation is one item.</summary>
internal static class SelectOf4
{
    public static void Run(int items)
    {
        Chan<int> a = new(), b = new(), c = new(), d = new();
        foreach (var chan in new[] { a, b, c, d })
        {
            Go(() =>
            {
                for (var i = 0; i < items / 4; i++) chan.Send(i);
            });
        }
        ReceiveCase<int> onA = a.OnReceive(), onB = b.OnReceive(), onC = c.OnReceive(), onD = d.OnReceive();
        long sum = 0;
        for (var i = 0; i < items; i++)
        {
            sum += Select.Wait(onA, onB, onC, onD) switch
            {
                0 => onA.Value,
                1 => onB.Value,
                2 => onC.Value,
                _ => onD.Value,
            };
        }
        Report.Check(4L * (items / 4) * (items / 4 - 1) / 2, sum);
    }
}
