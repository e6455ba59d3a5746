// Each goroutine's way through the scheduler, as the sequence of the runtime's own events.
//
// The events are those of the project's second source, the question of how schedule -> execute -> gogo -> schedule avoids a stack
// overflow: a turn through all of them, with the depth of g0 at each.

using static Weft.Runtime.TraceEvent;

namespace Weft.Tests;

/// <summary>Lifecycles; see the file head.</summary>
public sealed class LifecycleTests
{
    /// <summary>The events of one goroutine, and the turns of schedule between them.</summary>
    private static List<TraceEvent> Of(long goid, IEnumerable<TraceRecord> records)
    {
        var all = records.ToList();
        var first = all.FindIndex(r => r.Event == newproc1 && r.Goid == goid);
        return all.Skip(first).Where(r => r.Goid == goid || r.Event == schedule).Select(r => r.Event).ToList();
    }

    private static void AssertSequence(IEnumerable<TraceEvent> expected, List<TraceEvent> actual) =>
        Assert.Equal(string.Join(" ", expected), string.Join(" ", actual.Take(expected.Count())));

    /// <summary>Runs the scenario until one run of it was not disturbed by the end of a time slice.</summary>
    private static void Undisturbed(Func<(long Goid, IReadOnlyList<TraceRecord> Records)> scenario, params TraceEvent[] expected)
    {
        scenario(); // compiles everything, and leaves a dead G for gfget
        for (var attempt = 0; ; attempt++)
        {
            var (goid, records) = scenario();
            var actual = Of(goid, records);
            if (attempt == 4 || actual.Take(expected.Length).SequenceEqual(expected))
            {
                AssertSequence(expected, actual);
                return;
            }
        }
    }

    [Fact]
    public void Go_BodyThatReturns_TakesEveryStepOnce()
    {
        using var procs = new Procs(1);
        Undisturbed(() =>
        {
            using var recorder = new Recorder();
            var goid = 0L;
            var done = 0;
            Bounded.OnGoroutine(() => Go(() =>
            {
                goid = Id;
                Volatile.Write(ref done, 1);
            }));
            Bounded.Until(() => Volatile.Read(ref done) == 1 && recorder.Records.Any(r => r.Event == gfput && r.Goid == goid), "it has ended");
            return (goid, recorder.Records);
        }, newproc1, runnext, schedule, execute, gogo, goexit, goexit1, mcall, goexit0, gfput, schedule);
    }

    [Fact]
    public void Go_BodyThatBlocksAndIsWoken_ParksAndComesBack()
    {
        Weaving.Required();
        using var procs = new Procs(1);
        Undisturbed(() =>
        {
            using var recorder = new Recorder();
            var goid = 0L;
            Bounded.OnGoroutine(() =>
            {
                var door = new Chan<int>();
                var done = new WaitGroup();
                done.Add(1);
                Go(() =>
                {
                    goid = Id;
                    door.Receive();
                    done.Done();
                });
                Yield(); // the child runs, and parks
                door.Send(1);
                done.Wait();
            });
            Bounded.Until(() => recorder.Records.Any(r => r.Event == gfput && r.Goid == goid), "it has ended");
            return (goid, recorder.Records);
        },
            newproc1, runnext, schedule, execute, gogo, gopark, mcall, park_m, schedule,
            goready, runnext, schedule, execute, gogo, goexit, goexit1, mcall, goexit0, gfput);
    }

    [Fact]
    public void Yield_OnAGoroutine_GoesThroughTheGlobalQueueAndBack()
    {
        Weaving.Required();
        using var procs = new Procs(1);
        Undisturbed(() =>
        {
            using var recorder = new Recorder();
            var goid = 0L;
            Bounded.OnGoroutine(() =>
            {
                var done = new WaitGroup();
                done.Add(2);
                Go(done.Done); // to have somebody to yield to: the newest goroutine runs first
                Go(() =>
                {
                    goid = Id;
                    Yield();
                    done.Done();
                });
                done.Wait();
            });
            Bounded.Until(() => recorder.Records.Any(r => r.Event == gfput && r.Goid == goid), "it has ended");
            return (goid, recorder.Records.Where(r => r.Event is not (schedule or runnext or runqput)).ToList());
        }, newproc1, execute, gogo, mcall, gosched_m, execute, gogo, goexit, goexit1, mcall, goexit0, gfput);
    }

    // newproc borrows no stack and schedules nobody: the creator goes on, and the new goroutine runs when the creator leaves.
    [Fact]
    public void Go_InAGoroutine_NeverSchedules()
    {
        using var procs = new Procs(1);
        using var recorder = new Recorder();
        var creator = 0L;
        var child = 0L;
        Bounded.OnGoroutine(() =>
        {
            var first = true;
            for (var i = 0; i < 3; i++) // the last one has everything compiled
            {
                creator = Id;
                Go(() => child = Id);
                first &= child == 0;
            }
            Assert.True(first);
        });
        Bounded.Until(() => recorder.Records.Count(r => r.Event == goexit0) >= 4, "all have ended");
        var records = recorder.Records.ToList();
        var mine = records.FindIndex(r => r.Event == execute && r.Goid == creator);
        var leaves = records.FindIndex(mine, r => r.Event is goexit or gosched_m && r.Goid == creator);
        Assert.DoesNotContain(records.GetRange(mine, leaves - mine), r => r.Event == schedule && r.M == records[mine].M);
    }

    [Fact]
    public void Go_DeadGoroutinesAround_ReusesTheirRecords()
    {
        using var procs = new Procs(1);
        using var recorder = new Recorder();
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            for (var i = 0; i < 10; i++)
            {
                done.Go(() => { });
                done.Wait();
            }
        });
        var events = recorder.Records.Select(r => r.Event).ToList();
        Assert.Contains(gfget, events);
        // A record is taken before it is given its new life.
        Assert.Equal(newproc1, events.Skip(events.IndexOf(gfget)).First(e => e is newproc1 or newproc));
    }

    // goexit1 is the goroutine's last event as itself, goexit0 its first on g0: between them lies exactly one mcall, and no other event of it.
    [Fact]
    public void Goexit_ManyGoroutines_TheChainIsNeverBroken()
    {
        Weaving.Required(); // a pinned goroutine goes on without execute
        using var recorder = new Recorder(400_000);
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            for (var i = 0; i < 2000; i++)
                done.Go(Yield);
            done.Wait();
        });
        Bounded.Until(() => recorder.Records.Count(r => r.Event == gfput) >= 2001, "all have ended");
        foreach (var life in recorder.Records.Where(r => r.Goid != 0).GroupBy(r => r.Goid))
        {
            var events = life.Select(r => r.Event).Where(e => e is not (gfget or newproc or pinned)).ToList();
            if (!events.Contains(newproc1))
                continue; // began before
            Assert.Equal(newproc1, events[0]);
            Assert.Equal([goexit, goexit1, mcall, goexit0, gfput], events.TakeLast(5));
            for (var i = 1; i < events.Count; i++)
                Assert.True(MayFollow(events[i - 1], events[i]), $"goroutine {life.Key}: {events[i]} after {events[i - 1]} in {string.Join(" ", events)}");
        }
    }

    // goexit is where every traceback ends: each stack looks as if goexit had called the goroutine's function.
    [Fact]
    public void Frames_OfAnyGoroutine_EndInGoexit()
    {
        var door = new Chan<int>();
        var parked = Enumerable.Range(0, 20).Select(i => Run(() => Down(i * 10, door))).ToList();
        Bounded.Until(() => Waiters.Of(door) == 20, "all block");
        foreach (var g in Proc.AllGs().Where(g => g.Status == GStatus.Waiting))
        {
            var f = g.frames;
            while (f!.parent is { } below)
                f = below;
            Assert.IsType<GoexitFrame>(f);
        }
        door.Close();
        Bounded.Wait(parked);
    }

    private static int Down(int n, Chan<int> door) => n == 0 ? door.Receive() : 1 + Down(n - 1, door);

    // g0 is no goroutine: while the scheduler runs there is no current one, and no event ever names one for it.
    [Fact]
    public void Schedule_OnG0_HasNoCurrentGoroutine()
    {
        var turns = 0;
        var current = 0L;
        Trace.Hook = [NotWoven] (r) =>
        {
            if (r.Event is not schedule)
                return;
            turns++;
            if (M.getg() is { } g)
                current = g.goid;
        };
        try
        {
            Bounded.OnGoroutine(() =>
            {
                var done = new WaitGroup();
                for (var i = 0; i < 100; i++)
                    done.Go(Yield);
                done.Wait();
            });
        }
        finally
        {
            Trace.Hook = null;
        }
        Assert.True(turns > 0);
        Assert.Equal(0, current);
    }

    private static bool MayFollow(TraceEvent before, TraceEvent e) => e switch
    {
        runnext => before is newproc1 or goready,
        runqput => before is newproc1 or goready,
        globrunqput => before is newproc1 or goready or runnext, // runnext: the slice that it would inherit is over
        execute => before is runnext or runqput or globrunqput or steal or gosched_m or newproc1 or goready,
        steal => before is runnext or runqput or globrunqput or newproc1 or goready or steal or gosched_m,
        gogo => before is execute or park_race or newstack or gosched_m, // gosched_m: nobody to yield to
        gopark => before is gogo or goready,
        park_m => before is mcall or goready,
        park_race => before is park_m or goready,
        gosched_m => before is mcall,
        newstack => before is mcall,
        mcall => before is gogo or gopark or goexit1 or goready,
        goexit => before is gogo,
        goexit1 => before is goexit,
        goexit0 => before is mcall,
        gfput => before is goexit0,
        goready => true,
        _ => true,
    };
}
