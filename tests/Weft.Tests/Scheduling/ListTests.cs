namespace Weft.Tests;

/// <summary>The list of all Gs, and the counts that come from it.</summary>
public sealed class AllGsTests
{
    [Fact]
    public void Snapshot_AfterAdds_HoldsAllInOrder()
    {
        var list = new AllGs();
        var gs = Enumerable.Range(0, 100).Select(i => new G { goid = i }).ToList();
        for (var i = 0; i < gs.Count; i++)
        {
            list.Add(gs[i]);
            Assert.Equal(i + 1, list.Count);
            Assert.Equal(gs.Take(i + 1), list.Snapshot().ToArray());
        }
    }

    // Property: a reader sees a prefix of what was added, without holes.
    // Bad schedule: the reader takes the new count with the old, shorter array.
    [Fact]
    public void Snapshot_WhileAnotherThreadAdds_IsAPrefixWithoutHoles()
    {
        var list = new AllGs();
        var stop = false;
        var reader = Bounded.OnThread(() =>
        {
            var before = 0;
            while (!Volatile.Read(ref stop))
            {
                var all = list.Snapshot();
                Assert.True(all.Length >= before);
                before = all.Length;
                for (var i = Math.Max(0, all.Length - 50); i < all.Length; i++)
                    Assert.Equal(i, all[i]!.goid);
            }
        });
        for (var i = 0; i < 200_000; i++)
            list.Add(new G { goid = i });
        Volatile.Write(ref stop, true);
        Bounded.Wait(reader);
    }
}

/// <summary>The global run queue.</summary>
public sealed class GlobalQueueTests
{
    /// <summary>
    /// A P that goes out of use hands over what waits longest: in its order, runnext first, before all that the global queue holds. Bad
    /// schedule: MaxProcs is lowered again and again, and what was queued first is put behind what others queue meanwhile.
    /// </summary>
    [Fact]
    public void MaxProcs_Lowered_QueuedGoroutinesKeepTheirOrder()
    {
        var runq = new RunQueue();
        var gs = Enumerable.Range(0, 6).Select(i => new G { goid = i, status = (int)GStatus.Runnable }).ToList();
        runq.TryPut(gs[1]);
        runq.TryPut(gs[2]);
        runq.SetNext(gs[0]);
        var order = new List<long>();
        sched.@lock.Lock();
        var before = new List<G>();
        while (sched.globrunqget() is { } other)
            before.Add(other);
        sched.globrunqput(gs[3]);
        sched.globrunqputhead(runq);
        sched.globrunqputhead(runq);
        sched.globrunqput(gs[4]);
        var size = sched.runqsize;
        while (sched.globrunqget() is { } g)
            order.Add(g.goid);
        runq.TryPut(gs[5]);
        sched.globrunqputhead(runq);
        order.Add(sched.globrunqget()!.goid);
        var end = sched.globrunqget();
        foreach (var other in before)
            sched.globrunqput(other);
        sched.@lock.Unlock();
        Assert.Equal(5, size);
        Assert.Equal([0, 1, 2, 3, 4, 5], order);
        Assert.Null(end);
    }
}
