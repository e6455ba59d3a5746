// Goroutine.Exit: Go's runtime.Goexit. How it travels is in Runtime/GoexitException.cs.

using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using Weft.Runtime;

namespace Weft;

public static partial class Goroutine
{
    /// <summary>
    /// Ends the calling goroutine: Go's <c>runtime.Goexit</c>. Its finally blocks run, innermost first; no other goroutine is affected.
    /// </summary>
    /// <remarks>
    /// No <c>catch</c> clause in woven code sees it, not even <c>catch (Exception)</c>. In code that is not woven it looks like an exception;
    /// one who stops it there delays it until the goroutine is back in woven code. An exception that a finally block throws meanwhile may
    /// be caught, and then the exit goes on; if nobody catches it, it ends the process as ever.
    /// On the main goroutine it ends <c>Main</c> without ending the process: the others go on, until one of them calls
    /// <see cref="Environment.Exit"/>.
    /// The task of <see cref="Run(Action)"/> fails with <see cref="GoroutineExitedException"/>.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The thread runs no goroutine.</exception>
    [DoesNotReturn]
    public static void Exit()
    {
        if (M.getg() is not { } g)
            throw new InvalidOperationException("Goroutine.Exit was called on a thread that runs no goroutine.");
        Proc.Goexit(g);
    }

    /// <summary>Hot form of <see cref="Exit()"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never), DoesNotReturn]
    public static void Exit(G g) => Proc.Goexit(g);
}

/// <summary>What the task of a goroutine fails with that has called <see cref="Goroutine.Exit()"/>: it has ended, and has no result.</summary>
public sealed class GoroutineExitedException : Exception
{
    /// <summary>With the usual message.</summary>
    public GoroutineExitedException() : base("The goroutine ended by Goroutine.Exit.")
    {
    }

    /// <summary>With a message of its own.</summary>
    public GoroutineExitedException(string message) : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    public GoroutineExitedException(string message, Exception inner) : base(message, inner)
    {
    }
}
