namespace Weft.Tests;

/// <summary>WeftRuntime: settings and dumps.</summary>
public sealed class RuntimeTests
{
    [Theory, InlineData(0), InlineData(-1)]
    public void MaxProcs_LessThanOne_Throws(int n)
    {
        var before = WeftRuntime.MaxProcs;
        Assert.Throws<ArgumentOutOfRangeException>(() => WeftRuntime.MaxProcs = n);
        Assert.Equal(before, WeftRuntime.MaxProcs);
    }

    [Fact]
    public void MaxProcs_SetFromAGoroutine_HoldsAndAllGoOn()
    {
        using var procs = new Procs(2);
        Bounded.OnGoroutine(() =>
        {
            foreach (var n in new[] { 1, 5, 2, 64, 1 })
            {
                WeftRuntime.MaxProcs = n;
                Assert.Equal(n, WeftRuntime.MaxProcs);
                var done = new WaitGroup();
                for (var i = 0; i < 100; i++)
                    done.Go(Yield);
                done.Wait();
            }
        });
    }

    private static void WaitsForever(Chan<int> chan) => WaitsInside(chan);

    private static void WaitsInside(Chan<int> chan)
    {
        chan.Receive();
        GC.KeepAlive(chan);
    }

    [Fact]
    public void Dump_BlockedGoroutine_ShowsReasonAndMethods()
    {
        var chan = new Chan<int>();
        var id = 0L;
        var task = Run(() =>
        {
            id = Id;
            WaitsForever(chan);
            GC.KeepAlive(chan);
        });
        Bounded.Until(() => Waiters.Of(chan) == 1, "it blocks");
        Bounded.Until(() => Proc.AllGs().Any(g => g.goid == id && g.Status == GStatus.Waiting), "it is parked");
        var w = new StringWriter();
        WeftRuntime.Dump(w);
        var text = w.ToString();
        Assert.Contains($"goroutine {id} [chan receive", text);
        if (Weaving.IsWoven)
            Assert.Matches($@"goroutine {id} \[chan receive\]:[^[]*WaitsInside", text);
        Bounded.OnGoroutine(() => chan.Send(1));
        Bounded.Wait(task);
        w = new StringWriter();
        WeftRuntime.Dump(w);
        Assert.DoesNotContain($"goroutine {id} [chan receive", w.ToString());
    }

    [Fact]
    public void Dump_NullWriter_Throws() => Assert.Throws<ArgumentNullException>(() => WeftRuntime.Dump(null!));
}
