// Census: can any code of the program run that does not run on one of our Ms?
//
// Every thread of the process is looked at, by its name and number as the system has them: the main thread, which waits in rt0; our Ms and
// sysmon, exactly as many as there are; the class library's own, which run code of the program only when there is something to do that
// is asked for here: timers, the thread pool, signal handlers, child processes. Any thread that is not one of these is somebody's. An
// unnamed thread inherits the name of the one that started it, hence the exact numbers.
//
// Linux only: elsewhere threads cannot be told apart, and the answer is no. The names are those of .NET 10 (cut to 15 characters by the
// system); another version's may differ, and then the answer is no.

using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Weft.Runtime;

[NotWoven]
internal static class Census
{
    // One of each at most, the template thread among them. They run no code of the program: finalizers are asked for by Checkdead, signal handlers below.
    private static readonly HashSet<string> s_single =
    [
        ".NET SynchManag", ".NET EventPipe", ".NET DebugPipe", ".NET Debugger", ".NET Finalizer", ".NET Tiered Com", ".NET SigHandler",
        ".NET TP Gate", ".NET Timer", TemplateThread.Name,
    ];

    private const string Worker = ".NET TP Worker", OurM = "weft m", OurSysmon = "weft sysmon";

    internal static bool NothingElseCanRun() =>
        OperatingSystem.IsLinux() && Timer.ActiveCount == 0 && IsPoolIdle() && SignalHandlers() == QuitSignal.Count && ThreadsAreKnown() && IsPoolIdle();

    private static bool IsPoolIdle()
    {
        ThreadPool.GetMaxThreads(out var workers, out var completions);
        ThreadPool.GetAvailableThreads(out var idleWorkers, out var idleCompletions);
        return ThreadPool.PendingWorkItemCount == 0 && idleWorkers == workers && idleCompletions == completions;
    }

    /// <summary>How many handlers of signals are registered, Console.CancelKeyPress among them. There is no public way to ask.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Without the field the answer is that there are some.")]
    private static int SignalHandlers()
    {
        if (typeof(PosixSignalRegistration).GetField("s_registrations", BindingFlags.Static | BindingFlags.NonPublic)?.GetValue(null) is not IDictionary registrations)
            return int.MaxValue;
        lock (registrations)
        {
            var n = 0;
            foreach (var list in registrations.Values)
                n += list is ICollection tokens ? tokens.Count : 1000;
            return n;
        }
    }

    private static bool ThreadsAreKnown()
    {
        var single = new HashSet<string>();
        int ms = 0, sysmons = 0, poolThreads = 0;
        foreach (var task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            if (File.ReadAllText(task + "/children").Trim().Length > 0)
                return false; // the end of a child process is an event
            var name = File.ReadAllText(task + "/comm").TrimEnd('\n');
            if (Path.GetFileName(task) == Environment.ProcessId.ToString())
                continue;
            if (name == OurSysmon)
                sysmons++;
            else if (name.StartsWith(OurM, StringComparison.Ordinal))
                ms++;
            else if (name == Worker)
                poolThreads++;
            else if (!s_single.Contains(name) || !single.Add(name))
                return false;
        }
        // An M on the main thread, which has no name of ours.
        if (sched.maing?.lockedm is { lockedInt: true })
            ms++;
        return ms == Volatile.Read(ref sched.nm) && sysmons == 1 && poolThreads <= ThreadPool.ThreadCount;
    }
}
