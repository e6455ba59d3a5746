// Every P is held by a loop that gives nothing away of its own accord, and a goroutine beside them has deadlines to meet.
//
// A loop with hot calls is preempted at its next prologue. One without, or beneath a plain frame, or not woven at all, never asks: for
// each of those sysmon adds a P, so that the rest goes on, and the system shares the core. Bad schedule: none is added, or not in time, or
// it is taken away again while the loop goes on.

using System.Diagnostics;

namespace Weft.Tests;

/// <summary>Deadlines beside hot loops; see the file head.</summary>
public sealed class HotLoopTests
{
    private static int s_stop;
    private static long s_sink;

    private static int Fib(int n) => n < 2 ? n : Fib(n - 1) + Fib(n - 2);

    private static void WithCalls()
    {
        while (Volatile.Read(ref s_stop) == 0)
            Fib(10);
    }

    private static void WithoutCalls()
    {
        var n = 0L;
        while (Volatile.Read(ref s_stop) == 0)
            n++;
        Volatile.Write(ref s_sink, n);
    }

    private static void Pinned() => new List<int> { 1 }.ForEach(_ => WithCalls());

    [NotWoven]
    private static class Plain
    {
        internal static void Loop()
        {
            while (Volatile.Read(ref s_stop) == 0)
                Fib(10);
        }
    }

    public static TheoryData<string> Loops => ["with calls", "without calls", "pinned", "not woven"];

    private static Action Loop(string kind) => kind switch
    {
        "with calls" => WithCalls,
        "without calls" => WithoutCalls,
        "pinned" => Pinned,
        _ => Plain.Loop,
    };

    [Theory, MemberData(nameof(Loops)), Row("TestAsyncPreempt")]
    public void Deadlines_BesideALoopOnEveryProcessor_AreMet(string kind)
    {
        if (kind == "with calls")
            Weaving.Required();
        Bounded.OneOf(3, () =>
        {
            var late = Lateness(Loop(kind));
            // The first ones too, before anybody can know that the loops are such.
            Assert.True(late.Count(ms => ms > 50) <= 2, $"late by ms: {string.Join(" ", late.Select(ms => ms.ToString("0.0")))}");
        });
    }

    private static List<double> Lateness(Action loop)
    {
        using var procs = new Procs(2);
        s_stop = 0;
        var late = new List<double>();
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            for (var i = 0; i < 2; i++)
                done.Go(loop);
            for (var i = 0; i < 40; i++)
            {
                var clock = Stopwatch.StartNew();
                Sleep(TimeSpan.FromMilliseconds(5));
                late.Add(clock.Elapsed.TotalMilliseconds - 5);
            }
            Volatile.Write(ref s_stop, 1);
            done.Wait();
        });
        return late;
    }
}
