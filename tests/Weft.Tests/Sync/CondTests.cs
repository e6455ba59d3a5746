// What a Cond does, for every two kinds of callers.

namespace Weft.Tests;

/// <summary>The suite; see the file head.</summary>
public abstract class CondTests(Who first, Who second) : MixSuite(first, second)
{
    /// <summary>Locks, waits, notes that it was woken, and unlocks.</summary>
    private static Task Wait(Who who, Cond cond, Action woken, CancellationToken token = default)
    {
        var mutex = (GoMutex)cond.L;
        var before = cond.Waiters;
        var task = By(who,
            () =>
            {
                mutex.Lock();
                try
                {
                    cond.Wait(token);
                    woken();
                }
                finally
                {
                    Assert.True(mutex.IsLocked);
                    mutex.Unlock();
                }
            },
            async () =>
            {
                await mutex.LockAsync();
                try
                {
                    await cond.WaitAsync(token);
                    woken();
                }
                finally
                {
                    Assert.True(mutex.IsLocked);
                    mutex.Unlock();
                }
            });
        Bounded.Until(() => cond.Waiters == before + 1, "Wait blocks");
        return task;
    }

    [Fact]
    public void Signal_ManyWait_WakesTheOldestOnly()
    {
        var cond = new Cond(new GoMutex());
        var order = new List<int>();
        var tasks = Enumerable.Range(0, 6).Select(i => Wait(i % 2 == 0 ? First : Second, cond, () => order.Add(i))).ToList();
        for (var i = 0; i < 6; i++)
        {
            cond.Signal();
            Bounded.Wait(tasks[i]);
            Assert.Equal(5 - i, cond.Waiters);
        }
        Assert.Equal(Enumerable.Range(0, 6), order);
    }

    [Fact]
    public void Broadcast_ManyWait_WakesAll()
    {
        var cond = new Cond(new GoMutex());
        var count = 0;
        var tasks = Enumerable.Range(0, 10).Select(i => Wait(i % 2 == 0 ? First : Second, cond, () => count++)).ToList();
        cond.Broadcast();
        Bounded.Wait(tasks);
        Assert.Equal((10, 0), (count, cond.Waiters));
    }

    [Fact]
    public void Signal_NobodyWaits_IsLost()
    {
        var cond = new Cond(new GoMutex());
        cond.Signal();
        cond.Broadcast();
        var waiter = Wait(First, cond, () => { });
        Thread.Sleep(2);
        Assert.False(waiter.IsCompleted);
        cond.Signal();
        Bounded.Wait(waiter);
    }

    [Fact]
    public void Wait_TokenIsCancelled_ThrowsWithTheLockHeld()
    {
        var mutex = new GoMutex();
        var cond = new Cond(mutex);
        using var source = new CancellationTokenSource();
        var cancelled = Wait(First, cond, () => Assert.Fail("woken"), source.Token);
        var stays = Wait(Second, cond, () => { });
        // It must get the lock back before it can throw.
        mutex.Lock();
        source.Cancel();
        Bounded.Until(() => mutex.Waiters == 1, "the canceled one waits for the lock");
        Assert.False(cancelled.IsCompleted);
        mutex.Unlock();
        IsCanceled(cancelled, source.Token);
        Assert.Equal(1, cond.Waiters);
        cond.Signal();
        Bounded.Wait(stays);
        Assert.False(mutex.IsLocked);
    }

    [Fact]
    public void Wait_LockIsNotHeld_ThrowsAndDoesNotWait()
    {
        var cond = new Cond(new GoMutex());
        foreach (var who in new[] { First, Second })
        {
            var e = Assert.Throws<InvalidOperationException>(() => Bounded.Wait(By(who, cond.Wait, async () => await cond.WaitAsync())));
            Assert.Contains("unlock of unlocked mutex", e.Message);
            Assert.Equal(0, cond.Waiters);
        }
    }

    [Fact]
    public void Wait_OverAReadWriteLock_LocksForWritingAgain()
    {
        var rw = new GoRWMutex();
        var cond = new Cond(rw);
        rw.Lock();
        var waiter = By(First,
            () => { rw.Lock(); cond.Wait(); },
            async () => { await rw.LockAsync(); await cond.WaitAsync(); });
        rw.Unlock();
        Bounded.Until(() => cond.Waiters == 1, "Wait blocks");
        Bounded.Wait(By(Second, () => rw.RLock(), async () => await rw.RLockAsync()));
        cond.Signal();
        Blocks(waiter, () => rw.State.Writer, "it waits for the reader");
        rw.RUnlock();
        Bounded.Wait(waiter);
        rw.Unlock();
        Assert.Equal((0, false, false), rw.State);
    }

    // Property: a bounded buffer over two conditions neither loses nor doubles a value.
    [Theory, InlineData(1), InlineData(2), InlineData(8)]
    public void Stress_BoundedBuffer_LosesNothing(int procs)
    {
        using var _ = new Procs(procs);
        var mutex = new GoMutex();
        Cond notFull = new(mutex), notEmpty = new(mutex);
        var buffer = new Queue<int>();
        const int Producers = 3, Each = 500;
        long sum = 0;
        var producers = Enumerable.Range(0, Producers).Select(_ => By(First,
            () =>
            {
                for (var i = 1; i <= Each; i++)
                {
                    mutex.Lock();
                    while (buffer.Count == 2)
                        notFull.Wait();
                    buffer.Enqueue(i);
                    notEmpty.Signal();
                    mutex.Unlock();
                }
            },
            async () =>
            {
                for (var i = 1; i <= Each; i++)
                {
                    await mutex.LockAsync();
                    while (buffer.Count == 2)
                        await notFull.WaitAsync();
                    buffer.Enqueue(i);
                    notEmpty.Signal();
                    mutex.Unlock();
                }
            })).ToList();
        var consumers = Enumerable.Range(0, Producers).Select(_ => By(Second,
            () =>
            {
                for (var i = 1; i <= Each; i++)
                {
                    mutex.Lock();
                    while (buffer.Count == 0)
                        notEmpty.Wait();
                    sum += buffer.Dequeue();
                    notFull.Signal();
                    mutex.Unlock();
                }
            },
            async () =>
            {
                for (var i = 1; i <= Each; i++)
                {
                    await mutex.LockAsync();
                    while (buffer.Count == 0)
                        await notEmpty.WaitAsync();
                    sum += buffer.Dequeue();
                    notFull.Signal();
                    mutex.Unlock();
                }
            })).ToList();
        Bounded.Wait(producers.Concat(consumers));
        Assert.Equal((Producers * (Each * (Each + 1L) / 2), 0), (sum, buffer.Count));
    }
}

public sealed class CondByGoroutinesTests() : CondTests(Who.Goroutine, Who.Goroutine);

public sealed class CondByThreadsTests() : CondTests(Who.Thread, Who.Thread);

public sealed class CondByAsyncTests() : CondTests(Who.Async, Who.Async);

public sealed class CondByGoroutinesAndThreadsTests() : CondTests(Who.Goroutine, Who.Thread);

public sealed class CondByGoroutinesAndAsyncTests() : CondTests(Who.Goroutine, Who.Async);

public sealed class CondByThreadsAndAsyncTests() : CondTests(Who.Thread, Who.Async);
