// Plain code that blocks its thread unannounced, waiting for a goroutine that needs a P: spare Ps must come, and go.

namespace Weft.Tests;

/// <summary>Stuck Ps; see the file head.</summary>
public sealed class SparePTests
{
    [NotWoven]
    private static class Plain
    {
        internal static void Contend(object monitor, ref int shared)
        {
            lock (monitor)
            {
                var before = shared;
                Yield();
                shared = before + 1;
            }
        }

        internal static void Wait(SemaphoreSlim s) => s.Wait();

        internal static void Initialise() => Interlocked.Add(ref s_initialised, Slow.Value);

        private static class Slow
        {
            internal static readonly int Value = First();

            private static int First()
            {
                for (var i = 0; i < 5; i++)
                    Yield();
                return 1;
            }
        }
    }

    private static int s_initialised;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ContendedMonitorInPlainCode_OwnerGoesOn(int maxProcs)
    {
        using var procs = new Procs(maxProcs);
        var monitor = new object();
        var shared = 0;
        Bounded.OnGoroutine(() =>
        {
            var all = new WaitGroup();
            for (var i = 0; i < 10; i++)
                all.Go(() => Plain.Contend(monitor, ref shared));
            all.Wait();
        });
        Assert.Equal(10, shared);
        Assert.Equal(maxProcs, WeftRuntime.MaxProcs);
    }

    [Fact]
    public void SemaphoreInPlainCode_IsReleasedByAnotherGoroutine()
    {
        using var procs = new Procs(1);
        var semaphore = new SemaphoreSlim(0);
        Bounded.OnGoroutine(() =>
        {
            var all = new WaitGroup();
            for (var i = 0; i < 5; i++)
                all.Go(() => Plain.Wait(semaphore));
            for (var i = 0; i < 5; i++)
                all.Go(() => semaphore.Release());
            all.Wait();
        });
    }

    [Fact]
    public void ClassInitialisationThatYields_IsWaitedForByOthers()
    {
        using var procs = new Procs(2);
        Bounded.OnGoroutine(() =>
        {
            var all = new WaitGroup();
            for (var i = 0; i < 6; i++)
                all.Go(Plain.Initialise);
            all.Wait();
        });
        Assert.Equal(6, s_initialised);
    }

    // A goroutine that waits in the queue of a stuck P runs though no P is ever idle. Bad schedule: the spare P runs one that yields for ever,
    // and never looks at what it could steal.
    [Fact]
    public void QueueOfAStuckP_BesideOneThatYieldsForEver_IsServed()
    {
        Weaving.Required(); // unwoven each goroutine has a thread
        using var procs = new Procs(1);
        var stop = 0;
        Bounded.OnGoroutine(() =>
        {
            var released = new SemaphoreSlim(0);
            var all = new WaitGroup();
            all.Go(() =>
            {
                while (Volatile.Read(ref stop) == 0)
                    Yield();
            });
            all.Go(() =>
            {
                Go(() => released.Release());
                Plain.Wait(released);
                Volatile.Write(ref stop, 1);
            });
            all.Wait();
        });
    }
}
