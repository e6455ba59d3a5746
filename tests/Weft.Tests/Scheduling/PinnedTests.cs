// Goroutines that block beneath frames that cannot be saved: they keep their threads, the others go on, and all stays correct.

using System.Runtime.CompilerServices;

namespace Weft.Tests;

/// <summary>Pinned and held goroutines; see the file head.</summary>
public sealed class PinnedTests
{
    private const int Many = 40;

    /// <summary>Runs as many bodies, which must all block in the channel, and checks that others go on meanwhile.</summary>
    private static void AllBlockAtOnce(Chan<int> door, Action<int> body)
    {
        using var procs = new Procs(2);
        var done = new WaitGroup();
        for (var i = 0; i < Many; i++)
        {
            var mine = i;
            done.Add(1);
            Go(() =>
            {
                body(mine);
                done.Done();
            });
        }
        Bounded.Until(() => Waiters.Of(door) == Many, $"{Many} goroutines block at once");

        var others = 0;
        Bounded.OnGoroutine(() =>
        {
            var all = new WaitGroup();
            for (var i = 0; i < 100; i++)
            {
                all.Go(() =>
                {
                    Yield();
                    Interlocked.Increment(ref others);
                });
            }
            all.Wait();
        });
        Assert.Equal(100, others);
        Assert.Equal(Many, Waiters.Of(door));

        Bounded.OnGoroutine(() =>
        {
            for (var i = 0; i < Many; i++)
                door.Send(i);
            done.Wait();
        });
    }

    [Fact]
    public void Receive_BeneathListForEach_OthersGoOn()
    {
        var door = new Chan<int>();
        var sum = 0;
        AllBlockAtOnce(door, _ => new List<int> { 1 }.ForEach(v => Interlocked.Add(ref sum, v + door.Receive())));
        Assert.Equal(Many + Many * (Many - 1) / 2, sum);
    }

    [Fact]
    public void Receive_BeneathListSort_OthersGoOnAndTheListIsSorted()
    {
        var door = new Chan<int>();
        var sorted = 0;
        AllBlockAtOnce(door, mine =>
        {
            var list = Enumerable.Range(0, 20).Select(i => (i * 7 + mine) % 20).ToList();
            var first = true;
            list.Sort((a, b) =>
            {
                if (first)
                {
                    first = false;
                    door.Receive();
                }
                return a.CompareTo(b);
            });
            if (list.SequenceEqual(Enumerable.Range(0, 20)))
                Interlocked.Increment(ref sorted);
        });
        Assert.Equal(Many, sorted);
    }

    private static readonly Chan<int> s_classDoor = new();

    private static class Slow<T>
    {
        internal static readonly int Value = s_classDoor.Receive() * 0 + 17;
    }

    [Fact]
    public void Receive_BeneathStaticConstructors_OthersGoOn()
    {
        // As many classes as goroutines: Slow<A1>, Slow<A1[]>, Slow<A1[][]>...
        var argument = typeof(int);
        var classes = new List<Type>();
        for (var i = 0; i < Many; i++)
        {
            classes.Add(typeof(Slow<>).MakeGenericType(argument));
            argument = i % 2 == 0 ? argument.MakeArrayType() : typeof(List<>).MakeGenericType(argument);
        }
        AllBlockAtOnce(s_classDoor, mine => RuntimeHelpers.RunClassConstructor(classes[mine].TypeHandle));
        Assert.All(classes, c => Assert.Equal(17, c.GetField("Value", System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!.GetValue(null)));
    }

    private static class SlowOnce
    {
        internal static readonly Chan<int> Door = new();
        internal static int Runs;

        internal static class Class
        {
            static Class()
            {
                Runs++;
                Value = Door.Receive();
            }

            internal static readonly int Value;
        }
    }

    // The second goroutine waits for the first one's static constructor, in the CLR: on its thread, without our knowledge.
    [Fact]
    public void Receive_BeneathAStaticConstructorThatOthersNeed_AllSeeItsEnd()
    {
        using var procs = new Procs(4);
        var sum = 0;
        var users = Enumerable.Range(0, 3).Select(_ => Run(() => { Interlocked.Add(ref sum, SlowOnce.Class.Value); })).ToList();
        Bounded.Until(() => Waiters.Of(SlowOnce.Door) == 1, "the static constructor blocks");
        Bounded.OnGoroutine(() => SlowOnce.Door.Send(5));
        Bounded.Wait(users);
        Assert.Equal((15, 1), (sum, SlowOnce.Runs));
    }

    private sealed class Built
    {
        internal readonly int Value;

        internal Built(Chan<int> chan) => Value = chan.Receive();
    }

    [Fact]
    public void Receive_InAConstructor_Blocks()
    {
        var chan = new Chan<int>();
        var built = Run(() => new Built(chan).Value);
        Bounded.OnGoroutine(() => chan.Send(3));
        Bounded.Wait(built);
        Assert.Equal(3, built.Result);
    }

    // A pinned goroutine is woken by others of every kind, on every processor, and may send as well as receive.
    [Theory, InlineData(1), InlineData(2), InlineData(8)]
    public void PingPong_PinnedWithUnpinned_NeverStops(int n)
    {
        using var procs = new Procs(n);
        Bounded.OnGoroutine(() =>
        {
            var (there, back) = (new Chan<int>(), new Chan<int>());
            var done = new WaitGroup();
            done.Go(() => new List<int> { 300 }.ForEach(rounds =>
            {
                for (var i = 0; i < rounds; i++)
                {
                    there.Send(i);
                    Assert.Equal(i, back.Receive());
                }
                there.Close();
            }));
            done.Go(() =>
            {
                foreach (var v in there)
                    back.Send(v);
            });
            done.Wait();
        });
    }

    [Fact]
    public void Sleep_Pinned_OthersGoOn()
    {
        using var procs = new Procs(1);
        Bounded.OnGoroutine(() =>
        {
            var count = 0;
            var done = new WaitGroup();
            done.Go(() => new List<int> { 1 }.ForEach(_ =>
            {
                Sleep(TimeSpan.FromMilliseconds(50));
                Volatile.Write(ref count, -1_000_000);
            }));
            done.Go(() =>
            {
                while (Volatile.Read(ref count) >= 0)
                {
                    Interlocked.Increment(ref count);
                    Yield();
                }
            });
            done.Wait();
            Assert.True(count < 0);
        });
    }

    // Property: the thread of a pinned goroutine is used again when the goroutine has ended.
    // Bad schedule: an M that was woken for a processor finds it taken, and goes to sleep where nobody looks for it.
    [Fact]
    public void Ms_PinnedGoroutinesHaveEnded_AreReused()
    {
        using var procs = new Procs(2);
        void Round() => Bounded.OnGoroutine(() =>
        {
            var door = new Chan<int>();
            var done = new WaitGroup();
            for (var i = 0; i < 20; i++)
                done.Go(() => new List<int> { 1, 2, 3 }.ForEach(_ => door.Receive()));
            for (var i = 0; i < 60; i++)
                door.Send(i);
            done.Wait();
        });
        Round();
        var before = sched.mcount;
        for (var i = 0; i < 50; i++)
            Round();
        Assert.True(sched.mcount - before <= 25, $"{sched.mcount - before} new threads; {sched.nmidle} of {sched.mcount} idle");
    }

    // Held: while a monitor is held the goroutine stays on its thread, so that it still owns what it locked when it goes on.
    [Fact]
    public void Receive_InsideLock_StaysOnItsThread()
    {
        using var procs = new Procs(2);
        Bounded.OnGoroutine(() =>
        {
            var chan = new Chan<int>();
            var gate = new object();
            var done = new WaitGroup();
            for (var i = 0; i < 10; i++)
            {
                done.Go(() =>
                {
                    for (var n = 0; n < 20; n++)
                    {
                        lock (gate)
                        {
                            var thread = Environment.CurrentManagedThreadId;
                            chan.Receive();
                            Assert.Equal(thread, Environment.CurrentManagedThreadId);
                            Assert.True(Monitor.IsEntered(gate));
                            Sleep(TimeSpan.FromMicroseconds(10));
                            Yield();
                            Assert.Equal(thread, Environment.CurrentManagedThreadId);
                        }
                        Assert.False(Monitor.IsEntered(gate));
                    }
                });
            }
            for (var i = 0; i < 200; i++)
                chan.Send(i);
            done.Wait();
        });
    }

    [Fact]
    public void Lock_ExceptionInside_IsReleased()
    {
        Bounded.OnGoroutine(() =>
        {
            var gate = new object();
            var chan = new Chan<int>();
            Go(() => chan.Send(1));
            Action fails = () =>
            {
                lock (gate)
                {
                    chan.Receive();
                    throw new FormatException();
                }
            };
            Assert.Throws<FormatException>(fails);
            Assert.False(Monitor.IsEntered(gate));
            Go(() => chan.Send(2));
            Assert.Equal(2, chan.Receive()); // not held any more: parks
        });
    }

    // Contention: those who wait for the monitor hold threads, the one that has it may need a processor to get on.
    [Theory, InlineData(1), InlineData(2)]
    public void Lock_ContendedByGoroutinesThatBlockInside_Excludes(int n)
    {
        using var procs = new Procs(n);
        var counter = 0;
        Bounded.OnGoroutine(() =>
        {
            var gate = new object();
            var ticks = new Chan<int>();
            var done = new WaitGroup();
            for (var i = 0; i < 8; i++)
            {
                done.Go(() =>
                {
                    for (var k = 0; k < 50; k++)
                    {
                        lock (gate)
                        {
                            var before = counter;
                            if (k % 10 == 0)
                                ticks.Receive();
                            counter = before + 1;
                        }
                    }
                });
            }
            for (var i = 0; i < 8 * 5; i++)
                ticks.Send(i);
            done.Wait();
        });
        Assert.Equal(400, counter);
    }

    [Fact]
    public void Monitor_EnterAndExitByHand_Work()
    {
        Bounded.OnGoroutine(() =>
        {
            var (a, b) = (new object(), new Lock());
            var chan = new Chan<int>(1);
            Monitor.Enter(a);
            b.Enter();
            Assert.True(b.IsHeldByCurrentThread);
            chan.Send(1);
            chan.Receive();
            Yield();
            b.Exit();
            Monitor.Exit(a);
            Assert.Throws<SynchronizationLockException>(() => Monitor.Exit(a));
            Assert.True(Monitor.TryEnter(a, 10));
            Monitor.Exit(a);
            lock (b)
                Yield();
            Yield();
            Assert.False(Monitor.IsEntered(a));
        });
    }
}
