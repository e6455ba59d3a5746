// M: an OS thread, and its g0.
//
// g0 is the part of the thread's own stack below the goroutine's activations: the scheduler's frames. It is not a goroutine: never
// queued, never parked, and its depth at every turn of `schedule` is the same.
//
// A thread that Weft did not make (the pool's, a native one, Main of an unwoven program) gets an M without a P when it first
// blocks here, with a G that stands for it (goid 0): wait queues know only Gs, and `foreign` says that waking means the semaphore.
// This is needm; dropm is the end of the thread, when the collector takes M, G and semaphore. Keeping them for the thread's life costs
// nothing, and callbacks come in swarms.
//
// Fields are the thread's own, except: nextp and the semaphore (handed over by whoever wakes it), and link (under sched.lock).

using System.Runtime.CompilerServices;

namespace Weft.Runtime;

internal sealed unsafe class M
{
    [ThreadStatic] private static M? t_m;

    internal readonly int id;

    /// <summary>The goroutine that runs on this thread, or null while the scheduler or nobody does.</summary>
    internal G? curg;

    /// <summary>The goroutine that has locked this thread for itself (LockOSThread), and how many times.</summary>
    internal G? lockedg;
    internal int locks;

    /// <summary>Locked for good, whatever the goroutine unlocks: the process's main thread, for an <c>[STAThread]</c> Main.</summary>
    internal bool lockedInt;

    /// <summary>The thread ends instead of scheduling again.</summary>
    internal bool exiting;

    /// <summary>The P that this M holds, or null.</summary>
    internal P? p;

    /// <summary>The P that this M has left behind in status Syscall; not its any more once somebody has taken it. Says nothing after the call.</summary>
    internal P? oldp;

    /// <summary>The P handed to a sleeping M by the one that wakes it.</summary>
    internal P? nextp;

    /// <summary>Looking for work without having any; counted in sched.nmspinning.</summary>
    internal bool spinning;

    /// <summary>A thread that is not ours.</summary>
    internal readonly bool foreign;

    /// <summary>Next in the idle list; under sched.lock.</summary>
    internal M? link;

    /// <summary>In the idle list; the checker's own.</summary>
    internal bool idle;

    /// <summary>One-token semaphore on which this thread sleeps.</summary>
    internal readonly Semaphore park = Os.Current.semacreate();

    /// <summary>Address of the base of g0, for its depth.</summary>
    internal nuint g0base;

    /// <summary>Prologues must not go below this address.</summary>
    internal nuint stackguard;

    /// <summary>What this g0 does with the goroutine that has left its stack; returns the goroutine to go on with, or null to schedule.</summary>
    internal delegate*<G, G?> mcallfn;

    /// <summary>Frames pushed by the unwinding in progress on this thread, innermost and outermost.</summary>
    internal Frame? unwound, unwoundTail;

    /// <summary>The marker under the segment that is being moved.</summary>
    internal SegmentFrame? segment;

    /// <summary>The go statement that the goroutine is at; taken by newproc1.</summary>
    internal string? gosite;

    /// <summary>Somebody dumps and wants to see this thread's stack.</summary>
    internal StackRequest? stackRequest;

    /// <summary>The thread itself.</summary>
    internal Thread thread = null!;

    /// <summary>The thread's processor time, for <see cref="Os.cputime"/>.</summary>
    internal long cpuclock;

    internal M(int id, bool foreign)
    {
        this.id = id;
        this.foreign = foreign;
    }

    /// <summary>The M of this thread, or null on a foreign thread that never blocked here.</summary>
    internal static M? Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => t_m;
    }

    internal static void SetCurrent(M? m) => t_m = m;

    /// <summary>The goroutine that runs on this thread, with a P (in a callback it takes one), or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static G? getg()
    {
        var m = t_m;
        if (m is null || m.foreign || m.curg is not { } g)
            return null;
        if (g.status == (int)GStatus.Syscall)
            Proc.cgocallback(g);
        return g;
    }

    /// <summary>As <see cref="getg"/>, or the stand-in of a foreign thread (needm); never null.</summary>
    internal static G GoroutineOrThread()
    {
        var m = t_m;
        if (m is null)
        {
            m = new M(Interlocked.Decrement(ref s_foreign), foreign: true);
            m.curg = new G { lockedm = m, m = m, status = (int)GStatus.Running };
            t_m = m;
        }
        if (m.curg is not { } g)
        {
            Fatal.Throw("blocking call on g0");
            return null!;
        }
        if (g.status == (int)GStatus.Syscall)
            Proc.cgocallback(g);
        return g;
    }

    private static int s_foreign;
}
