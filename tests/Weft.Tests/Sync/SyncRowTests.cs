// The rows of Go's sync tests, under their names; docs/conformance-sync.md has the table.

using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Weft.Tests;

/// <summary>See the file head.</summary>
public sealed class SyncRowTests
{
    public static TheoryData<int> Procs => [1, 2, 8];

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    // A goroutine each, all of them at once.
    private static void Together(int count, Action<int> body) => Bounded.OnGoroutine(() =>
    {
        var all = new ErrGroup();
        for (var i = 0; i < count; i++)
        {
            var mine = i;
            all.Go(() => body(mine));
        }
        all.Wait();
    });

    [Theory, MemberData(nameof(Procs))]
    public void TestSemaphore(int n)
    {
        using var procs = new Procs(n);
        var semaphore = new GoSemaphore(1);
        var inside = 0;
        Together(10, _ =>
        {
            for (var i = 0; i < 1000; i++)
            {
                semaphore.Acquire();
                Assert.Equal(1, Interlocked.Increment(ref inside));
                Interlocked.Decrement(ref inside);
                semaphore.Release();
            }
        });
    }

    [Theory, MemberData(nameof(Procs))]
    public void TestMutex(int n)
    {
        using var procs = new Procs(n);
        var mutex = new GoMutex();
        mutex.Lock();
        Assert.False(mutex.TryLock());
        mutex.Unlock();
        Assert.True(mutex.TryLock());
        mutex.Unlock();
        Together(10, _ =>
        {
            for (var i = 0; i < 1000; i++)
            {
                if (i % 3 == 0)
                {
                    if (mutex.TryLock())
                        mutex.Unlock();
                    continue;
                }
                mutex.Lock();
                mutex.Unlock();
            }
        });
        Assert.False(mutex.IsLocked);
    }

    // One that holds the mutex nearly always and locks it again at once must not keep another one out.
    [Theory, MemberData(nameof(Procs))]
    public void TestMutexFairness(int n)
    {
        using var procs = new Procs(n);
        var mutex = new GoMutex();
        var stop = false;
        var greedy = Run(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                mutex.Lock();
                Sleep(TimeSpan.FromMicroseconds(100));
                mutex.Unlock();
            }
        });
        Bounded.OnGoroutine(() =>
        {
            for (var i = 0; i < 10; i++)
            {
                Sleep(TimeSpan.FromMicroseconds(100));
                mutex.Lock();
                mutex.Unlock();
            }
        }, 10);
        Volatile.Write(ref stop, true);
        Bounded.Wait(greedy);
    }

    // In Go the process dies; here the caller gets an exception, and the lock is as it was.
    [Fact]
    public void TestMutexMisuse()
    {
        var mutex = new GoMutex();
        var rw = new GoRWMutex();
        Unlocked(mutex.Unlock);
        Unlocked(() => { mutex.Lock(); mutex.Unlock(); mutex.Unlock(); });
        Unlocked(rw.Unlock);
        Unlocked(() => { rw.RLock(); try { rw.Unlock(); } finally { rw.RUnlock(); } });
        Unlocked(() => { rw.Lock(); rw.Unlock(); rw.Unlock(); });
        Unlocked(rw.RUnlock);
        Unlocked(() => { rw.Lock(); try { rw.RUnlock(); } finally { rw.Unlock(); } });
        Unlocked(() => { rw.RLock(); rw.RUnlock(); rw.RUnlock(); });
        Assert.True(mutex.TryLock());
        Assert.True(rw.TryLock());

        static void Unlocked(Action misuse)
        {
            Assert.Contains("unlocked", Assert.Throws<InvalidOperationException>(misuse).Message);
            Assert.Contains("unlocked", Assert.Throws<InvalidOperationException>(() => Bounded.OnGoroutine(misuse)).Message);
        }
    }

    [Theory, InlineData(1), InlineData(3), InlineData(20)]
    public void TestParallelReaders(int readers)
    {
        using var procs = new Procs(4);
        var rw = new GoRWMutex();
        Chan<bool> locked = new(), leave = new(), done = new();
        for (var i = 0; i < readers; i++)
            Go(() =>
            {
                rw.RLock();
                locked.Send(true);
                leave.Receive();
                rw.RUnlock();
                done.Send(true);
            });
        Bounded.OnGoroutine(() =>
        {
            for (var i = 0; i < readers; i++)
                locked.Receive(); // all of them are inside
            leave.Close();
            for (var i = 0; i < readers; i++)
                done.Receive();
        });
    }

    [Theory, InlineData(1, 1), InlineData(1, 3), InlineData(1, 10), InlineData(4, 1), InlineData(4, 3), InlineData(4, 10), InlineData(10, 10), InlineData(10, 5)]
    public void TestRWMutex(int n, int readers)
    {
        using var procs = new Procs(n);
        var rw = new GoRWMutex();
        rw.Lock();
        Assert.False(rw.TryLock());
        Assert.False(rw.TryRLock());
        rw.Unlock();
        Assert.True(rw.TryRLock());
        Assert.True(rw.TryRLock());
        Assert.False(rw.TryLock());
        rw.RUnlock();
        rw.RUnlock();
        var activity = 0;
        Together(readers + 2, mine =>
        {
            for (var i = 0; i < 500; i++)
            {
                if (mine < 2)
                {
                    rw.Lock();
                    Assert.Equal(10_000, Interlocked.Add(ref activity, 10_000));
                    Thread.SpinWait(10);
                    Interlocked.Add(ref activity, -10_000);
                    rw.Unlock();
                }
                else
                {
                    rw.RLock();
                    Assert.InRange(Interlocked.Increment(ref activity), 1, 9_999);
                    Thread.SpinWait(10);
                    Interlocked.Decrement(ref activity);
                    rw.RUnlock();
                }
            }
        });
    }

    [Fact]
    public void TestRLocker()
    {
        var rw = new GoRWMutex();
        var reading = rw.RLocker;
        Assert.Same(reading, rw.RLocker);
        var rounds = 10;
        Chan<bool> writerMayGo = new(1), readersMayGo = new(1);
        var writer = Run(() =>
        {
            for (var i = 0; i < rounds; i++)
            {
                writerMayGo.Receive();
                rw.Lock();
                rw.Unlock();
                readersMayGo.Send(true);
            }
        });
        Bounded.OnGoroutine(() =>
        {
            for (var i = 0; i < rounds; i++)
            {
                reading.Lock();
                reading.Lock(); // no writer waits yet
                writerMayGo.Send(true);
                Sleep(Ms(0.5));
                Assert.False(readersMayGo.TryReceive(out _));
                reading.Unlock();
                reading.Unlock();
                readersMayGo.Receive();
            }
        });
        Bounded.Wait(writer);
    }

    [Fact]
    public void TestWaitGroup() => Bounded.OnGoroutine(() =>
    {
        WaitGroup wg1 = new(), wg2 = new();
        for (var round = 0; round < 8; round++)
        {
            const int N = 16;
            wg1.Add(N);
            wg2.Add(N);
            var exited = new Chan<bool>(N);
            for (var i = 0; i < N; i++)
                Go(() =>
                {
                    wg1.Done();
                    wg2.Wait();
                    exited.Send(true);
                });
            wg1.Wait();
            for (var i = 0; i < N; i++)
            {
                Assert.False(exited.TryReceive(out _)); // not released too early
                wg2.Done();
            }
            for (var i = 0; i < N; i++)
                exited.Receive();
        }
    });

    [Fact]
    public void TestWaitGroupMisuse()
    {
        var wg = new WaitGroup();
        wg.Add(1);
        wg.Done();
        Assert.Contains("negative WaitGroup counter", Assert.Throws<InvalidOperationException>(() => wg.Done()).Message);

        // The next round begins before a wait has returned. (An Add while Wait registers does no harm here.)
        wg = new WaitGroup();
        wg.Add(1);
        using var procs = new Procs(1);
        Bounded.OnGoroutine(() =>
        {
            var reused = Run(wg.Wait);
            while (wg.Waiters == 0)
                Yield();
            wg.Done();
            wg.Add(1); // with one processor the waiter has not run
            var e = Assert.Throws<InvalidOperationException>(() => Await(reused));
            Assert.Contains("reused before previous Wait has returned", e.Message);
        });
    }

    // Property: who counts to zero and is late does not release the waiter of the next round.
    // Bad schedule: the counter is zero; the waiter sees it and returns without queuing, begins the next round and queues; now Done releases.
    [Theory, InlineData(2), InlineData(8)]
    public void WaitGroup_NextRoundBeginsAtOnce_IsNotReleasedByTheLast(int n)
    {
        using var procs = new Procs(n);
        Bounded.OnGoroutine(() =>
        {
            var wg = new WaitGroup();
            var count = 0;
            Action one = () =>
            {
                Interlocked.Increment(ref count);
                wg.Done();
            };
            for (var round = 1; round <= 20_000; round++)
            {
                wg.Add(3);
                for (var i = 0; i < 3; i++)
                    Go(one);
                wg.Wait();
                Assert.Equal(3 * round, Volatile.Read(ref count));
            }
        });
    }

    // Neither released before both have counted down, nor woken by an earlier round.
    [Theory, MemberData(nameof(Procs))]
    public void TestWaitGroupRace(int n)
    {
        using var procs = new Procs(n);
        Bounded.OnGoroutine(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                var wg = new WaitGroup();
                var count = 0;
                for (var k = 0; k < 2; k++)
                {
                    wg.Add(1);
                    Go(() =>
                    {
                        Interlocked.Increment(ref count);
                        wg.Done();
                    });
                }
                wg.Wait();
                Assert.Equal(2, Volatile.Read(ref count));
            }
        });
    }

    [Fact]
    public void TestOnce()
    {
        var once = new Once();
        var ran = 0;
        Together(10, _ =>
        {
            once.Do(() =>
            {
                Sleep(Ms(5));
                ran++;
            });
            Assert.Equal(1, ran); // whoever returns sees that it is done
        });
        Assert.Equal(1, ran);
    }

    [Fact]
    public void TestOncePanic()
    {
        var once = new Once();
        Assert.Throws<FormatException>(() => Bounded.OnGoroutine(() => once.Do(() => throw new FormatException())));
        once.Do(() => Assert.Fail("a second time"));
    }

    [Fact]
    public void TestOnceFunc()
    {
        var calls = 0;
        var f = Once.Func(() => calls++);
        Together(10, _ => f());
        f();
        Assert.Equal(1, calls);
    }

    [Fact]
    public void TestOnceValue()
    {
        var calls = 0;
        var f = Once.Value(() =>
        {
            Sleep(Ms(2));
            return ++calls;
        });
        Together(10, _ => Assert.Equal(1, f()));
        var value = new OnceValue<(int, string)>(() => (1, "two"));
        Assert.Equal((1, "two"), value.Value);
    }

    // Each call throws the very same exception.
    [Fact]
    public void TestOnceFuncPanic()
    {
        var calls = 0;
        var f = Once.Func(() =>
        {
            calls++;
            throw new FormatException("once");
        });
        var first = Assert.Throws<FormatException>(f);
        Assert.Same(first, Assert.Throws<FormatException>(() => Bounded.OnGoroutine(f)));
        Assert.Equal(1, calls);
        var g = Once.Value<int>(() => throw new FormatException());
        Assert.Throws<FormatException>(() => g());
        Assert.Throws<FormatException>(() => g());
    }

    [Fact]
    public void TestOnceFuncGoexit()
    {
        var calls = 0;
        var f = Once.Func(() =>
        {
            calls++;
            Exit();
        });
        Assert.Throws<GoroutineExitedException>(() => Bounded.OnGoroutine(f)); // the goroutine has exited
        Assert.Throws<GoroutineExitedException>(f);                            // later callers live on, and are told
        Assert.Equal(1, calls);
    }

    [Fact]
    public void TestOnceXGC()
    {
        var (f, used) = Make();
        f();
        Bounded.Until(() =>
        {
            GC.Collect();
            return !used.IsAlive;
        }, "the function is let go of");
        GC.KeepAlive(f);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static (Action, WeakReference) Make()
        {
            var used = new object();
            return (Once.Func(() => GC.KeepAlive(used)), new WeakReference(used));
        }
    }

    [Fact]
    public void TestCondSignal() => Bounded.OnGoroutine(() =>
    {
        var mutex = new GoMutex();
        var cond = new Cond(mutex);
        const int N = 4;
        Chan<bool> running = new(N), awake = new(N);
        for (var i = 0; i < N; i++)
            Go(() =>
            {
                mutex.Lock();
                running.Send(true);
                cond.Wait();
                awake.Send(true);
                mutex.Unlock();
            });
        for (var i = 0; i < N; i++)
            running.Receive();
        for (var left = N; left > 0; left--)
        {
            Assert.False(awake.TryReceive(out _));
            mutex.Lock();
            cond.Signal();
            mutex.Unlock();
            awake.Receive();
            Sleep(Ms(0.2));
            Assert.False(awake.TryReceive(out _)); // one for each signal
        }
        cond.Signal();
    });

    // Those who wait are woken in the order of their tickets.
    [Fact]
    public void TestCondSignalGenerations() => Bounded.OnGoroutine(() =>
    {
        var mutex = new GoMutex();
        var cond = new Cond(mutex);
        const int N = 100;
        var running = new Chan<bool>(N);
        var awake = new Chan<int>(N);
        for (var i = 0; i < N; i++)
        {
            var mine = i;
            Go(() =>
            {
                mutex.Lock();
                running.Send(true);
                cond.Wait();
                awake.Send(mine);
                mutex.Unlock();
            });
            if (i > 0)
                Assert.Equal(i - 1, awake.Receive());
            running.Receive();
            mutex.Lock();
            cond.Signal();
            mutex.Unlock();
        }
        Assert.Equal(N - 1, awake.Receive());
    });

    [Fact]
    public void TestCondBroadcast() => Bounded.OnGoroutine(() =>
    {
        var mutex = new GoMutex();
        var cond = new Cond(mutex);
        const int N = 50;
        Chan<int> running = new(N), awake = new(N);
        var exit = false;
        for (var i = 0; i < N; i++)
        {
            var mine = i;
            Go(() =>
            {
                mutex.Lock();
                while (!exit)
                {
                    running.Send(mine);
                    cond.Wait();
                    awake.Send(mine);
                }
                mutex.Unlock();
            });
        }
        for (var round = 0; round < 10; round++)
        {
            for (var i = 0; i < N; i++)
                running.Receive();
            if (round == 9)
            {
                mutex.Lock();
                exit = true;
                mutex.Unlock();
            }
            Assert.False(awake.TryReceive(out _));
            mutex.Lock();
            cond.Broadcast();
            mutex.Unlock();
            var seen = new HashSet<int>();
            for (var i = 0; i < N; i++)
                Assert.True(seen.Add(awake.Receive())); // each once
        }
    });

    [Theory, MemberData(nameof(Procs))]
    public void TestCondRace(int n)
    {
        using var procs = new Procs(n);
        for (var round = 0; round < 50; round++)
        {
            var x = 0;
            var mutex = new GoMutex();
            var cond = new Cond(mutex);
            Together(3, mine =>
            {
                mutex.Lock();
                switch (mine)
                {
                    case 0:
                        x = 1;
                        cond.Wait();
                        Assert.Equal(2, x);
                        x = 3;
                        cond.Signal();
                        break;
                    case 1:
                        while (x != 1)
                            Again(mutex);
                        x = 2;
                        cond.Signal();
                        break;
                    default:
                        while (true)
                        {
                            if (x == 2)
                            {
                                cond.Wait();
                                Assert.Equal(3, x);
                                break;
                            }
                            if (x == 3)
                                break;
                            Again(mutex);
                        }
                        break;
                }
                mutex.Unlock();
            });
        }

        static void Again(GoMutex mutex)
        {
            mutex.Unlock();
            Yield();
            mutex.Lock();
        }
    }

    // A signal goes to who waited when it was given, not to one who came later and was faster.
    [Theory, MemberData(nameof(Procs))]
    public void TestCondSignalStealing(int n)
    {
        using var procs = new Procs(n);
        Bounded.OnGoroutine(() =>
        {
            for (var round = 0; round < 200; round++)
            {
                var mutex = new GoMutex();
                var cond = new Cond(mutex);
                Chan<bool> waiting = new(), woken = new();
                Go(() =>
                {
                    mutex.Lock();
                    waiting.Send(true);
                    cond.Wait();
                    mutex.Unlock();
                    woken.Send(true);
                });
                waiting.Receive();
                mutex.Lock();
                mutex.Unlock();
                var done = false;
                Go(cond.Broadcast);
                var late = Run(() =>
                {
                    mutex.Lock();
                    while (!done)
                        cond.Wait();
                    mutex.Unlock();
                });
                woken.Receive();
                mutex.Lock();
                done = true;
                cond.Broadcast();
                mutex.Unlock();
                Await(late);
            }
        });
    }

    // Row of sema_test.go: with handing over, the waiter gets it before the one who let go of it and wants it again.
    [Theory, InlineData(1), InlineData(2)]
    public void TestSemaHandoff(int n)
    {
        using var procs = new Procs(n);
        var won = Bounded.OnGoroutine(() =>
        {
            var count = 0;
            for (var i = 0; i < 1000; i++)
            {
                var mutex = new GoMutex();
                mutex.Lock();
                var isSecond = false;
                var waiter = Run(() =>
                {
                    mutex.Lock();
                    isSecond = true;
                    mutex.Unlock();
                });
                while (mutex.Waiters == 0)
                    Yield();
                Starve(mutex);
                mutex.Unlock();
                mutex.Lock();
                if (isSecond)
                    count++;
                mutex.Unlock();
                Await(waiter);
            }
            return count;
        });
        // The others: the waiter is counted, and not yet asleep when the mutex is handed to whoever comes first.
        Assert.True(won > 667, $"{won} of 1000");
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_state")]
    private static extern ref int State(GoMutex mutex);

    private static void Starve(GoMutex mutex) => Interlocked.Or(ref State(mutex), 4);
}
