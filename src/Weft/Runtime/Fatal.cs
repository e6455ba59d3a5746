// Runtime bugs and fatal ends: a constant text on the standard error handle by the OS alone, then exit code 2.
//
// No lock, no Console, nothing that could wait for a goroutine. User mistakes are exceptions, not this.

using System.Diagnostics.CodeAnalysis;

namespace Weft.Runtime;

[NotWoven]
internal static class Fatal
{
    private static int s_dying;

    /// <summary>A broken invariant of the runtime: <c>fatal error: text</c>, the trace of this thread, exit code 2.</summary>
    [DoesNotReturn]
    internal static void Throw(string text)
    {
        if (Interlocked.Exchange(ref s_dying, 1) == 0)
        {
            Write("fatal error: " + text + "\n\n");
            Write(Environment.StackTrace + "\n");
        }
        Os.Current.exit(2);
        throw new InvalidOperationException(text);
    }

    /// <summary>An exception has left a goroutine: <c>panic: ...</c>, the goroutine, its trace, exit code 2.</summary>
    [DoesNotReturn]
    internal static void Panic(Exception e, G g)
    {
        if (Interlocked.Exchange(ref s_dying, 1) != 0)
            Thread.Sleep(Timeout.Infinite); // the first one to die prints; it ends the process for us
        var text = $"panic: {e.GetType().FullName}: {e.Message}\n\ngoroutine {g.goid} [running]:\n{e}\n";
        if (g.parentGoid != 0)
            text += $"created by goroutine {g.parentGoid}\n";
        Write(text);
        Os.Current.exit(2);
        throw e;
    }

    private static void Write(string text) => WeftRuntime.Write(2, System.Text.Encoding.UTF8.GetBytes(text));
}
