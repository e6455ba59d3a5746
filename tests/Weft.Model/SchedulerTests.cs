using static Weft.Model.Models;

namespace Weft.Model;

/// <summary>Ms, Ps and queues: the protocol of Sched.cs, stealing, foreign calls, timers, MaxProcs.</summary>
public sealed class SchedulerTests
{
    private static bool s_ran, s_ranToo;

    // Property: what is queued is run. Bad schedule: the last M looks at all queues and goes to sleep, while a thread without a P queues a
    // goroutine and sees the M still looking.
    private static readonly Scenario s_submit = Scenario("a thread submits as the last M goes idle", procs: 1, () =>
    {
        s_ran = s_ranToo = false;
        Go(() => s_ran = true);
        BlockUntil(() => s_ran, "the first has run");
        Go(() => s_ranToo = true);
        BlockUntil(() => s_ranToo, "the second has run");
    });

    [Fact]
    public void Submit_AsTheLastMGoesIdle_IsRun() => Holds(s_submit);

    [Theory]
    [InlineData("Proc.anyWork")]
    [InlineData("Proc.wakep")]
    public void Submit_AsTheLastMGoesIdle_FindsAMissing(string step) => Finds(s_submit, step);

    // Property: what is queued on a P whose M then does not schedule again is run by another. Bad schedule: the submitter's store is not
    // visible yet when the other M has stopped spinning and looks, and the submitter has read that it spins.
    private static readonly Scenario s_submitAndStay = Scenario("a goroutine submits and stays on its P", procs: 2, () =>
    {
        s_ran = s_ranToo = false;
        Go(() =>
        {
            Go(() => s_ran = true);
            BlockUntil(() => s_ran, "the other has run");
            s_ranToo = true;
        });
        BlockUntil(() => s_ranToo, "both have run");
    });

    [Fact]
    public void Submit_AndStay_IsRunByAnother() => Holds(s_submitAndStay);

    [Theory]
    [InlineData("Proc.wakep MemoryBarrier")]
    [InlineData("Proc.anyWork")]
    [InlineData("Proc.giveUpP Decrement nmspinning")]
    public void Submit_AndStay_FindsAMissing(string site) => Finds(s_submitAndStay, site);

    // As above, and both Ps are busy when it is submitted: the note for an M that goes idle (needspinning).
    private static readonly Scenario s_note = Scenario("a goroutine submits while nobody is idle", procs: 2, () =>
    {
        s_ran = s_ranToo = false;
        var wg = new WaitGroup();
        wg.Go(() => { });
        wg.Go(() =>
        {
            Go(() => s_ran = true);
            BlockUntil(() => s_ran, "the other has run");
        });
        wg.Wait();
        That(s_ran, "it has not run");
    });

    [Fact]
    public void Submit_NobodyIdle_IsRunByWhoeverGoesIdle() => Holds(s_note);

    [Fact]
    public void Submit_NobodyIdle_FindsAWeakenedCount() => Finds(s_note, "Proc.becomespinning Increment nmspinning");

    private static readonly RunQueue[] s_queues = new RunQueue[3];
    private static readonly int[] s_seen = new int[8];

    // Property: each goroutine that was put is taken once, by the owner or by one thief. The checker sees places; the counts see the rest.
    private static readonly Scenario s_steal = Scenario("an owner and two thieves", procs: 0, () =>
    {
        Array.Clear(s_seen);
        for (var i = 0; i < s_queues.Length; i++)
            s_queues[i] = new RunQueue();
        for (var i = 1; i < s_queues.Length; i++)
        {
            var mine = s_queues[i];
            Thread($"thief {i}", () =>
            {
                var p = new P(0);
                for (var n = 0; n < 2; n++)
                {
                    if (s_queues[0].Steal(mine, stealRunnext: true, p) is { } g)
                        s_seen[g.goid]++;
                    while (mine.Get(out _) is { } other)
                        s_seen[other.goid]++;
                }
            });
        }
        for (var i = 0; i < 4; i++)
        {
            var g = new G { goid = i, status = (int)GStatus.Runnable };
            if (s_queues[0].SetNext(g) is { } old)
                s_queues[0].TryPut(old);
        }
        while (s_queues[0].Get(out _) is { } rest)
            s_seen[rest.goid]++;
    }, () => That(s_seen.Take(4).All(n => n == 1), "taken " + string.Join(" ", s_seen.Take(4)) + " times"));

    [Fact]
    public void Steal_WhileTheOwnerPutsAndTakes_EachOnce() => Holds(s_steal);

    [Theory]
    [InlineData("RunQueue.Grab CompareExchange head")]
    [InlineData("RunQueue.Get CompareExchange head")]
    [InlineData("RunQueue.Get CompareExchange _runnext")]
    [InlineData("RunQueue.SetNext Exchange _runnext")]
    public void Steal_WhileTheOwnerPutsAndTakes_FindsAWeakened(string site) => Finds(s_steal, site);

    // The ring is full: the owner takes half of it while a thief takes some. Nothing is lost, nothing is there twice.
    private static readonly G[] s_many = new G[RunQueue.Capacity + 1];

    private static readonly Scenario s_overflow = Scenario("the ring overflows while a thief takes", procs: 0, () =>
    {
        Execution.Quietly(() =>
        {
            (s_queues[0], s_queues[1]) = (new RunQueue(), new RunQueue());
            for (var i = 0; i < s_many.Length; i++)
                s_many[i] = new G { goid = i, status = (int)GStatus.Runnable };
            for (var i = 0; i < RunQueue.Capacity; i++)
                s_queues[0].TryPut(s_many[i]);
        });
        Thread("thief", () =>
        {
            if (s_queues[0].Steal(s_queues[1], stealRunnext: false, new P(0)) is { } g)
                Execution.Quietly(() => s_queues[1].TryPut(g));
        });
        var extra = s_many[^1];
        var batch = new G[RunQueue.Capacity / 2 + 1];
        var taken = 0;
        if (!s_queues[0].TryPut(extra))
        {
            taken = s_queues[0].TakeHalf(extra, batch, out _, out _);
            if (taken == 0)
                That(s_queues[0].TryPut(extra), "neither full nor with room");
        }
        s_overflowed = taken;
    }, () =>
    {
        var n = s_overflowed + (int)s_queues[0].Count + (int)s_queues[1].Count;
        That(n == s_many.Length, $"{n} of {s_many.Length} are somewhere");
    });

    private static int s_overflowed;

    [Fact]
    public void TakeHalf_WhileAThiefTakes_LosesNone() => Holds(s_overflow);

    [Fact]
    public void TakeHalf_WhileAThiefTakes_FindsAWeakened() => Finds(s_overflow, "RunQueue.TakeHalf CompareExchange head");

    // Property: an empty answer is true at some instant. Bad schedule: see RunQueueTests; here every interleaving of it.
    private static readonly Scenario s_isEmpty = Scenario("IsEmpty while runnext is kicked out", procs: 0, () =>
    {
        var queue = new RunQueue();
        var (a, b) = (new G { goid = 1, status = (int)GStatus.Runnable }, new G { goid = 2, status = (int)GStatus.Runnable });
        Execution.Quietly(() => queue.SetNext(a));
        Thread("reader", () => That(!queue.IsEmpty, "said to be empty, and never was"));
        queue.TryPut(queue.SetNext(b)!);
        queue.Get(out _);
    });

    [Fact]
    public void IsEmpty_RunnextIsKickedOut_NeverLies() => Holds(s_isEmpty);

    // Property: a P in a foreign call belongs to one: the M that comes back, or sysmon. The checker sees owners.
    private static readonly Scenario s_retake = Scenario("sysmon takes a P as its M comes back", procs: 1, () =>
    {
        s_ran = false;
        var wg = new WaitGroup();
        wg.Go(() =>
        {
            ForeignCall();
            ForeignCall();
        });
        wg.Go(() => s_ran = true);
        Thread("sysmon", () =>
        {
            for (var i = 0; i < 4; i++)
                Sysmon.Retake(Machine.Nanotime() + i * 20_000_000, out _);
        });
        wg.Wait();
        That(s_ran, "the other has not run");
    });

    /// <summary>A foreign call, as the weaver announces one.</summary>
    [NotWoven]
    private static void ForeignCall()
    {
        var g = M.getg()!;
        g.entersyscall();
        g.exitsyscall();
    }

    [Fact]
    public void Retake_AsTheCallReturns_OneOwns() => Holds(s_retake);

    [Fact]
    public void Retake_AsTheCallReturns_FindsAWeakened() => Finds(s_retake, "P.cas CompareExchange status");

    private static long s_wokenAt;

    // Property: no timer is slept over. Bad schedule: an M publishes the deadline of a late timer and sleeps for it, and does not see the
    // early one that is added meanwhile, whose adder does not see it.
    private static readonly Scenario s_timers = Scenario("an early timer is added as an M sleeps for a late one", procs: 2, () =>
    {
        s_wokenAt = 0;
        var wg = new WaitGroup();
        wg.Add(1);
        Go(() => Sleep(TimeSpan.FromMilliseconds(100)));
        Go(() =>
        {
            Sleep(TimeSpan.FromMilliseconds(1));
            s_wokenAt = Machine.Nanotime();
            wg.Done();
        });
        wg.Wait();
        That(s_wokenAt < 1_000_000_000 + 100_000_000, "the early timer was slept over");
    });

    [Fact]
    public void Timer_AddedAsAnMGoesToSleep_IsNotSleptOver() => Holds(s_timers);

    [Theory]
    [InlineData("Proc.wakeTimerSleeper MemoryBarrier")]
    [InlineData("Proc.sleepUntilTimer MemoryBarrier")]
    [InlineData("Proc.wakeTimerSleeper")]
    public void Timer_AddedAsAnMGoesToSleep_FindsAMissing(string site) => Finds(s_timers, site);

    // The same with a thread that makes the goroutine with the early timer runnable, as all Ms sleep.
    private static readonly Scenario s_timersFromOutside = Scenario("a thread lets a goroutine sleep for an early timer beside a late one", procs: 2, () =>
    {
        var (go, back) = (new Chan<int>(), new Chan<int>());
        Go(() => Sleep(TimeSpan.FromMilliseconds(100)));
        Go(() =>
        {
            for (var i = 0; i < 2; i++)
            {
                Sleep(TimeSpan.FromMilliseconds(go.Receive()));
                back.Send(1);
            }
        });
        for (var i = 0; i < 2; i++)
        {
            go.Send(1);
            back.Receive();
        }
        That(Machine.Nanotime() < 1_000_000_000 + 100_000_000, "an early timer was slept over");
    });

    [Fact]
    public void Timer_AddedByAWokenGoroutine_IsNotSleptOver() => Holds(s_timersFromOutside);

    private static readonly Scenario s_procs = Scenario("MaxProcs goes down and up while goroutines run", procs: 2, () =>
    {
        var wg = new WaitGroup();
        for (var i = 0; i < 2; i++)
        {
            wg.Go(() =>
            {
                Yield();
                Yield();
            });
        }
        WeftRuntime.MaxProcs = 1;
        WeftRuntime.MaxProcs = 2;
        wg.Wait();
    });

    [Fact]
    public void MaxProcs_Changed_LosesNothing() => Holds(s_procs);

    // Property: an M whose time is up is either out of the list or gets the P that is brought to it.
    private static readonly Scenario s_idle = Scenario("an idle M ends as it is wanted", procs: 1, () =>
    {
        for (var i = 0; i < 2; i++)
        {
            s_ran = false;
            Go(() => s_ran = true);
            BlockUntil(() => s_ran, "it has run");
        }
    }, timePasses: true, idleThreadsEnd: true);

    [Fact]
    public void Stopm_TimeIsUpAsItIsWanted_RunsOrEnds() => Holds(s_idle);

    [Fact]
    public void MaxProcs_Changed_FindsABrokenLock() => Finds(s_procs, "RuntimeLock.Lock CompareExchange _locked");

    private static readonly Scenario s_locked = Scenario("a goroutine locked to its thread", procs: 2, () =>
    {
        var (there, back) = (new Chan<int>(), new Chan<int>());
        Go(() =>
        {
            LockOSThread();
            back.Send(there.Receive() + 1);
            UnlockOSThread();
        });
        Go(() => there.Send(1));
        That(back.Receive() == 2, "another value came back");
    });

    [Fact]
    public void LockOSThread_ParksAndIsWoken_OnItsThread() => Holds(s_locked);
}
