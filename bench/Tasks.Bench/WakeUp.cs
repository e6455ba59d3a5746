// How long it takes until a task runs that has something to run for; see Weft.Bench/WakeUp.cs. Task.Delay counts in whole milliseconds of a
// coarse clock. While all of the pool's threads are busy it adds one now and then, and the kernel shares the processors among them.

using System.Diagnostics;
using System.Threading.Channels;
using Bench.Common;

namespace Tasks.Bench;

internal static class WakeUp
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(1);

    public static async Task Run(string name)
    {
        await Idle(name, Sizes.WakeUpsWarmUp); // prints nothing
        await Busy(name, Sizes.WakeUpsWarmUp / 10);
        (await Idle(name, Sizes.WakeUps))();
        (await Busy(name, Sizes.WakeUps / 10))();
    }

    private static async Task<Action> Idle(string name, int samples)
    {
        Latencies timer = new(name + "-idle-timer"), chan = new(name + "-idle-chan"), thread = new(name + "-idle-thread");
        await Task.Run(() => ByTimer(timer, samples));
        await Task.Run(() => ByTask(chan, samples));
        await Task.Run(() => ByThread(thread, samples));
        return () =>
        {
            timer.Emit();
            chan.Emit();
            thread.Emit();
        };
    }

    private static async Task ByTimer(Latencies latencies, int samples)
    {
        for (var i = 0; i < samples; i++)
        {
            var due = Stopwatch.GetTimestamp() + Latencies.Ticks(s_pause);
            await Task.Delay(s_pause);
            latencies.Since(due);
        }
    }

    private static async Task ByTask(Latencies latencies, int samples)
    {
        var wakes = Hop.Create<long>();
        var waker = Task.Run(async () =>
        {
            for (var i = 0; i < samples; i++)
            {
                await Task.Delay(s_pause);
                var now = Stopwatch.GetTimestamp();
                await wakes.Writer.WriteAsync(now);
                Loops.WorkUntil(now + Latencies.Ticks(Sizes.WakerGoesOn));
            }
            wakes.Writer.Complete();
        });
        await foreach (var stamp in wakes.Reader.ReadAllAsync()) latencies.Since(stamp);
        await waker;
    }

    private static async Task ByThread(Latencies latencies, int samples)
    {
        var wakes = Channel.CreateUnbounded<long>();
        new Thread(() =>
        {
            for (var i = 0; i < samples; i++)
            {
                Thread.Sleep(s_pause);
                wakes.Writer.TryWrite(Stopwatch.GetTimestamp());
            }
            wakes.Writer.Complete();
        }).Start();
        await foreach (var stamp in wakes.Reader.ReadAllAsync()) latencies.Since(stamp);
    }

    private static async Task<Action> Busy(string name, int samples)
    {
        Latencies timer = new(name + "-busy-timer"), chan = new(name + "-busy-chan");
        var loops = new Loops();
        var running = loops.Start(Report.Procs);
        var wakes = Hop.Create<long>();
        var waker = Task.Run(async () =>
        {
            for (var i = 0; i < samples; i++)
            {
                var due = Stopwatch.GetTimestamp() + Latencies.Ticks(s_pause);
                await Task.Delay(s_pause);
                timer.Since(due);
                await wakes.Writer.WriteAsync(Stopwatch.GetTimestamp());
            }
            wakes.Writer.Complete();
        });
        await foreach (var stamp in wakes.Reader.ReadAllAsync()) chan.Since(stamp);
        loops.Stop = true;
        await running;
        await waker;
        return () =>
        {
            timer.Emit();
            chan.Emit();
        };
    }
}
