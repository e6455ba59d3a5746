namespace Weft.Tests;

/// <summary>The timer heap, without a scheduler around it: due timers are those of foreign stand-ins, which are only marked.</summary>
public sealed class TimersTests
{
    private static readonly M s_m = new(-200, foreign: true);

    /// <summary>A G that may be readied without being queued.</summary>
    private static G Sleeper(int id)
    {
        var m = new M(-1000 - id, foreign: true);
        return new G { goid = id, status = (int)GStatus.Waiting, lockedm = m, m = m };
    }

    [Fact]
    public void Next_Empty_IsZero() => Assert.Equal(0, new Timers(0).Next);

    [Fact]
    public void Add_Earlier_SaysSo()
    {
        var timers = new Timers(0);
        Assert.True(timers.Add(50, Sleeper(0)));
        Assert.False(timers.Add(60, Sleeper(1)));
        Assert.False(timers.Add(50, Sleeper(2)));
        Assert.True(timers.Add(40, Sleeper(3)));
        Assert.Equal(40, timers.Next);
    }

    // A few that sleep for a short time are no crowd, however many sleep for long; ten at random among them are.
    [Theory]
    [InlineData(3, false), InlineData(10, true), InlineData(1000, true)]
    public void IsDense_SoManySoon_SaysWhetherToWait(int soon, bool isDense)
    {
        var random = new Random(11);
        var found = 0;
        for (var round = 0; round < 100; round++)
        {
            var timers = new Timers(0);
            var deadlines = Enumerable.Range(0, 1000 + soon).Select(i => i < soon ? random.Next(1, 100) : random.Next(1000, 1_000_000)).OrderBy(_ => random.Next()).ToList();
            for (var i = 0; i < deadlines.Count; i++)
                timers.Add(deadlines[i], Sleeper(i));
            found += timers.IsDense(100) ? 1 : 0;
        }
        Assert.InRange(found, isDense ? 75 : 0, isDense ? 100 : 0);
    }

    [Fact]
    public void Run_SomeDue_ReadiesExactlyThose()
    {
        var timers = new Timers(0);
        var gs = Enumerable.Range(0, 200).Select(Sleeper).ToArray();
        var random = new Random(7);
        foreach (var g in gs.OrderBy(_ => random.Next()))
            timers.Add(1 + g.goid * 10, g);
        for (var now = 1L; now < 2100; now += 35)
        {
            Assert.Equal(now, timers.Run(now, s_m));
            foreach (var g in gs)
                Assert.Equal(1 + g.goid * 10 <= now ? GStatus.Runnable : GStatus.Waiting, g.Status);
            var rest = gs.Where(g => 1 + g.goid * 10 > now).Select(g => 1 + g.goid * 10).ToList();
            Assert.Equal(rest.Count == 0 ? 0 : rest.Min(), timers.Next);
        }
    }

    [Fact]
    public void Run_RandomDeadlines_GoesInTheirOrder()
    {
        var random = new Random(3);
        for (var round = 0; round < 50; round++)
        {
            var timers = new Timers(0);
            var deadlines = Enumerable.Range(0, random.Next(1, 100)).Select(_ => (long)random.Next(1, 1000)).ToList();
            var gs = deadlines.Select((_, i) => Sleeper(i)).ToList();
            for (var i = 0; i < gs.Count; i++)
                timers.Add(deadlines[i], gs[i]);
            var seen = new List<long>();
            while (timers.Next is var next && next != 0)
            {
                seen.Add(next);
                timers.Run(next, s_m);
                for (var i = 0; i < gs.Count; i++)
                    Assert.Equal(deadlines[i] <= next ? GStatus.Runnable : GStatus.Waiting, gs[i].Status);
            }
            Assert.Equal(deadlines.Distinct().Order(), seen);
        }
    }

    [Fact]
    public void MoveTo_Another_MovesAll()
    {
        var (from, to) = (new Timers(1), new Timers(0));
        var gs = Enumerable.Range(0, 40).Select(Sleeper).ToArray();
        for (var i = 0; i < gs.Length; i++)
            (i % 2 == 0 ? from : to).Add(100 + i, gs[i]);
        from.MoveTo(to);
        Assert.Equal(0, from.Next);
        Assert.Equal(100, to.Next);
        to.Run(1000, s_m);
        Assert.All(gs, g => Assert.Equal(GStatus.Runnable, g.Status));
    }
}
