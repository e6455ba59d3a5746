// What .NET's own blocking calls do in woven code: what they do plainly, and no thread is held where that is possible.

using System.Diagnostics;

namespace Weft.Tests;

/// <summary>See the file head.</summary>
public sealed class BlockingTwinTests
{
    private const int Long = 20_000;

    private static void Both(Action body)
    {
        Bounded.OnGoroutine(body);
        Bounded.Wait(Bounded.OnThread(body));
    }

    private static async Task<int> Later(int value, int ms = 5)
    {
        await Task.Delay(ms);
        return value;
    }

    private static void In(int ms, Action then) => Task.Delay(ms).ContinueWith(_ => then(), TaskScheduler.Default);

    // Not Assert.Throws, which is plain, and what it calls is plain then. Exactly that type, as plainly.
    private static E Throws<E>(Action wait) where E : Exception
    {
        try
        {
            wait();
        }
        catch (E e) when (e.GetType() == typeof(E))
        {
            return e;
        }
        Assert.Fail($"no {typeof(E).Name}");
        return null!;
    }

    private static void IsCanceledBy(CancellationToken token, Action wait) => Assert.Equal(token, Throws<OperationCanceledException>(wait).CancellationToken);

    [Fact]
    public void SemaphoreSlim_EveryOverload_DoesAsPlainly() => Both(() =>
    {
        using var s = new SemaphoreSlim(0);
        using var source = new CancellationTokenSource();
        In(3, () => s.Release());
        s.Wait();
        In(3, () => s.Release());
        s.Wait(source.Token);
        In(3, () => s.Release());
        Assert.True(s.Wait(Long));
        In(3, () => s.Release());
        Assert.True(s.Wait(TimeSpan.FromMinutes(1)));
        In(3, () => s.Release());
        Assert.True(s.Wait(-1, source.Token));
        In(3, () => s.Release());
        Assert.True(s.Wait(Timeout.InfiniteTimeSpan, source.Token));
        Assert.False(s.Wait(0));
        Assert.False(s.Wait(3));
        Assert.False(s.Wait(TimeSpan.FromMilliseconds(3), source.Token));
        Throws<ArgumentOutOfRangeException>(() => s.Wait(-2, source.Token));
        Throws<ArgumentOutOfRangeException>(() => s.Wait(TimeSpan.FromMilliseconds(-2)));
        In(3, source.Cancel);
        IsCanceledBy(source.Token, () => s.Wait(source.Token));
        IsCanceledBy(source.Token, () => s.Wait(Long, source.Token));
        s.Release();
        Assert.Equal(1, s.CurrentCount);
        IsCanceledBy(source.Token, () => s.Wait(source.Token)); // though it is free
        s.Dispose();
        Throws<ObjectDisposedException>(() => s.Wait());
    });

    [Fact]
    public void ManualResetEventSlim_EveryOverload_DoesAsPlainly() => Both(() =>
    {
        using var e = new ManualResetEventSlim();
        using var source = new CancellationTokenSource();
        In(3, e.Set);
        e.Wait();
        e.Wait();
        e.Reset();
        In(3, e.Set);
        e.Wait(source.Token);
        e.Reset();
        In(3, e.Set);
        Assert.True(e.Wait(Long));
        e.Reset();
        In(3, e.Set);
        Assert.True(e.Wait(TimeSpan.FromMinutes(1), source.Token));
        e.Reset();
        Assert.False(e.Wait(0));
        Assert.False(e.Wait(3));
        Assert.False(e.Wait(TimeSpan.FromMilliseconds(3)));
        Assert.False(e.Wait(3, source.Token));
        Throws<ArgumentOutOfRangeException>(() => e.Wait(-2));
        In(3, source.Cancel);
        IsCanceledBy(source.Token, () => e.Wait(source.Token));
        e.Dispose();
        Throws<ObjectDisposedException>(() => e.Wait());
    });

    [Fact]
    public void CountdownEvent_EveryOverload_DoesAsPlainly() => Both(() =>
    {
        using var e = new CountdownEvent(2);
        using var source = new CancellationTokenSource();
        In(3, () => e.Signal(2));
        e.Wait();
        e.Reset();
        Assert.False(e.Wait(3));
        Assert.False(e.Wait(TimeSpan.FromMilliseconds(3), source.Token));
        In(3, () => e.Signal(2));
        Assert.True(e.Wait(Long, source.Token));
        e.Reset();
        In(3, () => e.Signal(2));
        Assert.True(e.Wait(TimeSpan.FromMinutes(1)));
        e.Reset();
        In(3, () => e.Signal(2));
        e.Wait(source.Token);
        e.Reset();
        Throws<ArgumentOutOfRangeException>(() => e.Wait(-2));
        In(3, source.Cancel);
        IsCanceledBy(source.Token, () => e.Wait(source.Token));
    });

    [Fact]
    public void WaitOne_OfEventsAndSemaphores_DoesAsPlainly() => Both(() =>
    {
        using var manual = new ManualResetEvent(false);
        using var automatic = new AutoResetEvent(false);
        using var semaphore = new System.Threading.Semaphore(0, 2);
        foreach (var (h, set) in new (WaitHandle, Action)[] { (manual, () => manual.Set()), (automatic, () => automatic.Set()), (semaphore, () => semaphore.Release()) })
        {
            Assert.False(h.WaitOne(0));
            Assert.False(h.WaitOne(3));
            Assert.False(h.WaitOne(TimeSpan.FromMilliseconds(3)));
            In(3, set);
            Assert.True(h.WaitOne());
            Assert.Equal(h == manual, h.WaitOne(0)); // taken, or not
            manual.Reset();
            In(3, set);
            Assert.True(h.WaitOne(Long));
            manual.Reset();
            In(3, set);
            Assert.True(h.WaitOne(TimeSpan.FromMinutes(1), exitContext: false));
            Throws<ArgumentOutOfRangeException>(() => h.WaitOne(-2));
        }
        using var source = new CancellationTokenSource(5);
        Assert.True(source.Token.WaitHandle.WaitOne());
    });

    // Somebody's own WaitOne is called, and not passed by.
    [Fact]
    public void WaitOne_OverriddenByAUser_RunsAsWritten() => Both(() =>
    {
        WaitHandle h = new Strange();
        Assert.True(h.WaitOne());
        Assert.True(h.WaitOne(3));
        Assert.Equal(2, ((Strange)h).Asked);
    });

    private sealed class Strange() : EventWaitHandle(false, EventResetMode.ManualReset)
    {
        internal int Asked;

        public override bool WaitOne() => WaitOne(-1);

        public override bool WaitOne(int millisecondsTimeout) => ++Asked > 0;
    }

    // Property: each signal of an automatic event lets one through, whoever waits. Bad schedule: a registration takes a signal that nobody is
    // told of, as when a time is up at that moment.
    [Theory, InlineData(1), InlineData(4)]
    public void AutoResetEvent_GoroutinesAndThreads_EachSignalLetsOneThrough(int n)
    {
        using var procs = new Procs(n);
        using var turn = new AutoResetEvent(true);
        const int Callers = 6, Rounds = 200;
        var (count, inside) = (0, 0);
        void Body()
        {
            for (var i = 0; i < Rounds; i++)
            {
                while (!turn.WaitOne(i % 3 == 0 ? 1 : Long))
                {
                }
                Assert.Equal(1, Interlocked.Increment(ref inside));
                count++;
                Interlocked.Decrement(ref inside);
                turn.Set();
            }
        }
        Bounded.Wait([.. Enumerable.Range(0, Callers).Select(i => i % 2 == 0 ? Run(Body) : Bounded.OnThread(Body))], 60);
        Assert.Equal(Callers * Rounds, count);
    }

    // The same of a semaphore, with tokens that fire at any moment.
    [Fact]
    public void SemaphoreSlim_TokensFire_LoseNoTurn()
    {
        using var turn = new SemaphoreSlim(1);
        const int Callers = 6, Rounds = 200;
        int count = 0, cancelled = 0;
        void Body()
        {
            for (var i = 0; i < Rounds; i++)
            {
                var source = new CancellationTokenSource();
                if (i % 2 == 0)
                    ThreadPool.QueueUserWorkItem(s => ((CancellationTokenSource)s!).Cancel(), source);
                try
                {
                    turn.Wait(source.Token);
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref cancelled);
                    continue;
                }
                count++;
                turn.Release();
            }
        }
        Bounded.Wait([.. Enumerable.Range(0, Callers).Select(i => i % 2 == 0 ? Run(Body) : Bounded.OnThread(Body))], 60);
        Assert.Equal((Callers * Rounds, 1), (count + cancelled, turn.CurrentCount));
    }

    // Property: who waits in plain code of .NET's gives its thread back. Three hundred would need as many threads.
    [Theory]
    [InlineData("SemaphoreSlim")]
    [InlineData("ManualResetEventSlim")]
    [InlineData("CountdownEvent")]
    [InlineData("ManualResetEvent")]
    [InlineData("WaitAll")]
    [InlineData("WaitAllWithATime")]
    [InlineData("WaitAny")]
    [InlineData("ConfiguredValueTask")]
    public void Waiting_ManyGoroutines_HoldFewThreads(string where)
    {
        Weaving.Required();
        const int Count = 300;
        using var procs = new Procs(2);
        using var semaphore = new SemaphoreSlim(0);
        using var slim = new ManualResetEventSlim();
        using var countdown = new CountdownEvent(1);
        using var manual = new ManualResetEvent(false);
        var done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource().Task;
        var before = Process.GetCurrentProcess().Threads.Count;
        var all = new WaitGroup();
        var (waiting, passed) = (0, 0);
        for (var i = 0; i < Count; i++)
            all.Go(() =>
            {
                Interlocked.Increment(ref waiting);
                switch (where)
                {
                    case "SemaphoreSlim":
                        semaphore.Wait();
                        break;
                    case "ManualResetEventSlim":
                        slim.Wait();
                        break;
                    case "CountdownEvent":
                        countdown.Wait(Long);
                        break;
                    case "ManualResetEvent":
                        manual.WaitOne();
                        break;
                    case "WaitAll":
                        Task.WaitAll(done.Task, Task.CompletedTask);
                        break;
                    case "WaitAllWithATime":
                        Assert.True(Task.WaitAll([done.Task], Long));
                        break;
                    case "WaitAny":
                        Assert.Equal(1, Task.WaitAny([never, done.Task], Long));
                        break;
                    default:
                        Assert.Equal(7, new ValueTask<int>(done.Task).ConfigureAwait(false).GetAwaiter().GetResult());
                        break;
                }
                Interlocked.Increment(ref passed);
            });
        Bounded.Until(() => Volatile.Read(ref waiting) == Count, "all have begun");
        Thread.Sleep(50);
        Assert.Equal(0, Volatile.Read(ref passed));
        var threads = Process.GetCurrentProcess().Threads.Count - before;
        Assert.True(threads < Count / 5, $"{threads} new threads");
        semaphore.Release(Count);
        slim.Set();
        countdown.Signal();
        manual.Set();
        done.SetResult(7);
        Bounded.OnGoroutine(all.Wait);
        Assert.Equal(Count, passed);
    }

    [Fact]
    public void WaitAll_EveryOverload_DoesAsPlainly() => Both(() =>
    {
        var never = new TaskCompletionSource().Task;
        using var source = new CancellationTokenSource();
        Task.WaitAll(Later(1), Later(2));
        Task.WaitAll([Later(1)], source.Token);
        Task.WaitAll(new List<Task> { Later(1), Later(2) }, source.Token);
        Task.WaitAll((IEnumerable<Task>)[Later(1)]);
        Assert.True(Task.WaitAll([Later(1)], Long));
        Assert.True(Task.WaitAll([Later(1)], TimeSpan.FromMinutes(1)));
        Assert.True(Task.WaitAll([Later(1)], -1, source.Token));
        Assert.True(Task.WaitAll([], 3));
        Assert.False(Task.WaitAll([Later(1), never], 3));
        Assert.False(Task.WaitAll([never], TimeSpan.FromMilliseconds(3)));
        Throws<ArgumentOutOfRangeException>(() => Task.WaitAll([never], -2));
        Throws<ArgumentNullException>(() => Task.WaitAll(null!, 3));
        Throws<ArgumentException>(() => Task.WaitAll([null!], Long));
        var failing = Task.FromException(new FormatException());
        Assert.IsType<FormatException>(Throws<AggregateException>(() => { Task.WaitAll([Later(1), failing], Long); }).InnerException);
        In(3, source.Cancel);
        IsCanceledBy(source.Token, () => Task.WaitAll([never], source.Token));
        IsCanceledBy(source.Token, () => Task.WaitAll([never], Long, source.Token));
    });

    [Fact]
    public void WaitAny_EveryOverload_DoesAsPlainly() => Both(() =>
    {
        var never = new TaskCompletionSource().Task;
        using var source = new CancellationTokenSource();
        Assert.Equal(1, Task.WaitAny(never, Later(1)));
        Assert.Equal(1, Task.WaitAny([never, Later(1)], Long));
        Assert.Equal(0, Task.WaitAny([Later(1), never], TimeSpan.FromMinutes(1)));
        Assert.Equal(1, Task.WaitAny([never, Later(1)], source.Token));
        Assert.Equal(1, Task.WaitAny([never, Later(1)], -1, source.Token));
        Assert.Equal(-1, Task.WaitAny([never], 3));
        Assert.Equal(-1, Task.WaitAny([never], TimeSpan.FromMilliseconds(3)));
        Assert.Equal(-1, Task.WaitAny([], Long));
        Throws<ArgumentOutOfRangeException>(() => Task.WaitAny([never], -2));
        Assert.Equal(0, Task.WaitAny([Task.FromException(new FormatException())], Long)); // it is not thrown
        In(3, source.Cancel);
        IsCanceledBy(source.Token, () => Task.WaitAny([never], source.Token));
    });

    [Fact]
    public void GetResult_OfConfiguredValueTasks_Waits() => Both(() =>
    {
        Assert.Equal(3, new ValueTask<int>(Later(3)).ConfigureAwait(false).GetAwaiter().GetResult());
        new ValueTask(Later(3)).ConfigureAwait(true).GetAwaiter().GetResult();
        Assert.Equal(4, ValueTask.FromResult(4).ConfigureAwait(false).GetAwaiter().GetResult());
        Throws<FormatException>(() => new ValueTask(Task.FromException(new FormatException())).ConfigureAwait(false).GetAwaiter().GetResult());
    });

    // A mutex that was taken among others belongs to the thread as any: whoever holds it stays there.
    [Fact]
    public void WaitAnyAndWaitAll_TakeAMutex_KeepTheThread() => Bounded.OnGoroutine(() =>
    {
        using var mutex = new Mutex();
        using var set = new ManualResetEvent(true);
        for (var i = 0; i < 20; i++)
        {
            if (i % 2 == 0)
                Assert.Equal(0, WaitHandle.WaitAny([mutex, set], Long));
            else
                Assert.True(WaitHandle.WaitAll([set, mutex], TimeSpan.FromMinutes(1)));
            var thread = Environment.CurrentManagedThreadId;
            Yield();
            Sleep(TimeSpan.FromMicroseconds(50));
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            mutex.ReleaseMutex();
        }
        Assert.Equal(WaitHandle.WaitTimeout, WaitHandle.WaitAny([new ManualResetEvent(false)], 3));
    });

    // Property: a goroutine that joins a thread does not keep the one processor from the goroutine that this thread waits for.
    [Fact]
    public void Join_OfAThreadThatWaitsForAGoroutine_Returns()
    {
        using var procs = new Procs(1);
        Bounded.OnGoroutine(() =>
        {
            var ch = new Chan<int>();
            var thread = new Thread(() => ch.Receive());
            thread.Start();
            Assert.False(thread.Join(3));
            Go(() => ch.Send(1));
            thread.Join();
            Assert.True(thread.Join(TimeSpan.FromMinutes(1)));
        });
    }
}
