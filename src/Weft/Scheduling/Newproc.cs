// newproc: the go statement. newproc1, gfget: the G record.
//
// A new goroutine looks as if goexit had just called its function: its captured frames are EntryFrame, which calls the function, on
// GoexitFrame, to which the function's end returns. Both are shared: what they need is in the G.
//
// Order: newproc1, then runnext of the creator's P (the newest goroutine runs first, the one it displaces goes to the tail of the
// local queue), then perhaps one idle P is woken. The creator goes on: newproc never schedules.
//
// Dead Gs: a P keeps up to 63; at 64 half of them go to the global list, and an empty P takes up to 32 from there.

using System.Runtime.CompilerServices;

namespace Weft.Runtime;

/// <summary>On whose behalf a goroutine is started, where that is not who starts it: a timer's function runs as one of who made the timer.</summary>
/// <param name="Bubble">The bubble that it belongs to.</param>
/// <param name="Context">The context that it inherits; null is the default one.</param>
internal sealed record Starter(SynctestBubble? Bubble, ExecutionContext? Context);

internal static unsafe partial class Proc
{
    private const int GFreeHigh = 64, GFreeLow = 32, GoidBatch = 16;

    /// <summary>Starts a goroutine that runs <paramref name="body"/>.</summary>
    internal static void newproc(Action body, M? m, Starter? starter = null)
    {
        var hot = Delegates.Find(body);
        if (hot is null)
            newproc(EntryFrame.Instance, 0, body, m, starter);
        else if (hot.bound != 0 && Delegates.Target(body) is { } first) // no argument at all would be passed if it were null
            newproc(EntryFrame.Instance, hot.bound, first, m, starter);
        else if (hot.fn == 0)
            newproc(Goroutine.Calling(body), m, starter);
        else
            newproc(EntryFrame.Instance, hot.fn, hot.isStatic ? null : Delegates.Target(body), m, starter);
    }

    /// <summary>The same in a bubble, started from outside: its first goroutine, what it is called back for.</summary>
    internal static void newprocIn(SynctestBubble bubble, Action body, M? m) => newproc(body, m, new Starter(bubble, ThreadContext.Capture(m?.thread)));

    internal static void newproc(Frame entry, nint fn, object? arg, M? m, Starter? starter = null)
    {
        var bubble = SynctestBubble.On ? starter?.Bubble ?? m?.curg?.bubble : null;
        if (m is null || m.p is null)
        {
            newprocForeign(entry, fn, arg, bubble, starter);
            return;
        }
        if (Trace.Enabled)
            Event(TraceEvent.newproc, m.curg);
        var p = m.p;
        if (p.goidcache == p.goidcacheend)
        {
            p.goidcacheend = Interlocked.Add(ref sched.goidgen, GoidBatch) + 1;
            p.goidcache = p.goidcacheend - GoidBatch;
        }
        var goid = p.goidcache++;
        var g = gfget(p);
        if (g is null)
        {
            g = new G { status = (int)GStatus.Dead };
            p.allgs.Add(g);
        }
        else if (Trace.Enabled)
        {
            Event(TraceEvent.gfget, g, goid); // of the new life
        }
        if (SynctestBubble.On)
            enterBubble(g, bubble);
        newproc1(m, g, goid, entry, fn, arg, m.curg?.goid ?? 0, starter);
        if (SynctestBubble.On && bubble is { IsControlled: true })
        {
            bubble.Enqueue(g, m);
            return;
        }
        runqput(p, g, next: true);
        wakep(m);
    }

    /// <summary>The go statement on a thread that holds no P.</summary>
    private static void newprocForeign(Frame entry, nint fn, object? arg, SynctestBubble? bubble, Starter? starter)
    {
        Init();
        if (Trace.Enabled)
            Event(TraceEvent.newproc, null);
        sched.@lock.Lock();
        var g = sched.gfget();
        if (g is null)
        {
            g = new G { status = (int)GStatus.Dead };
            sched.allgs.Add(g);
        }
        else if (Check.On)
        {
            Check.Take(g, Place.Free);
        }
        sched.@lock.Unlock();
        if (SynctestBubble.On)
            enterBubble(g, bubble);
        newproc1(null, g, Interlocked.Increment(ref sched.goidgen), entry, fn, arg, 0, starter);
        if (SynctestBubble.On && bubble is { IsControlled: true })
            bubble.Enqueue(g, null);
        else
            globrunqput(g);
    }

    private static void newproc1(M? m, G g, long goid, Frame entry, nint fn, object? arg, long parent, Starter? starter)
    {
        if (Trace.Enabled)
            Event(TraceEvent.newproc1, g, goid);
        g.goid = goid;
        g.parentGoid = parent;
        if (m is not null)
        {
            g.gosite = m.gosite;
            m.gosite = null;
        }
        g.SetStart(fn, arg);
        g.frames = entry;
        g.ec = starter is null ? ThreadContext.Capture(m?.thread) : starter.Context;
        g.waitreason = WaitReason.None;
        g.casgstatus(GStatus.Dead, GStatus.Runnable);
    }

    private static void enterBubble(G g, SynctestBubble? bubble)
    {
        g.bubble = bubble;
        bubble?.Started(g);
    }

    private static G? gfget(P p)
    {
        if (p.gFree is null && Volatile.Read(ref sched.gFreeCount) != 0)
        {
            sched.@lock.Lock();
            while (p.gFreeCount < GFreeLow && sched.gfget() is { } dead)
            {
                dead.schedlink = p.gFree;
                p.gFree = dead;
                p.gFreeCount++;
            }
            sched.@lock.Unlock();
        }
        var g = p.gFree;
        if (g is null)
            return null;
        if (Check.On)
            Check.Take(g, Place.Free);
        p.gFree = g.schedlink;
        g.schedlink = null;
        p.gFreeCount--;
        return g;
    }

    private static void gfput(P p, G g)
    {
        if (Trace.Enabled)
            Event(TraceEvent.gfput, g);
        if (Check.On)
            Check.Put(g, Place.Free);
        g.schedlink = p.gFree;
        p.gFree = g;
        if (++p.gFreeCount < GFreeHigh)
            return;
        sched.@lock.Lock();
        while (p.gFreeCount >= GFreeLow)
        {
            var dead = p.gFree!;
            p.gFree = dead.schedlink;
            p.gFreeCount--;
            sched.gfput(dead);
        }
        sched.@lock.Unlock();
    }
}

public sealed unsafe partial class G
{
    /// <summary>Woven code is about to start a goroutine: at this place, a method, and after a line feed file and line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void gostmt(string site) => m!.gosite = site;
}

/// <summary>First frame of every goroutine started from a delegate without parameters: calls its function.</summary>
internal sealed unsafe class EntryFrame : Frame
{
    internal static readonly EntryFrame Instance = new() { parent = GoexitFrame.Instance };

    // Nothing is left to do after the function, so this activation pushes no frame when the function unwinds.
    [System.Diagnostics.StackTraceHidden]
    public override void Resume(G g)
    {
        var fn = g.TakeStart(out var arg);
        if (fn == 0)
            ((Action)arg!)();
        else if (arg is null)
            ((delegate*<G, void>)fn)(g);
        else
            ((delegate*<object, G, void>)fn)(arg, g);
    }
}
