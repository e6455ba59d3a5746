// ErrGroup, SingleFlight, WorkerPool; the rows of golang.org/x/sync's tests among them, under their names.

namespace Weft.Tests;

/// <summary>See the file head.</summary>
public sealed class GroupTests
{
    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    [Fact]
    public void TestZeroGroup() => Bounded.OnGoroutine(() =>
    {
        new ErrGroup().Wait();
        FormatException first = new("first"), second = new("second");
        var group = new ErrGroup();
        group.Go(() => throw first);
        Assert.Same(first, Assert.Throws<FormatException>(group.Wait));
        group = new ErrGroup(limit: 1); // one after the other
        group.Go(() => { });
        group.Go(() => throw first);
        group.Go(() => throw second);
        Assert.Same(first, Assert.Throws<FormatException>(group.Wait));
    });

    [Fact]
    public void TestWithContext() => Bounded.OnGoroutine(() =>
    {
        var group = new ErrGroup();
        var seen = 0;
        for (var i = 0; i < 5; i++)
            group.Go(() =>
            {
                Assert.ThrowsAny<OperationCanceledException>(() => Sleep(TimeSpan.FromMinutes(10), group.Token));
                Interlocked.Increment(ref seen);
                Sleep(TimeSpan.FromMinutes(10), group.Token);
            });
        Assert.False(group.Token.IsCancellationRequested);
        group.Go(() => throw new FormatException());
        Assert.Throws<FormatException>(group.Wait);
        Assert.Equal(5, seen);
        var fine = new ErrGroup();
        fine.Go(() => { });
        fine.Wait();
        Assert.True(fine.Token.IsCancellationRequested);
    });

    [Fact]
    public void TestTryGo() => Bounded.OnGoroutine(() =>
    {
        var group = new ErrGroup(limit: 2);
        var gate = new Chan<bool>();
        Assert.True(group.TryGo(() => gate.Receive()));
        Assert.True(group.TryGo(() => gate.Receive()));
        Assert.False(group.TryGo(() => Assert.Fail("over the limit")));
        gate.Close();
        group.Wait();
    });

    [Theory, InlineData(1), InlineData(2), InlineData(8)]
    public void TestGoLimit(int procs)
    {
        using var _ = new Procs(procs);
        Bounded.OnGoroutine(() =>
        {
            const int Limit = 10;
            var group = new ErrGroup(Limit);
            var active = 0;
            for (var i = 0; i < 500; i++)
                group.Go(() =>
                {
                    Assert.InRange(Interlocked.Increment(ref active), 1, Limit);
                    Sleep(TimeSpan.FromMicroseconds(20));
                    Interlocked.Decrement(ref active);
                });
            group.Wait();
        });
    }

    [Fact]
    public void ErrGroup_WaitAll_ThrowsAllErrorsButThoseOfTheCancellation() => Bounded.OnGoroutine(() =>
    {
        var group = new ErrGroup();
        var gate = new WaitGroup();
        gate.Add(1);
        group.Go(() =>
        {
            gate.Wait();
            throw new FormatException();
        });
        group.Go(() =>
        {
            gate.Wait();
            throw new TimeoutException();
        });
        group.Go(() => Sleep(TimeSpan.FromMinutes(1), group.Token));
        gate.Done();
        var e = Assert.Throws<AggregateException>(group.WaitAll);
        Assert.Equal(2, e.InnerExceptions.Count);
        Assert.Contains(e.InnerExceptions, i => i is FormatException);
        Assert.Contains(e.InnerExceptions, i => i is TimeoutException);
        new ErrGroup().WaitAll();
    });

    [Fact]
    public async Task ErrGroup_AsyncCallerAndBodies_AreLikeOthers()
    {
        using var outer = new CancellationTokenSource();
        var group = new ErrGroup(1, outer.Token);
        var steps = 0;
        group.Go(async () =>
        {
            await Task.Delay(2);
            steps++;
        });
        group.Go(() => Sleep(TimeSpan.FromMinutes(1), group.Token));
        outer.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(group.WaitAsync);
        Assert.Equal(1, steps);
        var failing = new ErrGroup();
        failing.Go(async () =>
        {
            await Task.Yield();
            throw new FormatException();
        });
        await Assert.ThrowsAsync<FormatException>(failing.WaitAsync);
    }

    [Fact]
    public void TestDo()
    {
        var flights = new SingleFlight<string, string>();
        Assert.Equal(("bar", false), flights.Do("key", () => "bar"));
        Assert.Equal(("bar", false), Bounded.OnGoroutine(() => flights.Do("key", () => "bar")));
    }

    [Fact]
    public void TestDoErr()
    {
        var flights = new SingleFlight<string, string>();
        var error = new FormatException();
        Assert.Same(error, Assert.Throws<FormatException>(() => flights.Do("key", () => throw error)));
        Assert.Equal(("fine", false), flights.Do("key", () => "fine"));
    }

    // Callers of every kind share the one call.
    [Fact]
    public void TestDoDupSuppress()
    {
        var flights = new SingleFlight<int, string>();
        var gate = new Chan<string>();
        var calls = 0;
        var tasks = new List<Task<(string, bool)>>();
        for (var i = 0; i < 9; i++)
        {
            tasks.Add((i % 3) switch
            {
                0 => Run(() => flights.Do(1, Body)),
                1 => flights.DoAsync(1, Body),
                _ => Task.Factory.StartNew(() => flights.Do(1, Body), default, TaskCreationOptions.LongRunning, TaskScheduler.Default),
            });
        }
        Bounded.Until(() => Volatile.Read(ref calls) == 1, "the call begins");
        Thread.Sleep(20); // the others join
        Assert.True(gate.TrySend("bar"));
        gate.Close();
        Bounded.Wait(tasks);
        Assert.Equal(1, calls);
        Assert.All(tasks, t => Assert.Equal(("bar", true), t.Result));

        string Body()
        {
            Interlocked.Increment(ref calls);
            return gate.Receive();
        }
    }

    [Fact]
    public void TestForget()
    {
        var flights = new SingleFlight<string, int>();
        var gate = new Chan<int>();
        var first = Run(() => flights.Do("key", gate.Receive));
        Bounded.Until(() => Waiters.Of(gate) == 1, "the first call is in progress");
        flights.Forget("key");
        Assert.Equal((2, false), Bounded.OnGoroutine(() => flights.Do("key", () => 2)));
        Assert.True(gate.TrySend(1));
        Bounded.Wait(first);
        Assert.Equal((1, false), first.Result);
    }

    [Fact]
    public void TestPanicDo()
    {
        var flights = new SingleFlight<string, int>();
        var gate = new Chan<int>();
        var callers = Enumerable.Range(0, 5).Select(_ => Run(() => flights.Do("key", () =>
        {
            gate.Receive();
            throw new FormatException();
        }))).ToList();
        Bounded.Until(() => Waiters.Of(gate) == 1, "the call is in progress");
        Thread.Sleep(10);
        gate.Close();
        foreach (var caller in callers)
            Assert.Throws<FormatException>(() => Bounded.Wait(caller));
    }

    [Fact]
    public void TestGoexitDo()
    {
        var flights = new SingleFlight<string, int>();
        var gate = new Chan<int>();
        var callers = Enumerable.Range(0, 5).Select(_ => Run(() => flights.Do("key", () =>
        {
            gate.Receive();
            Exit();
            return 0;
        }))).ToList();
        Bounded.Until(() => Waiters.Of(gate) == 1, "the call is in progress");
        Thread.Sleep(10);
        gate.Close();
        foreach (var caller in callers)
            Assert.Throws<GoroutineExitedException>(() => Bounded.Wait(caller));
        Assert.Equal((7, false), flights.Do("key", () => 7));
    }

    [Theory, InlineData(1, 0), InlineData(4, 0), InlineData(4, 10)]
    public void WorkerPool_Items_AreAllHandled(int workers, int capacity)
    {
        var sum = 0;
        var active = 0;
        Bounded.OnGoroutine(() =>
        {
            var pool = new WorkerPool<int>(workers, n =>
            {
                Assert.InRange(Interlocked.Increment(ref active), 1, workers);
                Yield();
                Interlocked.Add(ref sum, n);
                Interlocked.Decrement(ref active);
            }, capacity);
            for (var i = 1; i <= 100; i++)
                pool.Submit(i);
            pool.Wait();
            pool.Wait();
            Assert.Throws<ChanClosedException>(() => pool.Submit(1));
        });
        Assert.Equal(5050, sum);
    }

    [Fact]
    public void WorkerPool_HandlerFails_StopsAndThrows() => Bounded.OnGoroutine(() =>
    {
        var pool = new WorkerPool<int>(2, n =>
        {
            if (n == 3)
                throw new FormatException();
        });
        var submitted = 0;
        Assert.Throws<ChanClosedException>(() =>
        {
            while (submitted < 1000)
                pool.Submit(submitted++ % 10);
        });
        Assert.Throws<FormatException>(pool.Wait);
        Assert.True(pool.Token.IsCancellationRequested);
    });
}
