namespace Weft.Testing;

/// <summary>How a seed chooses who runs.</summary>
[Flags]
public enum ScheduleStrategy
{
    /// <summary>Any goroutine that can run, at every point. Finds what few switches in many places bring about.</summary>
    Random = 1,

    /// <summary>
    /// By random priorities, which change at a few random points (PCT). Finds what needs one goroutine to be far behind the others.
    /// </summary>
    Priorities = 2,

    /// <summary>Both, by turns.</summary>
    All = Random | Priorities,
}

/// <summary>What <see cref="Schedule.Search(Action, ScheduleOptions?)"/> tries.</summary>
public sealed record ScheduleOptions
{
    /// <summary>How many schedules at most; 1000. The environment variable <c>WEFT_TESTING_RUNS</c> overrides it.</summary>
    public int Runs { get; init; } = 1000;

    /// <summary>For how long at most; without limit. The environment variable <c>WEFT_TESTING_SECONDS</c> overrides it.</summary>
    public TimeSpan TimeLimit { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Which strategies, by turns.</summary>
    public ScheduleStrategy Strategy { get; init; } = ScheduleStrategy.All;

    /// <summary>The first seed; the next ones follow it.</summary>
    public ulong FirstSeed { get; init; } = 1;

    /// <summary>A schedule with more scheduling points than this has no end; 100,000.</summary>
    public int MaxSteps { get; init; } = 100_000;
}
