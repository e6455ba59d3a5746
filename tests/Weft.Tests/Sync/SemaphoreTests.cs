// What a GoSemaphore does, for every two kinds of callers.

namespace Weft.Tests;

/// <summary>The suite; see the file head.</summary>
public abstract class GoSemaphoreTests(Who first, Who second) : MixSuite(first, second)
{
    private static Task Acquire(Who who, GoSemaphore semaphore, long n = 1, CancellationToken token = default) =>
        By(who, () => semaphore.Acquire(n, token), async () => await semaphore.AcquireAsync(n, token));

    [Fact]
    public void Acquire_UnitsAreThere_ReturnsAtOnce()
    {
        var semaphore = new GoSemaphore(3);
        Bounded.Wait(Acquire(First, semaphore));
        Bounded.Wait(Acquire(Second, semaphore, 2));
        Assert.Equal(0, semaphore.Available);
        Assert.False(semaphore.TryAcquire());
        Assert.True(semaphore.TryAcquire(0));
        semaphore.Release(3);
        Assert.True(semaphore.TryAcquire(3));
    }

    // A large wish is not overtaken by small ones, though these could be met.
    [Fact]
    public void Release_ServesInOrder_LargeWishesToo()
    {
        var semaphore = new GoSemaphore(3);
        semaphore.Acquire(3);
        var large = Acquire(First, semaphore, 3);
        Bounded.Until(() => semaphore.HasWaiters, "the large one waits");
        var small = Acquire(Second, semaphore, 1);
        Thread.Sleep(5);
        semaphore.Release(2);
        Thread.Sleep(2);
        Assert.False(large.IsCompleted || small.IsCompleted);
        Assert.False(semaphore.TryAcquire());
        semaphore.Release(1);
        Bounded.Wait(large);
        Thread.Sleep(2);
        Assert.False(small.IsCompleted);
        semaphore.Release(3);
        Bounded.Wait(small);
        Assert.Equal(2, semaphore.Available);
    }

    // Whoever stood in the way of others leaves: they are served at once.
    [Fact]
    public void Acquire_TokenOfTheFirstIsCancelled_ServesThoseBehindIt()
    {
        var semaphore = new GoSemaphore(3);
        semaphore.Acquire(2);
        using var source = new CancellationTokenSource();
        var large = Acquire(First, semaphore, 3, source.Token);
        Bounded.Until(() => semaphore.HasWaiters, "the large one waits");
        var small = Acquire(Second, semaphore, 1);
        Thread.Sleep(5);
        Assert.False(small.IsCompleted);
        source.Cancel();
        IsCanceled(large, source.Token);
        Bounded.Wait(small);
        Assert.Equal(0, semaphore.Available);
    }

    [Fact]
    public void Misuse_Throws()
    {
        var semaphore = new GoSemaphore(2);
        Assert.Throws<InvalidOperationException>(() => semaphore.Release());
        Assert.Throws<ArgumentOutOfRangeException>(() => semaphore.Acquire(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => semaphore.Acquire(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => semaphore.Release(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GoSemaphore(-1));
        Assert.False(semaphore.TryAcquire(3));
        Assert.Equal(2, semaphore.Available);
    }

    // Property: never more inside than there are units; with tokens that fire in between, none is lost.
    [Theory, InlineData(1), InlineData(2), InlineData(8)]
    public void Stress_ManyCallers_NeverExceedTheSize(int procs)
    {
        using var _ = new Procs(procs);
        const int Size = 5, Callers = 8, Rounds = 500;
        var semaphore = new GoSemaphore(Size);
        var inside = 0L;
        Bounded.Wait(Many(Callers,
            () =>
            {
                for (var i = 0; i < Rounds; i++)
                {
                    var n = 1 + i % Size;
                    if (i % 4 == 0)
                    {
                        var source = new CancellationTokenSource();
                        ThreadPool.UnsafeQueueUserWorkItem(s => s.Cancel(), source, preferLocal: false);
                        try
                        {
                            semaphore.Acquire(n, source.Token);
                        }
                        catch (OperationCanceledException)
                        {
                            continue;
                        }
                        Inside(n);
                        semaphore.Release(n);
                    }
                    else
                    {
                        using (semaphore.EnterScope(n))
                            Inside(n);
                    }
                }
            },
            async () =>
            {
                for (var i = 0; i < Rounds; i++)
                {
                    var n = 1 + i % Size;
                    var source = new CancellationTokenSource();
                    if (i % 4 == 0)
                        ThreadPool.UnsafeQueueUserWorkItem(s => s.Cancel(), source, preferLocal: false);
                    try
                    {
                        using (await semaphore.AcquireAsync(n, source.Token))
                            Inside(n);
                    }
                    catch (OperationCanceledException)
                    {
                    }
                }
            }));
        Assert.Equal(Size, semaphore.Available);

        void Inside(int n)
        {
            Assert.InRange(Interlocked.Add(ref inside, n), n, Size);
            Thread.SpinWait(20);
            Interlocked.Add(ref inside, -n);
        }
    }
}

public sealed class GoSemaphoreByGoroutinesTests() : GoSemaphoreTests(Who.Goroutine, Who.Goroutine);

public sealed class GoSemaphoreByThreadsTests() : GoSemaphoreTests(Who.Thread, Who.Thread);

public sealed class GoSemaphoreByAsyncTests() : GoSemaphoreTests(Who.Async, Who.Async);

public sealed class GoSemaphoreByGoroutinesAndThreadsTests() : GoSemaphoreTests(Who.Goroutine, Who.Thread);

public sealed class GoSemaphoreByGoroutinesAndAsyncTests() : GoSemaphoreTests(Who.Goroutine, Who.Async);

public sealed class GoSemaphoreByThreadsAndAsyncTests() : GoSemaphoreTests(Who.Thread, Who.Async);
