// The rows of Go's sleep_test.go and tick_test.go, under their names. Lower bounds are exact, upper ones generous: nobody knows how
// busy the machine is.

using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Weft.Tests;

/// <summary>See the file head; docs/conformance-sync.md has the table.</summary>
public sealed class TimeRowTests
{
    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    private static void Receives(Chan<DateTimeOffset> c) => Bounded.OnGoroutine(() => { c.Receive(); });

    [Fact]
    public void TestSleep()
    {
        var clock = Stopwatch.StartNew();
        Go(() =>
        {
            Sleep(Ms(5));
        });
        Bounded.OnGoroutine(() => Sleep(Ms(10)));
        Assert.True(clock.Elapsed >= Ms(10));
    }

    [Fact]
    public void TestAfter() => Bounded.OnGoroutine(() =>
    {
        var start = DateTimeOffset.UtcNow;
        var clock = Stopwatch.StartNew();
        var end = Time.After(Ms(10)).Receive();
        Assert.True(clock.Elapsed >= Ms(10));
        Assert.True(end - start >= Ms(9), $"{end - start}"); // another clock, which may be set
    });

    [Fact]
    public void TestAfterTick() => Bounded.OnGoroutine(() =>
    {
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 10; i++)
            Time.After(Ms(3)).Receive();
        Assert.True(clock.Elapsed >= Ms(30));
    });

    // Ticks lie on a grid: the last of ten is never early, and lateness does not add up.
    [Fact]
    public void TestTicker() => Bounded.OnGoroutine(() =>
    {
        const int Count = 10;
        var clock = Stopwatch.StartNew();
        using var ticker = new Ticker(Ms(5));
        for (var i = 1; i <= Count; i++)
        {
            ticker.C.Receive();
            Assert.True(clock.Elapsed >= i * Ms(5));
        }
        ticker.Stop();
        Sleep(Ms(15));
        Assert.False(ticker.C.TryReceive(out _));
        clock.Restart();
        ticker.Reset(Ms(8));
        ticker.C.Receive();
        ticker.C.Receive();
        Assert.True(clock.Elapsed >= Ms(16));
    });

    [Fact]
    public void TestTick()
    {
        var c = Time.Tick(Ms(2));
        Receives(c);
        Receives(c);
        Assert.Same(Chan<DateTimeOffset>.Nil, Time.Tick(TimeSpan.Zero));
        Assert.Same(Chan<DateTimeOffset>.Nil, Time.Tick(Ms(-1)));
    }

    // A function that starts the next one, ten times over.
    [Fact]
    public void TestAfterFunc()
    {
        var done = new Chan<int>();
        var left = 10;
        Time.AfterFunc(TimeSpan.Zero, Next);
        Bounded.OnGoroutine(() => Assert.Equal(0, done.Receive()));

        void Next()
        {
            if (--left >= 0)
                Time.AfterFunc(TimeSpan.Zero, Next);
            else
                done.Send(0);
        }
    }

    // With one processor, two that pass a value to and fro must not keep timers from firing.
    [Fact]
    public void TestAfterFuncStarvation()
    {
        using var procs = new Procs(1);
        var stop = false;
        Chan<bool> c1 = new(), c2 = new();
        var pair = new[] { (c1, c2), (c2, c1) }.Select(p => Run(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                p.Item1.TrySend(true);
                p.Item2.TryReceive(out _);
                if (p.Item1 == c1)
                    p.Item2.Send(true);
                else
                    p.Item1.Receive();
            }
        })).ToList();
        var fired = 0;
        Time.AfterFunc(Ms(5), () => Time.AfterFunc(Ms(5), () => Interlocked.Increment(ref fired)));
        Bounded.Until(() => Volatile.Read(ref fired) == 1, "the timers fire");
        Volatile.Write(ref stop, true);
        // The pair may be left in its channels; let them go.
        Bounded.Until(() =>
        {
            c2.TryReceive(out _);
            c2.TrySend(true);
            return pair.All(t => t.IsCompleted);
        }, "the pair ends");
    }

    [Fact]
    public void TestAfterStop()
    {
        var ran = 0;
        var timer = Time.AfterFunc(Ms(300), () => Interlocked.Increment(ref ran));
        var channel = new GoTimer(Ms(300));
        Assert.True(timer.Stop());
        Assert.True(channel.Stop());
        Assert.False(timer.Stop());
        Assert.False(channel.Stop());
        Thread.Sleep(400);
        Assert.Equal(0, ran);
        Assert.False(channel.C.TryReceive(out _));
    }

    // Timers fire in the order of their deadlines, and not early, however many there are and in whatever order they were made.
    [Fact]
    public void TestAfterQueuing() => Bounded.OnGoroutine(() =>
    {
        const int Step = 20;
        for (var attempt = 1; ; attempt++)
        {
            int[] slots = [5, 3, 6, 6, 6, 1, 1, 2, 7, 9, 4, 8, 0];
            var results = new Chan<(int Slot, TimeSpan At)>(slots.Length);
            var clock = Stopwatch.StartNew();
            foreach (var slot in slots)
                Go(() =>
                {
                    Time.After(Ms(slot * Step)).Receive();
                    results.Send((slot, clock.Elapsed));
                });
            var got = new List<int>();
            for (var i = 0; i < slots.Length; i++)
            {
                var (slot, at) = results.Receive();
                Assert.True(at >= Ms(slot * Step), $"{slot} at {at}");
                got.Add(slot);
            }
            if (got.SequenceEqual(slots.Order()))
                break;
            Assert.NotEqual(5, attempt); // on a machine so busy that two deadlines pass before anybody looks, they come in any order
        }
    });

    // Stop tells exactly: true if and only if no value can be received.
    [Theory, InlineData(1), InlineData(4)]
    public void TestStopResult(int n) => StopOrReset(n, reset: false);

    [Theory, InlineData(1), InlineData(4)]
    public void TestResetResult(int n) => StopOrReset(n, reset: true);

    private static void StopOrReset(int n, bool reset)
    {
        using var procs = new Procs(n);
        Bounded.OnGoroutine(() =>
        {
            for (var i = 0; i < 300; i++)
            {
                var timer = new GoTimer(TimeSpan.FromMicroseconds(i % 100));
                var received = new Chan<bool>(1);
                var stop = new Chan<bool>();
                if (i % 3 == 0)
                    Sleep(TimeSpan.FromMicroseconds(60));
                var isTaken = i % 2 == 0 && timer.C.TryReceive(out _);
                var prevented = reset ? timer.Reset(TimeSpan.FromHours(1)) : timer.Stop();
                Assert.Equal(!isTaken, prevented);
                Assert.False(timer.C.TryReceive(out _));
                Assert.Equal(reset, timer.Stop());
            }
        });
    }

    // As above, with a receiver that is blocked: either it receives, or Stop returns true.
    [Theory, InlineData(1), InlineData(4)]
    public void TestStopResult_ReceiverWaits(int n)
    {
        using var procs = new Procs(n);
        Bounded.OnGoroutine(() =>
        {
            for (var i = 0; i < 300; i++)
            {
                var timer = new GoTimer(TimeSpan.FromMicroseconds(100));
                var received = 0;
                var receiver = Run(() =>
                {
                    timer.C.Receive();
                    Interlocked.Increment(ref received);
                });
                Sleep(TimeSpan.FromMicroseconds(i % 60 + 50));
                var prevented = timer.Stop();
                if (prevented)
                {
                    Yield();
                    Assert.Equal(0, Volatile.Read(ref received));
                    timer.Reset(TimeSpan.Zero);
                }
                Await(receiver);
            }
        });
    }

    [Theory, InlineData(1), InlineData(4)]
    public void TestTimerStopStress(int n)
    {
        using var procs = new Procs(n);
        var bad = 0;
        Bounded.OnGoroutine(() =>
        {
            var all = new WaitGroup();
            for (var i = 0; i < 100; i++)
                all.Go(() =>
                {
                    var timer = Time.AfterFunc(Ms(1000), () => Interlocked.Increment(ref bad));
                    Sleep(Ms(1));
                    timer.Stop();
                });
            all.Wait();
        });
        Thread.Sleep(1100);
        Assert.Equal(0, bad);
    }

    [Fact]
    public void TestTickerStress() => Bounded.OnGoroutine(() =>
    {
        var stop = false;
        var busy = Run(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                Yield();
                _ = new byte[64 * 1024];
            }
        });
        using var ticker = new Ticker(Ms(1));
        for (var i = 0; i < 100; i++)
            ticker.C.Receive();
        Volatile.Write(ref stop, true);
        Await(busy);
    });

    [Theory, InlineData(1), InlineData(2), InlineData(8)]
    public void TestTickerConcurrentStress(int n)
    {
        using var procs = new Procs(n);
        Bounded.OnGoroutine(() =>
        {
            using var ticker = new Ticker(TimeSpan.FromMicroseconds(10));
            var all = new WaitGroup();
            for (var i = 0; i < 10; i++)
            {
                var mine = i;
                all.Go(() =>
                {
                    for (var k = 0; k < 100; k++)
                    {
                        ticker.C.Receive();
                        if (mine == 0 && k % 10 == 0)
                            ticker.Reset(TimeSpan.FromMicroseconds(10 + k));
                    }
                });
            }
            all.Wait();
        });
    }

    // Timers of every age on every processor, stopped, moved and fired at once.
    [Theory, InlineData(1), InlineData(2), InlineData(8)]
    public void TestMultiWakeup(int n)
    {
        using var procs = new Procs(n);
        Bounded.OnGoroutine(() =>
        {
            var all = new WaitGroup();
            for (var i = 0; i < 20; i++)
            {
                var mine = i;
                all.Go(() =>
                {
                    var random = new Random(mine);
                    var timers = Enumerable.Range(0, 20).Select(_ => new GoTimer(Ms(1 + random.Next(3)))).ToList();
                    for (var round = 0; round < 200; round++)
                    {
                        var timer = timers[random.Next(timers.Count)];
                        switch (random.Next(4))
                        {
                            case 0:
                                timer.Stop();
                                timer.Reset(TimeSpan.FromMicroseconds(random.Next(500)));
                                timer.C.Receive();
                                break;
                            case 1:
                                timer.Reset(Ms(random.Next(100)));
                                break;
                            case 2:
                                timer.Reset(TimeSpan.FromMicroseconds(random.Next(100)));
                                break;
                            default:
                                Yield();
                                break;
                        }
                    }
                });
            }
            all.Wait();
        });
    }

    [Fact]
    public void TestSleepZeroDeadlock()
    {
        using var procs = new Procs(4);
        Bounded.OnGoroutine(() =>
        {
            var collector = Run(() =>
            {
                for (var i = 0; i < 20; i++)
                    GC.Collect(0);
            });
            for (var i = 0; i < 100; i++)
            {
                Sleep(TimeSpan.Zero);
                Yield();
            }
            Await(collector);
        });
    }

    [Fact]
    public void TestReset() => Bounded.OnGoroutine(() =>
    {
        var timer = new GoTimer(Ms(500));
        Sleep(Ms(5));
        Assert.True(timer.Reset(Ms(1000)));
        Sleep(Ms(5));
        Assert.False(timer.C.TryReceive(out _));
        Assert.True(timer.Reset(Ms(2)));
        timer.C.Receive();
        Assert.False(timer.Reset(Ms(2)));
        timer.C.Receive();
        Assert.False(timer.Stop());
    });

    // Moved to an earlier deadline, a timer fires then and not at the old one.
    [Fact]
    public void TestTimerModifiedEarlier() => Bounded.OnGoroutine(() =>
    {
        for (var i = 0; i < 20; i++)
        {
            var timer = new GoTimer(TimeSpan.FromHours(1));
            timer.Reset(Ms(2));
            timer.C.Receive();
        }
    });

    [Theory, InlineData(100), InlineData(2000)]
    public void TestAdjustTimers(int count) => Bounded.OnGoroutine(() =>
    {
        var random = new Random(1);
        var timers = Enumerable.Range(0, count).Select(_ => new GoTimer(Ms(random.Next(20)))).ToList();
        var fired = 0;
        for (var i = 0; i < timers.Count; i++)
        {
            var timer = timers[i];
            if (i % 3 == 0)
                timer.Reset(Ms(random.Next(30)));
            else if (i % 3 == 1)
                timer.Reset(TimeSpan.FromMicroseconds(random.Next(100)));
        }
        foreach (var timer in timers)
        {
            timer.C.Receive();
            fired++;
        }
        Assert.Equal(count, fired);
    });

    [Fact]
    public void TestLongAdjustTimers() => Bounded.OnGoroutine(() =>
    {
        var timers = Enumerable.Range(0, 1000).Select(i => Time.AfterFunc(TimeSpan.FromHours(1 + i), () => Assert.Fail("fired"))).ToList();
        var soon = new GoTimer(TimeSpan.FromHours(2));
        soon.Reset(Ms(2));
        soon.C.Receive();
        foreach (var timer in timers)
            Assert.True(timer.Stop());
    });

    [Theory, InlineData(1), InlineData(4)]
    public void TestZeroTimer(int n)
    {
        using var procs = new Procs(n);
        Bounded.OnGoroutine(() =>
        {
            for (var i = 0; i < 1000; i++)
                new GoTimer(TimeSpan.Zero).C.Receive();
            for (var i = 0; i < 100; i++)
            {
                var timer = new GoTimer(TimeSpan.FromHours(1));
                timer.Reset(Ms(-i));
                timer.C.Receive();
            }
        });
    }

    [Fact]
    public void TestOverflowSleep()
    {
        using var func = Time.AfterFunc(TimeSpan.MaxValue, () => Assert.Fail("fired"));
        using var source = new CancellationTokenSource();
        var timer = new GoTimer(TimeSpan.MaxValue);
        var sleeper = Run(() => Sleep(TimeSpan.MaxValue, source.Token));
        Receives(Time.After(TimeSpan.MinValue));
        Thread.Sleep(25);
        Assert.False(timer.C.TryReceive(out _));
        Assert.True(timer.Stop());
        Assert.False(sleeper.IsCompleted);
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Bounded.Wait(sleeper));
    }

    [Fact]
    public void TestOverflowPeriodRuntimeTimer()
    {
        using var ticker = new Ticker(TimeSpan.MaxValue);
        Thread.Sleep(5);
        Assert.False(ticker.C.TryReceive(out _));
    }

    // An exception in the middle of a timer's business leaves no lock behind.
    [Fact]
    public void TestIssue5745()
    {
        using var source = new CancellationTokenSource(2);
        Assert.ThrowsAny<OperationCanceledException>(() => Bounded.OnGoroutine(() => Sleep(TimeSpan.FromHours(1), source.Token)));
        Assert.Throws<ArgumentNullException>(() => Time.AfterFunc(Ms(1), null!));
        Receives(Time.After(Ms(1)));
    }

    [Fact]
    public void TestNewTickerLtZeroDuration()
    {
        Assert.Contains("non-positive interval for NewTicker", Assert.Throws<ArgumentOutOfRangeException>(() => new Ticker(Ms(-1))).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ticker(TimeSpan.Zero));
    }

    [Fact]
    public void TestTickerResetLtZeroDuration()
    {
        using var ticker = new Ticker(Ms(100));
        Assert.Contains("non-positive interval for Ticker.Reset", Assert.Throws<ArgumentOutOfRangeException>(() => ticker.Reset(TimeSpan.Zero)).Message);
    }

    // What nobody can reach is collected though it is armed; what somebody waits for is not, though nobody else can reach it.
    [Fact]
    public void TestTimerGC()
    {
        var dropped = Drop();
        Bounded.Until(() =>
        {
            Collect();
            return dropped.All(r => !r.IsAlive);
        }, "all are collected");

        [MethodImpl(MethodImplOptions.NoInlining)]
        static List<WeakReference> Drop()
        {
            var all = new List<WeakReference>();
            for (var i = 0; i < 100; i++)
            {
                all.Add(new WeakReference(Time.After(TimeSpan.FromHours(1))));
                all.Add(new WeakReference(new GoTimer(TimeSpan.FromHours(1)).C));
                all.Add(new WeakReference(new Ticker(Ms(2)).C));
                all.Add(new WeakReference(Time.Tick(TimeSpan.FromHours(1))));
                var stopped = Time.AfterFunc(TimeSpan.FromHours(1), () => { });
                stopped.Stop();
                all.Add(new WeakReference(stopped));
            }
            return all;
        }
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    [Fact]
    public void TestTimerGC_SomebodyWaits_StaysAndFires()
    {
        var waiters = new List<Task>();
        var ids = new System.Collections.Concurrent.ConcurrentBag<long>();
        for (var i = 0; i < 20; i++)
        {
            waiters.Add(Run(() =>
            {
                ids.Add(Id);
                Time.After(Ms(600)).Receive();
            }));
            waiters.Add(Bounded.OnThread(() => Time.After(Ms(600)).Receive()));
            waiters.Add(Run(() =>
            {
                ids.Add(Id);
                var c = Time.Tick(Ms(200));
                for (var k = 0; k < 3; k++)
                    c.Receive();
            }));
        }
        for (var i = 0; i < 10; i++)
        {
            Collect();
            Thread.Sleep(10);
        }
        // Collects with all goroutines hidden: who waits for a timer is no leak.
        Assert.DoesNotContain(WeftRuntime.FindLeaks(), l => ids.Contains(l.Id));
        Bounded.Wait(waiters);
    }

    // Bad schedules: the collector finds a timer and those who wait for it unreachable; before the finalizer has looked the timer fires, and is armed
    // anew by whom it woke. The finalizer must neither let go what was let go, nor disarm what somebody holds: he would wait for ever.
    // An async method that waits is known to its waiter alone.
    [Fact]
    public void TestTimerGC_FiresBeforeTheFinalizer_Stays()
    {
        const int Each = 300, Times = 40;
        var left = Each * 3;
        for (var i = 0; i < Each; i++)
        {
            var us = 50 + i * 7 % 900;
            _ = Rearmed(us);
            _ = Ticked(us);
            Go(() =>
            {
                for (var k = 0; k < Times; k++)
                    Time.After(TimeSpan.FromMicroseconds(us)).Receive();
                Interlocked.Decrement(ref left);
            });
        }
        Bounded.Until(() =>
        {
            Collect();
            return Volatile.Read(ref left) == 0;
        }, "all have seen their deadlines");

        async Task Rearmed(int us)
        {
            var timer = new GoTimer(TimeSpan.FromMicroseconds(us));
            for (var k = 0; k < Times; k++)
            {
                await timer.C.ReceiveAsync();
                if (k % 3 == 0)
                    timer.Stop();
                timer.Reset(TimeSpan.FromMicroseconds(us));
            }
            Interlocked.Decrement(ref left);
        }

        async Task Ticked(int us)
        {
            var ticker = new Ticker(TimeSpan.FromMicroseconds(us));
            for (var k = 0; k < Times; k++)
                await ticker.C.ReceiveAsync();
            Interlocked.Decrement(ref left);
        }
    }

    // The channel of a timer shows nothing of what is in it, and forgets it at Stop and Reset.
    [Fact]
    public void TestChan() => Bounded.OnGoroutine(() =>
    {
        var timer = new GoTimer(TimeSpan.Zero);
        Sleep(Ms(3));
        Assert.Equal((0, 0), (timer.C.Count, timer.C.Capacity));
        Assert.True(timer.Stop()); // fired, and not received
        Assert.False(timer.C.TryReceive(out _));

        timer.Reset(TimeSpan.Zero);
        Sleep(Ms(3));
        Assert.True(timer.Reset(TimeSpan.FromHours(1)));
        Assert.False(timer.C.TryReceive(out _));

        timer.Reset(TimeSpan.Zero);
        Sleep(Ms(3));
        Assert.True(timer.C.TryReceive(out _));
        Assert.False(timer.Stop());

        using var ticker = new Ticker(Ms(1));
        Sleep(Ms(5));
        Assert.Equal((0, 0), (ticker.C.Count, ticker.C.Capacity));
        ticker.Stop();
        Assert.False(ticker.C.TryReceive(out _));
        ticker.Reset(Ms(1));
        Sleep(Ms(5));
        ticker.Reset(TimeSpan.FromHours(1));
        Assert.False(ticker.C.TryReceive(out _));
    });

    // At most one tick is pending, whatever was missed.
    [Fact]
    public void TestManualTicker()
    {
        var time = new FakeTime();
        using var ticker = new Ticker(Ms(10), time);
        time.Advance(Ms(9));
        Assert.False(ticker.C.TryReceive(out _));
        time.Advance(Ms(1));
        Assert.True(ticker.C.TryReceive(out var first));
        time.Advance(Ms(35));
        Assert.True(ticker.C.TryReceive(out var second));
        Assert.False(ticker.C.TryReceive(out _));
        Assert.Equal(Ms(10), second - first); // the oldest is kept, the others were dropped
        time.Advance(Ms(5));
        Assert.True(ticker.C.TryReceive(out var third));
        Assert.Equal(Ms(40), third - first); // on the grid
    }

    // The time that is delivered is the deadline, however late it is received.
    [Fact]
    public void TestAfterTimes()
    {
        var time = new FakeTime();
        var start = time.GetUtcNow();
        var c = Time.After(Ms(10), time);
        time.Advance(Ms(1000));
        Assert.True(c.TryReceive(out var at));
        Assert.Equal(start + Ms(10), at);
        Bounded.OnGoroutine(() =>
        {
            var before = DateTimeOffset.UtcNow;
            var timer = new GoTimer(Ms(10));
            Sleep(Ms(60));
            Assert.InRange(timer.C.Receive() - before, Ms(9), Ms(50));
        });
    }

    [Fact]
    public void TestTickTimes()
    {
        var time = new FakeTime();
        var start = time.GetUtcNow();
        using var ticker = new Ticker(Ms(10), time);
        for (var i = 1; i <= 5; i++)
        {
            time.Advance(Ms(10));
            Assert.True(ticker.C.TryReceive(out var at));
            Assert.Equal(start + i * Ms(10), at);
        }
        ticker.Stop();
        time.Advance(Ms(100));
        Assert.False(ticker.C.TryReceive(out _));
        Assert.Equal(0, time.Pending);
    }
}
