// Bubbles: Go's testing/synctest. Rows of go-runtime.md 7.10 by their names, then what .NET adds.

using System.Diagnostics;
using Weft.Testing;

namespace Weft.Tests;

/// <summary>See the file head. Every bubble has a limit of real time: one that never comes to rest hangs.</summary>
public sealed class BubbleTests
{
    private static readonly DateTimeOffset s_start = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static void InBubble(Action body) => Bounded.Wait(Bounded.OnThread(() => Bubble.Run(body)));

    private static TimeSpan Elapsed => Bubble.TimeProvider.GetUtcNow() - s_start;

    private static TimeSpan Seconds(double n) => TimeSpan.FromSeconds(n);

    // The clock begins where Go's does, goes by what is slept and by nothing else.
    [Fact, Row("TestNow")]
    public void TestNow() => InBubble(() =>
    {
        Assert.Equal(s_start, Bubble.TimeProvider.GetUtcNow());
        var start = Stopwatch.GetTimestamp();
        Sleep(TimeSpan.FromDays(1));
        Assert.Equal(TimeSpan.FromDays(1), Elapsed);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(1));
    });

    // The timestamps are exact to the nanosecond, and consistent with the time of day.
    [Fact, Row("TestMonotonicClock")]
    public void TestMonotonicClock() => InBubble(() =>
    {
        var clock = Bubble.TimeProvider;
        var start = clock.GetTimestamp();
        Sleep(TimeSpan.FromTicks(1));
        Assert.Equal(100, clock.GetTimestamp() - start);
        Assert.Equal(TimeSpan.FromTicks(1), clock.GetElapsedTime(start));
        Assert.Equal(s_start.AddTicks(1), clock.GetUtcNow());
    });

    // A timer's channel says the time of its deadline, by whatever way it is waited for.
    [Fact, Row("TestTimerReadBeforeDeadline", "TestTimerReadAfterDeadline")]
    public void TestTimerRead() => InBubble(() =>
    {
        var early = new GoTimer(Seconds(1));
        var late = new GoTimer(Seconds(1));
        Assert.Equal(s_start + Seconds(1), early.C.Receive());
        Sleep(Seconds(5));
        Assert.Equal(s_start + Seconds(1), late.C.Receive());
        Assert.Equal(Seconds(6), Elapsed);
    });

    [Fact, Row("TestTimerReset")]
    public void TestTimerReset() => InBubble(() =>
    {
        var timer = new GoTimer(Seconds(1));
        Assert.True(timer.Reset(Seconds(5)));
        Assert.Equal(s_start + Seconds(5), timer.C.Receive());
        Assert.False(timer.Reset(Seconds(2)));
        Assert.Equal(s_start + Seconds(7), timer.C.Receive());
    });

    [Fact, Row("TestTimeAfter")]
    public void TestTimeAfter() => InBubble(() =>
    {
        for (var i = 1; i <= 5; i++)
            Assert.Equal(s_start + Seconds(i), Time.After(Seconds(1)).Receive());
        Assert.Equal(0, Select.Wait(Select.After(Seconds(3)), new Chan<int>().OnReceive()));
        Assert.Equal(Seconds(8), Elapsed);
    });

    // A timer that is due at once has fired when everybody rests, though the clock has not moved.
    [Fact, Row("TestTimerFromInsideBubbleImmediately", "TestTimerRanInPast")]
    public void TestTimerImmediately() => InBubble(() =>
    {
        var ran = 0;
        Time.AfterFunc(TimeSpan.Zero, () => ran++);
        Time.AfterFunc(Seconds(-1), () => ran++);
        Bubble.Wait();
        Assert.Equal(2, ran);
        Assert.Equal(TimeSpan.Zero, Elapsed);
        Assert.Equal(s_start, Time.After(TimeSpan.Zero).Receive());
    });

    [Fact]
    public void AfterFunc_InBubble_RunsAtItsTimeInTheBubble() => InBubble(() =>
    {
        var at = TimeSpan.Zero;
        Time.AfterFunc(Seconds(2), () =>
        {
            Sleep(Seconds(1));
            at = Elapsed;
        });
        Sleep(Seconds(10));
        Assert.Equal(Seconds(3), at);
    });

    [Fact]
    public void Ticker_InBubble_TicksExactly() => InBubble(() =>
    {
        using var ticker = new Ticker(Seconds(1.5));
        for (var i = 1; i <= 100; i++)
            Assert.Equal(s_start + Seconds(1.5 * i), ticker.C.Receive());
    });

    // Wait comes back only when everybody else has come as far as he can: here a chain of goroutines.
    [Fact, Row("TestWait", "TestHappensBefore")]
    public void TestWait() => InBubble(() =>
    {
        const int Links = 100;
        var first = new Chan<int>();
        var c = first;
        var passed = 0;
        for (var i = 0; i < Links; i++)
        {
            var (from, to) = (c, new Chan<int>());
            Go(() =>
            {
                var v = from.Receive();
                passed++;
                to.Send(v + 1);
            });
            c = to;
        }
        Bubble.Wait();
        Assert.Equal(0, passed);
        first.Send(0);
        Bubble.Wait();
        Assert.Equal(Links, passed); // the last one blocks in its send
        Assert.Equal(Links, c.Receive());
        Assert.Equal(TimeSpan.Zero, Elapsed);
    });

    // Wait of another goroutine than the first, while the first blocks.
    [Fact, Row("TestGoroutineWait")]
    public void TestGoroutineWait() => InBubble(() =>
    {
        var done = new Chan<bool>();
        var early = false;
        Go(() =>
        {
            Bubble.Wait();
            Assert.False(early);
            done.Close();
        });
        Assert.False(done.ReceiveOk().Ok);
        early = true;
    });

    [Fact, Row("TestCond")]
    public void TestCond() => InBubble(() =>
    {
        var mutex = new GoMutex();
        var cond = new Cond(mutex);
        var woken = 0;
        for (var i = 0; i < 10; i++)
            Go(() =>
            {
                using (mutex.EnterScope())
                    cond.Wait();
                Interlocked.Increment(ref woken);
            });
        Bubble.Wait();
        Assert.Equal(0, woken);
        cond.Signal();
        Bubble.Wait();
        Assert.Equal(1, woken);
        cond.Broadcast();
        Bubble.Wait();
        Assert.Equal(10, woken);
    });

    // Durable: so the clock moves while somebody waits for the group.
    [Fact, Row("TestWaitGroupInBubble")]
    public void TestWaitGroupInBubble() => InBubble(() =>
    {
        var group = new WaitGroup();
        for (var i = 1; i <= 3; i++)
        {
            var n = i;
            group.Go(() => Sleep(Seconds(n)));
        }
        group.Wait();
        Assert.Equal(Seconds(3), Elapsed);
    });

    // Not durable: a wait for a group that was counted up elsewhere stops the clock until that has counted down.
    [Fact, Row("TestWaitGroupOutOfBubble")]
    public void TestWaitGroupOutOfBubble()
    {
        var group = new WaitGroup();
        group.Add(1);
        var waits = new TaskCompletionSource();
        var isDone = false;
        var other = Bounded.OnThread(() =>
        {
            waits.Task.Wait();
            Thread.Sleep(20);
            Volatile.Write(ref isDone, true);
            group.Done();
        });
        InBubble(() =>
        {
            var slept = false;
            Go(() =>
            {
                Sleep(Seconds(1));
                slept = true;
            });
            waits.SetResult();
            group.Wait();
            Assert.True(Volatile.Read(ref isDone));
            Assert.False(slept);
            Sleep(Seconds(1));
        });
        Bounded.Wait(other);
    }

    [Fact, Row("TestWaitGroupMovedIntoBubble", "TestWaitGroupMovedOutOfBubble", "TestWaitGroupMovedBetweenBubblesWithNonZeroCount")]
    public void TestWaitGroupMoved()
    {
        var outside = new WaitGroup();
        outside.Add(1);
        var inside = new WaitGroup();
        InBubble(() =>
        {
            Assert.Throws<InvalidOperationException>(() => outside.Add(1));
            inside.Add(1);
        });
        Assert.Throws<InvalidOperationException>(() => inside.Add(1));
        InBubble(() => Assert.Throws<InvalidOperationException>(() => inside.Add(1)));
        outside.Done();
    }

    // At zero it belongs to nobody.
    [Fact, Row("TestWaitGroupMovedBetweenBubblesWithZeroCount", "TestWaitGroupMovedBetweenBubblesAfterWait")]
    public void TestWaitGroupMovedWithZeroCount()
    {
        var group = new WaitGroup();
        for (var i = 0; i < 2; i++)
            InBubble(() =>
            {
                group.Go(() => Sleep(Seconds(1)));
                group.Wait();
            });
        group.Add(1);
        group.Done();
    }

    // Equal deadlines: no order is promised, so none may be relied on.
    [Fact, Row("TestTimerNondeterminism", "TestSleepNondeterminism")]
    public void TestTimerNondeterminism()
    {
        var firsts = new HashSet<int>();
        for (var i = 0; i < 1000 && firsts.Count < 2; i++)
            InBubble(() =>
            {
                var (a, b) = (new Chan<int>(2), Time.After(Seconds(1)));
                Time.AfterFunc(Seconds(1), () => a.Send(1));
                Time.AfterFunc(Seconds(1), () => a.Send(2));
                firsts.Add(a.Receive());
                a.Receive();
                b.Receive();
            });
        Assert.Equal(2, firsts.Count);
    }

    // A channel from outside is not durable: the clock waits for whoever sends from there.
    [Fact, Row("TestChannelFromOutsideBubble")]
    public void TestChannelFromOutsideBubble()
    {
        var outside = new Chan<int>();
        var waits = new TaskCompletionSource();
        var other = Bounded.OnThread(() =>
        {
            waits.Task.Wait();
            Thread.Sleep(20);
            outside.Send(7);
            Thread.Sleep(20);
            outside.Send(8);
        });
        InBubble(() =>
        {
            waits.SetResult();
            Go(() => Sleep(Seconds(1)));
            Assert.Equal(7, outside.Receive());
            Assert.Equal(0, Select.Wait(outside.OnReceive(), new Chan<int>().OnReceive()));
            Assert.Equal(TimeSpan.Zero, Elapsed);
            Sleep(Seconds(2));
        });
        Bounded.Wait(other);
    }

    [Fact, Row("TestChannelMovedOutOfBubble")]
    public void TestChannelMovedOutOfBubble()
    {
        Chan<int> c = null!;
        InBubble(() => c = new Chan<int>(1));
        Says("send on", () => c.Send(1));
        Says("send on", () => c.TrySend(1));
        Says("receive on", () => c.Receive());
        Says("receive on", () => c.TryReceive(out _));
        Says("close of", c.Close);
        Says("select on", () => Select.Wait(c.OnReceive()));
        Says("select on", () => Select.TryWait(c.OnSend(1)));
        Says("wait on", () => c.AsReader().WaitToReadAsync().AsTask().Wait());
        InBubble(() => Says("send on", () => c.Send(1))); // nor in another one

        static void Says(string what, Action use) => Assert.StartsWith(what + " a bubble's channel", Assert.Throws<InvalidOperationException>(use).Message);
    }

    [Fact, Row("TestTimerFromInsideBubble")]
    public void TestTimerFromInsideBubble()
    {
        GoTimer timer = null!;
        TimeProvider clock = null!;
        InBubble(() =>
        {
            timer = new GoTimer(Seconds(1));
            clock = Bubble.TimeProvider;
        });
        Assert.Throws<InvalidOperationException>(() => timer.Stop());
        Assert.Throws<InvalidOperationException>(() => timer.Reset(Seconds(1)));
        Assert.Throws<InvalidOperationException>(() => timer.C.Receive());
        Assert.Throws<InvalidOperationException>(() => clock.CreateTimer(_ => { }, null, Seconds(1), Timeout.InfiniteTimeSpan));
    }

    // A timer from outside goes by the clock outside, and a goroutine that waits for it is not durably blocked.
    [Fact, Row("TestTimerFromOutsideBubble")]
    public void TestTimerFromOutsideBubble()
    {
        var timer = new GoTimer(TimeSpan.FromMilliseconds(30));
        InBubble(() =>
        {
            Go(() => Sleep(Seconds(1)));
            timer.C.Receive();
            Assert.Equal(TimeSpan.Zero, Elapsed);
            Sleep(Seconds(2));
        });
    }

    [Fact, Row("TestDeadlockRoot")]
    public void TestDeadlockRoot()
    {
        var e = Assert.Throws<BubbleDeadlockException>(() => InBubble(() => new Chan<int>().Receive()));
        Assert.StartsWith("deadlock: all goroutines in bubble are blocked", e.Message);
        Assert.Contains("[chan receive (durable)", e.Dump);
    }

    [Fact, Row("TestDeadlockChild")]
    public void TestDeadlockChild()
    {
        var e = Assert.Throws<BubbleDeadlockException>(() => InBubble(() => Go(() => new Chan<int>().Send(1))));
        Assert.StartsWith("deadlock: main bubble goroutine has exited but blocked goroutines remain", e.Message);
        Assert.Contains("[chan send (durable)", e.Dump);
        Assert.DoesNotContain("receive", e.Dump);
    }

    // Time stops with the first goroutine, so nobody's ticks go on.
    [Fact, Row("TestDeadlockTicker")]
    public void TestDeadlockTicker()
    {
        var ticks = 0;
        var e = Assert.Throws<BubbleDeadlockException>(() => InBubble(() => Go(() =>
        {
            foreach (var _ in Time.Tick(Seconds(1)))
                ticks++;
        })));
        Assert.Contains("main bubble goroutine has exited", e.Message);
        Assert.Equal(0, ticks);
    }

    // Nobody will ever fetch a tick: the clock would go on for ever.
    [Fact]
    public void Run_DeadlockBesideATicker_IsReported()
    {
        var e = Assert.Throws<BubbleDeadlockException>(() => InBubble(() =>
        {
            using var ticker = new Ticker(Seconds(1));
            new Chan<int>().Receive();
        }));
        Assert.Contains("all goroutines in bubble are blocked", e.Message);
    }

    // A sleeper far behind a million ticks that nobody fetches is waited for all the same.
    [Fact]
    public void Run_TickerAndSleeper_Wakes() => InBubble(() =>
    {
        using var ticker = new Ticker(TimeSpan.FromMilliseconds(1));
        Sleep(Seconds(100));
        Assert.Equal(Seconds(100), Elapsed);
    });

    [Fact]
    public void Run_SelfMadeRing_DumpNamesAllOfIt()
    {
        var e = Assert.Throws<BubbleDeadlockException>(() => InBubble(() =>
        {
            var (a, b) = (new Chan<int>(), new Chan<int>());
            Go(() => Select.Wait(a.OnReceive(), b.OnReceive()));
            Go(() =>
            {
                var group = new WaitGroup();
                group.Add(1);
                group.Wait();
            });
            new Chan<int>().ReceiveOk();
        }));
        Assert.Contains("[select (durable)", e.Dump);
        Assert.Contains("[sync.WaitGroup.Wait (durable)", e.Dump);
        Assert.Contains("[chan receive (durable)", e.Dump);
        Assert.Equal(3, e.Dump.Split("goroutine ").Count(part => part.Contains(" [")));
    }

    [Fact]
    public void Run_MainThrows_ThrowsTheVeryException()
    {
        var thrown = new FormatException("mine");
        Assert.Same(thrown, Assert.Throws<FormatException>(() => InBubble(() => throw thrown)));
    }

    // In Go the process dies; here the test fails, though the first goroutine still waits.
    [Fact]
    public void Run_ChildThrows_Throws()
    {
        var e = Assert.Throws<FormatException>(() => InBubble(() =>
        {
            Go(() => throw new FormatException("child"));
            new Chan<int>().Receive();
        }));
        Assert.Equal("child", e.Message);
    }

    [Fact]
    public void Run_GoroutineExit_EndsIt() => InBubble(() =>
    {
        Go(() => Goroutine.Exit());
        Goroutine.Exit();
    });

    [Fact]
    public void Run_Nested_IsRefused() => InBubble(() =>
    {
        Assert.Throws<InvalidOperationException>(() => Bubble.Run(() => { }));
        Assert.Throws<InvalidOperationException>(() => Schedule.Run(1, () => { }));
    });

    [Fact]
    public void Members_OutsideOfABubble_Throw()
    {
        Assert.False(Bubble.IsHere);
        Assert.Throws<InvalidOperationException>(Bubble.Wait);
        Assert.Throws<InvalidOperationException>(() => Bubble.TimeProvider);
        Assert.Throws<InvalidOperationException>(() => Bubble.Await(Task.CompletedTask));
        InBubble(() => Assert.True(Bubble.IsHere));
    }

    [Fact]
    public void Wait_ByTwo_IsRefusedToTheSecond() => InBubble(() =>
    {
        var refused = 0;
        for (var i = 0; i < 2; i++)
            Go(() =>
            {
                try
                {
                    Bubble.Wait();
                }
                catch (InvalidOperationException)
                {
                    refused++;
                }
            });
        Sleep(Seconds(1));
        Assert.Equal(1, refused);
    });

    // A mutex is not durable, as in Go: someone outside might unlock it. So the clock stands while one waits for it.
    [Fact]
    public void GoMutex_InBubble_StopsTheClock()
    {
        var mutex = new GoMutex();
        mutex.Lock();
        var waits = new TaskCompletionSource();
        var other = Bounded.OnThread(() =>
        {
            waits.Task.Wait();
            Thread.Sleep(20);
            mutex.Unlock();
        });
        InBubble(() =>
        {
            Go(() => Sleep(Seconds(1)));
            waits.SetResult();
            mutex.Lock();
            Assert.Equal(TimeSpan.Zero, Elapsed);
            Sleep(Seconds(2));
        });
        Bounded.Wait(other);
    }

    // With a limit of time it is durable: the bubble's clock ends it.
    [Fact]
    public void TryLockWithin_InBubble_TakesFakeTime() => InBubble(() =>
    {
        var (mutex, rw, semaphore) = (new GoMutex(), new GoRWMutex(), new GoSemaphore(1));
        mutex.Lock();
        rw.Lock();
        semaphore.Acquire();
        Assert.False(mutex.TryLock(Seconds(100)));
        Assert.False(rw.TryLock(Seconds(100)));
        Assert.False(rw.TryRLock(Seconds(100)));
        Assert.False(semaphore.TryAcquire(Seconds(100)));
        Assert.Equal(Seconds(400), Elapsed);
        Go(() =>
        {
            Sleep(Seconds(1));
            mutex.Unlock();
        });
        Assert.True(mutex.TryLock(Seconds(100)));
        Assert.Equal(Seconds(401), Elapsed);
    });

    // The second half of Cond.Wait waits for the mutex: whoever holds it may be outside.
    [Fact]
    public void CondWait_BackForTheMutex_IsNotDurable() => InBubble(() =>
    {
        var mutex = new GoMutex();
        var cond = new Cond(mutex);
        var back = TimeSpan.MaxValue;
        Go(() =>
        {
            using (mutex.EnterScope())
                cond.Wait();
            back = Elapsed;
        });
        Bubble.Wait();
        mutex.Lock();
        cond.Signal();
        for (var i = 0; i < 100; i++)
            Yield();
        mutex.Unlock();
        Sleep(Seconds(1));
        Assert.Equal(TimeSpan.Zero, back);
    });

    [Fact]
    public void Tasks_OfRun_AreDurable() => InBubble(() =>
    {
        var a = Run(() =>
        {
            Sleep(Seconds(2));
            return 5;
        });
        var b = Run(() => Sleep(Seconds(3)));
        Assert.Equal(5, Weaving.IsWoven ? a.Result : Await(a)); // plain code blocks its thread in Result
        Assert.Equal(Seconds(2), Elapsed);
        Assert.Equal(0, Select.Wait(Select.Completed(b), new Chan<int>().OnReceive()));
        Assert.Equal(Seconds(3), Elapsed);
        if (!Weaving.IsWoven)
            return;
        var many = Enumerable.Range(1, 5).Select(i => Run(() => Sleep(Seconds(i)))).ToArray();
        Assert.Equal(0, Task.WaitAny(many));
        Task.WaitAll(many);
        Assert.Equal(Seconds(8), Elapsed);
    });

    [Fact]
    public void Delay_OnTheBubblesClock_IsDurable() => InBubble(() =>
    {
        Await(Task.Delay(Seconds(5), Bubble.TimeProvider));
        Sleep(Seconds(1), Bubble.TimeProvider);
        Assert.Equal(Seconds(6), Elapsed);
    });

    // A task that comes from outside is not: real work goes on meanwhile.
    [Fact]
    public void Await_TaskFromOutside_StopsTheClock() => InBubble(() =>
    {
        Go(() => Sleep(Seconds(1)));
        Await(Task.Run(() => Thread.Sleep(30)));
        Assert.Equal(TimeSpan.Zero, Elapsed);
        Sleep(Seconds(2));
    });

    // Continuations that the completer hands to the thread pool: on their way the bubble is not at rest.
    [Theory, InlineData(TaskCreationOptions.None), InlineData(TaskCreationOptions.RunContinuationsAsynchronously)]
    public void BubbleAwait_TaskOfTheBubble_IsDurable(TaskCreationOptions options) => InBubble(() =>
    {
        for (var i = 1; i <= 100; i++)
        {
            var source = new TaskCompletionSource<int>(options);
            Go(() =>
            {
                Sleep(Seconds(1));
                source.SetResult(i);
            });
            Assert.Equal(i, Bubble.Await(source.Task));
            Assert.Equal(Seconds(i), Elapsed);
        }
    });

    [Fact]
    public void Run_AsyncBody_GoesByTheClock() => Bounded.Wait(Bounded.OnThread(() => Bubble.Run(async () =>
    {
        var clock = Bubble.TimeProvider;
        var start = clock.GetTimestamp();
        for (var i = 0; i < 10; i++)
            await Task.Delay(Seconds(1), clock);
        Assert.Equal(Seconds(10), clock.GetElapsedTime(start));
    })));

    // After an await it is still in the bubble: in a goroutine of it, whoever has completed what it awaited.
    [Fact]
    public void Run_AsyncBody_StaysInTheBubble() => Bounded.Wait(Bounded.OnThread(() => Bubble.Run(async () =>
    {
        var clock = Bubble.TimeProvider;
        var (c, mutex) = (new Chan<int>(), new GoMutex());
        Go(() =>
        {
            for (var i = 0; i < 3; i++)
            {
                Sleep(Seconds(1));
                c.Send(i);
            }
            c.Close();
        });
        var other = Run(async () =>
        {
            await Task.Delay(Seconds(7), clock);
            return clock.GetUtcNow();
        });
        var sum = 0;
        await foreach (var i in c.ReadAllAsync())
        {
            using (await mutex.LockAsync())
                sum += i;
            Assert.True(Bubble.IsHere);
        }
        Assert.Equal(3, sum);
        Assert.Equal(Seconds(3), Elapsed);
        Assert.Equal(s_start + Seconds(7), await other);
    })));

    [Fact]
    public void TaskWait_WithATime_GoesByTheClock() => InBubble(() =>
    {
        var task = Run(() => Sleep(Seconds(5)));
        if (Weaving.IsWoven)
        {
            Assert.False(task.Wait(Seconds(2)));
            Assert.Equal(Seconds(2), Elapsed);
        }
        Assert.Equal(Seconds(5), Wait(task));

        static TimeSpan Wait(Task task)
        {
            Await(task);
            return Elapsed;
        }
    });

    [Fact]
    public void CancellationTokenSource_OnTheBubblesClock_CancelsInTime() => InBubble(() =>
    {
        using var source = new CancellationTokenSource(Seconds(3), Bubble.TimeProvider);
        Assert.Throws<OperationCanceledException>(() => new Chan<int>().Receive(source.Token));
        Assert.Equal(Seconds(3), Elapsed);
        using var second = new CancellationTokenSource(Seconds(2), Bubble.TimeProvider);
        Assert.Throws<OperationCanceledException>(() => Sleep(Seconds(60), second.Token));
        Assert.Equal(Seconds(5), Elapsed);
    });

    [Fact]
    public void CreateTimer_Periodic_RunsInTheBubble() => InBubble(() =>
    {
        var at = new List<TimeSpan>();
        using (Bubble.TimeProvider.CreateTimer(_ => at.Add(Bubble.IsHere ? Elapsed : default), null, Seconds(2), Seconds(3)))
            Sleep(Seconds(9));
        Sleep(Seconds(10));
        Assert.Equal([Seconds(2), Seconds(5), Seconds(8)], at);
    });

    [Fact]
    public void Providers_SystemAndTheBubbles_AreTheSame() => InBubble(() =>
    {
        new GoTimer(Seconds(1), TimeProvider.System).C.Receive();
        new GoTimer(Seconds(1), Bubble.TimeProvider).C.Receive();
        Assert.Equal(0, Select.Wait(Select.After(Seconds(1), Bubble.TimeProvider)));
        Assert.Equal(Seconds(3), Elapsed);
    });

    [Fact]
    public void ThreadSleep_InWovenCode_GoesByTheClock()
    {
        Weaving.Required();
        InBubble(() =>
        {
            Thread.Sleep(60_000);
            Assert.Equal(Seconds(60), Elapsed);
        });
    }

    // Blocked with its thread, beneath a method that is not woven, a goroutine is as durably blocked as any.
    [Fact]
    public void Sleep_Pinned_GoesByTheClock() => InBubble(() =>
    {
        int[] seconds = [3, 1, 2];
        var order = new List<int>();
        foreach (var s in seconds)
            Go(() => new List<int> { s }.ForEach(n =>
            {
                Sleep(Seconds(n));
                lock (order)
                    order.Add(n);
            }));
        Sleep(Seconds(10));
        Assert.Equal([1, 2, 3], order);
    });

    [Fact]
    public void GoSemaphoreAndErrGroup_InBubble_GoByTheClock() => InBubble(() =>
    {
        var group = new ErrGroup(limit: 2);
        for (var i = 0; i < 6; i++)
            group.Go(() => Sleep(Seconds(1)));
        group.Wait();
        Assert.Equal(Seconds(3), Elapsed);
    });

    [Fact]
    public void Run_OnAGoroutine_Parks() => Bounded.OnGoroutine(() =>
    {
        Bubble.Run(() => Sleep(Seconds(1)));
        Assert.False(Bubble.IsHere);
    });

    // Their clocks and their rests have nothing to do with each other, nor with the goroutines of the rest of the process.
    [Fact]
    public void Run_ManyAtOnce_AreApart()
    {
        using var stop = new CancellationTokenSource();
        var noise = Run(() =>
        {
            while (!stop.IsCancellationRequested)
                Yield();
        });
        Bounded.Wait(Enumerable.Range(1, 20).Select(n => Run(() => Bubble.Run(() =>
        {
            var c = new Chan<int>();
            Go(() =>
            {
                for (var i = 0; i < 100; i++)
                {
                    Sleep(Seconds(n));
                    c.Send(i);
                }
                c.Close();
            });
            Assert.Equal(4950, c.Sum());
            Assert.Equal(Seconds(100 * n), Elapsed);
        }))));
        stop.Cancel();
        Bounded.Wait(noise);
    }

    // The records of goroutines are used again, outside of the bubble: nothing of it may stick to them.
    [Fact]
    public void Run_Ended_LeavesNothingBehind()
    {
        for (var i = 0; i < 100; i++)
            InBubble(() =>
            {
                for (var j = 0; j < 10; j++)
                    Go(() => Sleep(Seconds(1)));
                Sleep(Seconds(1));
            });
        Bounded.OnGoroutine(() =>
        {
            for (var j = 0; j < 100; j++)
                Go(() => Assert.False(Bubble.IsHere));
            Sleep(TimeSpan.FromMilliseconds(1));
        });
        Assert.DoesNotContain(Proc.AllGs(), g => g.Status == GStatus.Dead && g.bubble is not null);
    }
}
