namespace Weft.Tests;

/// <summary>Many woken at once by a thread without a P.</summary>
public sealed class InjectglistTests
{
    /// <summary>
    /// All run, each once, whatever the number of Ps, and whoever else wakes some meanwhile. Bad schedule: the list is queued as the last M goes
    /// to sleep, and nobody is started for it.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void Close_OnAPlainThread_AllWaitersRun(int maxProcs)
    {
        using var procs = new Procs(maxProcs);
        for (var round = 0; round < 50; round++)
        {
            const int Count = 100;
            var gate = new Chan<int>();
            var group = new WaitGroup();
            group.Add(1);
            var ran = 0;
            var all = Enumerable.Range(0, Count).Select(i => Run(() =>
            {
                if (i % 2 == 0)
                    gate.Receive();
                else
                    group.Wait();
                Interlocked.Increment(ref ran);
            })).ToList();
            if (round % 2 == 0)
                Bounded.Until(() => Waiters.Of(gate) == Count / 2, "all wait");
            gate.Close();
            group.Done();
            Bounded.Wait(all);
            Assert.Equal(Count, ran);
        }
    }

    /// <summary>On one P those who were woken together run in the order in which they came to wait.</summary>
    [Fact]
    public void Close_OnAPlainThread_WaitersRunInTheirOrder()
    {
        Weaving.Required(); // pinned ones race for their threads
        using var procs = new Procs(1);
        // A spare P, which a busy machine may bring, is a second one: then the order is nobody's promise.
        for (var tries = 0; tries < 10; tries++)
        {
            var before = WeftRuntime.Stats().SparesAdded;
            var order = OrderOfWoken();
            if (WeftRuntime.Stats().SparesAdded != before)
                continue;
            Assert.Equal(Enumerable.Range(0, 100), order);
            return;
        }
        Assert.Fail("a spare P came each time");
    }

    private static List<int> OrderOfWoken()
    {
        var gate = new Chan<int>();
        var order = new List<int>();
        var all = new List<Task>();
        for (var i = 0; i < 100; i++) // no more than a P takes from the global queue at once
        {
            var mine = i;
            all.Add(Run(() =>
            {
                gate.Receive();
                order.Add(mine);
            }));
            Bounded.Until(() => Waiters.Of(gate) == mine + 1, "it waits");
        }
        Bounded.Until(() => WeftRuntime.Stats().Running == 0, "all are parked");
        gate.Close();
        Bounded.Wait(all);
        return order;
    }

    /// <summary>
    /// An async waiter among them whose synchronization context refuses: the others run all the same, close returns, and the thread's list is
    /// closed. Bad schedule: the exception leaves the loop, and the list, with those who were woken before, stays open for ever.
    /// </summary>
    [Fact]
    public void Close_AContextOfAWaiterRefuses_TheOthersRun()
    {
        // As .NET does for tasks, the refusal is thrown on the pool, where it would end the process.
        var thrown = 0;
        System.Runtime.ExceptionServices.ExceptionHandling.SetUnhandledExceptionHandler(e =>
        {
            if (e is not Refusal)
                return false;
            Interlocked.Increment(ref thrown);
            return true;
        });
        var gate = new Chan<int>();
        var ran = 0;
        Task One(int waiters)
        {
            var task = Run(() =>
            {
                gate.Receive();
                Interlocked.Increment(ref ran);
            });
            Bounded.Until(() => Waiters.Of(gate) == waiters, "it waits");
            return task;
        }
        Bounded.Wait(Bounded.OnThread(() =>
        {
            var one = One(1);
            SynchronizationContext.SetSynchronizationContext(new Refusing());
            var refused = Refused(gate);
            var inSelect = Refused(gate, new Chan<int>());
            SynchronizationContext.SetSynchronizationContext(null);
            var other = One(4);
            gate.Close();
            Bounded.Wait([one, other]);
            Assert.Equal((false, null), ListOfThisThread());
            Assert.False(refused.IsCompleted || inSelect.IsCompleted);
        }));
        Assert.Equal(2, ran);
        Bounded.Until(() => Volatile.Read(ref thrown) == 2, "the refusals are thrown on the pool");
    }

    private static async Task Refused(Chan<int> gate) => await gate.ReceiveAsync();

    private static async Task Refused(Chan<int> gate, Chan<int> other) => await Select.WaitAsync(gate.OnReceive(), other.OnReceive());

    private sealed class Refusal : Exception;

    private sealed class Refusing : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => throw new Refusal();
    }

    [NotWoven]
    private static (bool IsOpen, G? First) ListOfThisThread() => Proc.t_readied is { } list ? (list.isOpen, list.first) : default;
}
