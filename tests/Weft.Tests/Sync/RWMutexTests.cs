// What a GoRWMutex does, for every two kinds of callers.

namespace Weft.Tests;

/// <summary>The suite; see the file head.</summary>
public abstract class RWMutexTests(Who first, Who second) : MixSuite(first, second)
{
    private static Task Lock(Who who, GoRWMutex rw, CancellationToken token = default) =>
        By(who, () => rw.Lock(token), async () => await rw.LockAsync(token));

    private static Task RLock(Who who, GoRWMutex rw, CancellationToken token = default) =>
        By(who, () => rw.RLock(token), async () => await rw.RLockAsync(token));

    private static readonly (int, bool, bool) Free = (0, false, false);

    [Fact]
    public void RLock_NoWriter_ReadersAreInsideTogether()
    {
        var rw = new GoRWMutex();
        Bounded.Wait(RLock(First, rw));
        Bounded.Wait(RLock(Second, rw));
        Assert.Equal((2, false, false), rw.State);
        rw.RUnlock();
        rw.RUnlock();
        Assert.Equal(Free, rw.State);
    }

    [Fact]
    public void Lock_ReaderInside_WaitsForIt()
    {
        var rw = new GoRWMutex();
        Bounded.Wait(RLock(First, rw));
        Bounded.Wait(RLock(First, rw));
        var writer = Lock(Second, rw);
        Blocks(writer, () => rw.State.Writer, "a writer waits");
        rw.RUnlock();
        Blocks(writer, () => rw.State.Readers == 1, "one reader is left");
        rw.RUnlock();
        Bounded.Wait(writer);
        rw.Unlock();
        Assert.Equal(Free, rw.State);
    }

    // Writer preference: who comes after a waiting writer waits behind it.
    [Fact]
    public void RLock_WriterWaits_WaitsBehindIt()
    {
        var rw = new GoRWMutex();
        rw.RLock();
        var writer = Lock(First, rw);
        Bounded.Until(() => rw.State.Writer, "a writer waits");
        Assert.False(rw.TryRLock());
        var readers = new[] { RLock(Second, rw), RLock(First, rw) };
        Bounded.Until(() => rw.State.Queued, "readers wait");
        Thread.Sleep(2);
        Assert.DoesNotContain(readers, r => r.IsCompleted);
        rw.RUnlock();
        Bounded.Wait(writer);
        Thread.Sleep(2);
        Assert.DoesNotContain(readers, r => r.IsCompleted);
        rw.Unlock();
        Bounded.Wait(readers);
        Assert.Equal((2, false, false), rw.State);
    }

    // Readers and writers alternate: of a reader and a writer that both wait for a writer, the reader is first.
    [Fact]
    public void Unlock_ReadersAndAWriterWait_LetsTheReadersInFirst()
    {
        var rw = new GoRWMutex();
        rw.Lock();
        var writer = Lock(First, rw);
        Thread.Sleep(5);
        var reader = RLock(Second, rw);
        Bounded.Until(() => rw.State.Queued, "the reader waits");
        rw.Unlock();
        Bounded.Wait(reader);
        Blocks(writer, () => rw.State.Writer, "the writer waits");
        rw.RUnlock();
        Bounded.Wait(writer);
        rw.Unlock();
    }

    [Fact]
    public void Lock_TokenIsCancelled_LetsWaitingReadersGoOn()
    {
        var rw = new GoRWMutex();
        using var source = new CancellationTokenSource();
        rw.RLock();
        var writer = Lock(First, rw, source.Token);
        Bounded.Until(() => rw.State.Writer, "a writer waits");
        var reader = RLock(Second, rw);
        Bounded.Until(() => rw.State.Queued, "a reader waits");
        source.Cancel();
        IsCanceled(writer, source.Token);
        Bounded.Wait(reader);
        Assert.Equal((2, false, false), rw.State);
        rw.RUnlock();
        rw.RUnlock();
        Assert.True(rw.TryLock());
    }

    [Fact]
    public void RLock_TokenIsCancelled_LeavesNothing()
    {
        var rw = new GoRWMutex();
        using var source = new CancellationTokenSource();
        rw.Lock();
        var reader = RLock(First, rw, source.Token);
        Blocks(reader, () => rw.State.Queued, "a reader waits");
        source.Cancel();
        IsCanceled(reader, source.Token);
        Assert.Equal((0, true, false), rw.State);
        var next = RLock(Second, rw);
        Bounded.Until(() => rw.State.Queued, "a reader waits");
        rw.Unlock();
        Bounded.Wait(next);
        Assert.Equal((1, false, false), rw.State);
    }

    [Fact]
    public void Scopes_LeaveAtTheEnd()
    {
        var rw = new GoRWMutex();
        foreach (var who in new[] { First, Second })
        {
            rw.Lock();
            var reader = By(who,
                () =>
                {
                    using (rw.EnterReadScope())
                        Assert.Equal(1, rw.State.Readers);
                },
                async () =>
                {
                    using (await rw.RLockAsync())
                        Assert.Equal(1, rw.State.Readers);
                });
            Bounded.Until(() => rw.State.Queued, "the reader waits");
            rw.Unlock();
            Bounded.Wait(reader);
            rw.RLock();
            var writer = By(who,
                () =>
                {
                    using (rw.EnterScope())
                        Assert.True(rw.State.Writer);
                },
                async () =>
                {
                    using (await rw.LockAsync())
                        Assert.True(rw.State.Writer);
                });
            Bounded.Until(() => rw.State.Writer, "the writer waits");
            rw.RUnlock();
            Bounded.Wait(writer);
            Assert.Equal(Free, rw.State);
        }
    }

    // Property: writers exclude everybody, readers only writers; with tokens that fire in between, nobody is lost.
    [Theory, InlineData(1), InlineData(2), InlineData(8)]
    public void Stress_ReadersAndWriters_ExcludeAsTheyShould(int procs)
    {
        using var _ = new Procs(procs);
        var rw = new GoRWMutex();
        var activity = 0; // as in Go's test: readers count 1, a writer 10000
        var written = 0;
        const int Callers = 8, Rounds = 600;
        var number = 0;
        Bounded.Wait(Many(Callers,
            () =>
            {
                var writes = Interlocked.Increment(ref number) % 4 == 0;
                for (var i = 0; i < Rounds; i++)
                {
                    var source = i % 5 == 0 ? new CancellationTokenSource() : null;
                    if (source is not null)
                        ThreadPool.UnsafeQueueUserWorkItem(s => s.Cancel(), source, preferLocal: false);
                    try
                    {
                        if (writes)
                            rw.Lock(source?.Token ?? default);
                        else
                            rw.RLock(source?.Token ?? default);
                    }
                    catch (OperationCanceledException)
                    {
                        continue;
                    }
                    Inside(writes, i);
                }
            },
            async () =>
            {
                var writes = Interlocked.Increment(ref number) % 4 == 0;
                for (var i = 0; i < Rounds; i++)
                {
                    var source = i % 5 == 0 ? new CancellationTokenSource() : null;
                    if (source is not null)
                        ThreadPool.UnsafeQueueUserWorkItem(s => s.Cancel(), source, preferLocal: false);
                    try
                    {
                        await (writes ? rw.LockAsync(source?.Token ?? default) : rw.RLockAsync(source?.Token ?? default));
                    }
                    catch (OperationCanceledException)
                    {
                        continue;
                    }
                    Inside(writes, i);
                }
            }));
        Assert.Equal(Free, rw.State);
        Assert.True(rw.TryLock());

        void Inside(bool writes, int i)
        {
            if (writes)
            {
                Assert.Equal(10_000, Interlocked.Add(ref activity, 10_000));
                written++;
                Thread.SpinWait(i % 5 * 20);
                Interlocked.Add(ref activity, -10_000);
                rw.Unlock();
            }
            else
            {
                Assert.InRange(Interlocked.Increment(ref activity), 1, 9_999);
                Thread.SpinWait(i % 5 * 20);
                Interlocked.Decrement(ref activity);
                rw.RUnlock();
            }
        }
    }
}

public sealed class RWMutexByGoroutinesTests() : RWMutexTests(Who.Goroutine, Who.Goroutine);

public sealed class RWMutexByThreadsTests() : RWMutexTests(Who.Thread, Who.Thread);

public sealed class RWMutexByAsyncTests() : RWMutexTests(Who.Async, Who.Async);

public sealed class RWMutexByGoroutinesAndThreadsTests() : RWMutexTests(Who.Goroutine, Who.Thread);

public sealed class RWMutexByGoroutinesAndAsyncTests() : RWMutexTests(Who.Goroutine, Who.Async);

public sealed class RWMutexByThreadsAndAsyncTests() : RWMutexTests(Who.Thread, Who.Async);
