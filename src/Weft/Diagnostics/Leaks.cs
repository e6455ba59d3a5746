// FindLeaks: goroutines that wait for what nothing else can reach, and hence for ever.
//
// The collector decides. The lists of all Gs are the only references to a waiting goroutine that are not somebody's who could wake it: all
// others come from what it waits on (a channel's queue, a task's continuation, a timer), from run queues, or from the stack of a thread.
// So the lists are hidden for the time of one collection. What is then reached only by way of goroutines that are themselves not
// reached is leaked: a circle of them too.
//
//     hide      the lists move into a holder that has a finalizer, with a weak handle for each waiting goroutine; nobody keeps the holder
//     collect   the collector clears the weak handles of what it has not reached, and only then revives the holder, with all it holds
//     reveal    through a handle that tracks resurrection, at once: nobody waits for the finalizer
//
// The collector may also come at any other time, since others allocate. The holder is never lost: until its finalizer has run the queue
// of finalizers holds it, and the finalizer hands it to a static field unless the lists are back. A collection before ours may revive it
// too early; then ours finds nothing, and the next call may.
//
// Meanwhile goroutines run as ever. The arrays of the lists may not grow (AllGs holds its lock), readers see empty places.
//
// Never reported though leaked: a goroutine that blocks its thread (the thread's stack holds it), and one that a stale reference holds, for
// example in a register of a thread. Objects that only leaked goroutines hold are finalized by this, as if they had been let go of.
//
// Rejected: weak lists always (a handle for each G costs more than the G); walking the graph ourselves (.NET has no way to).

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Weft.Runtime;

[NotWoven]
internal static class Leaks
{
    private static readonly Lock s_one = new();

    internal static IReadOnlyList<GoroutineLeak> Find()
    {
        lock (s_one)
        {
            Proc.Init();
            Proc.scrubRunQueues();
            var lists = sched.allp.Select(p => p.allgs).Append(sched.allgs).ToArray();
            // Whoever waits for a timer is woken by it, and armed timers are held weakly.
            var timers = new List<object>();
            foreach (var p in sched.allp)
                p.timers.AddTargets(timers);
            var waiting = new List<GCHandle>();
            var holder = Hide(lists, waiting);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            GC.KeepAlive(timers);
            return Report(waiting, Reveal(lists, holder));
        }
    }

    /// <summary>The hidden lists, and for each goroutine that waited the index of its weak handle.</summary>
    private sealed class Holder(List<G?[]> lists, List<(G G, long Goid, int Handle)> waiting)
    {
        internal readonly List<G?[]> Lists = lists;
        internal readonly List<(G G, long Goid, int Handle)> Waiting = waiting;

        private static readonly Lock s_lock = new();
        private static Holder? s_kept;
        private bool _isDone;

        ~Holder()
        {
            lock (s_lock)
                s_kept = _isDone ? s_kept : this;
        }

        /// <summary>The lists are back: it may go.</summary>
        internal void Release()
        {
            lock (s_lock)
            {
                _isDone = true;
                s_kept = null;
            }
            GC.SuppressFinalize(this);
        }
    }

    // No local of Find may hold a goroutine: its frame is a root.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static GCHandle Hide(AllGs[] lists, List<GCHandle> handles)
    {
        var waiting = new List<(G, long, int)>();
        var hidden = new List<G?[]>();
        for (var i = 0; i < lists.Length; i++)
        {
            var gs = lists[i].Hide(i);
            hidden.Add(gs);
            foreach (var g in gs)
                if (g is not null && g.Status == GStatus.Waiting)
                {
                    waiting.Add((g, g.goid, handles.Count));
                    handles.Add(GCHandle.Alloc(g, GCHandleType.Weak));
                }
        }
        return GCHandle.Alloc(new Holder(hidden, waiting), GCHandleType.WeakTrackResurrection);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<(G G, long Goid, int Handle)> Reveal(AllGs[] lists, GCHandle handle)
    {
        var holder = (Holder)handle.Target!;
        for (var i = 0; i < lists.Length; i++)
            lists[i].Reveal(holder.Lists[i]);
        holder.Release();
        handle.Free();
        return holder.Waiting;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<GoroutineLeak> Report(List<GCHandle> handles, List<(G G, long Goid, int Handle)> waiting)
    {
        var leaks = new List<GoroutineLeak>();
        foreach (var (g, goid, handle) in waiting)
        {
            // What was reached may have been woken since, and may even be another goroutine by now.
            if (handles[handle].Target is null)
            {
                var text = new StringBuilder();
                GoroutineDump.Describe(text, g);
                leaks.Add(new GoroutineLeak(goid, g.waitreason.Text(), text.ToString()));
            }
            handles[handle].Free();
        }
        leaks.Sort((a, b) => a.Id.CompareTo(b.Id));
        return leaks;
    }
}

internal static unsafe partial class Proc
{
    /// <summary>Run queues remember what they have held. Those of Ps that nobody has, and the caller's own, forget it.</summary>
    internal static void scrubRunQueues()
    {
        var mine = M.Current?.p;
        mine?.runq.Scrub();
        // In the idle list or out of use: nobody can take it while the lock is held. One that has left the list may get an owner any moment.
        sched.@lock.Lock();
        for (var p = sched.pidle; p is not null; p = p.link)
            p.runq.Scrub();
        foreach (var p in sched.allp)
            if (p.status == PStatus.Dead)
                p.runq.Scrub();
        sched.@lock.Unlock();
    }
}
