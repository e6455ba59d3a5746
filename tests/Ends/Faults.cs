// How the runtime starts, and what it cannot go on from.

using System.Runtime.InteropServices;
using Weft.Runtime;
using static Ends.Cases;

namespace Ends;

internal static partial class Faults
{
    // TestNumGoroutine: one at the start, and as many as the dump shows.
    public static void NumGoroutine()
    {
        Out($"{WeftRuntime.NumGoroutine}");
        for (var i = 0; i < 4; i++)
            Go(() => Chan<int>.Nil.Receive());
        Yield();
        var text = new StringWriter();
        WeftRuntime.Dump(text);
        Out($"{WeftRuntime.NumGoroutine} {text.ToString().Split("\ngoroutine ").Length - 1}");
    }

    // TestNumCPU
    public static void MaxProcs() => Out($"{WeftRuntime.MaxProcs}");

    // TestBigGOMAXPROCS
    public static void ManyProcs()
    {
        var done = new WaitGroup();
        var n = 0;
        for (var i = 0; i < 5000; i++)
            done.Go(() =>
            {
                Yield();
                Interlocked.Increment(ref n);
            });
        done.Wait();
        Out($"{WeftRuntime.MaxProcs} {n}");
    }

    // TestLockOSThreadExit: the thread of a main goroutine that exits while it is locked ends, and nobody else runs on it.
    public static void LockedMainExits()
    {
        LockOSThread();
        var thread = Thread.CurrentThread;
        Go(() =>
        {
            for (var i = 0; thread.IsAlive && i < 500; i++)
                Sleep(TimeSpan.FromMilliseconds(10));
            var reused = 0;
            var done = new WaitGroup();
            for (var i = 0; i < 100; i++)
                done.Go(() =>
                {
                    Yield();
                    if (Thread.CurrentThread == thread)
                        reused++;
                });
            done.Wait();
            Out($"alive {thread.IsAlive}, reused {reused}");
            Environment.Exit(0);
        });
        Exit();
    }

    // TestLockOSThreadTemplateThreadRace: many goroutines lock their threads at the same time, the first ones of the process, and start others.
    public static void LockAll()
    {
        var done = new WaitGroup();
        var n = 0;
        for (var i = 0; i < 16; i++)
            done.Go(() =>
            {
                LockOSThread();
                var chan = new Chan<int>();
                Go(() => chan.Send(1));
                Interlocked.Add(ref n, chan.Receive());
            });
        done.Wait();
        Out($"{n}");
    }

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static unsafe partial int SetLimit(int resource, ulong* limits);

    // TestThreadExhaustion: no room for the stacks of more threads, which the test makes large, so that there is room for all else.
    public static unsafe void ThreadExhaustion()
    {
        const int RLIMIT_AS = 9;
        Park();
        var pages = ulong.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        var limit = pages * (ulong)Environment.SystemPageSize + (800 << 20);
        var limits = stackalloc ulong[] { limit, limit };
        if (SetLimit(RLIMIT_AS, limits) != 0)
            Out("no limit");
        StartPinned();
    }

    private static void StartPinned()
    {
        for (var i = 0; i < 1000; i++)
            Go(() => new List<int> { 1 }.ForEach(_ => Sleep(TimeSpan.FromSeconds(20))));
        Forever();
    }

    // TestG0StackOverflow: something runs on g0 that must not. The hook is called there, and blocks.
    public static void BlockingOnG0()
    {
        var chan = new Chan<int>();
        Trace.Hook = r =>
        {
            if (r.Event == TraceEvent.schedule)
                chan.Receive();
        };
        Park();
        Forever();
    }

    // A plain method recurses without end: the stack of a thread, which .NET cannot go on without.
    public static void PlainOverflow()
    {
        Go(() => new List<int> { 1 }.ForEach(n => Out($"{Plain(n)}")));
        Forever();
    }

    [NotWoven]
    private static int Plain(int n) => Plain(n + 1) + 1;
}
