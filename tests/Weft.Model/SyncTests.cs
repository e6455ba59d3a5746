using static Weft.Model.Models;

namespace Weft.Model;

/// <summary>The locks and what is made of them. What scenarios share is plain memory: one thread of an execution runs at a time.</summary>
public sealed class SyncTests
{
    private static int s_inside, s_count, s_cancelled;

    private static readonly TimeSpan s_twoMs = TimeSpan.FromMilliseconds(2);

    private static void Reset() => s_inside = s_count = s_cancelled = 0;

    private static void Enter()
    {
        That(++s_inside == 1, $"{s_inside} inside");
        s_count++;
    }

    private static void Leave() => s_inside--;

    private static void Pass(GoMutex mutex)
    {
        mutex.Lock();
        Enter();
        Yield();
        Leave();
        mutex.Unlock();
    }

    private static void IsFree(GoMutex mutex) => That((mutex.IsLocked, mutex.Waiters, mutex.IsStarving) == (false, 0, false),
        $"locked {mutex.IsLocked}, {mutex.Waiters} waiters, starving {mutex.IsStarving}, and nobody is left");

    // Property: one at a time, all get their turn, and nothing is left in the word. Bad schedule: Unlock sees nobody; the waiter counts itself,
    // and sleeps. Or two see the mutex free.
    private static readonly Scenario s_mutex = Scenario("a mutex of two goroutines and a thread", procs: 2, () =>
    {
        Reset();
        var mutex = new GoMutex();
        var all = new WaitGroup();
        all.Go(() => Pass(mutex));
        all.Add(1);
        Thread("thread", () =>
        {
            Pass(mutex);
            all.Done();
        });
        Pass(mutex);
        all.Wait();
        That(s_count == 3, $"{s_count} turns");
        IsFree(mutex);
    });

    [Fact]
    public void Mutex_Normal_OneAtATimeAndEachItsTurn() => Holds(s_mutex);

    [Theory]
    [InlineData("GoMutex.TryLockFree CompareExchange _state")]
    [InlineData("GoMutex.Step CompareExchange _state #2")]
    [InlineData("GoMutex.UnlockSlow CompareExchange _state")]
    public void Mutex_Normal_FindsAWeakened(string site) => Finds(s_mutex, site);

    // Property: whoever loses after more than a millisecond is handed the mutex, in the order of arrival, while newcomers come; and the last one
    // ends it. Bad schedule: a newcomer counts itself as the owner takes itself off the count.
    private static readonly Scenario s_starving = Scenario("a mutex that somebody starves for", procs: 2, () =>
    {
        Reset();
        var mutex = new GoMutex();
        var all = new WaitGroup();
        all.Go(() => // the time of a plain thread is the system's
        {
            mutex.Lock();
            for (var i = 0; i < 2; i++)
                all.Go(() => Pass(mutex));
            Sleep(s_twoMs);
            mutex.Unlock();
            mutex.Lock(); // before the one who was woken: it starves then
            for (var i = 0; i < 2; i++)
            {
                all.Add(1);
                Thread("newcomer", () =>
                {
                    Pass(mutex);
                    all.Done();
                });
            }
            mutex.Unlock();
        });
        all.Wait();
        That(s_count == 4, $"{s_count} turns");
        IsFree(mutex);
    });

    [Fact]
    public void Mutex_Starving_IsHandedOver() => Holds(s_starving);

    [Fact]
    public void Mutex_Starving_FindsAWeakenedHandOver() => Finds(s_starving, "GoMutex.IsOwner Add _state");

    // Property: a token ends the wait or the mutex is had, not both, and the next one can lock. Bad schedule: the waiter that has left is woken in
    // place of the one behind it, who sleeps on.
    private static readonly Scenario s_mutexToken = Scenario("a mutex and a token", procs: 2, () =>
    {
        Reset();
        var mutex = new GoMutex();
        var all = new WaitGroup();
        var source = new CancellationTokenSource();
        mutex.Lock();
        all.Go(() =>
        {
            try
            {
                mutex.Lock(source.Token);
                Enter();
                Leave();
                mutex.Unlock();
            }
            catch (OperationCanceledException)
            {
                s_cancelled++;
            }
        });
        all.Go(() => Pass(mutex));
        all.Add(1);
        Thread("canceller", () =>
        {
            source.Cancel();
            all.Done();
        });
        mutex.Unlock();
        all.Wait();
        That(s_count + s_cancelled == 2, $"{s_count} turns, {s_cancelled} cancelled");
        IsFree(mutex);
    });

    [Fact]
    public void Mutex_TokenFires_LosesNoTurn() => Holds(s_mutexToken);

    [Fact]
    public void Mutex_TokenFires_FindsAWeakenedLock() => Finds(s_mutexToken, "RuntimeLock.Lock CompareExchange _locked");

    // Property: as above with a limit of time, which is over at any moment.
    private static readonly Scenario s_mutexTime = Scenario("a mutex and a limit of time", procs: 2, () =>
    {
        Reset();
        var mutex = new GoMutex();
        var all = new WaitGroup();
        mutex.Lock();
        all.Go(() =>
        {
            if (mutex.TryLock(s_twoMs))
            {
                Enter();
                Leave();
                mutex.Unlock();
            }
            else
            {
                s_cancelled++;
            }
        });
        all.Go(() => Pass(mutex));
        mutex.Unlock();
        all.Wait();
        That(s_count + s_cancelled == 2, $"{s_count} turns, {s_cancelled} too late");
        IsFree(mutex);
    }, timePasses: true);

    [Fact]
    public void Mutex_TimeIsUp_LosesNoTurn() => Holds(s_mutexTime);

    // Property: a writer is alone, readers are let in after it, and nothing is left. Bad schedule: a reader counts itself, sees the writer and
    // takes itself off as the writer looks whether readers are inside.
    private static readonly Scenario s_rw = Scenario("a reader-writer mutex", procs: 2, () =>
    {
        Reset();
        var rw = new GoRWMutex();
        var all = new WaitGroup();
        void Read()
        {
            rw.RLock();
            That(s_inside == 0, "a writer is inside");
            Yield();
            That(s_inside == 0, "a writer has come in");
            s_count++;
            rw.RUnlock();
        }
        void Write()
        {
            rw.Lock();
            Enter();
            Yield();
            Leave();
            rw.Unlock();
        }
        all.Go(Read);
        all.Go(Write);
        all.Add(1);
        Thread("reader", () =>
        {
            Read();
            all.Done();
        });
        Write();
        all.Wait();
        That(s_count == 4, $"{s_count} turns");
        That(rw.State == (0, false, false), $"{rw.State}, and nobody is left");
    });

    [Fact]
    public void RWMutex_ReadersAndWriters_ExcludeEachOther() => Holds(s_rw);

    [Theory]
    [InlineData("GoRWMutex.TryEnter Add _state")]
    [InlineData("GoRWMutex.LockStep Or _state")]
    [InlineData("GoRWMutex.Enter CompareExchange _state")]
    public void RWMutex_ReadersAndWriters_FindsAWeakened(string site) => Finds(s_rw, site);

    // Property: a writer who gives up lets in the readers that waited behind it.
    private static readonly Scenario s_rwToken = Scenario("a reader-writer mutex and a writer's token", procs: 2, () =>
    {
        Reset();
        var rw = new GoRWMutex();
        var all = new WaitGroup();
        var source = new CancellationTokenSource();
        rw.RLock();
        all.Go(() =>
        {
            try
            {
                rw.Lock(source.Token);
                Enter();
                Leave();
                rw.Unlock();
            }
            catch (OperationCanceledException)
            {
                s_cancelled++;
            }
        });
        all.Go(() =>
        {
            rw.RLock();
            s_count++;
            rw.RUnlock();
        });
        source.Cancel();
        rw.RUnlock();
        all.Wait();
        That(s_count + s_cancelled == 2, $"{s_count} turns, {s_cancelled} cancelled");
        That(rw.State == (0, false, false), $"{rw.State}, and nobody is left");
    });

    [Fact]
    public void RWMutex_WriterGivesUp_LetsReadersIn() => Holds(s_rwToken);

    // Property: never more than the size, and each who waits is served. Bad schedule: units come back as somebody queues.
    private static readonly Scenario s_semaphore = Scenario("a weighted semaphore", procs: 2, () =>
    {
        Reset();
        var semaphore = new GoSemaphore(2);
        var all = new WaitGroup();
        void Take(int n)
        {
            semaphore.Acquire(n);
            s_inside += n;
            That(s_inside <= 2, $"{s_inside} of 2 are taken");
            Yield();
            s_inside -= n;
            s_count++;
            semaphore.Release(n);
        }
        all.Go(() => Take(1));
        all.Go(() => Take(2));
        all.Add(1);
        Thread("thread", () =>
        {
            Take(1);
            all.Done();
        });
        all.Wait();
        That(s_count == 3 && semaphore.Available == 2, $"{s_count} turns, {semaphore.Available} left");
    });

    [Fact]
    public void Semaphore_ManyWishes_AreServedWithinTheSize() => Holds(s_semaphore);

    [Fact]
    public void Semaphore_ManyWishes_FindsAWeakenedLock() => Finds(s_semaphore, "RuntimeLock.Lock CompareExchange _locked");

    private static bool s_ready;

    // Property: a signal that is given after the state has changed reaches who waits for that state. Bad schedule: between the unlock and the
    // queuing, if they came in that order.
    private static readonly Scenario s_cond = Scenario("a condition", procs: 2, () =>
    {
        Reset();
        s_ready = false;
        var mutex = new GoMutex();
        var cond = new Cond(mutex);
        var all = new WaitGroup();
        for (var i = 0; i < 2; i++)
            all.Go(() =>
            {
                mutex.Lock();
                while (!s_ready)
                    cond.Wait();
                Enter();
                Leave();
                mutex.Unlock();
            });
        Thread("signaller", () =>
        {
            mutex.Lock();
            s_ready = true;
            mutex.Unlock();
            cond.Signal();
            cond.Signal();
        });
        all.Wait();
        That(s_count == 2 && cond.Waiters == 0, $"{s_count} went on, {cond.Waiters} wait");
        IsFree(mutex);
    });

    [Fact]
    public void Cond_SignalsAfterTheChange_WakeAllWhoWait() => Holds(s_cond);

    [Fact]
    public void Cond_SignalsAfterTheChange_FindsAWeakenedMutex() => Finds(s_cond, "GoMutex.TryLockFree CompareExchange _state");

    // Property: a wait ends by the counter or by its token; the counter and the other waiter are left as they should be. Bad schedule: the last
    // waiter takes its mark off the word as Done counts.
    private static readonly Scenario s_waitGroup = Scenario("a wait group and a token", procs: 2, () =>
    {
        Reset();
        var (wg, all) = (new WaitGroup(), new WaitGroup());
        var source = new CancellationTokenSource();
        wg.Add(2);
        all.Go(() =>
        {
            try
            {
                wg.Wait(source.Token);
                s_count++;
            }
            catch (OperationCanceledException)
            {
                s_cancelled++;
            }
        });
        Thread("canceller", source.Cancel);
        Go(wg.Done);
        wg.Done();
        wg.Wait();
        all.Wait();
        That(s_count + s_cancelled == 1, $"{s_count} released, {s_cancelled} cancelled");
    });

    [Fact]
    public void WaitGroup_TokenFires_LeavesTheCounter() => Holds(s_waitGroup);

    [Fact]
    public void WaitGroup_TokenFires_FindsAWeakenedWithdrawal() => Finds(s_waitGroup, "WaitGroup.Weft.Runtime.IBlocker.Withdraw And _state");

    // Property: once, and who comes second sees it done.
    private static readonly Scenario s_once = Scenario("once", procs: 2, () =>
    {
        Reset();
        var once = new Once();
        var all = new WaitGroup();
        void Do()
        {
            once.Do(() =>
            {
                Enter();
                Yield();
                Leave();
            });
            That(s_count == 1 && s_inside == 0, $"done {s_count} times, {s_inside} do it");
        }
        all.Go(Do);
        all.Add(1);
        Thread("thread", () =>
        {
            Do();
            all.Done();
        });
        Do();
        all.Wait();
    });

    [Fact]
    public void Once_SeveralCome_OneDoesItAndAllSeeIt() => Holds(s_once);

    [Fact]
    public void Once_SeveralCome_FindsAWeakenedMutex() => Finds(s_once, "GoMutex.TryLockFree CompareExchange _state");
}
