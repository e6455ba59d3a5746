// The rows of Go's proc_test.go that have no other test; see docs/conformance-runtime.md.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using static Weft.Tests.Busy;

namespace Weft.Tests;

/// <summary>The scheduler, by the rows of go-runtime's 7.3.</summary>
public sealed class ProcTests
{
    public ProcTests() => s_stop = 0;

    // Property: whoever stops the world (here: the collector) or changes the number of processors gets through, however the goroutines
    // beside it grow, yield and switch. Bad schedule: each waits for the other's M.
    [Fact, Row("TestStopTheWorldDeadlock")]
    public void TestStopTheWorldDeadlock()
    {
        using var procs = new Procs(3);
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            done.Go(() =>
            {
                for (var i = 0; i < 200; i++)
                {
                    WeftRuntime.MaxProcs = 1 + i % 4;
                    Yield();
                }
                Volatile.Write(ref s_stop, 1);
            });
            done.Go(() =>
            {
                while (Volatile.Read(ref s_stop) == 0)
                {
                    GC.Collect(1);
                    Yield();
                }
            });
            for (var i = 0; i < 4; i++)
            {
                done.Go(() =>
                {
                    while (Volatile.Read(ref s_stop) == 0)
                    {
                        Fib(8);
                        Yield();
                    }
                });
            }
            done.Wait();
        });
    }

    // As TestGoroutineParallelism (StressTests), after the runtime has slept for sockets or timers, and while nothing is collected:
    // the Ms that did so must come back when there is something to run.
    [Theory, InlineData("sockets"), InlineData("timers"), InlineData("no collections"), Row("TestGoroutineParallelism2")]
    public void TestGoroutineParallelism2(string load)
    {
        using var procs = new Procs(2);
        var noGC = load == "no collections" && GC.TryStartNoGCRegion(4 << 20);
        try
        {
            if (load == "sockets")
                Bounded.OnGoroutine(Exchange);
            if (load == "timers")
                Bounded.OnGoroutine(SleepALot);
            Bounded.OnGoroutine(() =>
            {
                for (var round = 0; round < 20; round++)
                {
                    var turn = 0;
                    var done = new WaitGroup();
                    done.Go(() => TakeTurns(ref turn, 0));
                    TakeTurns(ref turn, 1);
                    done.Wait();
                }
            });
        }
        finally
        {
            if (noGC)
                GC.EndNoGCRegion();
        }
    }

    // Keeps the processor, in Weft's sense: it must run at the same time as its partner.
    [NotWoven]
    private static void TakeTurns(ref int turn, int me)
    {
        var spin = new SpinWait();
        for (var i = 0; i < 10; i++)
        {
            while (Volatile.Read(ref turn) < 2 * i + me)
                spin.SpinOnce(sleep1Threshold: -1);
            Interlocked.Increment(ref turn);
        }
    }

    private static void Exchange()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        var accepted = listener.AcceptTcpClientAsync();
        client.Connect(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port);
        using var server = Await(accepted);
        var bytes = new byte[1];
        for (var i = 0; i < 50; i++)
        {
            Await(client.GetStream().WriteAsync(bytes).AsTask());
            Assert.Equal(1, Await(server.GetStream().ReadAsync(bytes).AsTask()));
        }
    }

    private static void SleepALot()
    {
        var done = new WaitGroup();
        for (var i = 0; i < 20; i++)
        {
            var mine = i;
            done.Go(() => Sleep(TimeSpan.FromMilliseconds(1 + mine % 3)));
        }
        done.Wait();
    }

    [Fact, Row("TestBlockLocked")]
    public void TestBlockLocked()
    {
        const int N = 10;
        Bounded.OnGoroutine(() =>
        {
            var chan = new Chan<bool>();
            Go(() =>
            {
                LockOSThread();
                for (var i = 0; i < N; i++)
                    chan.Send(true);
                UnlockOSThread();
            });
            for (var i = 0; i < N; i++)
                Assert.True(chan.Receive());
        });
    }

    // Property: a timer of 20 ms fires although two goroutines exchange messages, with a foreign call at each.
    [Fact, Row("TestTimerFairness2")]
    public unsafe void TestTimerFairness2()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "calls the C library by its Linux name");
        Weaving.Required();
        using var procs = new Procs(1);
        Bounded.OnGoroutine(() =>
        {
            var (there, back) = (new Chan<int>(), new Chan<int>());
            var done = new WaitGroup();
            done.Go(() =>
            {
                while (Volatile.Read(ref s_stop) == 0)
                {
                    Native.write(-1, null, 0);
                    there.Send(1);
                    back.Receive();
                }
                there.Close();
            });
            done.Go(() =>
            {
                foreach (var v in there)
                {
                    Native.write(-1, null, 0);
                    back.Send(v);
                }
            });
            var clock = Stopwatch.StartNew();
            Sleep(TimeSpan.FromMilliseconds(20));
            Volatile.Write(ref s_stop, 1);
            Assert.True(clock.ElapsedMilliseconds < 5000);
            done.Wait();
        });
    }

    // A collection begins and ends though a loop runs on every processor, and the loops go on behind it.
    [Fact, Row("TestPreemptionGC")]
    public void TestPreemptionGC()
    {
        Weaving.Required();
        using var procs = new Procs(2);
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            for (var i = 0; i < 3; i++)
                done.Go(Hog);
            for (var i = 0; i < 5; i++)
            {
                Yield();
                GC.Collect();
            }
            Volatile.Write(ref s_stop, 1);
            done.Wait();
        });
    }

    // Property: goroutines that do nothing but foreign calls starve nobody, on one processor; the sleeper gets its turn.
    [Theory, InlineData(false), InlineData(true), Row("TestGCFairness", "TestGCFairness2")]
    public unsafe void TestGCFairness(bool allocate)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "calls the C library by its Linux name");
        Weaving.Required();
        using var procs = new Procs(1);
        var turns = new int[3];
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            for (var i = 0; i < turns.Length; i++)
            {
                var mine = i;
                done.Go(() =>
                {
                    while (Volatile.Read(ref s_stop) == 0)
                    {
                        Native.write(-1, null, 0);
                        turns[mine] += allocate ? new byte[1000].Length / 1000 : 1;
                        Fib(2);
                    }
                });
            }
            for (var i = 0; i < 3 || turns.Any(t => t == 0); i++)
                Sleep(TimeSpan.FromMilliseconds(10));
            Volatile.Write(ref s_stop, 1);
            done.Wait();
        });
        Assert.All(turns, t => Assert.True(t > 0));
    }

    // Two pairs exchange a token on one processor; between two turns one pair counts to a million, the other to a thousand. Each pair inherits
    // its time slice, so both count about as far in the end.
    [Fact, Row("TestPingPongHog")]
    public void TestPingPongHog()
    {
        Weaving.Required();
        Assert.SkipWhen(Chaos.On, "chaos yields where it likes");
        using var procs = new Procs(1);
        Bounded.OneOf(3, () =>
        {
            s_stop = 0;
            var counts = new long[2];
            Bounded.OnGoroutine(() =>
            {
                var done = new WaitGroup();
                for (var pair = 0; pair < 2; pair++)
                {
                    var (mine, token, limit) = (pair, new Chan<int>(), pair == 0 ? 1_000_000 : 1000);
                    for (var i = 0; i < 2; i++)
                    {
                        done.Go(() =>
                        {
                            foreach (var t in token)
                            {
                                for (var n = 0; n < limit; n++)
                                    counts[mine]++;
                                if (Volatile.Read(ref s_stop) != 0)
                                {
                                    token.Close();
                                    return;
                                }
                                token.Send(t);
                            }
                        });
                    }
                    Go(() => token.Send(1));
                }
                Sleep(TimeSpan.FromMilliseconds(300));
                Volatile.Write(ref s_stop, 1);
                done.Wait();
            });
            const int Factor = 20;
            Assert.True(counts[0] / Factor <= counts[1] && counts[1] / Factor <= counts[0], $"hog {counts[0]}, light {counts[1]}");
        });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Big(int n)
    {
        Span<byte> room = stackalloc byte[32 * 1024];
        room[n % room.Length] = 1;
        return room[n % 7] + Fib(1);
    }

    // A method with a frame that alone is larger than any reserve of Go's is preempted like any other.
    [Fact, Row("TestPreemptSplitBig")]
    public void TestPreemptSplitBig()
    {
        Weaving.Required();
        using var procs = new Procs(2);
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            for (var i = 0; i < 3; i++)
            {
                done.Go(() =>
                {
                    for (var n = 0; Volatile.Read(ref s_stop) == 0; n++)
                        Big(n & 0xffff);
                });
            }
            Yield();
            GC.Collect();
            Yield();
            Volatile.Write(ref s_stop, 1);
            done.Wait();
        });
    }

    // Property: goroutines that come back from short foreign calls again and again are preempted, so that all eight begin, see the stop and end.
    [Theory, InlineData(10), InlineData(100), InlineData(1000), Row("TestPreemptionAfterSyscall")]
    public void TestPreemptionAfterSyscall(int us)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "calls the C library by its Linux name");
        Weaving.Required();
        using var procs = new Procs(2);
        Bounded.OnGoroutine(() =>
        {
            for (var round = 0; round < 3; round++)
            {
                Volatile.Write(ref s_stop, 0);
                var chan = new Chan<bool>(8);
                for (var i = 0; i < 8; i++)
                {
                    Go(() =>
                    {
                        chan.Send(true);
                        while (Volatile.Read(ref s_stop) == 0)
                            Native.usleep((uint)us);
                        chan.Send(true);
                    });
                }
                for (var i = 0; i < 8; i++)
                    chan.Receive();
                Volatile.Write(ref s_stop, 1);
                for (var i = 0; i < 8; i++)
                    chan.Receive();
            }
        }, 20);
    }
}
