using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace Weft.Tests;

/// <summary>WeftRuntime.Stats, and the event that an operator hears of.</summary>
public sealed class StatsTests
{
    /// <summary>Every goroutine is counted once, where it is.</summary>
    [Fact]
    public void Stats_OfGoroutinesThatWait_CountsThem()
    {
        using var procs = new Procs(2);
        var gate = new Chan<int>();
        var before = WeftRuntime.Stats();
        var all = Enumerable.Range(0, 100).Select(_ => Run(() => gate.Receive())).ToList();
        Bounded.Until(() => WeftRuntime.Stats().Waiting >= before.Waiting + 100, "all wait");
        var stats = WeftRuntime.Stats();
        Assert.Equal(2, stats.MaxProcs);
        Assert.InRange(stats.Goroutines, 100, int.MaxValue);
        Assert.Equal(stats.Goroutines, stats.Running + stats.Runnable + stats.Waiting + stats.InSyscall);
        Assert.InRange(stats.GoroutinesCreated, before.GoroutinesCreated + 100, long.MaxValue);
        Assert.InRange(stats.Threads, 1, int.MaxValue);
        gate.Close();
        Bounded.Wait(all);
    }

    /// <summary>A goroutine that blocks beneath plain code keeps its thread, and is counted as one that does.</summary>
    [Fact]
    public void Stats_OfPinnedGoroutine_CountsIt()
    {
        var gate = new Chan<int>();
        var before = WeftRuntime.Stats().Pinned;
        var pinned = Run(() => new List<int> { 1 }.ForEach(_ => gate.Receive()));
        Bounded.Until(() => WeftRuntime.Stats().Pinned > before, "it is pinned");
        gate.Close();
        Bounded.Wait(pinned);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static int Deep(int n, Chan<int> gate) => n == 0 ? gate.Receive() : Deep(n - 1, gate) + 1;

    /// <summary>Stack that was moved is on the account of all goroutines while it is there, and off it after their end.</summary>
    [Fact]
    public void StackBytes_OfDeepGoroutines_AreCountedAndGivenBack()
    {
        if (!Weaving.IsWoven)
            return; // plain stacks do not move
        var gate = new Chan<int>();
        var before = WeftRuntime.Stats().StackBytes;
        var deep = Enumerable.Range(0, 4).Select(_ => Run(() => Deep(300_000, gate))).ToList();
        Bounded.Until(() => Waiters.Of(gate) == 4, "all are deep");
        var peak = WeftRuntime.Stats().StackBytes - before;
        Assert.InRange(peak, 4 * 100_000 * 24L, 4 * 300_000 * 100L);
        gate.Close();
        Bounded.Wait(deep);
        Bounded.Until(() => WeftRuntime.Stats().StackBytes <= before, "given back");
    }

    private sealed class Listener : EventListener
    {
        internal readonly ConcurrentQueue<EventWrittenEventArgs> Events = new();

        protected override void OnEventSourceCreated(EventSource source)
        {
            if (source.Name == "Weft")
                EnableEvents(source, EventLevel.Warning);
        }

        protected override void OnEventWritten(EventWrittenEventArgs e)
        {
            if (e.EventSource.Name == "Weft")
                Events.Enqueue(e);
        }
    }

    [NotWoven]
    private static void Block(SemaphoreSlim s, Flag blocking)
    {
        Volatile.Write(ref blocking.IsSet, true);
        s.Wait();
    }

    /// <summary>
    /// Nobody can take a processor from plain code that blocks its thread: another one comes, and the operator hears of it. Bad schedule for
    /// the test: the release comes before the wait, which then blocks nobody. Hence the flag: who sees it runs on another processor.
    /// </summary>
    [Fact]
    public void SparesAdded_ForBlockedPlainCode_RaiseAnEvent()
    {
        using var procs = new Procs(1);
        using var listener = new Listener();
        using var s = new SemaphoreSlim(0);
        Bounded.Until(() => WeftRuntime.Stats().SpareProcs == 0, "those of earlier tests have gone");
        var before = WeftRuntime.Stats().SparesAdded;
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            var blocking = new Flag();
            done.Go(() =>
            {
                while (!Volatile.Read(ref blocking.IsSet))
                    Goroutine.Yield();
                s.Release();
            });
            done.Go(() => Block(s, blocking));
            done.Wait();
        });
        Assert.InRange(WeftRuntime.Stats().SparesAdded, before + 1, long.MaxValue);
        Bounded.Until(() => !listener.Events.IsEmpty, "the event");
        Assert.True(listener.Events.TryDequeue(out var e));
        Assert.Equal("SpareProcessors", e.EventName);
        Assert.Equal(1, e.Payload![1]);
    }

    [NotWoven]
    private static void Hog(ref bool stop)
    {
        while (!Volatile.Read(ref stop))
        {
        }
    }

    private sealed class Flag
    {
        internal bool IsSet;
    }

    /// <summary>
    /// Loops that never come by a prologue occupy every P. A spare one comes for each as soon as it is certain that they use their processors
    /// (tens of milliseconds), so that others go on.
    /// </summary>
    [Fact]
    public void HotLoopsOnEveryP_OthersGoOn()
    {
        using var procs = new Procs(2);
        var stop = new Flag();
        var hogs = Enumerable.Range(0, 2).Select(_ => Run(() => Hog(ref stop.IsSet))).ToList();
        Bounded.OnGoroutine(() =>
        {
            for (var i = 0; i < 20; i++)
                Sleep(TimeSpan.FromMilliseconds(1));
        });
        Volatile.Write(ref stop.IsSet, true);
        Bounded.Wait(hogs);
    }
}
