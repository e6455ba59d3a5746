// TestPingPongHog of Go's runtime, as figures. One processor; the parties are pairs whose two goroutines wake each other for ever, and loops
// that never block. A pair runs as one: who is woken inherits the time slice. When that is over it is the others' turn.
//
// pairs: two pairs, one passing its ball a thousand times as often as the other. loops: such a pair, and two loops.

using System.Diagnostics;
using Bench.Common;

namespace Weft.Bench;

internal static class Fairness
{
    public static void Run(string name)
    {
        List<double[]> pairs = [], loops = [];
        for (var i = -1; i < Measurement.Runs; i++) // one to warm up
        {
            var p = SharesOf(() => [Rare(), Often()]);
            var l = SharesOf(() => [Often(), new Loops(), new Loops()]);
            if (i < 0) continue;
            pairs.Add(p);
            loops.Add(l);
        }
        Report.Emit(name + "-pairs", Shares.Median(pairs.Select(Shares.Unfairness)), "x");
        Report.Emit(name + "-pairs-share", Shares.Median(pairs.Select(s => 100 * s[1])), "%");
        Report.Emit(name + "-loops", Shares.Median(loops.Select(Shares.Unfairness)), "x");
        Report.Emit(name + "-loops-share", Shares.Median(loops.Select(s => 100 * s[0])), "%");
    }

    private static Pair Rare() => new(1_000_000);

    private static Pair Often() => new(1_000);

    private static double[] SharesOf(Func<Party[]> make)
    {
        var alone = make().Select(party => Rates([party])[0]).ToArray();
        return Rates(make()).Zip(alone, (beside, by) => beside / by).ToArray();
    }

    private static double[] Rates(Party[] parties)
    {
        var group = new WaitGroup();
        var start = Stopwatch.GetTimestamp();
        foreach (var party in parties)
        {
            if (party is Pair pair) pair.Start(group);
            else ((Loops)party).Start(group, 1);
        }
        Goroutine.Sleep(Shares.Time);
        foreach (var party in parties) party.Stop = true;
        group.Wait();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return parties.Select(party => party.Count / seconds).ToArray();
    }
}
