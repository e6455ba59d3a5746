// The template thread: makes threads for those whose own are not clean.
//
// A new thread inherits much of the one that makes it: on Linux its priority, its signal mask, its namespaces (not the processors that it may
// use: .NET resets these). A goroutine locks its thread in order to change such things, and a thread that is not ours may have anything
// changed. So the first LockOSThread, before anything can be changed, starts a thread that does nothing but start others when it is told to by
// one of these.

using System.Collections.Concurrent;

namespace Weft.Runtime;

[NotWoven]
internal static class TemplateThread
{
    internal const string Name = "weft template";

    private static readonly ConcurrentQueue<(Action Start, int Stack, string Name)> s_wanted = new();
    private static readonly Semaphore s_some = Os.Current.semacreate();
    private static int s_started;

    internal static bool IsStarted => Volatile.Read(ref s_started) == 1;

    internal static void Start()
    {
        if (!IsStarted && Interlocked.Exchange(ref s_started, 1) == 0)
            Os.Current.newosproc(Loop, 256 * 1024, Name);
    }

    /// <summary>Starts a thread of the runtime from a clean one.</summary>
    internal static void newosproc(Action start, int stack, string name)
    {
        if (IsStarted && M.Current is not { foreign: false, locks: 0 })
        {
            s_wanted.Enqueue((start, stack, name));
            s_some.semawakeup();
        }
        else
        {
            Os.Current.newosproc(start, stack, name);
        }
    }

    private static void Loop()
    {
        while (true)
        {
            while (s_wanted.TryDequeue(out var t))
                Os.Current.newosproc(t.Start, t.Stack, t.Name);
            s_some.semasleep(-1);
        }
    }
}
