// Blocking allocates nothing once it has been done before: whoever waits has its waiter, and a sleep is a place in an array.

namespace Weft.Tests;

/// <summary>See the file head.</summary>
public sealed class AllocationTests
{
    private const int Goroutines = 20, Rounds = 2000;

    // The bound is a tenth of the smallest object for each operation: it leaves room for what the process does besides.
    private static void AllocatesNothing(Action<int> operations)
    {
        Weaving.Required();
        Assert.SkipWhen(Chaos.On, "moved stacks are objects");
        using var procs = new Procs(2);
        var perOperation = 0.0;
        for (var attempt = 0; attempt < 5; attempt++)
        {
            perOperation = Bounded.OnGoroutine(() =>
            {
                var all = new WaitGroup();
                var warm = new WaitGroup();
                var go = new WaitGroup();
                warm.Add(Goroutines);
                go.Add(1);
                for (var i = 0; i < Goroutines; i++)
                    all.Go(() =>
                    {
                        operations(Rounds / 10);
                        warm.Done();
                        go.Wait();
                        operations(Rounds);
                    });
                warm.Wait();
                var before = GC.GetTotalAllocatedBytes(precise: true);
                go.Done();
                all.Wait();
                return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)(Goroutines * Rounds);
            });
            if (perOperation < 2.4)
                return;
        }
        Assert.Fail($"{perOperation} bytes an operation");
    }

    [Fact]
    public void Mutex()
    {
        var mutex = new GoMutex();
        AllocatesNothing(n =>
        {
            for (var i = 0; i < n; i++)
            {
                mutex.Lock();
                Yield();
                mutex.Unlock();
            }
        });
    }

    [Fact]
    public void MutexScope()
    {
        var mutex = new GoMutex();
        AllocatesNothing(n =>
        {
            for (var i = 0; i < n; i++)
                using (mutex.EnterScope())
                    Yield();
        });
    }

    [Fact]
    public void RWMutex()
    {
        var rw = new GoRWMutex();
        AllocatesNothing(n =>
        {
            for (var i = 0; i < n; i++)
            {
                if (i % 4 == 0)
                {
                    rw.Lock();
                    Yield();
                    rw.Unlock();
                    continue;
                }
                using (rw.EnterReadScope())
                    Yield();
            }
        });
    }

    [Fact]
    public void Semaphore()
    {
        var semaphore = new GoSemaphore(3);
        AllocatesNothing(n =>
        {
            for (var i = 0; i < n; i++)
            {
                semaphore.Acquire();
                Yield();
                semaphore.Release();
            }
        });
    }

    [Fact]
    public void Condition()
    {
        var mutex = new GoMutex();
        var cond = new Cond(mutex);
        var stop = false;
        var waker = Run(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                cond.Broadcast();
                Yield();
            }
        });
        try
        {
            AllocatesNothing(n =>
            {
                for (var i = 0; i < n; i++)
                {
                    mutex.Lock();
                    cond.Wait();
                    mutex.Unlock();
                }
            });
        }
        finally
        {
            Volatile.Write(ref stop, true);
        }
        Bounded.Wait(waker);
    }

    [Fact]
    public void Group() => AllocatesNothing(n =>
    {
        var wg = new WaitGroup();
        Action done = wg.Done;
        for (var i = 0; i < n; i++)
        {
            wg.Add(1);
            Go(done);
            wg.Wait();
        }
    });

    [Fact]
    public void Sleeping() => AllocatesNothing(n =>
    {
        for (var i = 0; i < n / 10; i++)
            Sleep(TimeSpan.FromMicroseconds(50));
    });
}
