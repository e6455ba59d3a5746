// TimerEntry: what lies in a heap for a timer that can be stopped and moved; see Timers.cs.
//
// It leads to its target by a weak handle if the target may be collected while it is armed: then only the heap would know of it.

using System.Runtime.InteropServices;

namespace Weft.Runtime;

internal interface ITimerTarget
{
    /// <summary>The deadline of that arming has come. On g0, under no lock; must not block.</summary>
    void Fire(int number, M? m);
}

internal sealed class TimerEntry
{
    // Under the lock of `heap`; if that is null, the one's who arms the timer.

    /// <summary>The heap that holds it, or null.</summary>
    internal Timers? heap;

    /// <summary>The deadline, or 0 if it is not armed.</summary>
    internal long when;

    /// <summary>Under which key it lies in the heap, or 0.</summary>
    internal long key;

    /// <summary>The heap that it always goes to: its bubble's. Null: that of the P where it is armed.</summary>
    internal Timers? home;

    /// <summary>Of the arming.</summary>
    internal int number;

    /// <summary>Kept alive by the heap.</summary>
    internal ITimerTarget? strong;

    /// <summary>
    /// Not kept alive by the heap. A handle that survives the target's finalizer, which may bring it back. The heap looks at it only while the
    /// timer is armed there, so whoever has disarmed it may free the handle.
    /// </summary>
    internal GCHandle weak;

    internal ITimerTarget? Target => strong ?? (weak.IsAllocated ? (ITimerTarget?)weak.Target : null);

    internal void Leave()
    {
        key = when = 0;
        heap = null;
    }

    /// <summary>
    /// Arms, or moves. One caller at a time. True: <see cref="Proc.wakeTimerSleeper"/> must be called once the caller's lock is free, since it may
    /// start a thread.
    /// </summary>
    internal bool Arm(long deadline, int arming)
    {
        while (true)
        {
            var h = Volatile.Read(ref heap);
            if ((h ?? home ?? Timers()).Arm(this, deadline, arming, isNew: h is null, out var earliest))
                return earliest;
        }
    }

    internal void Disarm()
    {
        while (Volatile.Read(ref heap) is { } h && !h.Disarm(this))
        {
        }
    }

    /// <summary>Those of this thread's P. P 0 is always in use, once there is one: a timer may be the first thing that a program makes.</summary>
    private static Timers Timers()
    {
        if (M.Current?.p is { } p)
            return p.timers;
        Proc.Init();
        return sched.allp[0].timers;
    }
}
