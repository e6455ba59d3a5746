namespace Weft.Testing;

/// <summary>A test has failed under a schedule. The message names the seed that runs it again.</summary>
public sealed class ScheduleException : Exception
{
    /// <summary>With the usual message.</summary>
    public ScheduleException() : this("The test failed under a schedule.")
    {
    }

    /// <summary>With a message of its own.</summary>
    public ScheduleException(string message) : base(message) => Seed = "";

    /// <summary>With a message and a cause.</summary>
    public ScheduleException(string message, Exception inner) : base(message, inner) => Seed = "";

    internal ScheduleException(string seed, int run, Exception inner) : base(
        $"schedule {seed} failed{(run > 1 ? $" (run {run})" : "")}: {inner.Message}\n" +
        $"Run it again by {Schedule.SeedVariable}={seed}, or by Schedule.Run(\"{seed}\", ...).", inner) => Seed = seed;

    /// <summary>Runs the same schedule again: by <see cref="Schedule.Run(string, Action)"/>, or as the environment variable <c>WEFT_TESTING_SEED</c>.</summary>
    public string Seed { get; }
}
