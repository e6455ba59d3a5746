// Explorer: runs a scenario many times, each time another way.
//
// Executions run while the collector is held off, since a location is known by its address: a region without collections is entered, and
// left when most of it has been allocated. Should one happen all the same, the execution in which it did is thrown away and run again.
//
// The seed of what was found gives the same execution again: WEFT_MODEL_SEED=pct:1234, for one scenario. WEFT_MODEL_RUNS=n says how
// many executions are tried of each strategy, instead of what the scenario says.

namespace Weft.Model.Control;

/// <summary>What is explored.</summary>
public sealed class Scenario
{
    public required string Name { get; init; }

    /// <summary>Before the body, on the first thread: statics begin anew.</summary>
    public required Action Begin { get; init; }

    /// <summary>First on each thread.</summary>
    public required Action BeginThread { get; init; }

    /// <summary>The first thread.</summary>
    public required Action Body { get; init; }

    /// <summary>When nothing can happen any more; throws if something is not as it should be.</summary>
    public required Action Check { get; init; }

    /// <summary>Sleeps may end at any moment, and not only when nothing else can happen.</summary>
    public bool TimePasses { get; init; }
}

/// <summary>What was found, or that nothing was.</summary>
public sealed record Finding(string? Seed, string? Report, int Executions, long Points);

public static class Explorer
{
    private const long RegionBytes = 200L << 20, RegionUsed = 150L << 20;

    private static long s_regionStart = -1;

    /// <summary>Random and pct executions in turns, then the deviations.</summary>
    public static Finding Explore(Scenario scenario, int runs, int deviations, int dfsRuns)
    {
        if (Environment.GetEnvironmentVariable("WEFT_MODEL_SEED") is { Length: > 0 } seed)
            return Run(scenario, Strategy.Parse(seed)) is { Failure: not null } e ? Found(scenario, seed, e, 1, e.Steps) : new Finding(null, null, 1, 0);
        if (int.TryParse(Environment.GetEnvironmentVariable("WEFT_MODEL_RUNS"), out var wanted))
            (runs, dfsRuns) = (wanted, wanted);
        var executions = 0;
        var points = 0L;
        var strategies = Enumerable.Range(1, runs).SelectMany(i => new Strategy[] { new RandomStrategy((uint)i), new PctStrategy((uint)i) })
            .Concat(DfsStrategy.All(deviations).Take(dfsRuns));
        foreach (var strategy in strategies)
        {
            var e = Run(scenario, strategy);
            executions++;
            points += e.Steps;
            if (e.Failure is not null)
                return Found(scenario, strategy.Seed, e, executions, points);
        }
        return new Finding(null, null, executions, points);
    }

    private static Finding Found(Scenario scenario, string seed, Execution e, int executions, long points) =>
        new(seed, $"{scenario.Name}, execution {executions}, WEFT_MODEL_SEED={seed}:\n{e.Describe()}", executions, points);

    /// <summary>One execution.</summary>
    public static Execution Run(Scenario scenario, Strategy strategy)
    {
        while (true)
        {
            EnterRegion();
            var collections = GC.CollectionCount(0);
            var execution = new Execution(strategy, scenario.TimePasses, scenario.BeginThread);
            execution.Run(() =>
            {
                scenario.Begin();
                scenario.Body();
            }, scenario.Check);
            if (GC.CollectionCount(0) == collections)
                return execution;
            s_regionStart = -1;
            strategy = Strategy.Parse(strategy.Seed);
        }
    }

    private static void EnterRegion()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        if (s_regionStart >= 0 && allocated - s_regionStart < RegionUsed)
            return;
        if (System.Runtime.GCSettings.LatencyMode == System.Runtime.GCLatencyMode.NoGCRegion)
            GC.EndNoGCRegion();
        if (!GC.TryStartNoGCRegion(RegionBytes))
            throw new InvalidOperationException("no memory for a region without collections");
        s_regionStart = GC.GetTotalAllocatedBytes();
    }
}
