// What the question says about the lifecycle of a goroutine, each claim as a test, in its order; where it is wrong, the right statement.
// docs/conformance-runtime.md has the table; LifecycleTests and G0DepthTests hold the rest of the claims.
//
// All of it is read from the runtime's own events, on one P, with the depth of g0 at each.

using static Weft.Runtime.TraceEvent;

namespace Weft.Tests;

/// <summary>Claims of the question how schedule, execute and gogo avoid stack overflow; see the file head.</summary>
public sealed class LifecycleClaimsTests
{
    private sealed class Life
    {
        internal long Creator, Child;
        internal List<TraceRecord> Records = [];

        /// <summary>What happened on the M that the child ran on.</summary>
        internal List<TraceRecord> OnItsM => Records.Where(r => r.M == Records.First(c => c.Event == execute && c.Goid == Child).M).ToList();

        internal List<TraceRecord> Of(long goid) => Records.Where(r => r.Goid == goid).ToList();
    }

    /// <summary>A goroutine that starts another, which parks once at some depth; everything compiled before.</summary>
    private static Life Live(int depth = 3)
    {
        using var procs = new Procs(1);
        for (var i = 0; ; i++)
        {
            var life = new Life();
            using var recorder = new Recorder();
            Bounded.OnGoroutine(() =>
            {
                var (door, done) = (new Chan<int>(), new Chan<int>());
                life.Creator = Id;
                Go(() =>
                {
                    life.Child = Id;
                    done.Send(Down(depth, door));
                });
                door.Send(depth);
                Assert.Equal(2 * depth, done.Receive());
            });
            Bounded.Until(() => recorder.Records.Any(r => r.Event == gfput && r.Goid == life.Child), "it has ended");
            life.Records = [.. recorder.Records];
            if (i >= 2)
                return life;
        }
    }

    private static int Down(int n, Chan<int> door) => n == 0 ? door.Receive() : 1 + Down(n - 1, door);

    // "schedule function calls execute to run a goroutine": nothing else of the scheduler's does. Right.
    [Fact]
    public void Schedule_CallsExecute()
    {
        Weaving.Required();
        var on = Live().OnItsM;
        for (var i = on.FindIndex(r => r.Event == schedule); i < on.Count; i++)
            if (on[i].Event == execute)
                Assert.Contains(on.Take(i).Reverse().First(r => r.Event is schedule or gosched_m).Event, new[] { schedule, gosched_m });
        // Each turn of schedule that found something ran it.
        Assert.True(on.Count(r => r.Event == execute) >= 4);
    }

    // "execute explicitly says this function never returns. It calls gogo": each execute is followed by the gogo of the same goroutine, at
    // once. What Go's does not do because it jumps, ours does not see: it comes back when the goroutine has left its stack. Right in effect.
    [Fact]
    public void Execute_CallsGogo()
    {
        Weaving.Required();
        var on = Live().OnItsM;
        for (var i = 0; i + 1 < on.Count; i++)
            if (on[i].Event == execute)
                Assert.Equal((gogo, on[i].Goid), (on[i + 1].Event, on[i + 1].Goid));
    }

    // "gogo function performs a jump to the address of the first instruction of a new goroutine": to where it left off, which for a new one
    // is the beginning. Right for new ones only.
    [Fact]
    public void Gogo_GoesOnWhereTheGoroutineIs()
    {
        using var procs = new Procs(1);
        var log = new List<string>();
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            done.Go(() =>
            {
                log.Add("first instruction");
                Yield();
                log.Add("after the yield");
            });
            done.Wait();
        });
        Assert.Equal(["first instruction", "after the yield"], log);
    }

    // "schedule function is called again, so we're back to step 1 ... how does this scheme avoid stack overflow?": every schedule of an M
    // begins at the same depth of g0, however deep the goroutine was that ran before. (G0DepthTests: two million times.)
    [Theory, InlineData(0), InlineData(100), InlineData(20_000)]
    public void Schedule_BeginsAtTheSameDepth(int depth)
    {
        Weaving.Required();
        var depths = Live(depth).OnItsM.Where(r => r.Event == schedule).Select(r => r.G0Depth).Distinct().ToList();
        // One value, or two while the JIT replaces the scheduler's own methods.
        Assert.True(depths.Max() - depths.Min() <= 1024, string.Join(" ", depths));
    }

    // "Does it have something to do with infinite stacks that automatically increase their size?": no. g0 never grows: no event of its
    // growth exists, and goroutines of 20,000 frames leave it as it was, by newstack or by parking.
    [Fact]
    public void Growth_IsTheGoroutinesNotG0s()
    {
        Weaving.Required();
        var life = Live(20_000);
        Assert.All(life.Records.Where(r => r.Event == newstack), r => Assert.NotEqual(0, r.Goid));
        Assert.All(life.Records.Where(r => r.Event is schedule or goexit0 or park_m), r => Assert.InRange(r.G0Depth, 0, 16 * 1024));
    }

    // "g0, which is kind of a main goroutine of a thread": wrong. It is the thread's system stack: it has no record, no id, is in no
    // queue, and nothing is current while it runs (LifecycleTests.Schedule_OnG0_HasNoCurrentGoroutine).
    [Fact]
    public void G0_IsNoGoroutine()
    {
        var life = Live();
        Assert.All(life.Records.Where(r => r.Event is schedule or startm or stopm or handoffp or mstart), r => Assert.Equal(0, r.Goid));
        Assert.DoesNotContain(Proc.AllGs(), g => g.goid == 0 && g.Status != GStatus.Dead);
        Assert.DoesNotContain(life.Records, r => r.Event is execute or runnext or runqput or globrunqput or gfput && r.Goid == 0);
    }

    // "Any call to go func changes the stack from whatever current goroutine it was called from to g0": only for the creation, and then back;
    // here not even that. Between newproc and the creator's next park the creator runs, and no schedule.
    [Fact]
    public void Newproc_GoesBackToItsCaller()
    {
        Weaving.Required();
        var life = Live();
        var on = life.OnItsM;
        var created = on.FindIndex(r => r.Event == newproc && r.Goid == life.Creator);
        Assert.Equal([newproc1, runnext], on.Skip(created + 1).Where(r => r.Event != gfget).Take(2).Select(r => r.Event));
        var next = on.Skip(created).First(r => r.Event is schedule or gopark);
        Assert.Equal((gopark, life.Creator), (next.Event, next.Goid));
    }

    // "its stack (and/or program counter, PC) is constructed in a way that it looks like it was called by goexit function": right.
    [Fact]
    public void Newproc1_BuildsAStackThatGoexitHasCalled()
    {
        using var procs = new Procs(1);
        Bounded.OneOf(3, () => Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            done.Go(() => { });
            // It has not begun, unless the slice was over just now: it is in the next slot of this P.
            var frames = Proc.AllGs().Where(g => g.Status == GStatus.Runnable).Select(g => g.frames).OfType<EntryFrame>().ToList();
            done.Wait();
            Assert.Contains(frames, f => f.parent is GoexitFrame);
        }));
    }

    // "when goroutine completes and returns, it is returned to goexit", which calls goexit1 (wrong: "not sure why this extra step is
    // needed": it is the end of every traceback), "goexit1 function changes current stack to g0 ... with a call to mcall", whose argument is
    // goexit0: right.
    [Fact]
    public void Return_GoesToGoexitGoexit1McallGoexit0()
    {
        Weaving.Required();
        var life = Live();
        Assert.Equal([goexit, goexit1, mcall, goexit0, gfput], life.Of(life.Child).TakeLast(5).Select(r => r.Event));
    }

    // "mcall jumps to the address of g0's stack frame (SP) and performs a CALL to goexit0": goexit0 runs at the depth at which gogo stood,
    // whatever the goroutine had on top of it.
    [Fact]
    public void Goexit0_RunsOnG0AtADepthOfItsOwn()
    {
        Weaving.Required();
        var shallow = Live(0).Records.Where(r => r.Event == goexit0).Select(r => r.G0Depth);
        var deep = Live(20_000).Records.Where(r => r.Event == goexit0).Select(r => r.G0Depth);
        Assert.True(deep.Max() - shallow.Min() <= 1024);
    }

    // "It puts a completed goroutine on a list of free goroutines": right. "and frees its stack if it was previously increased": here always,
    // of whatever size (DeepTests.Frames_GoroutineHasEnded_AreCollected).
    [Fact]
    public void Goexit0_FreesTheRecordAndItsStack()
    {
        Weaving.Required();
        var life = Live(20_000);
        var dead = Proc.AllGs().Where(g => g.Status == GStatus.Dead).ToList();
        Assert.Contains(dead, g => g.goid == life.Child);
        Assert.All(dead, g => Assert.Null(g.frames));
    }

    // "goexit0 calls schedule again, which chooses a goroutine to run, so we get back to step 3": right, by returning to its loop.
    [Fact]
    public void Goexit0_IsFollowedBySchedule()
    {
        var on = Live().OnItsM;
        for (var i = 0; i < on.Count; i++)
            if (on[i].Event == gfput && i + 1 < on.Count)
                Assert.Equal(schedule, on[i + 1].Event);
    }

    // "The scheduled goroutine itself never calls schedule: this is done by a special goroutine g0": right. No schedule between the gogo of
    // a goroutine and its next mcall.
    [Fact]
    public void Goroutine_NeverCallsSchedule()
    {
        Weaving.Required();
        var on = Live().OnItsM;
        var running = 0L;
        foreach (var r in on)
        {
            if (r.Event == gogo)
                running = r.Goid;
            else if (r.Event == mcall)
                running = 0;
            else if (r.Event == schedule)
                Assert.Equal(0, running);
        }
    }
}
