// The status word while a goroutine parks: whoever comes second, park_m or the waker, makes it run, and never both or neither.

namespace Weft.Tests;

/// <summary>The parking handshake; see the file head.</summary>
public sealed class HandshakeTests
{
    private static G Parking()
    {
        Assert.SkipWhen(Check.On, "the goroutines of these tests have no thread, which the checker wants");
        return new() { status = (int)GStatus.Parking };
    }

    [Fact]
    public void Wake_BeforeItHasUnwound_LeavesItToItsOwnM()
    {
        var g = Parking();
        Assert.Equal(WakeOutcome.StillUnwinding, g.Wake(null));
        Assert.Equal(GStatus.Ready, g.Status);
        Assert.False(g.Park());
        Assert.Equal(GStatus.Running, g.Status);
    }

    [Fact]
    public void Wake_AfterItHasUnwound_OwnsIt()
    {
        var g = Parking();
        Assert.True(g.Park());
        Assert.Equal(GStatus.Waiting, g.Status);
        Assert.Equal(WakeOutcome.Runnable, g.Wake(null));
        Assert.Equal(GStatus.Runnable, g.Status);
    }

    [Fact]
    public void Wake_ByTheMThatItParkedOn_OwnsIt()
    {
        var m = new M(-100, foreign: true);
        var g = Parking();
        g.m = m;
        Assert.True(g.Park());
        Assert.Equal(WakeOutcome.Runnable, g.Wake(m));
        Assert.Equal(GStatus.Runnable, g.Status);
    }

    // Property: of park_m and the waker exactly one goes on with the goroutine, whatever the interleaving.
    // Bad schedule: the waker finds Parking no more (it is Waiting by now) after its first attempt has found it not Waiting yet.
    [Fact]
    public void Wake_WhileItUnwinds_ExactlyOneGoesOn()
    {
        const int Rounds = 200_000;
        var gs = new G[Rounds];
        for (var i = 0; i < Rounds; i++)
            gs[i] = Parking();
        var goesOn = new int[Rounds];
        var reached = new int[2];

        void Meet(int me, int i)
        {
            Volatile.Write(ref reached[me], i + 1);
            while (Volatile.Read(ref reached[1 - me]) <= i)
                Thread.SpinWait(1);
        }

        var spins = new Random(1);
        var parker = Bounded.OnThread(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                if (i % 64 == 0)
                    Meet(0, i);
                if (!gs[i].Park())
                    Interlocked.Increment(ref goesOn[i]);
            }
        });
        var waker = Bounded.OnThread(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                if (i % 64 == 0)
                    Meet(1, i);
                if (gs[i].Wake(null) == WakeOutcome.Runnable)
                    Interlocked.Increment(ref goesOn[i]);
            }
        });
        Bounded.Wait([parker, waker]);
        Assert.All(goesOn, n => Assert.Equal(1, n));
        Assert.All(gs, g => Assert.True(g.Status is GStatus.Running or GStatus.Runnable));
    }

    // Property: the waker may come before the goroutine has begun to unwind, while it does, and after: it goes on every time.
    // Bad schedule: the partner is on another thread and completes the operation the moment the channel's lock is free, while the
    // frames of a deep stack are still being saved.
    [Theory, InlineData(0), InlineData(1), InlineData(20), InlineData(300)]
    public void Receive_WokenWhileAStackUnwinds_GoesOn(int depth)
    {
        using var procs = new Procs(2);
        var rounds = depth > 50 ? 300 : 2000;
        var chan = new Chan<int>();
        var stop = 0;
        var sender = Bounded.OnThread(() =>
        {
            // A plain thread that never sleeps: it sends the very moment a receiver is listed.
            var i = 0;
            while (i < rounds)
            {
                if (chan.TrySend(i))
                    i++;
                if (Volatile.Read(ref stop) != 0)
                    return;
            }
        });
        try
        {
            Bounded.OnGoroutine(() =>
            {
                for (var i = 0; i < rounds; i++)
                    Assert.Equal(i + depth, Down(depth, chan));
            });
        }
        finally
        {
            Volatile.Write(ref stop, 1);
        }
        Bounded.Wait(sender);
    }

    private static int Down(int n, Chan<int> chan) => n == 0 ? chan.Receive() : 1 + Down(n - 1, chan);
}
