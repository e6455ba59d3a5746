// The event that sees an exception before it ends the process.

using Weft.Runtime;

namespace Weft;

/// <summary>An exception has left a goroutine.</summary>
public sealed class GoroutineUnhandledExceptionEventArgs : EventArgs
{
    internal GoroutineUnhandledExceptionEventArgs(Exception exception, long goroutineId)
    {
        Exception = exception;
        GoroutineId = goroutineId;
    }

    /// <summary>The exception.</summary>
    public Exception Exception { get; }

    /// <summary>The goroutine that it has left; see <see cref="Goroutine.Id"/>.</summary>
    public long GoroutineId { get; }

    /// <summary>
    /// Set to true: the goroutine ends as if it had returned, and the process goes on. Of the main goroutine it is <c>Main</c> that ends, and
    /// the process with it, with <see cref="Environment.ExitCode"/>.
    /// </summary>
    public bool Handled { get; set; }
}

public static partial class WeftRuntime
{
    internal static EventHandler<GoroutineUnhandledExceptionEventArgs>? UnhandledExceptionHandlers { get; private set; }

    private static readonly Lock s_handlersLock = new();

    /// <summary>
    /// Raised when an exception leaves a goroutine, on the goroutine itself: a handler may block. Unless one sets
    /// <see cref="GoroutineUnhandledExceptionEventArgs.Handled"/>, <see cref="AppDomain.UnhandledException"/> is raised next, the exception
    /// and its trace are written to standard error in Go's form, and the process ends with exit code 2.
    /// </summary>
    /// <remarks>
    /// Not raised for the goroutines of <see cref="Goroutine.Run(Action)"/>: their tasks keep the exception. What a handler throws is noted in
    /// the text. Several goroutines may raise it at the same time.
    /// </remarks>
    public static event EventHandler<GoroutineUnhandledExceptionEventArgs>? UnhandledException
    {
        add
        {
            lock (s_handlersLock)
                UnhandledExceptionHandlers += value;
        }
        remove
        {
            lock (s_handlersLock)
                UnhandledExceptionHandlers -= value;
        }
    }
}
