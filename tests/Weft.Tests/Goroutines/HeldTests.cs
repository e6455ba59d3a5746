using Weft.Runtime;

namespace Weft.Tests;

/// <summary>What a goroutine holds of its thread; the forms of code in which it takes it and gives it back are in tests/Corpus/Locks.cs.</summary>
public sealed class HeldTests
{
    /// <summary>
    /// A lock is its thread's: who runs on the thread afterwards would have it. Bad schedule: the M goes on with another goroutine, which takes the
    /// mutex once more and is told nothing.
    /// </summary>
    [Fact]
    public void MutexOfOneThatHasEnded_IsAbandoned()
    {
        using var procs = new Procs(1);
        using var mutex = new Mutex();
        var told = 0;
        Bounded.OnGoroutine(() =>
        {
            var left = new WaitGroup();
            left.Go(() => mutex.WaitOne());
            left.Wait();
            left.Go(() =>
            {
                try
                {
                    mutex.WaitOne(TimeSpan.FromSeconds(30));
                }
                catch (AbandonedMutexException)
                {
                    told++;
                }
                mutex.ReleaseMutex();
            });
            left.Wait();
        });
        Assert.Equal(1, told);
    }

    private sealed class Scope : IDisposable
    {
        private readonly object _gate;

        public Scope(object gate) => Monitor.Enter(_gate = gate);

        public void Dispose() => Monitor.Exit(_gate);
    }

    /// <summary>One that has given back all that it took may leave its thread, so that it parks and others run on it.</summary>
    [Fact]
    public void OneThatHasGivenBackWhatItTook_Parks()
    {
        using var procs = new Procs(1);
        var order = new List<int>();
        Bounded.OnGoroutine(() =>
        {
            using (new Scope(order))
                order.Add(1);
            var spares = WeftRuntime.Stats().SparesAdded;
            var ch = new Chan<int>();
            Goroutine.Go(() => ch.Send(2));
            order.Add(ch.Receive());
            Assert.Equal(0, M.getg()!.held);
            Assert.Equal(spares, WeftRuntime.Stats().SparesAdded);
        });
        Assert.Equal([1, 2], order);
    }

    [NotWoven]
    private static void Enter(object gate) => Monitor.Enter(gate);

    [NotWoven]
    private static void Exit(object gate) => Monitor.Exit(gate);

    /// <summary>What code that is not woven takes or gives back is not counted, and the count is never below zero.</summary>
    [Fact]
    public void LocksOfPlainCode_EndNothing()
    {
        var gate = new object();
        Bounded.OnGoroutine(() =>
        {
            var left = new WaitGroup();
            left.Go(() =>
            {
                Enter(gate);
                Monitor.Exit(gate);
            });
            left.Wait();
            left.Go(() =>
            {
                Monitor.Enter(gate);
                Exit(gate);
                Goroutine.Yield();
            });
            left.Wait();
        });
        Assert.True(Monitor.TryEnter(gate));
    }
}
