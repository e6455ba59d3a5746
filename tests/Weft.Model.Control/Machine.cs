// Machine: what instrumented code does instead of calling the system, the clock, or the end of the process.

namespace Weft.Model.Control;

public static unsafe class Machine
{
    private const int FutexWait = 0, FutexWake = 1, FutexCommand = 0x7f;

    private const string Sysmon = "weft sysmon";

    /// <summary>Mutation: the system puts a thread to sleep without comparing the word.</summary>
    public const string FutexWithoutCompare = "futex without compare";

    /// <summary>Os.newosproc.</summary>
    public static void NewOsProc(object os, Action start, int stack, string name)
    {
        _ = os;
        _ = stack;
        if (Execution.Current is not { } e)
            throw new InvalidOperationException($"{name} is started outside of an execution");
        if (name == Sysmon)
            return; // it would repair what is to be found; scenarios that want it call it
        var shown = name.StartsWith("weft ", StringComparison.Ordinal) ? name[5..] : name;
        if (Execution.Me is not { } me)
        {
            e.Start(shown, start, isDaemon: true); // quietly
            return;
        }
        e.Point(me, $"starts {shown}");
        Memory.Drain(e, me);
        e.Start(shown, start, isDaemon: true);
        e.Point(me, $"has started {shown}");
    }

    /// <summary>Os.usleep and its like: time passes.</summary>
    public static void Sleep(object os, uint us)
    {
        _ = os;
        if (Execution.Me is { } me)
            Execution.Current!.Sleep(me, 0, us * 1000L, "usleep");
    }

    /// <summary>Os.osyield, Os.StealBackoff.</summary>
    public static void Yield(object os)
    {
        _ = os;
        Memory.Point("yield");
    }

    /// <summary>SpinWait.SpinOnce: not again before something has changed.</summary>
    public static void Spin(ref SpinWait spin, int sleep1Threshold)
    {
        _ = spin;
        _ = sleep1Threshold;
        if (Execution.Me is not { } me)
        {
            spin.SpinOnce(sleep1Threshold);
            return;
        }
        var e = Execution.Current!;
        me.SpunAt = e.Changes; // as of the access that has failed: there was no point since
        e.Point(me, "is about to spin");
        Memory.Drain(e, me); // who spins lets his stores out, sooner or later
        e.Block(me, ThreadState.Spinning, "spins");
    }

    /// <summary>Os.nanotime.</summary>
    public static long Nanotime() => Execution.Me is null ? System.Diagnostics.Stopwatch.GetTimestamp() : Execution.Current!.Now;

    /// <summary>The system call futex, for waits and wakes of one process.</summary>
    public static nint Futex(nint number, int* word, int op, int value, void* timeout, nint unused, int unused3)
    {
        _ = (number, unused, unused3);
        if (Execution.Me is not { } me)
            throw new InvalidOperationException("a futex outside of an execution");
        var e = Execution.Current!;
        if ((op & FutexCommand) == FutexWake)
        {
            e.Point(me, "futex wake");
            Memory.Drain(e, me);
            e.WakeFutex((nint)word);
            e.Changes++;
            return 0;
        }
        if ((op & FutexCommand) != FutexWait)
            throw new InvalidOperationException($"futex operation {op}");
        e.Point(me, "futex wait");
        Memory.Drain(e, me);
        if (*word != value && !Memory.IsLeftOut(FutexWithoutCompare))
            return -1;
        var ns = timeout is null ? -1 : ((nint*)timeout)[0] * 1_000_000_000L + ((nint*)timeout)[1];
        return e.Sleep(me, (nint)word, ns, "asleep in futex") ? 0 : -1;
    }

    /// <summary>Fatal.Throw.</summary>
    public static void Fatal(string text)
    {
        if (Execution.Me is not null)
            Execution.Current!.Fail("fatal error: " + text);
    }

    /// <summary>An exception has left a goroutine.</summary>
    public static void Unhandled(Exception e)
    {
        if (Execution.Me is not null)
            Execution.Current!.Fail("an exception left a goroutine: " + e);
    }

    /// <summary>First in every handler: what unwinds a thread is not caught.</summary>
    public static Exception Caught(Exception e)
    {
        if (e is AbortException)
            throw new AbortException();
        return e;
    }

    /// <summary>The same where the handler has a filter.</summary>
    public static object CaughtObject(object e)
    {
        if (e is AbortException)
            throw new AbortException();
        return e;
    }
}
