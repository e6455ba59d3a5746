using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Weft.Tests;

/// <summary>entersyscall, exitsyscall, and sysmon's retake, by calls of the C library.</summary>
public sealed unsafe class SyscallTests
{
    public SyscallTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "calls the C library by its Linux name");
        Weaving.Required();
    }

    [Fact]
    public void ForeignCall_Woven_RaisesBothEventsOnce()
    {
        const int Calls = 100;
        using var recorder = new Recorder();
        var id = 0L;
        Bounded.OnGoroutine(() =>
        {
            id = Id;
            Yield(); // a foreign call alone makes no method hot
            for (var i = 0; i < Calls; i++)
                Native.usleepPlain(0);
        });
        var enters = recorder.Records.Where(r => r.Goid == id && r.Event == TraceEvent.entersyscall).ToList();
        var exits = recorder.Records.Where(r => r.Goid == id && r.Event == TraceEvent.exitsyscall).ToList();
        Assert.Equal((Calls, Calls), (enters.Count, exits.Count));
        // They are short, but the thread may be off its core for longer than sysmon waits: not each of them keeps its processor.
        Assert.Contains(enters.Zip(exits), call => call.First.P == call.Second.P);
    }

    [Fact]
    public void ForeignCall_NonBlocking_IsCalledAsItIs()
    {
        using var recorder = new Recorder();
        var id = 0L;
        Bounded.OnGoroutine(() =>
        {
            id = Id;
            Yield();
            Assert.Equal(Environment.ProcessId, Native.getpid());
        });
        Assert.DoesNotContain(recorder.Records, r => r.Goid == id && r.Event == TraceEvent.entersyscall);
    }

    [Fact]
    public void ForeignCall_ThatBlocks_LosesItsProcessor()
    {
        using var procs = new Procs(1);
        var ran = 0;
        var during = 0;
        Bounded.OnGoroutine(() =>
        {
            Go(() =>
            {
                while (Volatile.Read(ref during) == 0)
                {
                    ran++;
                    Yield();
                }
            });
            Yield(); // a foreign call alone makes no method hot
            var before = ran;
            Native.usleep(200_000);
            during = ran - before;
        });
        Assert.True(during > 1000, $"{during} turns of the other goroutine in 200 ms");
    }

    // The rule of 3.3: with work queued a call keeps its P for a period of sysmon, which is at most 10 ms; two looks make 20.
    [Fact]
    public void Retake_WithWorkQueued_ComesWithinTwoPeriods()
    {
        using var procs = new Procs(1);
        var waited = TimeSpan.MaxValue;
        Bounded.OnGoroutine(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                Yield();
                var clock = Stopwatch.StartNew();
                var started = TimeSpan.MaxValue;
                Go(() => started = clock.Elapsed);
                Native.usleep(60_000);
                if (started < waited)
                    waited = started;
            }
        }, 60);
        Assert.True(waited < TimeSpan.FromMilliseconds(30), $"the queued goroutine waited {waited.TotalMilliseconds} ms at best");
    }

    [Fact]
    public void ThousandGoroutines_InBlockingCalls_LetOthersRun()
    {
        const int Calls = 1000;
        var fds = stackalloc int[2];
        Assert.Equal(0, Native.pipe(fds));
        int from = fds[0], to = fds[1];
        var inside = 0;
        var done = new WaitGroup();
        var received = 0;
        Bounded.OnGoroutine(() =>
        {
            done.Add(Calls);
            for (var i = 0; i < Calls; i++)
                Go(() =>
                {
                    Interlocked.Increment(ref inside);
                    Yield();
                    Span<byte> one = stackalloc byte[1];
                    if (Native.Read(from, one, 1) == 1)
                        Interlocked.Increment(ref received);
                    done.Done();
                });
            while (Volatile.Read(ref inside) < Calls)
                Yield();
            // All are in the call, or about to be. The others go on as ever.
            var ch = new Chan<int>();
            Go(() =>
            {
                for (var i = 0; i < 10_000; i++)
                    ch.Send(i);
                ch.Close();
            });
            var sum = 0L;
            foreach (var v in ch)
                sum += v;
            Assert.Equal(49_995_000, sum);
            Assert.Equal(0, Volatile.Read(ref received));
            Wake(to, Calls);
            done.Wait();
        }, 60);
        Assert.Equal(Calls, received);
        Assert.Equal(0, Native.close(from) + Native.close(to));
    }

    [NotWoven]
    private static void Wake(int fd, int n)
    {
        var bytes = stackalloc byte[n];
        Assert.Equal(n, Native.write(fd, bytes, n));
    }

    /// <summary>A goroutine that does nothing but call foreign code announces it like any other.</summary>
    [Fact]
    public void ForeignCall_Alone_IsAnnounced()
    {
        Weaving.Required();
        using var procs = new Procs(2);
        const int Count = 50;
        var most = 0;
        var all = Enumerable.Range(0, Count).Select(_ => Run(() => { Native.usleep(500_000); })).ToList();
        Bounded.Until(() =>
        {
            most = Math.Max(most, WeftRuntime.Stats().InSyscall);
            return most == Count || all.All(t => t.IsCompleted);
        }, "all have called");
        Bounded.Wait(all);
        Assert.Equal(Count, most);
    }

    [Fact]
    public void ForeignCall_LibraryMissing_ThrowsAndGoesOn()
    {
        Bounded.OnGoroutine(() =>
        {
            for (var i = 0; i < 3; i++)
            {
                var caught = false;
                try
                {
                    Native.missing();
                }
                catch (DllNotFoundException)
                {
                    caught = true;
                }
                Assert.True(caught);
                Yield();
            }
        });
    }

    [Fact]
    public void ForeignCall_InFinally_WhileAnExceptionPasses_Works()
    {
        var closed = 0;
        Bounded.OnGoroutine(() =>
        {
            try
            {
                try
                {
                    Yield();
                    throw new InvalidOperationException("on purpose");
                }
                finally
                {
                    closed = Native.close(-1);
                }
            }
            catch (InvalidOperationException)
            {
            }
            Yield();
        });
        Assert.Equal(-1, closed);
    }

    // Every goroutine has its own, over switches and threads.
    [Fact]
    public void LastError_BelongsToTheGoroutine()
    {
        const int EBADF = 9;
        var wrong = 0;
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            for (var i = 0; i < 50; i++)
            {
                var mine = i % 3;
                done.Go(() =>
                {
                    for (var k = 0; k < 200; k++)
                    {
                        if (mine == 0)
                            Native.close(-1);
                        else if (mine == 1)
                            Marshal.SetLastPInvokeError(1000 + k);
                        Yield();
                        if (k % 50 == 0)
                            Native.usleepPlain(50);
                        var error = Marshal.GetLastPInvokeError();
                        // The third kind makes no calls: it may find what plain code left on the thread, but nothing of the others.
                        if (mine == 2 ? error is EBADF or >= 1000 : error != (mine == 0 ? EBADF : 1000 + k))
                            Interlocked.Increment(ref wrong);
                    }
                });
            }
            done.Wait();
        });
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void Write_ReturnsCountOrError_AndLeavesTheLastErrorAlone()
    {
        Bounded.OnGoroutine(() =>
        {
            Yield();
            Marshal.SetLastPInvokeError(77);
            Assert.True(WeftRuntime.Write(-1, "x"u8) < 0);
            Assert.Equal(77, Marshal.GetLastPInvokeError());
            Assert.Equal(0, WeftRuntime.Write(2, ""u8));
        });
    }

    [Fact]
    public void Write_ToAClosedPipe_IsANegativeNumber()
    {
        const int EPIPE = 32;
        var fds = stackalloc int[2];
        Assert.Equal(0, Native.pipe(fds));
        Native.close(fds[0]);
        Assert.Equal(-EPIPE, WeftRuntime.Write(fds[1], "nobody reads this"u8));
        Native.close(fds[1]);
    }

    // MaxProcs goes down while a P above it is in a call.
    [Fact]
    public void MaxProcs_ShrinksDuringACall_TheCallReturns()
    {
        using var procs = new Procs(4);
        var returned = 0;
        var done = new WaitGroup();
        for (var i = 0; i < 8; i++)
            done.Go(() =>
            {
                Yield();
                Native.usleep(50_000);
                Interlocked.Increment(ref returned);
            });
        Thread.Sleep(10);
        WeftRuntime.MaxProcs = 1;
        Bounded.Wait(Bounded.OnThread(done.Wait));
        Assert.Equal(8, returned);
    }

    // TestSyscallStackUsage, TestBigStackCallbackSyscall: at any depth there is room for what a library may want.
    [Fact, Row("TestSyscallStackUsage", "TestBigStackCallbackSyscall")]
    public void TestSyscallStackUsage()
    {
        Assert.SkipUnless(Native.HasCompiled, "no C compiler was there when the tests were built");
        Bounded.OnGoroutine(() =>
        {
            Assert.Equal(512, Native.weft_test_deep(512 * 1024));
            Descend(20_000, 37);
        }, 60);
    }

    // At every so many levels, so that the calls fall on all depths of the machine stack, from its base to the last prologue before the end.
    private static int Descend(int depth, int every)
    {
        Span<long> room = stackalloc long[32];
        room[depth % 32] = depth;
        if (depth % every == 0)
            Assert.Equal(512, Native.weft_test_deep(512 * 1024));
        if (depth == 0)
        {
            Yield();
            return 0;
        }
        return DescendMore(depth - 1, every) + 1;
    }

    private static int DescendMore(int depth, int every) => Descend(depth, every);
}
