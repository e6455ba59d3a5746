using System.Diagnostics;

namespace Weft.Tests;

/// <summary>Sleeping goroutines. Lower bounds only: how late a wake-up is depends on the machine.</summary>
public sealed class SleepTests
{
    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    [Theory, InlineData(0.01), InlineData(0.3), InlineData(1), InlineData(7.5), InlineData(30)]
    public void Sleep_OnAGoroutine_IsNeverShorter(double ms) => Bounded.OnGoroutine(() =>
    {
        for (var i = 0; i < 10; i++)
        {
            var clock = Stopwatch.StartNew();
            Sleep(Ms(ms));
            Assert.True(clock.Elapsed >= Ms(ms), $"{clock.Elapsed.TotalMilliseconds} ms");
        }
    });

    [Fact]
    public void Sleep_OnAPlainThread_IsNeverShorter()
    {
        var clock = Stopwatch.StartNew();
        Sleep(Ms(5.5));
        Assert.True(clock.Elapsed >= Ms(5.5));
    }

    [Fact]
    public void Sleep_ZeroOrLess_ReturnsAtOnce() => Bounded.OnGoroutine(() =>
    {
        Sleep(TimeSpan.Zero);
        Sleep(TimeSpan.MinValue);
        Sleep(Ms(-1));
    });

    // On a machine so busy that two deadlines pass before anybody looks, the two wake together, in either order: then once more.
    [Theory, InlineData(1), InlineData(2)]
    public void Sleep_DifferentDeadlines_WakeInTheirOrder(int n)
    {
        using var procs = new Procs(n);
        int[] expected = [20, 70, 120, 170, 220];
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var order = WakeOrder();
            Assert.Equal(expected, order.Order());
            if (order.SequenceEqual(expected))
                return;
        }
        Assert.Fail("out of order five times");
    }

    private static List<int> WakeOrder()
    {
        var order = new List<int>();
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            foreach (var ms in new[] { 120, 20, 220, 70, 170 })
            {
                done.Go(() =>
                {
                    Sleep(Ms(ms));
                    lock (order)
                        order.Add(ms);
                });
            }
            done.Wait();
        });
        return order;
    }

    [Theory, InlineData(1), InlineData(2), InlineData(8)]
    public void Sleep_ManySleepers_AllWakeAndNoneEarly(int n)
    {
        using var procs = new Procs(n);
        var count = Weaving.Scale(10_000, 60);
        var early = 0;
        var woken = 0;
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            for (var i = 0; i < count; i++)
            {
                var ms = 1 + i * 37 % 100;
                done.Go(() =>
                {
                    var clock = Stopwatch.StartNew();
                    Sleep(Ms(ms));
                    if (clock.Elapsed < Ms(ms))
                        Interlocked.Increment(ref early);
                    Interlocked.Increment(ref woken);
                });
            }
            done.Wait();
        });
        Assert.Equal((0, count), (early, woken));
    }

    // A woven Thread.Sleep is a goroutine's sleep: ten thousand of them do not take ten thousand threads, nor one after the other.
    [Fact]
    public void ThreadSleep_InWovenCode_HoldsNoThread()
    {
        Weaving.Required();
        using var procs = new Procs(2);
        var before = sched.mcount;
        var clock = Stopwatch.StartNew();
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            for (var i = 0; i < 10_000; i++)
                done.Go(() => Thread.Sleep(i % 2 == 0 ? 100 : 99));
            done.Wait();
            Thread.Sleep(Ms(1));
            Thread.Sleep(0);
        });
        Assert.True(clock.ElapsedMilliseconds >= 99);
        Assert.True(sched.mcount - before <= 8, $"{sched.mcount - before} new threads");
    }

    [Fact]
    public void ThreadSleep_NegativeTimeout_ThrowsAsItDoesPlain() => Bounded.OnGoroutine(() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Thread.Sleep(-2)));

    // Property: a timer that is added while all Ms sleep, or is earlier than the one that an M sleeps for, is not overslept.
    // Bad schedule: the M computes its deadline, the timer is added, the M goes to sleep for the old deadline.
    [Theory, Row("TestNetpollBreak"), InlineData(1), InlineData(2), InlineData(8)]
    public void Sleep_ShorterThanThoseThatSleepAlready_IsNotOverslept(int n)
    {
        using var procs = new Procs(n);
        var go = new Chan<int>();
        var back = new Chan<int>();
        var sleeper = Run(() => Sleep(TimeSpan.FromSeconds(1.5)));
        var shortOnes = Run(() =>
        {
            foreach (var us in go)
            {
                Sleep(TimeSpan.FromMicroseconds(us));
                back.Send(us);
            }
        });
        var driver = Bounded.OnThread(() =>
        {
            for (var i = 0; i < 300; i++)
            {
                var clock = Stopwatch.StartNew();
                go.Send(1 + i % 7 * 150);
                back.Receive();
                Assert.True(clock.ElapsedMilliseconds < 1000, "overslept");
            }
            go.Close();
        });
        Bounded.Wait([driver, shortOnes, sleeper]);
    }

    // Property: a goroutine that sleeps for ever costs no processor time.
    // Bad schedule: a deadline at the end of time, to which the clock's progress is added: it wraps, and the M never sleeps.
    [Fact]
    public void Sleep_ForEver_DoesNotSpin()
    {
        using var procs = new Procs(2);
        Go(() => Sleep(TimeSpan.MaxValue));
        // An M that spins takes all of every window. The JIT and the collector may take much of some, on behalf of earlier tests.
        var quiet = false;
        for (var window = 0; window < 20 && !quiet; window++)
        {
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            Thread.Sleep(250);
            quiet = Process.GetCurrentProcess().TotalProcessorTime - cpu < Ms(125);
        }
        Assert.True(quiet, "half a processor was busy in each of 20 windows");
    }

    // Property: the timers of a processor that is taken away still fire while the ones that remain are never idle.
    // Bad schedule: goroutines sleep on P1 to P7, which go idle; MaxProcs becomes 1; P0 always finds work and never looks elsewhere.
    [Fact]
    public void Sleep_OnAProcessorThatIsTakenAway_StillEnds()
    {
        Weaving.Required();
        using var procs = new Procs(8);
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            for (var i = 0; i < 64; i++)
            {
                done.Go(() =>
                {
                    for (var until = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 200; Stopwatch.GetTimestamp() < until;)
                    {
                    }
                    Sleep(Ms(300));
                });
            }
            Sleep(Ms(200));
            WeftRuntime.MaxProcs = 1;
            var stop = 0;
            for (var i = 0; i < 2; i++)
                Go(() =>
                {
                    while (Volatile.Read(ref stop) == 0)
                        Yield();
                });
            done.Wait();
            Volatile.Write(ref stop, 1);
        });
    }
}
