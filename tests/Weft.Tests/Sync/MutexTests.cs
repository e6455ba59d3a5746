// What a GoMutex does, for every two kinds of callers.

using System.Runtime.CompilerServices;

namespace Weft.Tests;

/// <summary>The suite; see the file head.</summary>
public abstract class MutexTests(Who first, Who second) : MixSuite(first, second)
{
    private static Task Lock(Who who, GoMutex mutex, CancellationToken token = default) =>
        By(who, () => mutex.Lock(token), async () => await mutex.LockAsync(token));

    private static Task LockBlocked(Who who, GoMutex mutex, CancellationToken token = default)
    {
        var before = mutex.Waiters;
        var task = Lock(who, mutex, token);
        Blocks(task, () => mutex.Waiters == before + 1, "Lock blocks");
        return task;
    }

    [Fact]
    public void Lock_Free_ReturnsAtOnce()
    {
        var mutex = new GoMutex();
        Bounded.Wait(Lock(First, mutex));
        Assert.True(mutex.IsLocked);
        mutex.Unlock();
        Bounded.Wait(Lock(Second, mutex));
        mutex.Unlock();
        Assert.False(mutex.IsLocked);
    }

    // Not bound to whoever locked it: the test's thread unlocks what others have locked.
    [Fact]
    public void Lock_Held_BlocksUntilUnlock()
    {
        var mutex = new GoMutex();
        Bounded.Wait(Lock(First, mutex));
        var second = LockBlocked(Second, mutex);
        mutex.Unlock();
        Bounded.Wait(second);
        Assert.True(mutex.IsLocked);
        mutex.Unlock();
        Assert.Equal((false, 0), (mutex.IsLocked, mutex.Waiters));
    }

    [Fact]
    public void Unlock_ManyWait_LetsThemInOneByOne()
    {
        var mutex = new GoMutex();
        mutex.Lock();
        var inside = 0;
        var tasks = new List<Task>();
        for (var i = 0; i < 6; i++)
        {
            var before = mutex.Waiters;
            tasks.Add(By(i % 2 == 0 ? First : Second,
                () => { mutex.Lock(); Interlocked.Increment(ref inside); },
                async () => { await mutex.LockAsync(); Interlocked.Increment(ref inside); }));
            Bounded.Until(() => mutex.Waiters == before + 1, "Lock blocks");
        }
        for (var i = 1; i <= 6; i++)
        {
            mutex.Unlock();
            Bounded.Until(() => Volatile.Read(ref inside) == i, "one is let in");
            Thread.Sleep(1);
            Assert.Equal(i, Volatile.Read(ref inside));
        }
        mutex.Unlock();
        Bounded.Wait(tasks);
    }

    [Fact]
    public void TryLock_Held_IsFalse()
    {
        var mutex = new GoMutex();
        Assert.True(mutex.TryLock());
        Assert.False(mutex.TryLock());
        var waiter = LockBlocked(First, mutex);
        Assert.False(mutex.TryLock());
        mutex.Unlock();
        Bounded.Wait(waiter);
        Assert.False(mutex.TryLock());
        mutex.Unlock();
        Assert.True(mutex.TryLock());
        mutex.Unlock();
    }

    [Fact]
    public void Lock_TokenIsCancelledAlready_ThrowsThoughFree()
    {
        var mutex = new GoMutex();
        var token = new CancellationToken(canceled: true);
        IsCanceled(Lock(First, mutex, token), token);
        IsCanceled(Lock(Second, mutex, token), token);
        Assert.False(mutex.IsLocked);
    }

    [Fact]
    public void Lock_TokenIsCancelledWhileWaiting_ThrowsAndLeavesNothing()
    {
        var mutex = new GoMutex();
        using var source = new CancellationTokenSource();
        mutex.Lock();
        var cancelled = LockBlocked(First, mutex, source.Token);
        var stays = LockBlocked(Second, mutex);
        source.Cancel();
        IsCanceled(cancelled, source.Token);
        Assert.False(stays.IsCompleted);
        mutex.Unlock();
        Bounded.Wait(stays);
        mutex.Unlock();
        Assert.Equal((false, 0), (mutex.IsLocked, mutex.Waiters));
        Assert.True(mutex.TryLock());
    }

    // Those who left are still counted in the state word. Unlock must get past any number of them.
    [Theory, InlineData(false), InlineData(true)]
    public void Unlock_AllWaitersWereCancelled_LeavesTheMutexFree(bool starving)
    {
        var mutex = new GoMutex();
        using var source = new CancellationTokenSource();
        mutex.Lock();
        var tasks = Enumerable.Range(0, 5).Select(i => LockBlocked(i % 2 == 0 ? First : Second, mutex, source.Token)).ToList();
        if (starving)
            Starve(mutex);
        source.Cancel();
        foreach (var task in tasks)
            IsCanceled(task, source.Token);
        mutex.Unlock();
        Assert.Equal((false, 0, false), (mutex.IsLocked, mutex.Waiters, mutex.IsStarving));
        Bounded.Wait(Lock(First, mutex));
        mutex.Unlock();
    }

    // As a waiter does that has been waiting for a millisecond and loses: that one would have to be made to lose.
    private static void Starve(GoMutex mutex)
    {
        Interlocked.Or(ref State(mutex), 4);
        Assert.True(mutex.IsStarving);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_state")]
    private static extern ref int State(GoMutex mutex);

    // Starving: Unlock hands over in the order of arrival, newcomers do not get in between, and the last who waits ends it.
    [Fact]
    public void Unlock_Starving_HandsOverInOrder()
    {
        var mutex = new GoMutex();
        mutex.Lock();
        var tasks = Enumerable.Range(0, 6).Select(i => LockBlocked(i % 2 == 0 ? First : Second, mutex)).ToList();
        Starve(mutex);
        for (var i = 0; i < 6; i++)
        {
            Assert.False(mutex.TryLock());
            mutex.Unlock();
            Assert.False(mutex.TryLock()); // also before the new owner has come
            Bounded.Wait(tasks[i]);
            Assert.Equal(5 - i, mutex.Waiters);
            if (mutex.Waiters > 0)
                Starve(mutex); // who has not waited for long turns it off
        }
        mutex.Unlock();
        Assert.False(mutex.IsLocked || mutex.IsStarving);
    }

    [Fact]
    public void EnterScope_LeavesAtTheEnd()
    {
        var mutex = new GoMutex();
        foreach (var who in new[] { First, Second })
        {
            mutex.Lock();
            var before = mutex.Waiters;
            var task = By(who,
                () =>
                {
                    using (mutex.EnterScope())
                        Assert.True(mutex.IsLocked);
                },
                async () =>
                {
                    using (await mutex.LockAsync())
                        Assert.True(mutex.IsLocked);
                });
            Blocks(task, () => mutex.Waiters == before + 1, "EnterScope blocks");
            mutex.Unlock();
            Bounded.Wait(task);
            Assert.False(mutex.IsLocked);
        }
    }

    // Property: one at a time, whoever they are; the sum of unsynchronised increments is exact.
    [Theory, InlineData(1), InlineData(2), InlineData(8)]
    public void Stress_ManyCallers_ExcludeEachOther(int procs)
    {
        using var _ = new Procs(procs);
        var mutex = new GoMutex();
        var (count, inside) = (0, 0);
        const int Callers = 8, Rounds = 1000;
        Bounded.Wait(Many(Callers,
            () =>
            {
                for (var i = 0; i < Rounds; i++)
                {
                    if (i % 3 == 0)
                        while (!mutex.TryLock())
                            Yield();
                    else
                        mutex.Lock();
                    Enter();
                    mutex.Unlock();
                }
            },
            async () =>
            {
                for (var i = 0; i < Rounds; i++)
                    using (await mutex.LockAsync())
                        Enter();
            }));
        Assert.Equal((Callers * Rounds, false, 0), (count, mutex.IsLocked, mutex.Waiters));

        void Enter()
        {
            Assert.Equal(1, Interlocked.Increment(ref inside));
            count++;
            Interlocked.Decrement(ref inside);
        }
    }

    // Property: as above, while tokens fire at any moment: a wait ends by its waker or its token, and no turn is lost.
    [Theory, InlineData(1), InlineData(2)]
    public void Stress_TokensFire_LoseNoTurn(int procs)
    {
        using var _ = new Procs(procs);
        var mutex = new GoMutex();
        int count = 0, locked = 0, cancelled = 0;
        const int Callers = 8, Rounds = 300;
        Bounded.Wait(Many(Callers,
            () =>
            {
                for (var i = 0; i < Rounds; i++)
                {
                    var source = Source(i);
                    try
                    {
                        mutex.Lock(source.Token);
                    }
                    catch (OperationCanceledException)
                    {
                        Interlocked.Increment(ref cancelled);
                        continue;
                    }
                    Enter(i);
                }
            },
            async () =>
            {
                for (var i = 0; i < Rounds; i++)
                {
                    var source = Source(i);
                    try
                    {
                        await mutex.LockAsync(source.Token);
                    }
                    catch (OperationCanceledException)
                    {
                        Interlocked.Increment(ref cancelled);
                        continue;
                    }
                    Enter(i);
                }
            }));
        Assert.Equal(Callers * Rounds, locked + cancelled);
        Assert.Equal(locked, count);
        Assert.Equal((false, 0), (mutex.IsLocked, mutex.Waiters));

        static CancellationTokenSource Source(int i)
        {
            var source = new CancellationTokenSource();
            Task.Run(() =>
            {
                Thread.SpinWait(i % 10 * 100);
                source.Cancel();
            });
            return source;
        }

        void Enter(int i)
        {
            count++;
            Interlocked.Increment(ref locked);
            Thread.SpinWait(i % 7 * 20);
            mutex.Unlock();
        }
    }
}

public sealed class MutexByGoroutinesTests() : MutexTests(Who.Goroutine, Who.Goroutine);

public sealed class MutexByThreadsTests() : MutexTests(Who.Thread, Who.Thread);

public sealed class MutexByAsyncTests() : MutexTests(Who.Async, Who.Async);

public sealed class MutexByGoroutinesAndThreadsTests() : MutexTests(Who.Goroutine, Who.Thread);

public sealed class MutexByGoroutinesAndAsyncTests() : MutexTests(Who.Goroutine, Who.Async);

public sealed class MutexByThreadsAndAsyncTests() : MutexTests(Who.Thread, Who.Async);
