using System.Diagnostics;
using Semaphore = Weft.Runtime.Semaphore;

namespace Weft.Tests;

/// <summary>The semaphores of the OS layer: the platform's own, and the managed one that other platforms use.</summary>
public abstract class SemaphoreTests
{
    private protected abstract Semaphore Create();

    private const long Ms = 1_000_000;

    [Fact]
    public void Semasleep_TokenThere_TakesItAtOnce()
    {
        var s = Create();
        s.semawakeup();
        Assert.True(s.semasleep(-1));
        Assert.False(s.semasleep(Ms));
    }

    [Fact]
    public void Semawakeup_Twice_KeepsOneToken()
    {
        var s = Create();
        s.semawakeup();
        s.semawakeup();
        Assert.True(s.semasleep(0));
        Assert.False(s.semasleep(0));
    }

    [Fact]
    public void Semasleep_NoToken_TimesOutNotEarly()
    {
        var s = Create();
        foreach (var ns in new[] { 0, 100_000, 5 * Ms, 20 * Ms })
        {
            var clock = Stopwatch.StartNew();
            Assert.False(s.semasleep(ns));
            Assert.True(clock.Elapsed.TotalNanoseconds >= ns, $"{clock.Elapsed.TotalMilliseconds} ms instead of {ns / 1e6}");
        }
    }

    [Fact]
    public void Semasleep_AfterATimeout_StillTakesTheNextToken()
    {
        var s = Create();
        Assert.False(s.semasleep(Ms));
        s.semawakeup();
        Assert.True(s.semasleep(-1));
    }

    [Fact]
    public void Semawakeup_SomebodySleeps_WakesIt()
    {
        var s = Create();
        var sleeper = Bounded.OnThread(() => Assert.True(s.semasleep(-1)));
        Thread.Sleep(20);
        Assert.False(sleeper.IsCompleted);
        s.semawakeup();
        Bounded.Wait(sleeper);
    }

    [Fact]
    public void Semasleep_VeryLong_DoesNotOverflow()
    {
        var s = Create();
        var sleeper = Bounded.OnThread(() => Assert.True(s.semasleep(long.MaxValue)));
        Thread.Sleep(20);
        Assert.False(sleeper.IsCompleted);
        s.semawakeup();
        Bounded.Wait(sleeper);
    }

    // Property: each token wakes exactly one sleep, whether it comes before, during or after the sleeper goes to sleep.
    // Bad schedule: the sleeper announces itself, the token comes, the sleeper enters the kernel all the same.
    [Fact]
    public void Semawakeup_PingPong_NoneIsLost()
    {
        var (a, b) = (Create(), Create());
        const int Rounds = 20_000;
        var one = Bounded.OnThread(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                a.semasleep(-1);
                b.semawakeup();
            }
        });
        var two = Bounded.OnThread(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                a.semawakeup();
                b.semasleep(-1);
            }
        });
        Bounded.Wait([one, two]);
    }

    // Bad schedule: the time-out takes its announcement back while the waker has just replaced it by a token.
    [Fact]
    public void Semawakeup_RacesWithTheTimeout_TokenIsTakenOnce()
    {
        var s = Create();
        var ack = Create();
        const int Rounds = 3000;
        var taken = 0;
        var sleeper = Bounded.OnThread(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                while (!s.semasleep(20_000 + i % 10 * 5000))
                {
                }
                taken++;
                ack.semawakeup();
            }
        });
        var waker = Bounded.OnThread(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                for (var spin = i % 100; spin > 0; spin--)
                    Thread.SpinWait(20);
                s.semawakeup();
                ack.semasleep(-1);
            }
        });
        Bounded.Wait([sleeper, waker]);
        Assert.Equal(Rounds, taken);
        Assert.False(s.semasleep(0));
    }
}

public sealed class PlatformSemaphoreTests : SemaphoreTests
{
    private protected override Semaphore Create() => Os.Current.semacreate();
}

public sealed class ManagedSemaphoreTests : SemaphoreTests
{
    private protected override Semaphore Create() => new Portable().semacreate();
}

/// <summary>The rest of the OS layer.</summary>
public sealed class OsTests
{
    [Fact]
    public unsafe void StackBounds_OnAnyThread_HoldTheStackPointer()
    {
        Bounded.Wait(Bounded.OnThread(Check));
        Check();

        static void Check()
        {
            byte here;
            var (low, size) = Os.Current.StackBounds();
            if (size != 0)
                Assert.True((nuint)(&here) > low && (nuint)(&here) < low + size);
        }
    }

    [Fact]
    public void Nanotime_Twice_NeverGoesBack()
    {
        var last = Os.nanotime();
        for (var i = 0; i < 100_000; i++)
        {
            var now = Os.nanotime();
            Assert.True(now >= last);
            last = now;
        }
    }

    [Fact]
    public void Usleep_AnyTime_IsNotShorter()
    {
        var clock = Stopwatch.StartNew();
        Os.Current.usleep(2000);
        Assert.True(clock.Elapsed.TotalMicroseconds >= 2000);
    }

    [Fact]
    public void Write_UnknownDescriptor_IsNegative() => Assert.True(WeftRuntime.Write(9999, "x"u8) < 0);

    [Fact]
    public void Write_StandardOutput_ReturnsTheCount() => Assert.Equal(0, WeftRuntime.Write(1, []));
}
