// What every generated program stands on: the record of what it did, its fuel, and ways to block. Woven with it.
//
// A program gets a Ctx and hands it to all it calls, so that nothing here depends on the thread or on the order of goroutines.

using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Weft;
using static Weft.Goroutine;

namespace Fuzz;

/// <summary>An exception of the program's own.</summary>
public class Boom(int code) : Exception("boom " + code)
{
    public int Code => code;
}

public sealed class Bang(int code) : Boom(code + 1000);

public sealed class Ctx
{
    /// <summary>Compare stack traces: only where nothing is inlined.</summary>
    public static readonly bool Traces = Environment.GetEnvironmentVariable("FUZZ_TRACES") == "1";

    readonly StringBuilder log = new();
    readonly ConcurrentDictionary<long, (object Mon, Lock Gate)> locks = new();
    readonly ConcurrentDictionary<long, bool> mayExit = new();
    ulong hash = 14695981039346656037UL;
    int lines;

    public int Fuel = 400;

    /// <summary>Locks of whoever runs: goroutines wait for each other while they hold them.</summary>
    public object Mon => locks.GetOrAdd(Runner, _ => (new object(), new Lock())).Mon;

    public Lock Gate => locks.GetOrAdd(Runner, _ => (new object(), new Lock())).Gate;

    static long Runner => Id != 0 ? Id : -Environment.CurrentManagedThreadId;

    // Exits. Unwoven, what is expected of them is said by catch clauses that ask Caught (Compiler).

    [ThreadStatic] static bool exiting;

    static volatile bool overtaken;

    /// <summary>The goroutine that runs may exit; nobody waits for more of it than its end.</summary>
    public void MayExit() => mayExit[Id] = true;

    public bool Quit(bool really)
    {
        Yield();
        if (really && Fuel > 0 && Id != 0 && mayExit.ContainsKey(Id))
        {
            exiting = true;
            Exit();
        }
        return really;
    }

    /// <summary>A goroutine keeps its thread; asynchronous code runs on anybody's.</summary>
    public void Pin(bool on)
    {
        if (Id == 0)
            return;
        if (on)
            LockOSThread();
        else
            UnlockOSThread();
    }

    /// <summary>Is it an exception like others?</summary>
    public static bool Caught(Exception e)
    {
        for (var i = e; i is not null; i = i.InnerException)
            if (i.GetType().Name == "GoexitException")
                return false;
        if (exiting && Id != 0)
            overtaken = true;
        return true;
    }

    static volatile Ctx begun;

    /// <summary>How far a program has come that hangs.</summary>
    public static string SoFar() => begun?.Result();

    public static Ctx Begin()
    {
        overtaken = exiting = false;
        return begun = new Ctx();
    }

    /// <summary>False when the program has done enough: loops end, methods return at once.</summary>
    public bool Step() => --Fuel > 0;

    public void L<T>(int site, T value) => Line(site + ": " + Format(value));

    public void X(int site, Exception e)
    {
        Line(site + "! " + e.GetType().Name + ": " + e.Message + (e.InnerException is { } i ? " <- " + i.GetType().Name + ": " + i.Message : ""));
        if (Traces)
            foreach (var line in (e.StackTrace ?? "").Split('\n'))
                if (line.Contains("at Fuzz."))
                    log.Append("   ").Append(Plain(line.Trim())).Append('\n');
    }

    // An activation that has not been suspended shows itself as that of the twin: at T.<M>g(A a, G g).
    static string Plain(string line)
    {
        if (!line.Contains("G g)"))
            return line;
        var end = -1;
        foreach (var mark in (string[])[">g(", ">g[", ">b(", ">b["])
            end = Math.Max(end, line.LastIndexOf(mark, StringComparison.Ordinal));
        if (end < 0)
            return line;
        var start = end - 1;
        for (var depth = 1; ; start--)
        {
            depth += line[start] == '>' ? 1 : line[start] == '<' ? -1 : 0;
            if (depth == 0)
                break;
        }
        return line.Remove(end, 2).Remove(start, 1).Replace(", G g)", ")").Replace("(G g)", "()");
    }

    void Line(string line)
    {
        foreach (var ch in line)
            hash = (hash ^ ch) * 1099511628211UL;
        if (++lines <= 400)
            log.Append(line).Append('\n');
    }

    public string Result() => log + "lines " + lines + " " + hash.ToString("x16") + " fuel " + (Fuel > 0) + (overtaken ? " EXIT OVERTAKEN" : "");

    /// <summary>The record of a goroutine that runs beside this one.</summary>
    public Ctx Fork() => new() { Fuel = Math.Max(Fuel / 4, 0) };

    public void Join(Ctx other)
    {
        foreach (var line in other.Result().Split('\n'))
            if (line.StartsWith("   at "))
                log.Append(line).Append('\n');
            else
                Line("> " + line);
        Fuel -= 5;
    }

    public static string Format<T>(T value) => value switch
    {
        null => "null",
        string s => "\"" + s + "\"",
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        System.Collections.IEnumerable => "seq",
        Delegate => "fn",
        System.Runtime.CompilerServices.ITuple t => Items(t),
        _ => value.ToString()!,
    };

    static string Items(System.Runtime.CompilerServices.ITuple t)
    {
        var s = "(";
        for (var i = 0; i < t.Length; i++)
            s += (i > 0 ? ", " : "") + Format(t[i]);
        return s + ")";
    }

    // Values, and ways to wait for them.

    /// <summary>A value that the compiler does not know.</summary>
    public T V<T>(T v) => v;

    // A thread of the pool would lose its turn to whatever else the machine does: on a busy one a thousand of these took ten seconds, and
    // a minute where the run had a low priority, which was once taken for a program that hangs.
    public T S<T>(T v)
    {
        if (Id != 0)
            Yield();
        return v;
    }

    /// <summary>A round trip through another goroutine.</summary>
    public T E<T>(T v)
    {
        Fuel--;
        var there = new Chan<T>();
        var back = new Chan<T>(1);
        Go(() => back.Send(there.Receive()));
        there.Send(v);
        return back.Receive();
    }

    public T Z<T>(T v)
    {
        Thread.Sleep(0);
        return v;
    }

    public T M<T>(T v)
    {
        var m = new GoMutex();
        m.Lock();
        var w = new WaitGroup();
        w.Go(() => { m.Lock(); m.Unlock(); });
        Yield();
        m.Unlock();
        w.Wait();
        return v;
    }

    public T A<T>(T v) => Await(Later(v));

    static async Task<T> Later<T>(T v)
    {
        await Task.Yield();
        return v;
    }

    public T Throw<T>(int code, T v)
    {
        Yield();
        if (Fuel > 0)
            throw new Boom(code);
        return v;
    }

    public int Inc(ref int n)
    {
        n += S(1);
        return n;
    }

    public bool Try<T>(T v, out T result)
    {
        result = S(v);
        return Fuel % 2 == 0;
    }

    public T Pass<T>(in T v)
    {
        Yield();
        return v;
    }

    public void Swap<T>(ref T a, ref T b)
    {
        var t = a;
        a = S(b);
        b = E(t);
    }

    public T[] Same<T>(T[] array, T v)
    {
        for (var i = 0; i < array.Length; i++)
            array[i] = S(v);
        return array;
    }

    public string Say([System.Runtime.CompilerServices.InterpolatedStringHandlerArgument("")] Note note) => Cut(note.Text ?? "");

    public string SayRef([System.Runtime.CompilerServices.InterpolatedStringHandlerArgument("")] NoteRef note) => Cut(note.Text ?? "");

    public static int At(int i, int length) => (int)((uint)i % (uint)Math.Max(length, 1));

    public static bool Odd(Exception e, int k) => (e.Message.Length + k) % 2 == 1;

    public static string Cut(string? s) => s is null ? "" : s.Length <= 24 ? s : s.Substring(0, 24);
}

/// <summary>Receivers of delegates, and methods that look like members of other types.</summary>
public static class Extensions
{
    public static int Weigh(this string s, Ctx c, int n)
    {
        Yield();
        return (s ?? "").Length + c.S(n);
    }

    public static T Twist<T>(this T[] array, Ctx c, T other)
    {
        if (array is null or [])
            return c.S(other);
        (array[0], other) = (c.S(other), array[0]);
        return other;
    }
}

/// <summary>Something to dispose of.</summary>
public sealed class Res(Ctx c, int site, bool blocks) : IDisposable
{
    public int Id => site;

    public void Dispose()
    {
        if (blocks)
            Yield();
        c.L(site, "disposed");
    }
}

public struct ResValue(Ctx c, int site) : IDisposable
{
    int times = 0;

    public void Dispose()
    {
        times += c.S(1);
        c.L(site, times);
    }
}

public ref struct ResRef(Ctx c, ref int n)
{
    ref int n = ref n;

    public void Dispose() => n += c.S(1);
}

/// <summary>A handler of interpolated strings that blocks itself, and refuses what comes when its room has ended.</summary>
[System.Runtime.CompilerServices.InterpolatedStringHandler]
public struct Note
{
    readonly Ctx c;
    string text;

    public Note(int literals, int holes, Ctx c, out bool go)
    {
        this.c = c;
        text = c.S(literals + holes) + ":";
        go = c.Fuel % 7 != 0;
    }

    public bool AppendLiteral(string s)
    {
        text += s;
        return text.Length < 30;
    }

    public bool AppendFormatted<T>(T v, int alignment = 0, string format = null)
    {
        text += Ctx.Cut(Ctx.Format(c.S(v))) + alignment + format;
        return text.Length < 30;
    }

    public string Text => text;
}

[System.Runtime.CompilerServices.InterpolatedStringHandler]
public ref struct NoteRef(int literals, int holes, Ctx c)
{
    string text = literals + "." + holes;

    public void AppendLiteral(string s) => text += s;

    public void AppendFormatted<T>(T v) => text += Ctx.Cut(Ctx.Format(c.S(v)));

    public string Text => text;
}
