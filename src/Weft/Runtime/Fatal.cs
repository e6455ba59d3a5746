// The ways in which the runtime itself ends the process: a text on the standard error handle by the OS alone, then exit code 2.
//
// No lock, no Console, nothing that could wait for a goroutine. User mistakes are exceptions, not this; an exception that nobody caught
// is in Panic.cs.
//
// One thread ends the process. Any other that comes here, and the main thread when Main returns meanwhile, waits to be ended with it, so
// that the text is printed whole and the exit code is that of the one who came first.

using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Weft.Runtime;

[NotWoven]
internal static class Fatal
{
    // The number of the thread that ends the process.
    private static int s_dying;

    /// <summary>Somebody is about to end the process.</summary>
    internal static bool IsDying => Volatile.Read(ref s_dying) != 0;

    /// <summary>True for the first who comes: it must end the process.</summary>
    internal static bool BeginDying() => Interlocked.CompareExchange(ref s_dying, Environment.CurrentManagedThreadId, 0) == 0;

    /// <summary>Another thread ends the process: nothing to do any more. A goroutine's P goes to those whom that thread may need.</summary>
    [DoesNotReturn]
    internal static void WaitForTheEnd()
    {
        if (M.getg() is { } g && g.Status == GStatus.Running && g.m!.p is not null)
            Proc.entersyscallblock(g);
        while (true)
            Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>A broken invariant of the runtime: <c>fatal error: text</c>, the stack of the thread that found it, exit code 2.</summary>
    [DoesNotReturn]
    internal static void Throw(string text, string before = "")
    {
        if (BeginDying())
        {
            Write(before + "fatal error: " + text + "\n\n");
            Write(Environment.StackTrace + "\n");
        }
        else if (Volatile.Read(ref s_dying) != Environment.CurrentManagedThreadId)
        {
            Thread.Sleep(Timeout.Infinite); // the first one is still writing
        }
        Exit();
    }

    /// <summary>A mistake of the program that no exception can report: <c>fatal error: text</c>, all goroutines, exit code 2.</summary>
    [DoesNotReturn]
    internal static void ThrowAll(string text)
    {
        if (!BeginDying())
            WaitForTheEnd();
        Write("fatal error: " + text + "\n");
        WriteGoroutines();
        Exit();
    }

    /// <summary>Every goroutine that was not shown, each after a blank line. A dump that fails ends where it is.</summary>
    internal static void WriteGoroutines(G? shown = null)
    {
        if (Traceback.Level == TracebackLevel.None)
            return;
        try
        {
            using var w = new StderrWriter();
            GoroutineDump.Write(w, shown);
        }
        catch (Exception e)
        {
            Write($"\n[the dump failed: {e.GetType()}]\n");
        }
    }

    [DoesNotReturn]
    internal static void Exit()
    {
        if (Traceback.Level == TracebackLevel.Crash)
            Os.Current.abort();
        Os.Current.exit(2);
        throw new InvalidOperationException();
    }

    internal static void Write(string text) => Write(Encoding.UTF8.GetBytes(text));

    /// <summary>All of it, unless standard error refuses.</summary>
    private static void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var n = WeftRuntime.Write(2, bytes);
            if (n <= 0)
                return;
            bytes = bytes[(int)n..];
        }
    }

    /// <summary>Standard error without Console; a dump of a million goroutines goes out in pieces.</summary>
    private sealed class StderrWriter : TextWriter
    {
        private readonly StringBuilder _pending = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            _pending.Append(value);
            if (_pending.Length > 8192 && !char.IsHighSurrogate(value))
                Flush();
        }

        public override void Flush()
        {
            Fatal.Write(_pending.ToString());
            _pending.Clear();
        }

        protected override void Dispose(bool disposing) => Flush();
    }
}
