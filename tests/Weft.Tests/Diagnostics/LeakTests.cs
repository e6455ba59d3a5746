using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Weft.Tests;

/// <summary>Goroutines that nobody can wake are found, others are not.</summary>
public sealed class LeakTests
{
    private static Chan<int>? s_static;

    // Those of this test: leaks of others, of earlier rows too, may be found at any time.
    private static readonly ConcurrentQueue<long> s_marked = new();

    private static void Mark() => s_marked.Enqueue(Id);

    private static void Leak(string how)
    {
        var a = new Chan<int>();
        var b = new Chan<int>();
        switch (how)
        {
            case "receive":
                Go(() => { Mark(); a.Receive(); });
                break;
            case "send":
                Go(() => { Mark(); a.Send(1); });
                break;
            case "nil":
                Go(() => { Mark(); Chan<int>.Nil.Receive(); });
                break;
            case "circle":
                Go(() =>
                {
                    Mark();
                    a.Receive();
                    b.Send(1);
                });
                Go(() =>
                {
                    Mark();
                    b.Receive();
                    a.Send(1);
                });
                break;
            case "task":
                var never = new TaskCompletionSource();
                Go(() => { Mark(); Await(never.Task); });
                break;
            case "group":
                var wg = new WaitGroup();
                wg.Add(1);
                Go(() => { Mark(); wg.Wait(); });
                break;
        }
    }

    [Theory, Row("TestGoroutineLeakProfile")]
    [InlineData("receive", 1, "chan receive")]
    [InlineData("send", 1, "chan send")]
    [InlineData("nil", 1, "chan receive (nil chan)")]
    [InlineData("circle", 2, "chan receive")]
    [InlineData("task", 1, "task wait")]
    [InlineData("group", 1, "sync.WaitGroup.Wait")]
    public void FindLeaks_NobodyCanWakeThem_AreFound(string how, int count, string reason)
    {
        Weaving.Required();
        s_marked.Clear();
        Bounded.OnGoroutine(() => Leak(how));
        var found = new List<GoroutineLeak>();
        // What a busy thread has in its registers, or a run queue remembers, holds a goroutine for a while.
        Bounded.Until(() => (found = [.. WeftRuntime.FindLeaks().Where(l => s_marked.Contains(l.Id) && l.Stack.Contains(nameof(LeakTests)))]).Count >= count, "the leak is found");
        Assert.Equal(count, found.Count);
        Assert.All(found, l => Assert.Equal(reason, l.Reason));
        // They are still there.
        var dump = new StringWriter();
        WeftRuntime.Dump(dump);
        Assert.All(found, l => Assert.Contains($"goroutine {l.Id} [{reason}", dump.ToString()));
    }

    [Fact, Row("TestGoroutineLeakProfile")]
    public void FindLeaks_SomebodyCanWakeThem_AreNotFound()
    {
        Weaving.Required();
        s_static = new Chan<int>();
        var held = new Chan<int>();
        var ended = new WaitGroup();
        var timed = new TaskCompletionSource();
        using var timer = new Timer(_ => timed.TrySetResult(), null, 500, Timeout.Infinite);
        var ids = new List<long>();
        StartWaiters(ended, held, timed.Task, ids);
        Bounded.Until(() => { lock (ids) return ids.Count == 5; }, "all have begun");
        for (var i = 0; i < 10; i++)
        {
            var leaks = WeftRuntime.FindLeaks();
            Assert.DoesNotContain(leaks, l => ids.Contains(l.Id));
            Thread.Sleep(10);
        }
        s_static.Send(1);
        held.Send(1);
        Bounded.Wait(Bounded.OnThread(ended.Wait));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StartWaiters(WaitGroup ended, Chan<int> held, Task task, List<long> ids)
    {
        var inner = new Chan<int>();
        Start(() => s_static!.Receive());
        Start(() => held.Receive());
        Start(() => Await(task));
        Start(() =>
        {
            Sleep(TimeSpan.FromMilliseconds(300));
            inner.Send(1);
        });
        Start(() => inner.Receive()); // by way of the one that sleeps

        void Start(Action body) => ended.Go(() =>
        {
            lock (ids)
                ids.Add(Id);
            body();
        });
    }

    // While others start goroutines, wait and wake each other, nothing of theirs is lost.
    [Fact]
    public void FindLeaks_WhileOthersRun_DisturbsNobody()
    {
        using var procs = new Procs(4);
        var stop = false;
        var total = 0L;
        var load = Run(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                var wg = new WaitGroup();
                var chan = new Chan<int>();
                for (var i = 0; i < 100; i++)
                {
                    wg.Go(() => chan.Send(1));
                    wg.Go(() => Interlocked.Add(ref total, chan.Receive()));
                }
                wg.Wait();
            }
        });
        // Collections of others, too, come at any moment.
        var garbage = Bounded.OnThread(() =>
        {
            while (!Volatile.Read(ref stop))
                for (var i = 0; i < 1000; i++)
                    GC.KeepAlive(new byte[10_000]);
        });
        for (var i = 0; i < 30; i++)
            WeftRuntime.FindLeaks();
        Volatile.Write(ref stop, true);
        Bounded.Wait(load);
        Bounded.Wait(garbage);
        Assert.True(total > 0 && total % 100 == 0);
    }
}
