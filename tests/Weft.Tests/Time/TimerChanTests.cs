using System.Runtime.CompilerServices;

namespace Weft.Tests;

/// <summary>The channel of a timer in everything that takes a channel: selects, async receives, adapters.</summary>
public sealed class TimerChanTests
{
    private static TimeSpan Ms(int n) => TimeSpan.FromMilliseconds(n);

    [Fact]
    public void Select_OverATimer_TakesTheValueOnce()
    {
        var time = new FakeTime();
        var timer = new GoTimer(Ms(5), time);
        var other = new Chan<int>();
        Assert.Equal(-1, Select.TryWait(timer.C.OnReceive(), other.OnReceive()));
        var first = timer.C.OnReceive();
        var waits = Run(() => Select.Wait(first, other.OnReceive()));
        Bounded.Until(() => timer.C.HasReceivers, "the select waits");
        time.Advance(Ms(5));
        Bounded.Wait(waits);
        Assert.Equal(0, waits.Result);
        Assert.True(first.Ok);
        Assert.False(timer.C.TryReceive(out _));
        Assert.False(timer.Stop());
    }

    // Bad schedule: the timer fires, and Stop takes the value back, while a select is about to take it.
    [Theory, InlineData(1), InlineData(4)]
    public void Stop_AgainstASelect_OneHasIt(int n)
    {
        using var procs = new Procs(n);
        Bounded.OnGoroutine(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                var timer = new GoTimer(TimeSpan.FromMicroseconds(i % 50));
                var over = new Chan<int>();
                var received = false;
                var done = new WaitGroup();
                done.Go(() => received = Select.Wait(timer.C.OnReceive(), over.OnReceive()) == 0);
                if (i % 3 == 0)
                    Yield();
                var stopped = timer.Stop();
                over.Close();
                done.Wait();
                Assert.NotEqual(stopped, received);
            }
        });
    }

    // Only those who wait know these channels, and what they wait in may not hold them: the collector must not take the timers.
    [Fact]
    public void Collected_WhileSomebodyWaits_FiresAllTheSame()
    {
        var waiters = new List<Task>();
        for (var i = 0; i < 10; i++)
        {
            waiters.Add(Run(() => Select.Wait(Time.After(Ms(300)).OnReceive(), new Chan<int>().OnReceive())));
            waiters.Add(Bounded.OnThread(() => Select.Wait(Time.After(Ms(300)).OnReceive(), new Chan<int>().OnReceive())));
            waiters.Add(ReceivesAsync());
            waiters.Add(ReadsAsync());
            waiters.Add(SelectsAsync());
        }
        for (var i = 0; i < 10; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(10);
        }
        Bounded.Wait(waiters);

        static async Task ReceivesAsync() => await Time.After(Ms(300)).ReceiveAsync();

        static async Task ReadsAsync() => Assert.True(await Time.After(Ms(300)).AsReader().WaitToReadAsync());

        static async Task SelectsAsync() => Assert.Equal(0, await Select.WaitAsync(Time.After(Ms(300)).OnReceive(), new Chan<int>().OnReceive()));
    }

    // A select that has gone on does not keep the timer.
    [Fact]
    public void Collected_AfterASelect_IsGone()
    {
        var dropped = Bounded.OnGoroutine(Drop);
        Bounded.Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !dropped.IsAlive;
        }, "it is collected");

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Drop()
        {
            var (ready, c) = (new Chan<int>(1), Time.After(TimeSpan.FromHours(1)));
            Goroutine.Go(() => ready.Send(1));
            Assert.Equal(1, Select.Wait(c.OnReceive(), ready.OnReceive()));
            return new WeakReference(c);
        }
    }

    // The program may use the channel as any other. A sender of its own that waits is let go by what takes the value out: under no lock.
    [Theory, InlineData(false), InlineData(true)]
    public void Stop_WithASenderOfTheProgram_LetsItGo(bool reset)
    {
        var timer = new GoTimer(TimeSpan.FromHours(1));
        Assert.True(timer.C.TrySend(DateTimeOffset.UnixEpoch));
        var sender = Run(() => timer.C.Send(DateTimeOffset.MaxValue));
        Bounded.Until(() => !timer.C.sendq.IsEmpty, "the sender waits");
        Assert.True(reset ? timer.Reset(TimeSpan.FromHours(1)) : timer.Stop());
        Bounded.Wait(sender);
        Assert.Equal(DateTimeOffset.MaxValue, timer.C.Receive());
        timer.Stop();
    }

    [Fact]
    public void Close_OfTheChannel_IsNoneOfTheTimersBusiness()
    {
        var time = new FakeTime();
        using var ticker = new Ticker(Ms(1), time);
        ticker.C.Close();
        time.Advance(Ms(5));
        Assert.Equal((default, false), ticker.C.ReceiveOk());
        ticker.Reset(Ms(2));
        ticker.Stop();
    }

    // A provider has a lock of its own, and touches timers while it holds that. Bad schedule: it waits for the timer's lock, and another caller
    // of the timer, with that lock, for the provider's.
    [Fact]
    public void Reset_ProviderTouchesTheTimerInItsClock_DoesNotDeadlock()
    {
        var time = new Meddling();
        var timer = new GoTimer(Ms(5), time);
        time.Meddle = () => timer.Stop();
        Bounded.Wait(Bounded.OnThread(() =>
        {
            timer.Reset(Ms(7));
            timer.Reset(Ms(7));
        }));
        time.Meddle = () => { };
        timer.Reset(Ms(7));
        time.Meddle = () => timer.Stop();
        Bounded.Wait(Bounded.OnThread(() => time.Inner.Advance(Ms(7)))); // fires, asks for the time, and is stopped by that
        Assert.False(timer.C.TryReceive(out _));
    }

    private sealed class Meddling : TimeProvider
    {
        internal readonly FakeTime Inner = new();
        internal Action Meddle = () => { };

        public override long TimestampFrequency => Inner.TimestampFrequency;

        public override long GetTimestamp()
        {
            Meddle();
            return Inner.GetTimestamp();
        }

        public override DateTimeOffset GetUtcNow() => Inner.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => Inner.CreateTimer(callback, state, dueTime, period);
    }
}
