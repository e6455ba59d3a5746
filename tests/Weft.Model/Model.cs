// Model: what scenarios are written with.
//
// A scenario is a body on a plain thread, which starts goroutines and threads and blocks as any program does; Weft.dll beneath it is the
// instrumented one. Scenarios themselves are not instrumented: what they share they share through Weft, or through what is below.

using System.Reflection;
using System.Runtime.CompilerServices;

namespace Weft.Model;

[NotWoven]
internal static class Models
{
    private static readonly Type s_reset = typeof(Chan<>).Assembly.GetType("Weft.Runtime.ModelReset")
        ?? throw new InvalidOperationException("Weft.dll is not instrumented");

    private static readonly Action s_statics = s_reset.GetMethod("Statics")!.CreateDelegate<Action>();
    private static readonly Action s_thread = s_reset.GetMethod("Thread")!.CreateDelegate<Action>();

    [ModuleInitializer]
    internal static void Initialize()
    {
        // Before anything of Weft is touched: its checker looks at every transition of every execution.
        Environment.SetEnvironmentVariable("WEFT_CHECK", "1");
        Environment.SetEnvironmentVariable("WEFT_MAXPROCS", null);
        Environment.SetEnvironmentVariable("WEFT_CHAOS", null);
    }

    /// <param name="procs">MaxProcs; 0 if the scenario needs no scheduler.</param>
    internal static Scenario Scenario(string name, int procs, Action body, Action? check = null, bool timePasses = false, bool idleThreadsEnd = false) => new()
    {
        Name = name,
        TimePasses = timePasses,
        BeginThread = s_thread,
        Begin = () =>
        {
            if (procs == 0)
                return;
            Environment.SetEnvironmentVariable("WEFT_MAXPROCS", procs.ToString());
            Execution.Quietly(s_statics);
            Proc.IdleThreadNs = idleThreadsEnd ? 1_000_000 : -1;
        },
        Body = body,
        Check = () =>
        {
            if (procs > 0 && !idleThreadsEnd)
                AllIdle();
            check?.Invoke();
        },
    };

    /// <summary>What must hold when nothing can happen any more and nobody keeps a P.</summary>
    private static void AllIdle()
    {
        That(sched.nmspinning == 0, $"{sched.nmspinning} Ms spin, and all sleep");
        That(sched.runqsize == 0, "a goroutine is left in the global queue");
        foreach (var p in sched.allp)
            That(p.runq.IsEmpty, $"a goroutine is left in the queue of P {p.id}");
        foreach (var p in sched.allp)
            That(p.status == PStatus.Idle, $"P {p.id} is {p.status}, and all Ms sleep");
        That(sched.npidle == sched.gomaxprocs, $"{sched.npidle} of {sched.gomaxprocs} Ps are in the idle list, and all Ms sleep");
    }

    internal static void That(bool holds, string what)
    {
        if (holds)
            return;
        if (Execution.Me is not null)
            Execution.Current!.Fail(what);
        throw new InvalidOperationException(what);
    }

    /// <summary>Another plain thread of the scenario.</summary>
    internal static ModelThread Thread(string name, Action body) => Execution.Current!.Start(name, body, isDaemon: false);

    /// <summary>Blocks the thread, and its P with it, as a plain call does that nobody has announced.</summary>
    internal static void BlockUntil(Func<bool> condition, string what) => Execution.Until(condition, what);

    /// <summary>No execution goes wrong.</summary>
    internal static void Holds(Scenario scenario, int runs = 400, int deviations = 2, int dfsRuns = 800)
    {
        var found = Explorer.Explore(scenario, runs, deviations, dfsRuns);
        TestContext.Current.TestOutputHelper?.WriteLine($"{scenario.Name}: {found.Executions} executions, {found.Points} points");
        Assert.True(found.Report is null, found.Report);
    }

    /// <summary>With a site weakened some execution goes wrong, and its seed goes wrong the same way again.</summary>
    internal static void Finds(Scenario scenario, string mutation, int runs = 2000)
    {
        Memory.Mutations.Add(mutation);
        Memory.Mutated.Clear();
        try
        {
            var found = Explorer.Explore(scenario, runs, deviations: 2, dfsRuns: 2000);
            Assert.True(Memory.Mutated.Contains(mutation), $"no execution of {scenario.Name} passes '{mutation}'");
            Assert.True(found.Seed is not null, $"{scenario.Name} without '{mutation}': nothing found in {found.Executions} executions");
            TestContext.Current.TestOutputHelper?.WriteLine($"{scenario.Name} without '{mutation}': found by execution {found.Executions}\n{found.Report}");
            var again = Explorer.Run(scenario, Strategy.Parse(found.Seed));
            var third = Explorer.Run(scenario, Strategy.Parse(found.Seed));
            Assert.NotNull(again.Failure);
            Assert.Contains(again.Failure.Split('\n')[0], found.Report);
            Assert.Equal(again.TraceHash(), third.TraceHash());
        }
        finally
        {
            Memory.Mutations.Clear();
        }
    }
}
