namespace Weft.Tests;

/// <summary>What a WaitGroup does, whoever calls.</summary>
public abstract class WaitGroupTests(Callers callers) : CallerSuite(callers)
{
    [Fact]
    public void Wait_CounterIsZero_ReturnsAtOnce() => Together(() => new WaitGroup().Wait());

    [Fact]
    public void Wait_CounterAboveZero_ReturnsAfterTheLastDone()
    {
        var wg = new WaitGroup();
        wg.Add(3);
        var done = 0;
        var waiter = Start(() =>
        {
            wg.Wait();
            Assert.Equal(3, Volatile.Read(ref done));
        });
        for (var i = 0; i < 3; i++)
        {
            Assert.False(waiter.IsCompleted);
            Together(() =>
            {
                Interlocked.Increment(ref done);
                wg.Done();
            });
        }
        Bounded.Wait(waiter);
    }

    [Fact]
    public void Done_ManyWaiters_ReleasesAll()
    {
        var wg = new WaitGroup();
        wg.Add(1);
        var released = 0;
        var waiters = Enumerable.Range(0, 20).Select(_ => Start(() =>
        {
            wg.Wait();
            Interlocked.Increment(ref released);
        })).ToList();
        Thread.Sleep(20);
        Assert.Equal(0, Volatile.Read(ref released));
        Together(wg.Done);
        Bounded.Wait(waiters);
        Assert.Equal(20, released);
    }

    [Fact]
    public void Add_CounterWouldBeNegative_Throws()
    {
        var wg = new WaitGroup();
        var done = Start(wg.Done);
        Assert.Equal("sync: negative WaitGroup counter", Assert.Throws<InvalidOperationException>(() => Bounded.Wait(done)).Message);
        Assert.Throws<InvalidOperationException>(() => new WaitGroup().Add(-1));
    }

    [Fact]
    public void Add_NegativeDelta_CountsDown()
    {
        var wg = new WaitGroup();
        wg.Add(5);
        var waiter = Start(wg.Wait);
        Together(() => wg.Add(-5));
        Bounded.Wait(waiter);
    }

    [Fact]
    public void Wait_GroupIsReused_WaitsAgain()
    {
        var wg = new WaitGroup();
        for (var round = 0; round < 100; round++)
        {
            var count = 0;
            wg.Add(4);
            Together(
                () => { Interlocked.Increment(ref count); wg.Done(); },
                () => { Interlocked.Increment(ref count); wg.Add(-1); },
                () => { Interlocked.Add(ref count, 2); wg.Add(-2); },
                () => { wg.Wait(); Assert.Equal(4, Volatile.Read(ref count)); });
        }
    }

    [Fact]
    public void Go_Bodies_AreAllDoneWhenWaitReturns()
    {
        var wg = new WaitGroup();
        var count = 0;
        Together(() =>
        {
            for (var i = 0; i < 100; i++)
                wg.Go(() => Interlocked.Increment(ref count));
            wg.Wait();
            Assert.Equal(100, Volatile.Read(ref count));
        });
    }

    [Fact]
    public void Go_BodiesBlock_AreAllDoneWhenWaitReturns()
    {
        var wg = new WaitGroup();
        var gate = new Chan<int>();
        var sum = 0;
        Together(() =>
        {
            for (var i = 0; i < 10; i++)
                wg.Go(() => Interlocked.Add(ref sum, gate.Receive()));
            for (var i = 1; i <= 10; i++)
                gate.Send(i);
            wg.Wait();
            Assert.Equal(55, Volatile.Read(ref sum));
        });
    }

    [Fact]
    public void Go_NullBody_Throws() => Assert.Throws<ArgumentNullException>(() => new WaitGroup().Go(null!));

    // Property: a waiter that looks at the counter while it falls to zero is released exactly once.
    // Bad schedule: the waiter reads 1; Done takes the counter to zero and finds no waiter; the waiter lists itself and sleeps for ever.
    [Fact]
    public void Wait_RacesWithTheLastDone_IsNeverLost()
    {
        var rounds = 3000;
        var start = new Chan<WaitGroup>();
        var ended = new Chan<int>();
        var waiter = Start(() =>
        {
            foreach (var wg in start)
            {
                wg.Wait();
                ended.Send(1);
            }
        });
        var driver = Start(() =>
        {
            for (var i = 0; i < rounds; i++)
            {
                var wg = new WaitGroup();
                wg.Add(1);
                start.Send(wg);
                for (var spin = i % 50; spin > 0; spin--)
                    Thread.SpinWait(1);
                wg.Done();
                ended.Receive();
            }
            start.Close();
        });
        Bounded.Wait([waiter, driver]);
    }
}

public sealed class WaitGroupByGoroutinesTests() : WaitGroupTests(Callers.Goroutines);

public sealed class WaitGroupByThreadsTests() : WaitGroupTests(Callers.Threads);

public sealed class WaitGroupByBothTests() : WaitGroupTests(Callers.Mixed);

/// <summary>Every two kinds of callers on one group, with tokens.</summary>
public abstract class WaitGroupMixTests(Who first, Who second) : MixSuite(first, second)
{
    private static Task Wait(Who who, WaitGroup wg, CancellationToken token = default)
    {
        var before = wg.Waiters;
        var task = By(who, () => wg.Wait(token), async () => await wg.WaitAsync(token));
        Blocks(task, () => wg.Waiters == before + 1, "Wait blocks");
        return task;
    }

    [Fact]
    public void Done_TheLast_ReleasesEverybody()
    {
        var wg = new WaitGroup();
        wg.Add(2);
        var tasks = Enumerable.Range(0, 6).Select(i => Wait(i % 2 == 0 ? First : Second, wg)).ToList();
        wg.Done();
        Thread.Sleep(2);
        Assert.DoesNotContain(tasks, t => t.IsCompleted);
        wg.Done();
        Bounded.Wait(tasks);
        Assert.Equal(0, wg.Waiters);
        Bounded.Wait(By(First, wg.Wait, async () => await wg.WaitAsync()));
    }

    [Fact]
    public void Wait_TokenIsCancelled_ThrowsAndLeavesTheOthers()
    {
        var wg = new WaitGroup();
        wg.Add(1);
        using var source = new CancellationTokenSource();
        var cancelled = Wait(First, wg, source.Token);
        var stays = Wait(Second, wg);
        source.Cancel();
        IsCanceled(cancelled, source.Token);
        Assert.Equal(1, wg.Waiters);
        Assert.False(stays.IsCompleted);
        wg.Done();
        Bounded.Wait(stays);
        wg.Add(1); // may be used again
        wg.Done();
    }

    // Property: a wait ends by the last Done or by its token, whichever comes first; when both come, by one of them.
    [Theory, InlineData(1), InlineData(4)]
    public void Stress_TokensFireBesideTheLastDone_NobodyIsLost(int procs)
    {
        using var _ = new Procs(procs);
        for (var round = 0; round < 200; round++)
        {
            var wg = new WaitGroup();
            wg.Add(1);
            var source = new CancellationTokenSource();
            var released = 0;
            var waiters = Many(4,
                () =>
                {
                    try
                    {
                        wg.Wait(source.Token);
                    }
                    catch (OperationCanceledException)
                    {
                    }
                    Interlocked.Increment(ref released);
                },
                async () =>
                {
                    try
                    {
                        await wg.WaitAsync(source.Token);
                    }
                    catch (OperationCanceledException)
                    {
                    }
                    Interlocked.Increment(ref released);
                });
            var canceller = Task.Run(source.Cancel);
            Thread.SpinWait(round % 20 * 50);
            wg.Done();
            Bounded.Wait(waiters.Append(canceller));
            Assert.Equal((4, 0), (released, wg.Waiters));
        }
    }
}

public sealed class WaitGroupMixByGoroutinesTests() : WaitGroupMixTests(Who.Goroutine, Who.Goroutine);

public sealed class WaitGroupMixByThreadsTests() : WaitGroupMixTests(Who.Thread, Who.Thread);

public sealed class WaitGroupMixByAsyncTests() : WaitGroupMixTests(Who.Async, Who.Async);

public sealed class WaitGroupMixByGoroutinesAndThreadsTests() : WaitGroupMixTests(Who.Goroutine, Who.Thread);

public sealed class WaitGroupMixByGoroutinesAndAsyncTests() : WaitGroupMixTests(Who.Goroutine, Who.Async);

public sealed class WaitGroupMixByThreadsAndAsyncTests() : WaitGroupMixTests(Who.Thread, Who.Async);
