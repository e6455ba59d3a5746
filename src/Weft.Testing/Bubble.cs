// Bubble: the public face of Go's testing/synctest. What it does is in BubbleCore.cs.

using System.ComponentModel;

namespace Weft.Testing;

/// <summary>
/// Tests on a clock of their own: Go's <c>testing/synctest</c>. Goroutines that are started in a bubble belong to it, and so do its channels, timers
/// and tasks; its clock starts at midnight UTC of 2000-01-01 and moves only when all of its goroutines are durably blocked, to the next deadline at
/// once. A test that sleeps for an hour takes no time, and what it measures is exact.
/// </summary>
/// <remarks>
/// <para>Durably blocked is who waits for what only the bubble itself can bring: a send, receive or select on channels that were made in it, or on
/// <see cref="Chan{T}.Nil"/>; a sleep, a deadline; <see cref="Cond"/>; <see cref="GoSemaphore"/>; a <see cref="WaitGroup"/> that was added to in the
/// bubble; the task of a <see cref="Goroutine.Run(Action)"/> in the bubble, or of <see cref="Task.Delay(TimeSpan, TimeProvider)"/> on its clock;
/// <see cref="Wait()"/>. A token beside such a wait is taken for the bubble's. Not durably blocked is who waits for a mutex (as in Go), for a channel or
/// task from outside, in foreign code, or with the thread in plain .NET: the clock stands still meanwhile.</para>
/// <para>In the bubble the system's clock is the bubble's for all of Weft: <see cref="Goroutine.Sleep(TimeSpan)"/>, <see cref="GoTimer"/>,
/// <see cref="Ticker"/>, <see cref="Time"/>, <see cref="Select.After(TimeSpan)"/>, and <see cref="Thread.Sleep(int)"/> in woven code. .NET's own timers,
/// <see cref="CancellationTokenSource"/> for one, take <see cref="TimeProvider"/>. <see cref="DateTime.UtcNow"/> stays what it is.</para>
/// <para>Any number of bubbles may run at the same time, beside everything else that the process does.</para>
/// </remarks>
/// <example><code>
/// Bubble.Run(() =>
/// {
///     var clock = Bubble.TimeProvider;
///     var start = clock.GetTimestamp();
///     var done = false;
///     Goroutine.Go(() =>
///     {
///         Goroutine.Sleep(TimeSpan.FromHours(1));
///         done = true;
///     });
///     Goroutine.Sleep(TimeSpan.FromMinutes(59));
///     Bubble.Wait();
///     Console.WriteLine(done);                           // False
///     Goroutine.Sleep(TimeSpan.FromMinutes(1));
///     Bubble.Wait();                                     // whoever is due now has run when this returns
///     Console.WriteLine(done);                           // True
///     Console.WriteLine(clock.GetElapsedTime(start));    // 01:00:00
/// });
/// </code></example>
public static class Bubble
{
    /// <summary>
    /// Runs a function as the first goroutine of a new bubble, and returns when all goroutines of the bubble have ended: Go's <c>synctest.Test</c>.
    /// Once the function has returned the clock stands still.
    /// </summary>
    /// <param name="body">What to run. An exception that leaves it, or another goroutine of the bubble, is thrown here at once.</param>
    /// <exception cref="BubbleDeadlockException">
    /// All goroutines of the bubble are durably blocked and no timer is left; or the function has returned and others are blocked for ever. Both
    /// with a dump of them.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// It is called within a bubble, or the program does not have the switch <c>Weft.Testing</c>, which a reference to the package brings.
    /// </exception>
    public static void Run(Action body)
    {
        ArgumentNullException.ThrowIfNull(body);
        RequireOutside("Bubble.Run");
        var bubble = new BubbleCore(null);
        Goroutine.Await(bubble.Start(body));
        bubble.Conclude();
    }

    /// <summary>
    /// As <see cref="Run(Action)"/>, with an async function. What continues it after an <c>await</c> runs in goroutines of the bubble, by a
    /// <see cref="SynchronizationContext"/>; its task counts as durable, so what it awaits should go by the bubble's clock.
    /// </summary>
    /// <param name="body">What to run.</param>
    /// <exception cref="BubbleDeadlockException">As <see cref="Run(Action)"/>.</exception>
    public static void Run(Func<Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Run(() => Goroutine.Await(SynctestBubble.Begin(body)));
    }

    /// <summary>
    /// Waits until all other goroutines of the bubble are durably blocked: Go's <c>synctest.Wait</c>. The clock does not move; what is due at this
    /// moment has run.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is called outside of a bubble, or another goroutine of the bubble is waiting in it.</exception>
    public static void Wait() => Blocking.Plain(Here().Waiting, WaitReason.SynctestWait);

    /// <summary>Hot form of <see cref="Wait()"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public static void Wait(G g) => Blocking.Hot(Here().Waiting, g, WaitReason.SynctestWait);

    /// <summary>
    /// Waits for a task, and says that it is durable: that goroutines and timers of this bubble complete it, and nothing else. For tasks of which the
    /// bubble cannot know that: a <see cref="TaskCompletionSource"/>'s, an async method's.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <exception cref="InvalidOperationException">It is called outside of a bubble.</exception>
    public static void Await(Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        Here().Declare(task);
        Goroutine.Await(task);
    }

    /// <summary>As <see cref="Await(Task)"/>, for its result.</summary>
    /// <param name="task">The task.</param>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <exception cref="InvalidOperationException">It is called outside of a bubble.</exception>
    public static T Await<T>(Task<T> task)
    {
        ArgumentNullException.ThrowIfNull(task);
        Here().Declare(task);
        return Goroutine.Await(task);
    }

    /// <summary>The calling goroutine is in a bubble.</summary>
    public static bool IsHere => SynctestBubble.Current is not null;

    /// <summary>The bubble's clock, for what takes one: <see cref="CancellationTokenSource(TimeSpan, TimeProvider)"/>, the code under test.</summary>
    /// <remarks>Its resolution is a nanosecond, its zone is UTC. Callbacks of its timers run in goroutines of the bubble.</remarks>
    /// <exception cref="InvalidOperationException">It is asked for outside of a bubble.</exception>
    public static TimeProvider TimeProvider => Here().TimeProvider;

    internal static void RequireOutside(string what)
    {
        if (!SynctestBubble.On)
            throw new InvalidOperationException(
                $"{what} needs the runtime switch Weft.Testing. A reference to the package Weft.Testing sets it in the runtimeconfig.json of the project that runs.");
        if (SynctestBubble.Current is not null)
            throw new InvalidOperationException($"{what} called from within a bubble");
    }

    private static BubbleCore Here() => (BubbleCore?)SynctestBubble.Current ?? throw new InvalidOperationException("The goroutine is not in a bubble.");
}
