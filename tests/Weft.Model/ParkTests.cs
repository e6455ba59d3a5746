using static Weft.Model.Models;
using Semaphore = Weft.Runtime.Semaphore;

namespace Weft.Model;

/// <summary>Blocking and waking: the handshake of GStatus.cs, channels, wait groups, semaphores.</summary>
public sealed class ParkTests
{
    private static readonly Scenario s_pingPong = Scenario("ping-pong over channels", procs: 2, () =>
    {
        var (there, back) = (new Chan<int>(), new Chan<int>());
        Go(() => back.Send(there.Receive() + 1));
        there.Send(1);
        That(back.Receive() == 2, "another value came back");
    });

    [Fact]
    public void Channel_PingPong_EveryWakeArrives() => Holds(s_pingPong);

    // Both sides of the handshake are compare-exchanges: with one of them in two halves, park_m and the waker both think they came first,
    // or both second.
    [Theory]
    [InlineData("G.Park CompareExchange status")]
    [InlineData("RuntimeLock.Lock CompareExchange _locked")]
    public void Channel_PingPong_FindsAWeakened(string site) => Finds(s_pingPong, site);

    private static readonly Scenario s_threads = Scenario("ping-pong of plain threads", procs: 0, () =>
    {
        var (there, back) = (new Chan<int>(), new Chan<int>());
        Thread("other", () => back.Send(there.Receive() + 1));
        there.Send(1);
        That(back.Receive() == 2, "another value came back");
    });

    [Fact]
    public void Channel_PlainThreads_EveryWakeArrives() => Holds(s_threads);

    [Theory]
    [InlineData("G.Park CompareExchange status")]
    [InlineData("G.Wake CompareExchange status #2")]
    public void Channel_PlainThreads_FindsAWeakened(string site) => Finds(s_threads, site);

    private static int s_received, s_closed;

    // Property: a close wakes every receiver, and each value is received once. Bad schedule: a receiver queues itself after the close has
    // emptied the queue, or is woken by a send and by the close.
    private static readonly Scenario s_close = Scenario("receivers, a sender and a close", procs: 2, () =>
    {
        s_received = s_closed = 0;
        var ch = new Chan<int>();
        var wg = new WaitGroup();
        for (var i = 0; i < 2; i++)
        {
            wg.Go(() =>
            {
                if (ch.ReceiveOk().Ok)
                    s_received++;
                else
                    s_closed++;
            });
        }
        Thread("closer", () =>
        {
            ch.Send(1);
            ch.Close();
        });
        wg.Wait();
    }, () => That(s_received == 1 && s_closed == 1, $"{s_received} received the value, {s_closed} the close"));

    [Fact]
    public void Channel_CloseWhileReceiversCome_WakesEach() => Holds(s_close);

    [Fact]
    public void Channel_CloseWhileReceiversCome_FindsABrokenLock() => Finds(s_close, "RuntimeLock.Lock CompareExchange _locked");

    // Property: senders that wait when the channel is closed fail, others have sent; nobody waits for ever.
    private static readonly Scenario s_closeSenders = Scenario("senders and a close", procs: 2, () =>
    {
        var ch = new Chan<int>(1);
        var wg = new WaitGroup();
        for (var i = 0; i < 2; i++)
        {
            wg.Go(() =>
            {
                try
                {
                    ch.Send(1);
                }
                catch (ChanClosedException)
                {
                }
            });
        }
        ch.Close();
        wg.Wait();
    });

    [Fact]
    public void Channel_CloseWhileSendersCome_WakesEach() => Holds(s_closeSenders);

    private static long s_sum;

    private static readonly Scenario s_buffered = Scenario("two senders, two receivers, a buffer of one", procs: 2, () =>
    {
        s_sum = 0;
        var ch = new Chan<int>(1);
        var wg = new WaitGroup();
        for (var i = 1; i <= 2; i++)
        {
            var value = i;
            wg.Go(() => ch.Send(value));
            wg.Go(() => Interlocked.Add(ref s_sum, ch.Receive()));
        }
        wg.Wait();
    }, () => That(s_sum == 3, $"the values received make {s_sum}"));

    [Fact]
    public void Channel_Buffered_KeepsEveryValue() => Holds(s_buffered);

    [NotWoven]
    private static int ReceivePinned(Chan<int> ch) => ch.Receive();

    // A goroutine that cannot leave its thread: its P goes to another M, and comes back with whoever schedules it.
    private static readonly Scenario s_pinned = Scenario("a pinned receiver", procs: 1, () =>
    {
        var (ch, done) = (new Chan<int>(), new Chan<int>());
        Go(() => done.Send(ReceivePinned(ch)));
        Go(() => ch.Send(5));
        That(done.Receive() == 5, "another value");
    });

    [Fact]
    public void Block_PinnedReceiver_IsScheduledOnItsThread() => Holds(s_pinned);

    // Property: a wait ends when the counter is zero. Bad schedule: the waiter finds it above zero; Done takes it to zero and sees nobody
    // waiting; the waiter lists itself.
    private static readonly Scenario s_waitGroup = Scenario("a wait group", procs: 2, () =>
    {
        var wg = new WaitGroup();
        wg.Add(1);
        Thread("other", () => wg.Done());
        wg.Wait();
    });

    [Fact]
    public void WaitGroup_DoneWhileWaiting_ReleasesTheWaiter() => Holds(s_waitGroup);

    [Fact]
    public void WaitGroup_DoneWhileWaiting_FindsAWeakenedMark() => Finds(s_waitGroup, "WaitGroup.Weft.Runtime.IBlocker.Step CompareExchange _state");

    // Property: a wait ends only when the counter is zero. Bad schedule: Done takes it to zero, when nobody waits; before it looks at the list,
    // another Add and a Wait come; it then releases that waiter, with the counter at one.
    private static readonly Scenario s_waitGroupAgain = Scenario("a wait group that was at zero before", procs: 1, () =>
    {
        s_done = false;
        var wg = new WaitGroup();
        wg.Add(1);
        Thread("first", () => wg.Done());
        BlockUntil(() => s_done || CountOf(wg) >> 1 == 0, "the counter is at zero");
        wg.Add(1);
        Thread("second", () =>
        {
            s_done = true;
            wg.Done();
        });
        wg.Wait();
        That(s_done, "the wait ended with the counter at one");
    });

    private static bool s_done;

    [System.Runtime.CompilerServices.UnsafeAccessor(System.Runtime.CompilerServices.UnsafeAccessorKind.Field, Name = "_state")]
    private static extern ref long CountOf(WaitGroup wg);

    [Fact]
    public void WaitGroup_AtZeroBefore_WaitsForTheNextZero() => Holds(s_waitGroupAgain);

    private static readonly Scenario s_waitGroupMany = Scenario("a wait group with two waiters", procs: 2, () =>
    {
        var (wg, waiters) = (new WaitGroup(), new WaitGroup());
        wg.Add(2);
        for (var i = 0; i < 2; i++)
        {
            Go(() => wg.Done());
            waiters.Go(() => wg.Wait());
        }
        wg.Wait();
        waiters.Wait();
    });

    [Fact]
    public void WaitGroup_SeveralWaiters_AllAreReleased() => Holds(s_waitGroupMany);

    private static Semaphore s_one = null!, s_other = null!;

    private static readonly Scenario s_semaphore = Scenario("semaphores", procs: 0, () =>
    {
        (s_one, s_other) = (Os.Current.semacreate(), Os.Current.semacreate());
        Thread("other", () =>
        {
            for (var i = 0; i < 2; i++)
            {
                s_one.semasleep(-1);
                s_other.semawakeup();
            }
        });
        for (var i = 0; i < 2; i++)
        {
            s_one.semawakeup();
            s_other.semasleep(-1);
        }
    });

    [Fact]
    public void Semaphore_PingPong_EveryTokenArrives() => Holds(s_semaphore);

    [Theory]
    [InlineData(Machine.FutexWithoutCompare)]
    [InlineData("FutexSemaphore.semasleep CompareExchange #2")]
    public void Semaphore_PingPong_FindsALostToken(string site) => Finds(s_semaphore, site);

    // Property: a token is taken once, whether the sleeper's time is up when it comes or not.
    private static readonly Scenario s_timeout = Scenario("a token as the time is up", procs: 0, () =>
    {
        s_one = Os.Current.semacreate();
        Thread("other", () => s_one.semawakeup());
        if (!s_one.semasleep(1000))
            s_one.semasleep(-1);
        That(!s_one.semasleep(0), "the token was there twice");
    }, timePasses: true);

    [Fact]
    public void Semaphore_TimeIsUpAsTheTokenComes_TakenOnce() => Holds(s_timeout);

    [Fact]
    public void Semaphore_TimeIsUpAsTheTokenComes_FindsALostToken() => Finds(s_timeout, "FutexSemaphore.semasleep Exchange");
}
