// Schedule: a test under schedules that seeds decide. A schedule is a controlled bubble (Turns.cs).

using System.Diagnostics;
using System.Globalization;

namespace Weft.Testing;

/// <summary>
/// Runs a test under schedules that are decided by a seed: the same seed gives the same interleaving, and a search finds the seed of one that fails.
/// </summary>
/// <remarks>
/// <para>The test runs in a bubble (<see cref="Bubble"/>), with its clock, in which one goroutine runs at a time. At each scheduling point the seed
/// decides who is next: where a goroutine blocks, ends or yields, and, in woven code, before each operation on a channel, a select, a lock, a wait
/// group, a condition, a semaphore, and after each go statement. What lies between two points is not divided; <see cref="Goroutine.Yield()"/> adds
/// one. The seed also decides which case a select takes, and the order of timers that are due at once.</para>
/// <para>Mutexes count as durable here: goroutines that wait for each other's are reported as a deadlock. The interleaving is the same only as
/// far as the test itself is: what it does with other threads, with real time or with random numbers is up to it. After a failure the goroutines of
/// that run stay where they are.</para>
/// </remarks>
/// <example><code>
/// static void Deposit()
/// {
///     var balance = 0;
///     var mutex = new GoMutex();
///     var done = new WaitGroup();
///     for (var i = 0; i &lt; 2; i++)
///         done.Go(() =>
///         {
///             mutex.Lock();
///             var read = balance;
///             mutex.Unlock();
///             mutex.Lock();            // too late: another may have written by now
///             balance = read + 1;
///             mutex.Unlock();
///         });
///     done.Wait();
///     if (balance != 2) throw new InvalidOperationException("an update was lost");
/// }
/// try
/// {
///     Schedule.Search(Deposit);
/// }
/// catch (ScheduleException e)
/// {
///     Console.WriteLine(e.InnerException!.Message);      // an update was lost
///     try
///     {
///         Schedule.Run(e.Seed, Deposit);
///     }
///     catch (ScheduleException again)
///     {
///         Console.WriteLine(again.Seed == e.Seed);       // True
///     }
/// }
/// </code></example>
public static class Schedule
{
    internal const string SeedVariable = "WEFT_TESTING_SEED", RunsVariable = "WEFT_TESTING_RUNS", SecondsVariable = "WEFT_TESTING_SECONDS";

    /// <summary>Runs the test once, under the schedule of a seed.</summary>
    /// <param name="seed">As a <see cref="ScheduleException"/> names it: <c>random:7</c>, <c>pct:7</c>. A bare number is random.</param>
    /// <param name="body">The test.</param>
    /// <exception cref="ScheduleException">
    /// It failed: an exception left it or a goroutine of it, it came to a deadlock, left goroutines behind that are blocked for ever, or had no end. The
    /// cause is the inner exception.
    /// </exception>
    /// <exception cref="FormatException">That is no seed.</exception>
    /// <exception cref="InvalidOperationException">As <see cref="Bubble.Run(Action)"/>.</exception>
    public static void Run(string seed, Action body)
    {
        ArgumentNullException.ThrowIfNull(seed);
        ArgumentNullException.ThrowIfNull(body);
        Bubble.RequireOutside("Schedule.Run");
        Run(Strategy.Parse(seed), body, new ScheduleOptions().MaxSteps, 1);
    }

    /// <summary>As <see cref="Run(string, Action)"/>, with a seed that is a number.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="body">The test.</param>
    /// <param name="strategy">One strategy.</param>
    /// <exception cref="ScheduleException">As <see cref="Run(string, Action)"/>.</exception>
    public static void Run(ulong seed, Action body, ScheduleStrategy strategy = ScheduleStrategy.Random)
    {
        ArgumentNullException.ThrowIfNull(body);
        Bubble.RequireOutside("Schedule.Run");
        Run(Strategy.Of(strategy, seed), body, new ScheduleOptions().MaxSteps, 1);
    }

    /// <summary>
    /// Runs the test under many schedules until one fails. If the environment variable <c>WEFT_TESTING_SEED</c> names a seed, under that one only.
    /// </summary>
    /// <param name="body">The test; it is run once for each schedule and should begin anew each time.</param>
    /// <param name="options">How many, for how long, by which strategies.</param>
    /// <returns>How many schedules were tried; none has failed.</returns>
    /// <exception cref="ScheduleException">A schedule has failed. The message says how to run it again.</exception>
    /// <exception cref="InvalidOperationException">As <see cref="Bubble.Run(Action)"/>.</exception>
    public static int Search(Action body, ScheduleOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        Bubble.RequireOutside("Schedule.Search");
        options = WithEnvironment(options ?? new ScheduleOptions());
        if (Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } seed)
        {
            Run(Strategy.Parse(seed), body, options.MaxSteps, 1);
            return 1;
        }
        var start = Stopwatch.GetTimestamp();
        var run = 0;
        while (run < options.Runs && (options.TimeLimit < TimeSpan.Zero || Stopwatch.GetElapsedTime(start) < options.TimeLimit))
        {
            var isRandom = options.Strategy == ScheduleStrategy.Random || options.Strategy == ScheduleStrategy.All && run % 2 == 0;
            Run(Strategy.Of(isRandom ? ScheduleStrategy.Random : ScheduleStrategy.Priorities, options.FirstSeed + (ulong)run), body, options.MaxSteps, ++run);
        }
        return run;
    }

    private static void Run(Strategy strategy, Action body, int maxSteps, int run)
    {
        var bubble = new BubbleCore(new Turns(strategy, maxSteps));
        Goroutine.Await(bubble.Start(body));
        Conclude(bubble, strategy, run);
    }

    [NotWoven]
    private static void Conclude(BubbleCore bubble, Strategy strategy, int run)
    {
        try
        {
            bubble.Conclude();
        }
        catch (Exception e)
        {
            throw new ScheduleException(strategy.Seed, run, e);
        }
    }

    private static ScheduleOptions WithEnvironment(ScheduleOptions options)
    {
        if (int.TryParse(Environment.GetEnvironmentVariable(RunsVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var runs))
            options = options with { Runs = runs };
        if (double.TryParse(Environment.GetEnvironmentVariable(SecondsVariable), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            options = options with { TimeLimit = TimeSpan.FromSeconds(seconds) };
        return options;
    }
}
