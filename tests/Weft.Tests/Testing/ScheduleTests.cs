// Schedules that a seed decides. The property of all of them: the same program under the same seed runs the same way; and a search comes
// by the schedule that breaks a program which is broken.

using System.Globalization;
using Weft.Testing;

namespace Weft.Tests;

/// <summary>See the file head.</summary>
public sealed class ScheduleTests
{
    private static readonly ScheduleOptions s_few = new() { Runs = 200 };

    private static void OnThread(Action body) => Bounded.Wait(Bounded.OnThread(body), seconds: 120);

    private static int Search(Action body, ScheduleOptions? options = null)
    {
        var tried = 0;
        OnThread(() => tried = Schedule.Search(body, options));
        return tried;
    }

    private static ScheduleException Fails(Action body, ScheduleOptions? options = null) =>
        Assert.Throws<ScheduleException>(() => OnThread(() => Schedule.Search(body, options)));

    /// <summary>Everything that waits, at once; what it does is noted in the order in which it happens.</summary>
    private static string Record(string seed)
    {
        var events = new List<string>();
        OnThread(() => Schedule.Run(seed, () =>
        {
            var (a, b) = (new Chan<int>(), new Chan<int>(2));
            var mutex = new GoMutex();
            var done = new WaitGroup();
            var turns = new GoSemaphore(1);
            var clock = Bubble.TimeProvider;
            void Note(string what) => events.Add(what);
            foreach (var i in Enumerable.Range(0, 3))
                done.Go(() =>
                {
                    for (var k = 0; k < 3; k++)
                    {
                        using (mutex.EnterScope())
                            Note($"lock {i}.{k}");
                        if (i == 0)
                            a.Send(k);
                        else
                            b.Send(10 * i + k);
                        Note($"sent {i}.{k}");
                    }
                });
            done.Go(() =>
            {
                var (fromA, fromB) = (a.OnReceive(), b.OnReceive());
                for (var k = 0; k < 9; k++)
                    Note(Select.Wait(fromA, fromB) == 0 ? $"a {fromA.Value}" : $"b {fromB.Value}");
            });
            foreach (var i in Enumerable.Range(0, 3))
            {
                done.Go(() =>
                {
                    Sleep(TimeSpan.FromMilliseconds(5));
                    using (turns.EnterScope())
                    {
                        Note($"awake {i} at {clock.GetUtcNow().Millisecond}");
                        Yield();
                    }
                });
                Time.AfterFunc(TimeSpan.FromMilliseconds(5), () => Note($"func {i}"));
            }
            var task = Run(() =>
            {
                Yield();
                return events.Count;
            });
            Note($"task after {Await(task)}");
            done.Wait();
        }));
        return string.Join(", ", events);
    }

    // A hundred times, in a process in which other goroutines and the collector do as they like.
    [Theory, InlineData("random:1"), InlineData("random:2"), InlineData("pct:1"), InlineData("pct:77")]
    public void Run_SameSeed_SameOrder(string seed)
    {
        using var stop = new CancellationTokenSource();
        var noise = Run(() =>
        {
            for (var garbage = new byte[100]; !stop.IsCancellationRequested; garbage = new byte[garbage.Length])
                Yield();
        });
        var first = Record(seed);
        for (var i = 0; i < 100; i++)
            Assert.Equal(first, Record(seed));
        stop.Cancel();
        Bounded.Wait(noise);
    }

    // The same in every process, on every machine, and under chaos, which moves stacks but has no say in the order.
    [Fact]
    public void Run_SeedOfAnotherProcess_SameOrder()
    {
        Weaving.Required();
        Assert.Equal(Golden, Record("random:4711"));
    }

    private const string Golden =
        "lock 2.0, sent 2.0, lock 2.1, lock 1.0, b 20, task after 2, lock 0.0, sent 0.0, a 0, sent 2.1, lock 2.2, lock 0.1, b 21, sent 2.2, sent 1.0, " +
        "lock 1.1, b 22, b 10, sent 1.1, lock 1.2, a 1, sent 1.2, b 11, b 12, sent 0.1, lock 0.2, sent 0.2, a 2, func 0, func 2, func 1, awake 0 at " +
        "5, awake 2 at 5, awake 1 at 5";

    [Fact]
    public void Run_OtherSeeds_OtherOrders()
    {
        var orders = Enumerable.Range(1, 20).Select(n => Record($"random:{n}")).Concat(Enumerable.Range(1, 20).Select(n => Record($"pct:{n}")));
        Assert.True(orders.Distinct().Count() > 30);
    }

    // Three that do not meet: each of their six orders has its seeds.
    [Theory, InlineData(ScheduleStrategy.Random), InlineData(ScheduleStrategy.Priorities)]
    public void Search_Independent_ComesByEveryOrder(ScheduleStrategy strategy)
    {
        var orders = new HashSet<string>();
        Search(() =>
        {
            var order = "";
            var done = new WaitGroup();
            foreach (var name in new[] { "a", "b", "c" })
                done.Go(() => order += name);
            done.Wait();
            orders.Add(order);
        }, s_few with { Strategy = strategy });
        Assert.Equal(6, orders.Count);
    }

    private static void LostUpdate()
    {
        var balance = 0;
        var mutex = new GoMutex();
        var done = new WaitGroup();
        for (var i = 0; i < 2; i++)
            done.Go(() =>
            {
                mutex.Lock();
                var read = balance;
                mutex.Unlock();
                mutex.Lock();
                balance = read + 1;
                mutex.Unlock();
            });
        done.Wait();
        Assert.Equal(2, balance);
    }

    // Every lock is taken as it should be; only the update as a whole is torn.
    [Theory, InlineData(ScheduleStrategy.Random), InlineData(ScheduleStrategy.Priorities)]
    public void Search_LostUpdate_IsFoundAndReplays(ScheduleStrategy strategy)
    {
        Weaving.Required();
        var found = Fails(LostUpdate, new ScheduleOptions { Strategy = strategy });
        Assert.IsType<Xunit.Sdk.EqualException>(found.InnerException);
        Assert.Contains($"WEFT_TESTING_SEED={found.Seed}", found.Message);
        for (var i = 0; i < 20; i++)
            Assert.Equal(found.Seed, Assert.Throws<ScheduleException>(() => OnThread(() => Schedule.Run(found.Seed, LostUpdate))).Seed);
    }

    private static void LockOrder()
    {
        var (a, b) = (new GoMutex(), new GoMutex());
        var done = new WaitGroup();
        void Both(GoMutex first, GoMutex second)
        {
            using (first.EnterScope())
            using (second.EnterScope())
            {
            }
        }
        done.Go(() => Both(a, b));
        done.Go(() => Both(b, a));
        done.Wait();
    }

    // Two mutexes in two orders. The report names the seed and shows who waits where.
    [Theory, InlineData(ScheduleStrategy.Random), InlineData(ScheduleStrategy.Priorities)]
    public void Search_LockOrder_IsFoundAndReplays(ScheduleStrategy strategy)
    {
        Weaving.Required();
        var found = Fails(LockOrder, new ScheduleOptions { Strategy = strategy });
        Check(found);
        for (var i = 0; i < 20; i++)
            Check(Assert.Throws<ScheduleException>(() => OnThread(() => Schedule.Run(found.Seed, LockOrder))));

        static void Check(ScheduleException e)
        {
            var deadlock = Assert.IsType<BubbleDeadlockException>(e.InnerException);
            Assert.Equal(2, deadlock.Dump.Split("[sync.Mutex.Lock").Length - 1);
            Assert.Contains("ScheduleTests.cs", deadlock.Dump);
        }
    }

    // The same with monitors, which block threads: the goroutine that runs must not wait on its thread for one that does not run.
    [Fact]
    public void Search_LockOrderOfMonitors_IsFound()
    {
        Weaving.Required();
        var found = Fails(() =>
        {
            var (a, b) = (new object(), new Lock());
            var done = new WaitGroup();
            done.Go(() =>
            {
                lock (a)
                {
                    Yield();
                    b.Enter();
                    b.Exit();
                }
            });
            done.Go(() =>
            {
                b.Enter();
                Yield();
                lock (a)
                {
                }
                b.Exit();
            });
            done.Wait();
        });
        Assert.IsType<BubbleDeadlockException>(found.InnerException);
    }

    [Fact]
    public void Search_MonitorsContended_GoOn()
    {
        Weaving.Required();
        var tried = Search(() =>
        {
            var gate = new object();
            var (inside, count) = (0, 0);
            var done = new WaitGroup();
            for (var i = 0; i < 4; i++)
                done.Go(() =>
                {
                    for (var k = 0; k < 3; k++)
                        lock (gate)
                        {
                            Assert.Equal(1, ++inside);
                            Yield();
                            count++;
                            inside--;
                        }
                });
            done.Wait();
            Assert.Equal(12, count);
        }, s_few);
        Assert.Equal(200, tried);
    }

    // Monitor.Wait blocks the thread of a goroutine whose turn it is: others must get it meanwhile.
    [Fact]
    public void Search_MonitorWait_LetsOthersRun()
    {
        Weaving.Required();
        Search(() =>
        {
            var gate = new object();
            var (full, got) = (false, 0);
            var done = new WaitGroup();
            done.Go(() =>
            {
                for (var i = 0; i < 3; i++)
                    lock (gate)
                    {
                        while (!full)
                            Monitor.Wait(gate);
                        full = false;
                        got++;
                        Monitor.PulseAll(gate);
                    }
            });
            done.Go(() =>
            {
                for (var i = 0; i < 3; i++)
                    lock (gate)
                    {
                        while (full)
                            Monitor.Wait(gate);
                        full = true;
                        Monitor.PulseAll(gate);
                    }
            });
            done.Wait();
            Assert.Equal(3, got);
        }, s_few);
    }

    // A check-then-act on a channel: no operation of it blocks. (The method as a whole can, or it would not be divided.)
    [Fact]
    public void Search_CheckThenClose_IsFound()
    {
        Weaving.Required();
        var found = Fails(() =>
        {
            var c = new Chan<int>(8);
            var closed = false;
            var done = new WaitGroup();
            done.Go(() =>
            {
                done.Add(1);
                Yield();
                done.Done();
                if (!closed)
                    c.TrySend(1);
            });
            done.Go(() =>
            {
                closed = true;
                c.Close();
            });
            done.Wait();
        });
        Assert.IsType<ChanClosedException>(found.InnerException);
    }

    // What is correct stays so under all of them: a small bounded buffer by a condition, with everybody waiting for everybody.
    [Fact]
    public void Search_Correct_TriesAll()
    {
        var tried = Search(() =>
        {
            var mutex = new GoMutex();
            var cond = new Cond(mutex);
            var queue = new Queue<int>();
            var sum = 0;
            var done = new WaitGroup();
            for (var i = 0; i < 2; i++)
            {
                done.Go(() =>
                {
                    for (var k = 1; k <= 5; k++)
                        using (mutex.EnterScope())
                        {
                            while (queue.Count == 2)
                                cond.Wait();
                            queue.Enqueue(k);
                            cond.Broadcast();
                        }
                });
                done.Go(() =>
                {
                    for (var k = 1; k <= 5; k++)
                        using (mutex.EnterScope())
                        {
                            while (queue.Count == 0)
                                cond.Wait();
                            sum += queue.Dequeue();
                            cond.Broadcast();
                        }
                });
            }
            done.Wait();
            Assert.Equal(30, sum);
        }, s_few);
        Assert.Equal(200, tried);
    }

    // With one waiter of each kind a signal is enough; with two it may go to the wrong one, and then all wait. It takes many switches.
    [Fact]
    public void Search_LostSignal_IsFound()
    {
        Weaving.Required();
        var found = Fails(() =>
        {
            var mutex = new GoMutex();
            var cond = new Cond(mutex);
            var queue = new Queue<int>();
            var done = new WaitGroup();
            for (var i = 0; i < 2; i++)
            {
                done.Go(() =>
                {
                    for (var k = 0; k < 4; k++)
                        using (mutex.EnterScope())
                        {
                            while (queue.Count == 1)
                                cond.Wait();
                            queue.Enqueue(k);
                            cond.Signal();
                        }
                });
                done.Go(() =>
                {
                    for (var k = 0; k < 4; k++)
                        using (mutex.EnterScope())
                        {
                            while (queue.Count == 0)
                                cond.Wait();
                            queue.Dequeue();
                            cond.Signal();
                        }
                });
            }
            done.Wait();
        });
        Assert.Contains("[sync.Cond.Wait", Assert.IsType<BubbleDeadlockException>(found.InnerException).Dump);
    }

    // The seed decides which ready case a select takes, too.
    [Fact]
    public void Search_SelectOfTwoReady_TakesBoth()
    {
        var taken = new HashSet<int>();
        Search(() =>
        {
            var (a, b) = (new Chan<int>(1), new Chan<int>(1));
            a.Send(1);
            b.Send(1);
            taken.Add(Select.Wait(a.OnReceive(), b.OnReceive()));
        }, s_few with { Runs = 50 });
        Assert.Equal(2, taken.Count);
    }

    // An hour takes no time, and the clock moves only when all wait.
    [Fact]
    public void Search_Sleeps_GoByTheBubblesClock() => Search(() =>
    {
        var start = Bubble.TimeProvider.GetTimestamp();
        var done = new WaitGroup();
        foreach (var i in new[] { 1, 2, 3 })
            done.Go(() => Sleep(TimeSpan.FromHours(i)));
        done.Wait();
        Bubble.Wait();
        Assert.Equal(TimeSpan.FromHours(3), Bubble.TimeProvider.GetElapsedTime(start));
    }, s_few with { Runs = 50 });

    [Fact]
    public void Search_ChildThrows_IsReported()
    {
        var found = Fails(() =>
        {
            Go(() => throw new FormatException("child"));
            new Chan<int>().Receive();
        });
        Assert.Equal("child", Assert.IsType<FormatException>(found.InnerException).Message);
        Assert.StartsWith("schedule random:1 failed: child", found.Message);
    }

    [Fact]
    public void Search_LeavesBlockedOnes_IsReported()
    {
        var found = Fails(() =>
        {
            var mutex = new GoMutex();
            mutex.Lock();
            Go(mutex.Lock);
        });
        Assert.Contains("main bubble goroutine has exited but blocked goroutines remain", found.Message);
        Assert.Contains("[sync.Mutex.Lock", found.Message);
    }

    [Fact]
    public void Search_NoEnd_IsReported()
    {
        var found = Fails(() =>
        {
            var stop = false;
            Go(() => Select.Wait(new Chan<int>().OnReceive()));
            while (!stop)
                Yield();
        }, new ScheduleOptions { MaxSteps = 1000 });
        Assert.Contains("livelock", found.Message);
    }

    // Priorities must not starve whoever a spinning goroutine waits for.
    [Fact]
    public void Search_SpinWithYield_GoesOn() => Search(() =>
    {
        var ready = false;
        Go(() => ready = true);
        while (!ready)
            Yield();
    }, s_few);

    [Fact]
    public void Search_TimeLimit_Ends()
    {
        var tried = Search(() => Yield(), new ScheduleOptions { Runs = int.MaxValue, TimeLimit = TimeSpan.FromMilliseconds(50) });
        Assert.InRange(tried, 1, int.MaxValue - 1);
        Assert.Equal(0, Search(() => Yield(), new ScheduleOptions { TimeLimit = TimeSpan.Zero }));
    }

    [Fact]
    public void Search_Environment_OverridesTheOptions()
    {
        var seeds = new List<uint>();
        void Body()
        {
            lock (seeds)
                seeds.Add(SynctestBubble.Current!.Random());
        }
        using (Variable("WEFT_TESTING_RUNS", "3"))
            Assert.Equal(3, Search(Body));
        using (Variable("WEFT_TESTING_SECONDS", "0"))
            Assert.Equal(0, Search(Body));
        using (Variable("WEFT_TESTING_SEED", "pct:2"))
            Assert.Equal(1, Search(Body));
        Assert.Equal(4, seeds.Count);
        Assert.Equal(3, seeds.Distinct().Count()); // the second of the three runs was under pct:2
    }

    [Theory, InlineData(""), InlineData("x"), InlineData("random:"), InlineData("dfs:1"), InlineData("random:-1")]
    public void Run_NoSeed_IsRefused(string seed) => Assert.Throws<FormatException>(() => Schedule.Run(seed, () => { }));

    [Fact]
    public void Run_BareNumber_IsRandom()
    {
        var thrown = Assert.Throws<ScheduleException>(() => OnThread(() => Schedule.Run(7, () => throw new FormatException())));
        Assert.Equal("random:7", thrown.Seed);
        Assert.Equal("random:7", Assert.Throws<ScheduleException>(() => OnThread(() => Schedule.Run("7", () => throw new FormatException()))).Seed);
        Assert.Equal("pct:7", Assert.Throws<ScheduleException>(() => OnThread(() => Schedule.Run(7, () => throw new FormatException(), ScheduleStrategy.Priorities))).Seed);
    }

    // Several at once, each with its own turns.
    [Fact]
    public void Search_ManyAtOnce_AreApart() => Bounded.Wait(Enumerable.Range(1, 8).Select(n => Run(() =>
    {
        var orders = new List<string>();
        Schedule.Search(() =>
        {
            var order = "";
            var c = new Chan<int>();
            foreach (var i in new[] { 0, 1, 2 })
                Go(() => c.Send(i));
            for (var i = 0; i < 3; i++)
                order += c.Receive().ToString(CultureInfo.InvariantCulture);
            orders.Add(order);
        }, s_few with { Runs = 50 });
        Assert.Equal(50, orders.Count);
        Assert.True(orders.Distinct().Count() > 1);
    })));

    private static Restore Variable(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        return new Restore(name);
    }

    private sealed class Restore(string name) : IDisposable
    {
        public void Dispose() => Environment.SetEnvironmentVariable(name, null);
    }
}
