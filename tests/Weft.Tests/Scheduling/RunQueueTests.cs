using System.Diagnostics;

namespace Weft.Tests;

/// <summary>A processor's local queue.</summary>
public sealed class RunQueueTests
{
    private static G[] Make(int n) => Enumerable.Range(0, n).Select(i => new G { goid = i, status = (int)GStatus.Runnable }).ToArray();

    [Fact, Row("TestSchedLocalQueue")]
    public void Get_AfterPuts_IsFirstInFirstOut()
    {
        var queue = new RunQueue();
        var gs = Make((int)RunQueue.Capacity);
        for (var n = 0; n <= gs.Length; n++)
        {
            Assert.Null(queue.Get(out _));
            for (var i = 0; i < n; i++)
                Assert.True(queue.TryPut(gs[i]));
            Assert.Equal((uint)n, queue.Count);
            for (var i = 0; i < n; i++)
            {
                Assert.Same(gs[i], queue.Get(out var inherit));
                Assert.False(inherit);
            }
            Assert.True(queue.IsEmpty);
        }
    }

    [Fact]
    public void SetNext_SlotTaken_KicksTheOldOneOut()
    {
        var queue = new RunQueue();
        var gs = Make(3);
        Assert.Null(queue.SetNext(gs[0]));
        Assert.True(queue.HasRunnext);
        Assert.False(queue.IsEmpty);
        Assert.Same(gs[0], queue.SetNext(gs[1]));
        Assert.True(queue.TryPut(gs[2]));
        Assert.Same(gs[1], queue.Get(out var inherit));
        Assert.True(inherit);
        Assert.Same(gs[2], queue.Get(out inherit));
        Assert.False(inherit);
        Assert.Null(queue.Get(out _));
    }

    [Fact]
    public void TryPut_Full_IsFalse()
    {
        var queue = new RunQueue();
        var gs = Make((int)RunQueue.Capacity + 1);
        for (var i = 0; i < RunQueue.Capacity; i++)
            Assert.True(queue.TryPut(gs[i]));
        Assert.False(queue.TryPut(gs[^1]));
        queue.Get(out _);
        Assert.True(queue.TryPut(gs[^1]));
    }

    [Fact]
    public void TakeHalf_Full_TakesTheOldestHalfInOrder()
    {
        var queue = new RunQueue();
        var gs = Make((int)RunQueue.Capacity + 1);
        for (var i = 0; i < RunQueue.Capacity; i++)
            queue.TryPut(gs[i]);
        var n = queue.TakeHalf(gs[^1], new G[RunQueue.Capacity / 2 + 1], out var first, out var last);
        Assert.Equal((int)RunQueue.Capacity / 2 + 1, n);
        Assert.Same(gs[^1], last);
        var taken = new List<G>();
        for (var g = first; g is not null; g = g.schedlink)
            taken.Add(g);
        Assert.Equal(gs.Take((int)RunQueue.Capacity / 2).Append(gs[^1]), taken);
        Assert.Equal(RunQueue.Capacity / 2, queue.Count);
        Assert.Same(gs[RunQueue.Capacity / 2], queue.Get(out _));
    }

    [Fact]
    public void TakeHalf_NotFull_TakesNothing()
    {
        var queue = new RunQueue();
        var gs = Make(3);
        queue.TryPut(gs[0]);
        Assert.Equal(0, queue.TakeHalf(gs[1], new G[RunQueue.Capacity / 2 + 1], out _, out _));
        Assert.Equal(1u, queue.Count);
    }

    // A steal takes the larger half, none is lost, none is twice.
    [Fact, Row("TestSchedLocalQueueSteal")]
    public void Steal_AnyNumberQueued_TakesHalfAndKeepsAll()
    {
        var victimP = new P(0);
        for (var n = 0; n <= RunQueue.Capacity; n++)
        {
            var (victim, thief) = (new RunQueue(), new RunQueue());
            var gs = Make(n);
            foreach (var g in gs)
                victim.TryPut(g);
            var stolen = victim.Steal(thief, stealRunnext: false, victimP);
            var left = Drain(victim);
            var had = Drain(thief);
            if (stolen is not null)
                had.Add(stolen);
            Assert.Equal(n - n / 2, had.Count);
            Assert.Equal(gs, had.Concat(left).OrderBy(g => g.goid));
        }
    }

    [Fact]
    public void Steal_OnlyRunnextQueued_TakesItInTheLastRoundOnly()
    {
        var (victim, thief) = (new RunQueue(), new RunQueue());
        var g = new G { status = (int)GStatus.Runnable };
        victim.SetNext(g);
        Assert.Null(victim.Steal(thief, stealRunnext: false, new P(0)));
        Assert.Same(g, victim.Steal(thief, stealRunnext: true, new P(0)));
        Assert.True(victim.IsEmpty);
    }

    private static List<G> Drain(RunQueue queue)
    {
        var all = new List<G>();
        while (queue.Get(out _) is { } g)
            all.Add(g);
        return all;
    }

    // Property: whatever the owner queues is got exactly once, by the owner or by a thief, across many wraps of the indices.
    // Bad schedule: a thief reads an element, the owner overwrites its slot, the thief's compare-exchange succeeds all the same.
    [Fact]
    public void Steal_WhileTheOwnerPutsAndGets_ConservesAll()
    {
        const int Count = 300_000, Thieves = 2;
        var queue = new RunQueue();
        var gs = Make(Count);
        var seen = new int[Count];
        var stop = false;
        var thieves = Enumerable.Range(0, Thieves).Select(_ => Bounded.OnThread(() =>
        {
            var mine = new RunQueue();
            var p = new P(0);
            while (!Volatile.Read(ref stop))
            {
                if (queue.Steal(mine, stealRunnext: true, p) is not { } g)
                    continue;
                seen[g.goid]++;
                while (mine.Get(out var _) is { } other)
                    seen[other.goid]++;
            }
        })).ToList();
        Bounded.Wait(Bounded.OnThread(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                var g = gs[i];
                if (i % 3 == 0 && queue.SetNext(g) is { } old)
                    g = old;
                else if (i % 3 == 0)
                    continue;
                while (!queue.TryPut(g))
                    if (queue.Get(out _) is { } out1)
                        seen[out1.goid]++;
                if (i % 5 == 0 && queue.Get(out _) is { } out2)
                    seen[out2.goid]++;
            }
            while (queue.Get(out _) is { } rest)
                seen[rest.goid]++;
            Volatile.Write(ref stop, true);
        }));
        Bounded.Wait(thieves);
        Assert.All(seen, n => Assert.Equal(1, n));
    }

    // Property: a queue that holds a goroutine at every instant is never said to be empty.
    // Bad schedule: the reader sees an empty ring; a put kicks runnext into the ring and a thief takes the new runnext; the reader sees an
    // empty slot. The goroutine that was kicked out was there all the time.
    [Fact, Row("TestSchedLocalQueueEmpty")]
    public void IsEmpty_RunnextIsKickedIntoTheRing_NeverLies()
    {
        var gs = Make(2);
        var lies = 0;
        var turn = new Turn();
        RunQueue? queue = null;
        var reader = Bounded.OnThread(() =>
        {
            for (var i = 1; ; i++)
            {
                turn.WaitFor(2 * i - 1);
                if (queue is null)
                    return;
                if (queue.IsEmpty)
                    lies++;
                turn.Next();
            }
        });
        Bounded.Wait(Bounded.OnThread(() =>
        {
            // Each turn may wait for a processor, so that where there is none to be had the time is spent before the rounds are.
            var until = Stopwatch.GetTimestamp() + 5 * Stopwatch.Frequency;
            for (var i = 1; i <= 50_000 && Stopwatch.GetTimestamp() < until; i++)
            {
                queue = new RunQueue();
                queue.SetNext(gs[0]);
                turn.Next();
                queue.TryPut(queue.SetNext(gs[1])!);
                queue.Get(out _); // the new runnext; gs[0] is in the ring
                turn.WaitFor(2 * i);
                queue.Get(out _); // it goes into the next queue
            }
            queue = null;
            turn.Next();
        }));
        Bounded.Wait(reader);
        Assert.Equal(0, lies);
    }

    private sealed class Turn
    {
        private int _turn;

        internal void Next() => Interlocked.Increment(ref _turn);

        internal void WaitFor(int turn)
        {
            var spin = new SpinWait();
            while (Volatile.Read(ref _turn) < turn)
                spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    [Fact, Row("TestStealOrder")]
    public void StealOrder_EveryStartAndStep_VisitsEachOnce()
    {
        for (uint count = 1; count <= 12; count++)
        {
            for (uint random = 0; random < count * count * 3; random++)
            {
                var order = new StealOrder(random, count);
                var seen = new bool[count];
                for (var i = 0; i < count; i++, order.Next())
                {
                    Assert.True(order.Position < count);
                    Assert.False(seen[order.Position]);
                    seen[order.Position] = true;
                }
            }
        }
    }
}
