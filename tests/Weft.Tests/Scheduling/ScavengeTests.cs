namespace Weft.Tests;

/// <summary>Memory comes back after a peak of goroutines.</summary>
public sealed class ScavengeTests
{
    private const int Peak = 200_000;

    /// <summary>
    /// Dead records that nobody needs between two full collections leave the free list and the lists of all Gs, and the collector takes them.
    /// Goroutines that live meanwhile stay listed and counted, and the next ones start as ever.
    /// </summary>
    [Fact]
    public void Records_AfterAPeak_AreLetGo()
    {
        using var procs = new Procs(2);
        var keeper = new Chan<int>();
        var id = 0L;
        var kept = Run(() =>
        {
            id = Id;
            keeper.Receive();
        });
        var weak = PeakOf(Peak);
        Assert.InRange(Proc.AllGs().Count(), Peak, int.MaxValue);
        Bounded.Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Bounded.OnGoroutine(() => // all Ps come by
            {
                var all = new WaitGroup();
                for (var i = 0; i < 100; i++)
                    all.Go(Yield);
                all.Wait();
            });
            return Proc.AllGs().Count() < Peak / 20 && weak.Count(w => w.IsAlive) < weak.Count / 20;
        }, "records are gone");
        Assert.Single(Proc.AllGs(), g => g.goid == id && g.Status == GStatus.Waiting);
        Assert.InRange(WeftRuntime.NumGoroutine, 1, Peak / 20);
        PeakOf(1000);
        keeper.Close();
        Bounded.Wait(kept);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static List<WeakReference> PeakOf(int n)
    {
        var gate = new Chan<int>();
        Bounded.OnGoroutine(() =>
        {
            var begun = new WaitGroup();
            var ended = new WaitGroup();
            begun.Add(n);
            ended.Add(n);
            for (var i = 0; i < n; i++)
                Go(() =>
                {
                    begun.Done();
                    if (Weaving.IsWoven)
                        gate.Receive();
                    ended.Done();
                });
            begun.Wait();
            gate.Close();
            ended.Wait();
        }, 60);
        return Proc.AllGs().Where(g => g.Status == GStatus.Dead).Take(n / 2).Select(g => new WeakReference(g)).ToList();
    }
}
