// An exception has left a goroutine.
//
//     panic: System.InvalidOperationException: message
//
//     goroutine 7 [running]:
//     Program.Fail(String what)
//     	/src/Program.cs:12
//     caused by System.IO.IOException: message of the inner exception
//     Program.Read()
//     	/src/Program.cs:30
//     created by Program.Main in goroutine 1
//     	/src/Program.cs:5
//
// Order: the bubble that the goroutine belongs to, in a test, takes it and fails the test. WeftRuntime.UnhandledException, whose handlers may
// take the exception; then AppDomain.UnhandledException, which says that the process ends, and hence is not raised for what was taken; then
// the text, by `write` alone; then exit code 2.
//
// All of it runs on the goroutine's own thread, with the goroutine as the current one: handlers, and messages that are computed, may
// block. Whatever they throw is noted in the text and does not stop it. Of goroutines that panic at the same time the first prints, the
// others wait for the end; they have given their Ps away, since the first may need one.

using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Text;

namespace Weft.Runtime;

[NotWoven]
internal static class Panic
{
    /// <summary>At the goroutine's base. Returns if a handler has taken the exception.</summary>
    internal static void Unhandled(Exception e, G g)
    {
        if (SynctestBubble.On && g.bubble is { } bubble && bubble.Failed(e, g))
        {
            g.exiting = false;
            return;
        }
        string? failure = null;
        if (IsTaken(e, g, ref failure))
        {
            g.exiting = false; // it ends as if it had returned, also where it was about to exit
            return;
        }
        if (!Fatal.BeginDying())
            Fatal.WaitForTheEnd();
        Try("AppDomain.UnhandledException", () => ExceptionHandling.RaiseAppDomainUnhandledExceptionEvent(e), ref failure);
        Fatal.Write(Text(e, g, failure));
        if (Traceback.Level >= TracebackLevel.All)
            Fatal.WriteGoroutines(shown: g);
        Fatal.Exit();
    }

    private static bool IsTaken(Exception e, G g, ref string? failure)
    {
        if (WeftRuntime.UnhandledExceptionHandlers is not { } handlers)
            return false;
        var args = new GoroutineUnhandledExceptionEventArgs(e, g.goid);
        Try("WeftRuntime.UnhandledException", () => handlers(null, args), ref failure);
        return args.Handled;
    }

    private static void Try(string what, Action action, ref string? failure)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            failure += $"[a handler of {what} failed: {Headline(e)}]\n";
        }
    }

    private static string Text(Exception e, G g, string? failure)
    {
        var text = new StringBuilder();
        text.Append("panic: ").Append(Headline(e)).Append('\n').Append(failure);
        if (Traceback.Level == TracebackLevel.None)
            return text.ToString();
        text.Append('\n');
        GoroutineDump.Header(text, g, "running", hasThread: true);
        try
        {
            Frames(text, e, depth: 0);
        }
        catch (Exception inner)
        {
            text.Append($"[the trace failed: {inner.GetType()}]\n");
        }
        GoroutineDump.CreatedBy(text, g);
        return text.ToString();
    }

    private static void Frames(StringBuilder text, Exception e, int depth)
    {
        Symbols.Trace(text, e);
        if (depth == 20)
            return; // somebody builds chains without an end
        var causes = e is AggregateException many ? many.InnerExceptions : e.InnerException is { } inner ? [inner] : (IReadOnlyList<Exception>)[];
        foreach (var cause in causes)
        {
            text.Append("caused by ").Append(Headline(cause)).Append('\n');
            Frames(text, cause, depth + 1);
        }
    }

    /// <summary>Type and message; further lines of the message are indented.</summary>
    private static string Headline(Exception e)
    {
        string message;
        try
        {
            message = e.Message;
        }
        catch (Exception inner)
        {
            message = $"[panic while printing panic value: {inner.GetType()}]";
        }
        return $"{e.GetType()}: {message.ReplaceLineEndings("\n\t")}";
    }
}
