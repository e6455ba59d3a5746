// How long it takes until a goroutine runs that has something to run for.
//
// Idle: every P was idle for a millisecond before. Who wakes another goroutine goes on computing, so that an idle P has to take what
// it has woken; it would run in its place otherwise, which is what pingpong measures.
// Busy: on every P runs a goroutine that never blocks, but calls functions.

using System.Diagnostics;
using Bench.Common;
using static Weft.Goroutine;

namespace Weft.Bench;

internal static class WakeUp
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(1);

    public static void Run(string name)
    {
        Idle(name, Sizes.WakeUpsWarmUp); // prints nothing
        Busy(name, Sizes.WakeUpsWarmUp / 10);
        Idle(name, Sizes.WakeUps)();
        Busy(name, Sizes.WakeUps / 10)();
    }

    /// <summary>All three; what is returned prints the figures.</summary>
    private static Action Idle(string name, int samples)
    {
        Latencies timer = new(name + "-idle-timer"), chan = new(name + "-idle-chan"), thread = new(name + "-idle-thread");
        var group = new WaitGroup();
        group.Go(() => ByTimer(timer, samples));
        group.Wait();
        group.Go(() => ByGoroutine(chan, samples));
        group.Wait();
        group.Go(() => ByThread(thread, samples));
        group.Wait();
        return () =>
        {
            timer.Emit();
            chan.Emit();
            thread.Emit();
        };
    }

    private static void ByTimer(Latencies latencies, int samples)
    {
        for (var i = 0; i < samples; i++)
        {
            var due = Stopwatch.GetTimestamp() + Latencies.Ticks(s_pause);
            Sleep(s_pause);
            latencies.Since(due);
        }
    }

    private static void ByGoroutine(Latencies latencies, int samples)
    {
        var wakes = new Chan<long>();
        Go(() =>
        {
            for (var i = 0; i < samples; i++)
            {
                Sleep(s_pause);
                var now = Stopwatch.GetTimestamp();
                wakes.Send(now);
                Loops.WorkUntil(now + Latencies.Ticks(Sizes.WakerGoesOn));
            }
            wakes.Close();
        });
        foreach (var stamp in wakes) latencies.Since(stamp);
    }

    private static void ByThread(Latencies latencies, int samples)
    {
        var wakes = new Chan<long>();
        new Thread(() =>
        {
            for (var i = 0; i < samples; i++)
            {
                Thread.Sleep(s_pause);
                wakes.Send(Stopwatch.GetTimestamp());
            }
            wakes.Close();
        }).Start();
        foreach (var stamp in wakes) latencies.Since(stamp);
    }

    private static Action Busy(string name, int samples)
    {
        Latencies timer = new(name + "-busy-timer"), chan = new(name + "-busy-chan");
        var loops = new Loops();
        var running = new WaitGroup();
        loops.Start(running, WeftRuntime.MaxProcs);
        var wakes = new Chan<long>();
        Go(() =>
        {
            for (var i = 0; i < samples; i++)
            {
                var due = Stopwatch.GetTimestamp() + Latencies.Ticks(s_pause);
                Sleep(s_pause);
                timer.Since(due);
                wakes.Send(Stopwatch.GetTimestamp());
            }
            wakes.Close();
        });
        foreach (var stamp in wakes) chan.Since(stamp);
        loops.Stop = true;
        running.Wait();
        return () =>
        {
            timer.Emit();
            chan.Emit();
        };
    }
}
