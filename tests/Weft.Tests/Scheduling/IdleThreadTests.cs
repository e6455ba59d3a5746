namespace Weft.Tests;

/// <summary>Threads come with what blocks, and go when it is over; Go keeps them for ever (golang/go 14592).</summary>
public sealed class IdleThreadTests
{
    // Bad schedule: the time-out of an idle M against the one that has just taken it out of the idle list to give it a P: the M must
    // wait for that P, else it is lost. Every round makes many Ms go idle, with a time-out short enough to race with the next round.
    [Fact]
    public void Stopm_TimesOutWhileItIsWoken_LosesNoP()
    {
        var before = Proc.IdleThreadNs;
        Proc.IdleThreadNs = 200_000;
        try
        {
            using var _ = new Procs(4);
            for (var round = 0; round < 300; round++)
                Bounded.OnGoroutine(() =>
                {
                    var wg = new WaitGroup();
                    for (var i = 0; i < 8; i++)
                        wg.Go(() => Yield());
                    wg.Wait();
                    if (round % 3 == 0)
                        Sleep(TimeSpan.FromMilliseconds(0.3));
                });
        }
        finally
        {
            Proc.IdleThreadNs = before;
        }
    }

    [Fact]
    public void Stopm_IdleForTheLimit_ThreadEnds()
    {
        var before = Proc.IdleThreadNs;
        Proc.IdleThreadNs = 20_000_000;
        try
        {
            // The threads that went idle before wait for the limit of then.
            var few = WeftRuntime.MaxProcs + 1;
            Bounded.Until(() => Volatile.Read(ref sched.nmidle) <= few, "only a few threads are idle");
            // What other tests left blocked for ever keeps its threads: in a wait, in a foreign call, or in a plain one.
            var kept = Busy();
            var gate = new Chan<int>();
            var pinned = Enumerable.Range(0, 30).Select(i => Run(() => new List<int> { i }.ForEach(_ => gate.Receive()))).ToList();
            Bounded.Until(() => Busy() >= kept + 30 - few, "thirty threads are blocked");
            for (var i = 0; i < 30; i++)
                gate.Send(i);
            Bounded.Wait(pinned);
            Bounded.Until(() => Volatile.Read(ref sched.nm) <= kept + few, $"{kept} threads and a few more are left");
            Bounded.OnGoroutine(() => Yield());
        }
        finally
        {
            Proc.IdleThreadNs = before;
        }

        static int Busy() => Volatile.Read(ref sched.nm) - Volatile.Read(ref sched.nmidle);
    }
}
