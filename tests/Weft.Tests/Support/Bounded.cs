// Whatever may hang runs here: on time-out all goroutines are dumped, and the test fails.

using System.Diagnostics;

namespace Weft.Tests;

/// <summary>Runs bodies on goroutines or plain threads, with a limit of time.</summary>
[NotWoven]
internal static class Bounded
{
    internal const double DefaultSeconds = 30;

    /// <summary>Runs the body as a goroutine and waits for its end on the plain thread of the test.</summary>
    internal static void OnGoroutine(Action body, double seconds = DefaultSeconds) => Wait(Run(body), seconds);

    /// <summary>Runs the body as a goroutine and returns its result.</summary>
    internal static T OnGoroutine<T>(Func<T> body, double seconds = DefaultSeconds)
    {
        var task = Run(body);
        Wait(task, seconds);
        return task.Result;
    }

    /// <summary>Runs the body on a plain thread of its own.</summary>
    internal static Task OnThread(Action body)
    {
        var done = new TaskCompletionSource();
        var thread = new Thread(() =>
        {
            try
            {
                body();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }, 512 * 1024) { IsBackground = true };
        thread.Start();
        return done.Task;
    }

    /// <summary>Waits for the task; throws what it failed with, as it was thrown.</summary>
    internal static void Wait(Task task, double seconds = DefaultSeconds)
    {
        // By polling: the test must not depend on the wake-ups that it tests.
        var clock = Stopwatch.StartNew();
        while (!task.IsCompleted)
        {
            if (clock.Elapsed.TotalSeconds > seconds)
                Fail($"not done after {seconds} s");
            Thread.Sleep(clock.ElapsedMilliseconds < 20 ? 0 : 1);
        }
        task.GetAwaiter().GetResult();
    }

    /// <summary>Waits for all of them; the first that fails is thrown at once, since the others may wait for it.</summary>
    internal static void Wait(IEnumerable<Task> tasks, double seconds = DefaultSeconds)
    {
        var all = tasks.ToList();
        Until(() => all.All(t => t.IsCompletedSuccessfully) || all.Any(t => t.IsFaulted || t.IsCanceled), "all are done", seconds);
        foreach (var task in all.OrderByDescending(t => t.IsFaulted || t.IsCanceled))
            task.GetAwaiter().GetResult();
    }

    /// <summary>Waits until the condition holds, on a plain thread.</summary>
    internal static void Until(Func<bool> condition, string what, double seconds = DefaultSeconds)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed.TotalSeconds > seconds)
                Fail($"{what}: not so after {seconds} s");
            Thread.Sleep(clock.ElapsedMilliseconds < 20 ? 0 : 1);
        }
    }

    /// <summary>A figure on a machine that others use as well: one of so many attempts must be as it should.</summary>
    internal static void OneOf(int attempts, Action attempt)
    {
        for (var i = 1; ; i++)
        {
            try
            {
                attempt();
                return;
            }
            catch (Xunit.Sdk.XunitException) when (i < attempts)
            {
            }
        }
    }

    private static void Fail(string what)
    {
        var dump = new StringWriter();
        WeftRuntime.Dump(dump);
        var goroutines = dump.ToString();
        // The figures stand last: of a long message that is what a log's reader sees.
        var figures = new StringWriter();
        figures.WriteLine(what);
        figures.WriteLine($"MaxProcs {WeftRuntime.MaxProcs}, spare {sched.spare}, Ms {sched.nm} of {sched.mcount}, idle Ms {sched.nmidle}, idle Ps {sched.npidle}, spinning {sched.nmspinning}, global queue {sched.runqsize}");
        figures.WriteLine(string.Join(", ", Proc.AllGs().GroupBy(g => (g.Status, IsLocked: g.lockedm is not null)).Select(g => $"{g.Key.Status}{(g.Key.IsLocked ? " with a thread" : "")} {g.Count()}")));
        foreach (var p in sched.allp)
            figures.WriteLine($"P{p.id}: {p.status}, M {p.m?.id.ToString() ?? "none"}, runnext {p.runq.HasRunnext}, ring {p.runq.Count}, next timer {p.timers.Next}");
        Assert.Fail((goroutines.Length > 20_000 ? goroutines[..20_000] + "\n...\n" : goroutines) + figures);
    }
}
