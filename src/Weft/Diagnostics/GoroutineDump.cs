// A textual dump of all goroutines, in Go's form.
//
//     goroutine 7 [chan receive, 3 minutes]:
//     Program.Worker(Chan`1 jobs)
//     	/src/Program.cs:20
//     created by Program.Main in goroutine 1
//     	/src/Program.cs:8
//
// Read without stopping anything: a goroutine may move on while it is printed, and the dump is not of one instant. What is on the machine
// stack of a goroutine that runs, or blocks its thread, it tells itself when it is asked (StackRequest.cs), if it comes by somewhere.
//
// Of a deep stack the innermost and the outermost 50 activations are shown, as in Go.

using System.Diagnostics;
using System.Text;

namespace Weft.Runtime;

[NotWoven]
internal static class GoroutineDump
{
    internal const int Innermost = 50, Outermost = 50;

    /// <summary>Every goroutine in the order of their numbers, but for the one that was shown already; each after a blank line.</summary>
    internal static void Write(TextWriter w, G? shown = null)
    {
        Write(w, Proc.AllGs().Where(g => g != shown));
    }

    /// <summary>Those of a bubble.</summary>
    internal static string Of(SynctestBubble bubble)
    {
        var w = new StringWriter();
        Write(w, Proc.AllGs().Where(g => g.bubble == bubble));
        return w.ToString();
    }

    private static void Write(TextWriter w, IEnumerable<G> gs)
    {
        var text = new StringBuilder();
        var all = gs.OrderBy(g => g.goid).ToArray();
        var segments = StackRequest.Ask(all);
        foreach (var g in all)
        {
            text.Append('\n');
            var start = text.Length;
            Describe(text, g, segments.GetValueOrDefault(g)?.Answer);
            if (text.Length == start)
            {
                text.Clear(); // dead
                continue;
            }
            foreach (var chunk in text.GetChunks())
                w.Write(chunk.Span);
            text.Clear();
        }
    }

    /// <summary>One goroutine; nothing if it is dead.</summary>
    internal static void Describe(StringBuilder text, G g, (StackTrace Segment, Frame? Frames)? own = null)
    {
        var status = g.Status;
        if (status is GStatus.Dead or GStatus.Idle)
            return;
        Header(text, g, Text(g, status), status is GStatus.Running or GStatus.Syscall or GStatus.Copystack);
        if (own is { } stack)
            Symbols.Trace(text, stack.Segment);
        else if (status is GStatus.Running or GStatus.Syscall or GStatus.Copystack)
            text.Append("\tgoroutine running on other thread; stack unavailable\n");
        Frames(text, own is null ? g.frames : own.Value.Frames);
        CreatedBy(text, g);
    }

    internal static void Header(StringBuilder text, G g, string status, bool hasThread)
    {
        text.Append($"goroutine {g.goid} ");
        if (Traceback.Level >= TracebackLevel.System)
            text.Append(hasThread && g.m is { } m ? $"m={m.id} " : "m=nil ");
        text.Append($"[{status}]:\n");
    }

    /// <summary>The captured activations, innermost first.</summary>
    internal static void Frames(StringBuilder text, Frame? innermost)
    {
        // The runtime's own are not counted. Most frames of a deep stack are of the same few types.
        var count = 0L;
        var (last, isShown) = (typeof(object), false);
        for (var f = innermost; f is not null; f = f.parent)
        {
            if (f.GetType() is var type && type != last)
                (last, isShown) = (type, Symbols.TryDescribe(f, out _, out _, out _));
            count += isShown ? 1 : 0;
        }
        var n = 0L;
        for (var f = innermost; f is not null && n < count; f = f.parent)
        {
            if (!Symbols.TryDescribe(f, out var name, out var file, out var line))
                continue;
            n++;
            if (n > Innermost && n <= count - Outermost)
            {
                if (n == Innermost + 1)
                    text.Append($"...{count - Innermost - Outermost} frames elided...\n");
                continue;
            }
            text.Append(name).Append('\n');
            if (line != 0)
                text.Append('\t').Append(file).Append(':').Append(line).Append('\n');
        }
    }

    /// <summary>Who started it, and where if the go statement was woven.</summary>
    internal static void CreatedBy(StringBuilder text, G g)
    {
        if (g.parentGoid == 0)
            return;
        if (g.gosite is not { } site)
        {
            text.Append($"created by goroutine {g.parentGoid}\n");
            return;
        }
        // "method\nfile:line"; the second part is missing without symbols.
        var end = site.IndexOf('\n');
        text.Append("created by ").Append(end < 0 ? site : site.AsSpan(0, end)).Append($" in goroutine {g.parentGoid}\n");
        if (end >= 0)
            text.Append('\t').Append(site.AsSpan(end + 1)).Append('\n');
    }

    private static string Text(G g, GStatus status)
    {
        var text = status switch
        {
            GStatus.Waiting or GStatus.Parking => g.waitreason.Text(),
            GStatus.Runnable or GStatus.Ready => "runnable",
            GStatus.Syscall => "syscall",
            GStatus.Copystack => "copystack",
            _ => "running",
        };
        if (status is GStatus.Waiting && WaitClock.MinutesSince(g.waitsince) is >= 1 and var minutes)
            text += $", {minutes} minutes";
        return g.lockedm is null ? text : text + ", locked to thread";
    }
}
