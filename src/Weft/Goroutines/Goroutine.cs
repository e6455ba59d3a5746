// The public face of goroutines: go statement, join, yield, sleep.

using System.ComponentModel;
using System.Diagnostics;
using Weft.Runtime;

namespace Weft;

/// <summary>
/// Goroutines: activations of plain methods that run many to a thread. Meant for <c>using static Weft.Goroutine;</c>
/// </summary>
/// <remarks>
/// Everything here may be called from a goroutine and from any other thread. A goroutine that blocks in a Weft operation, reached through
/// woven methods only, gives its thread back; reached through a method that is not woven, it blocks its thread, and another
/// thread takes over the other goroutines.
/// </remarks>
/// <example><code>
/// using static Weft.Goroutine;
///
/// var done = new Chan&lt;string&gt;();
/// Go(() => done.Send("hello from a goroutine"));
/// Console.WriteLine(done.Receive());
/// </code></example>
public static partial class Goroutine
{
    /// <summary>Starts a goroutine: Go's <c>go body()</c>. Returns at once; the newest goroutine of a processor runs next.</summary>
    /// <param name="body">What to run. An exception that leaves it ends the process; see <see cref="WeftRuntime.UnhandledException"/>.</param>
    [GoStatement]
    public static void Go(Action body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Proc.newproc(body, M.Current);
    }

    /// <summary>Hot form of <see cref="Go(Action)"/>.</summary>
    [Twin(Suspends = false), EditorBrowsable(EditorBrowsableState.Never)]
    public static void Go(Action body, G g)
    {
        ArgumentNullException.ThrowIfNull(body);
        Proc.newproc(body, g.m);
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
    }

    /// <summary>Starts a goroutine with an argument: Go's <c>go body(arg)</c>; the argument is evaluated by the caller.</summary>
    /// <param name="body">What to run.</param>
    /// <param name="arg">Its argument.</param>
    /// <typeparam name="T">The argument's type.</typeparam>
    [GoStatement]
    public static void Go<T>(Action<T> body, T arg)
    {
        ArgumentNullException.ThrowIfNull(body);
        Go(() => body(arg));
    }

    /// <summary>Starts a goroutine that runs an async method and waits for its task.</summary>
    /// <param name="body">What to run; a fault of its task ends the process, as an exception that leaves a goroutine does.</param>
    [GoStatement]
    public static void Go(Func<Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Go(() => Await(SynctestBubble.On ? SynctestBubble.Begin(body) : body()));
    }

    /// <summary>For a body that is more than one function, or one that takes null: woven code knows how to call it.</summary>
    internal static Action Calling(Action body) => [StackTraceHidden] () => body();

    /// <summary>Starts a goroutine that can be joined.</summary>
    /// <param name="body">What to run.</param>
    /// <returns>A task that ends with the goroutine: faulted with the exception that left it, or with <see cref="GoroutineExitedException"/>. Waiting for it in woven code parks.</returns>
    [GoStatement]
    public static Task Run(Action body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var done = SynctestBubble.NewSource();
        Go(() =>
        {
            try
            {
                body();
                done.SetResult();
            }
            catch (Exception e) when (!GoexitException.IsIn(e)) // the filter is for the plain form: the hot one has it anyway
            {
                Fail(done, e);
            }
            finally
            {
                if (!done.Task.IsCompleted)
                    done.SetException(new GoroutineExitedException());
            }
        });
        return done.Task;
    }

    /// <summary>Starts a goroutine whose result can be had.</summary>
    /// <param name="body">What to run.</param>
    /// <returns>A task with the result, or faulted with the exception that left <paramref name="body"/>.</returns>
    /// <typeparam name="T">The result's type.</typeparam>
    [GoStatement]
    public static Task<T> Run<T>(Func<T> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var done = SynctestBubble.NewSource<T>();
        Go(() =>
        {
            try
            {
                done.SetResult(body());
            }
            catch (Exception e) when (!GoexitException.IsIn(e))
            {
                Fail(done, e);
            }
            finally
            {
                if (!done.Task.IsCompleted)
                    done.SetException(new GoroutineExitedException());
            }
        });
        return done.Task;
    }

    /// <summary>Starts a goroutine that runs an async method, waits for its task, and can be joined.</summary>
    /// <param name="body">What to run.</param>
    [GoStatement]
    public static Task Run(Func<Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Run(() => Await(SynctestBubble.On ? SynctestBubble.Begin(body) : body()));
    }

    /// <summary>Starts a goroutine that runs an async method, waits for its task, and has its result.</summary>
    /// <param name="body">What to run.</param>
    /// <typeparam name="T">The result's type.</typeparam>
    [GoStatement]
    public static Task<T> Run<T>(Func<Task<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Run(() => Await(SynctestBubble.On ? SynctestBubble.Begin(body) : body()));
    }

    /// <summary>Lets other goroutines run: Go's <c>runtime.Gosched</c>. The goroutine goes to the end of the global queue.</summary>
    /// <remarks>On a thread that is no goroutine: <see cref="Thread.Yield"/>.</remarks>
    public static void Yield()
    {
        if (M.getg() is { } g)
            Proc.YieldPinned(g);
        else
            Thread.Yield();
    }

    /// <summary>Hot form of <see cref="Yield()"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public static void Yield(G g)
    {
        if (g.held != 0)
            Proc.YieldPinned(g);
        else
            Proc.Yield(g);
    }

    /// <summary>Sleeps: Go's <c>time.Sleep</c>. Never shorter than <paramref name="d"/>; zero or less returns at once.</summary>
    /// <param name="d">How long.</param>
    public static void Sleep(TimeSpan d) => Proc.SleepPlain(d);

    /// <summary>Hot form of <see cref="Sleep(TimeSpan)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public static void Sleep(TimeSpan d, G g) => Proc.Sleep(g, d);

    /// <summary>Sleeps until the time is over or the token is cancelled.</summary>
    /// <param name="d">How long; zero or less returns at once.</param>
    /// <param name="token">Ends the sleep.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static void Sleep(TimeSpan d, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (d > TimeSpan.Zero)
            Blocking.Plain(new SleepWait(d), WaitReason.Sleep, token);
    }

    /// <summary>Hot form of <see cref="Sleep(TimeSpan, CancellationToken)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public static void Sleep(TimeSpan d, CancellationToken token, G g)
    {
        token.ThrowIfCancellationRequested();
        if (d > TimeSpan.Zero)
            Blocking.Hot(new SleepWait(d), g, WaitReason.Sleep, token);
    }

    /// <summary>Sleeps on a clock of the caller's, for example one that a test moves.</summary>
    /// <param name="d">How long; zero or less returns at once.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="token">Ends the sleep.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static void Sleep(TimeSpan d, TimeProvider timeProvider, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        if (timeProvider == TimeProvider.System || SynctestBubble.For(timeProvider) is not null || d <= TimeSpan.Zero)
            Sleep(d, token);
        else
            Await(Task.Delay(d, timeProvider, token));
    }

    /// <summary>
    /// Binds the goroutine to its thread until <see cref="UnlockOSThread"/> was called as often: Go's <c>runtime.LockOSThread</c>. It runs on no
    /// other thread, and the thread runs nothing else. If it ends before that, its thread ends with it.
    /// </summary>
    /// <exception cref="OverflowException">Called <see cref="int.MaxValue"/> times more often than <see cref="UnlockOSThread"/>.</exception>
    /// <remarks>Every switch then costs a switch of threads. On a thread that is no goroutine it does nothing.</remarks>
    public static void LockOSThread()
    {
        if (M.getg() is { } g)
            Proc.LockOSThread(g);
    }

    /// <summary>Undoes one <see cref="LockOSThread"/>; one too many does nothing.</summary>
    public static void UnlockOSThread()
    {
        if (M.getg() is { } g)
            Proc.UnlockOSThread(g);
    }

    /// <summary>The number of the running goroutine, unique for ever; 0 on a thread that is no goroutine.</summary>
    public static long Id => M.Current is { foreign: false, curg: { } g } ? g.goid : 0;

    [NotWoven]
    private static void Fail(TaskCompletionSource done, Exception e)
    {
        if (e is OperationCanceledException canceled)
            done.SetCanceled(canceled.CancellationToken);
        else
            done.SetException(e);
    }

    [NotWoven]
    private static void Fail<T>(TaskCompletionSource<T> done, Exception e)
    {
        if (e is OperationCanceledException canceled)
            done.SetCanceled(canceled.CancellationToken);
        else
            done.SetException(e);
    }
}
