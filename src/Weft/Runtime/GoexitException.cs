// GoexitException: Goroutine.Exit on its way down the stack.
//
// Purpose: end a goroutine from any depth so that every finally block on the way runs and no catch clause sees it.
//
// Protocol. Exit sets `exiting` and `unwind` (to Exit) and throws. Plain frames are left by .NET's own unwinding; captured frames are
// resumed only where a try protects them, as for any exception, and never for the sake of a trace. In woven assemblies every catch clause
// that could match has a filter (`G.catches`) that lets it pass, in plain bodies too. At the goroutine's base it ends the goroutine as a
// return would.
// While `exiting` is set the goroutine does not come back: what stops the exception (a catch in a method that is not woven, another
// exception that a finally block throws and somebody catches) only delays it. It is thrown again in hot code, where a catch handler is
// left (`G.CheckExit`), where a site's callee returns (`push`, by way of `unwind`), and in the next prologue (`morestack`, by way of the
// guard). Calls from handlers are plain while the goroutine exits, so none of these is met inside a finally block that the exit itself runs, nor in
// a catch clause for what such a block throws.
//
// An exception that no one catches during an exit is a panic, as in Go.
//
// Rejected: leaving hot frames by returning, as they are left to park. It would be cheaper (an exit was measured at 6 us, and 0.4 us for
// each activation) and a second mechanism: plain frames and finally blocks that throw need the exception anyway, and each kind of frame
// would have to pass from the one to the other.

using System.Diagnostics.CodeAnalysis;

namespace Weft.Runtime;

/// <summary>Private to the runtime: no user code is meant to catch it.</summary>
internal sealed class GoexitException() : Exception("The goroutine exits (Goroutine.Exit). This exception must not be caught.")
{
    /// <summary>Is it the exit, or what a plain method made of it?</summary>
    internal static bool IsIn(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is GoexitException)
                return true;
            if (e is AggregateException { InnerExceptions.Count: > 1 } many)
                return many.InnerExceptions.Any(IsIn);
        }
        return false;
    }
}

public sealed unsafe partial class G
{
    /// <summary>Goroutine.Exit was called: the goroutine runs finally blocks and nothing else any more.</summary>
    internal bool exiting;

    /// <summary>The filter of a woven catch clause: <paramref name="e"/> is the exception if its type matches, else null.</summary>
    public static bool catches(object? e, G g) => e is not null && !(g.exiting && GoexitException.IsIn(e as Exception));

    /// <summary>The same in a plain body.</summary>
    public static bool catches(object? e) => e is not null && !(M.getg() is { exiting: true } && GoexitException.IsIn(e as Exception));

    /// <summary>The filter of the clause that takes an exception over a finally block whose body can suspend: an exit runs such bodies plainly.</summary>
    public static bool defers(object e, G g) => !g.exiting;

    /// <summary>A catch clause whose body can suspend has stopped an exit: it runs plainly, to its end.</summary>
    public bool IsExiting() => exiting;

    /// <summary>A woven catch handler is left: if it stopped an exit, the exit goes on.</summary>
    public void CheckExit()
    {
        if (exiting)
            ThrowExit();
    }

    [DoesNotReturn]
    private static void ThrowExit() => throw new GoexitException();
}

internal static unsafe partial class Proc
{
    /// <summary>Ends the goroutine, which is the running one.</summary>
    [DoesNotReturn]
    internal static void Goexit(G g)
    {
        g.exiting = true;
        g.unwind = Unwind.Exit;
        g.stackguard = G.StackPreempt;
        throw new GoexitException();
    }
}
