// What needs no suite of its own, by goroutines, plain threads and async callers, and by every two of them: Once, ErrGroup, timers, and the
// locks with a limit of time.

namespace Weft.Tests;

/// <summary>See the file head.</summary>
public sealed class CallersTests
{
    public static TheoryData<Who, Who> Pairs
    {
        get
        {
            var pairs = new TheoryData<Who, Who>();
            foreach (var first in Enum.GetValues<Who>())
                foreach (var second in Enum.GetValues<Who>())
                    pairs.Add(first, second);
            return pairs;
        }
    }

    private static TimeSpan Ms(int ms) => TimeSpan.FromMilliseconds(ms);

    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(1), s_short = TimeSpan.FromMilliseconds(3);

    private static Task By(Who who, Action body, Func<Task>? asyncBody = null) => MixSuite.By(who, body, asyncBody ?? (() =>
    {
        body();
        return Task.CompletedTask;
    }));

    // Property: who comes second waits until the first has done it, and sees what it has done.
    [Theory, MemberData(nameof(Pairs))]
    public void Once_TheSecondComesMeanwhile_Waits(Who first, Who second)
    {
        var once = new Once();
        var (begun, go) = (new TaskCompletionSource(), new Chan<int>());
        var (done, times) = (0, 0);
        var one = By(first, () => once.Do(() =>
        {
            times++;
            begun.SetResult();
            go.Receive();
            done = 1;
        }));
        Bounded.Wait(begun.Task);
        var other = By(second, () =>
        {
            once.Do(() => times++);
            Assert.Equal(1, done);
        });
        Thread.Sleep(2);
        Assert.False(other.IsCompleted);
        go.Close();
        Bounded.Wait([one, other]);
        Assert.Equal(1, times);
    }

    // Property: the group's end is told to whoever waits, with the first error; its token is cancelled.
    [Theory, MemberData(nameof(Pairs))]
    public void ErrGroup_FillsAndWaits_EndsWithTheFirstError(Who first, Who second)
    {
        var group = new ErrGroup(limit: 2);
        var gate = new Chan<int>();
        var ran = 0;
        var filled = By(first, () =>
        {
            for (var i = 0; i < 5; i++) // the third waits for the limit
            {
                var mine = i;
                group.Go(() =>
                {
                    gate.Receive();
                    Interlocked.Increment(ref ran);
                    if (mine == 4)
                        throw new FormatException();
                });
            }
        });
        Bounded.Until(() => Waiters.Of(gate) == 2, "two have begun");
        Assert.False(filled.IsCompleted);
        gate.Close();
        Bounded.Wait(filled);
        var waits = By(second, group.Wait, group.WaitAsync);
        Assert.Throws<FormatException>(() => Bounded.Wait(waits));
        Assert.Equal((5, true), (ran, group.Token.IsCancellationRequested));
    }

    // Property: a timer's value goes to one of those who wait, a ticker's next to the other; a stopped one wakes nobody.
    [Theory, MemberData(nameof(Pairs))]
    public void Timers_TwoWait_EachTickWakesOne(Who first, Who second)
    {
        var time = new FakeTime();
        using var ticker = new Ticker(Ms(10), time);
        using var stopped = new GoTimer(Ms(5), time);
        Assert.True(stopped.Stop());
        var ticks = new List<DateTimeOffset>();
        Task Receive(Who who) => By(who, () => Add(ticker.C.Receive()), async () => Add(await ticker.C.ReceiveAsync()));
        void Add(DateTimeOffset tick)
        {
            lock (ticks)
                ticks.Add(tick);
        }
        var one = Receive(first);
        Bounded.Until(() => Waiters.Of(ticker.C) == 1, "it waits");
        var other = Receive(second);
        Bounded.Until(() => Waiters.Of(ticker.C) == 2, "both wait");
        time.Advance(Ms(9));
        Assert.False(one.IsCompleted || other.IsCompleted);
        time.Advance(Ms(1));
        Bounded.Wait(one);
        Assert.False(other.IsCompleted);
        time.Advance(Ms(10));
        Bounded.Wait(other);
        Assert.Equal(Ms(10), ticks[1] - ticks[0]);
        Assert.False(stopped.C.TryReceive(out _));
    }

    // Property: a wait that ends by its time leaves nothing behind, and one that is in time has the lock.
    [Theory, MemberData(nameof(Pairs))]
    public void TryLock_WithALimit_IsInTimeOrLeavesNothing(Who first, Who second)
    {
        var mutex = new GoMutex();
        Limited(first, second, mutex.Lock, mutex.Unlock, mutex.TryLock, mutex.TryLockAsync, () => mutex.Waiters > 0);
        // One who gave up is counted until an Unlock comes by it.
        Assert.Equal((false, 0), (mutex.IsLocked, mutex.Waiters));
    }

    [Theory, MemberData(nameof(Pairs))]
    public void TryLock_OfARWMutexWithALimit_IsInTimeOrLeavesNothing(Who first, Who second)
    {
        var rw = new GoRWMutex();
        Limited(first, second, rw.Lock, rw.Unlock, rw.TryLock, rw.TryLockAsync, null);
        Limited(first, second, rw.RLock, rw.RUnlock, rw.TryLock, rw.TryLockAsync, () => rw.State.Writer, rw.Unlock);
        Assert.Equal((0, false, false), rw.State);
    }

    [Theory, MemberData(nameof(Pairs))]
    public void TryRLock_WithALimit_IsInTimeOrLeavesNothing(Who first, Who second)
    {
        var rw = new GoRWMutex();
        Limited(first, second, rw.Lock, rw.Unlock, rw.TryRLock, rw.TryRLockAsync, () => rw.State.Queued, rw.RUnlock);
        Assert.Equal((0, false, false), rw.State);
    }

    // A writer who gives up lets in the readers that waited behind it.
    [Theory, MemberData(nameof(Pairs))]
    public void TryLock_OfARWMutexGivesUp_ReadersGoOn(Who first, Who second)
    {
        var rw = new GoRWMutex();
        rw.RLock();
        var locked = true;
        var writer = By(first, () => locked = rw.TryLock(Ms(30)), async () => locked = await rw.TryLockAsync(Ms(30)));
        Bounded.Until(() => rw.State.Writer || writer.IsCompleted, "the writer waits");
        var reader = By(second, rw.RLock, async () => await rw.RLockAsync());
        Bounded.Wait([writer, reader]);
        Assert.False(locked);
        rw.RUnlock();
        rw.RUnlock();
        Assert.Equal((0, false, false), rw.State);
    }

    [Theory, MemberData(nameof(Pairs))]
    public void TryAcquire_WithALimit_IsInTimeOrLeavesNothing(Who first, Who second)
    {
        var s = new GoSemaphore(2);
        Limited(first, second, () => s.Acquire(2), () => s.Release(2), (d, t) => s.TryAcquire(2, d, t), (d, t) => s.TryAcquireAsync(2, d, t), () => s.HasWaiters);
        Limited(first, second, () => s.Acquire(2), () => s.Release(2), (d, t) => s.TryAcquire(d, t), (d, t) => s.TryAcquireAsync(1, d, t), () => s.HasWaiters, () => s.Release());
        Assert.Equal((2L, false), (s.Available, s.HasWaiters));
        Assert.Throws<ArgumentOutOfRangeException>(() => s.TryAcquire(3, s_long));
    }

    private static void Limited(Who first, Who second, Action take, Action release, Func<TimeSpan, CancellationToken, bool> attempt,
        Func<TimeSpan, CancellationToken, ValueTask<bool>> attemptAsync, Func<bool>? isQueued, Action? releaseTaken = null)
    {
        releaseTaken ??= release;
        Task<bool> Try(Who who, TimeSpan timeout, CancellationToken token = default)
        {
            var result = new TaskCompletionSource<bool>();
            var task = By(who, () => result.SetResult(attempt(timeout, token)), async () => result.SetResult(await attemptAsync(timeout, token)));
            return After(task, result.Task);
        }
        static async Task<bool> After(Task task, Task<bool> result)
        {
            await task;
            return await result;
        }
        bool Result(Task<bool> task)
        {
            Bounded.Wait(task);
            return task.Result;
        }
        // Free: whatever the time.
        foreach (var timeout in new[] { TimeSpan.Zero, s_long, Timeout.InfiniteTimeSpan })
        {
            Assert.True(Result(Try(first, timeout)));
            releaseTaken();
        }
        take();
        Assert.False(Result(Try(first, TimeSpan.Zero)));
        Assert.False(Result(Try(second, s_short)));
        // One's time is up while the other waits on.
        var stays = Try(first, s_long);
        if (isQueued is not null)
            Bounded.Until(isQueued, "it waits");
        Assert.False(Result(Try(second, s_short)));
        Assert.False(stays.IsCompleted);
        release();
        Assert.True(Result(stays));
        releaseTaken();
        // A token instead, and a time that is no time.
        take();
        using var source = new CancellationTokenSource();
        var cancelled = Try(second, Timeout.InfiniteTimeSpan, source.Token);
        Thread.Sleep(2);
        source.Cancel();
        Assert.Equal(source.Token, Assert.ThrowsAny<OperationCanceledException>(() => Bounded.Wait(cancelled)).CancellationToken);
        Assert.ThrowsAny<OperationCanceledException>(() => Bounded.Wait(Try(first, s_long, source.Token)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Bounded.Wait(Try(first, Ms(-2))));
        release();
        Assert.True(Result(Try(second, s_long)));
        releaseTaken();
    }

    // Bad schedule: the time is up as the lock comes, or between two queuings of one wait. Property: no turn is lost, whoever gives up.
    [Theory, InlineData(1), InlineData(4)]
    public void TryLock_TimesAreUpAtAnyMoment_LoseNoTurn(int procs)
    {
        using var _ = new Procs(procs);
        var mutex = new GoMutex();
        const int Callers = 9, Rounds = 200;
        int count = 0, locked = 0, late = 0;
        Bounded.Wait([.. Enumerable.Range(0, Callers).Select(c => By((Who)(c % 3),
            () =>
            {
                for (var i = 0; i < Rounds; i++)
                    After(mutex.TryLock(TimeSpan.FromMicroseconds(1 + i % 50)), i);
            },
            async () =>
            {
                for (var i = 0; i < Rounds; i++)
                    After(await mutex.TryLockAsync(TimeSpan.FromMicroseconds(1 + i % 50)), i);
            }))], 60);
        Assert.Equal(Callers * Rounds, locked + late);
        Assert.Equal(locked, count);
        Assert.Equal((false, 0), (mutex.IsLocked, mutex.Waiters));

        void After(bool has, int i)
        {
            if (!has)
            {
                Interlocked.Increment(ref late);
                return;
            }
            count++;
            Interlocked.Increment(ref locked);
            Thread.SpinWait(i % 7 * 20);
            mutex.Unlock();
        }
    }
}
