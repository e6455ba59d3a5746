// RuntimeStats: the scheduler's figures at one moment, and where they come from.
//
// Nothing on a hot path counts for them: they are read off the structures that the scheduler has anyway, without stopping it. So each figure
// is right for some instant of the call, but not all for the same one. Counters (ends of time slices, Ps taken from foreign calls, spare
// Ps) are kept by sysmon, which does these things alone.

using Weft.Runtime;

namespace Weft;

/// <summary>Figures of the scheduler at one moment: what Go has in <c>runtime/metrics</c> under <c>/sched</c>.</summary>
public sealed record RuntimeStats
{
    internal RuntimeStats()
    {
    }

    /// <summary>Goroutines that have begun or wait for their first turn, and have not ended.</summary>
    public int Goroutines { get; init; }

    /// <summary>How many were ever started; may lag behind by those that are being started.</summary>
    public long GoroutinesCreated { get; init; }

    /// <summary>Goroutines that run.</summary>
    public int Running { get; init; }

    /// <summary>Goroutines that could run and wait for a processor.</summary>
    public int Runnable { get; init; }

    /// <summary>Goroutines that wait for something: parked, or with their thread blocked.</summary>
    public int Waiting { get; init; }

    /// <summary>Goroutines in a foreign call or in a call that is known to block the thread.</summary>
    public int InSyscall { get; init; }

    /// <summary>Of the waiting ones, those that keep their thread: a method that is not woven is on their stack, or they are locked to it.</summary>
    public int Pinned { get; init; }

    /// <summary><see cref="WeftRuntime.MaxProcs"/>.</summary>
    public int MaxProcs { get; init; }

    /// <summary>Processors beyond <see cref="MaxProcs"/> that stand in for those whose goroutine does not let go of them.</summary>
    public int SpareProcs { get; init; }

    /// <summary>Processors without work.</summary>
    public int IdleProcs { get; init; }

    /// <summary>Threads that run goroutines, or sleep until there are some. Those of .NET are not among them.</summary>
    public int Threads { get; init; }

    /// <summary>Threads that sleep without work; they end after a time.</summary>
    public int IdleThreads { get; init; }

    /// <summary>Runnable goroutines in the global queue.</summary>
    public int GlobalRunQueue { get; init; }

    /// <summary>Runnable goroutines in the queues of processors.</summary>
    public int LocalRunQueues { get; init; }

    /// <summary>
    /// Bytes of stack that goroutines have beyond what their threads had room for (see <see cref="WeftRuntime.MaxStack"/>); at most, since what
    /// they have returned from is only taken off when it matters.
    /// </summary>
    public long StackBytes { get; init; }

    /// <summary>Time slices that ended by request, after 10 ms.</summary>
    public long Preemptions { get; init; }

    /// <summary>Processors that were taken out of long foreign calls.</summary>
    public long Retakes { get; init; }

    /// <summary>How many times a spare processor was added.</summary>
    public long SparesAdded { get; init; }

    internal static RuntimeStats Read()
    {
        Proc.Init();
        int running = 0, runnable = 0, waiting = 0, syscall = 0, pinned = 0;
        long stack = 0;
        foreach (var g in Proc.AllGs())
        {
            var status = g.Status;
            if (status is GStatus.Dead or GStatus.Idle)
                continue;
            stack += Math.Max(0, g.stackbytes);
            switch (status)
            {
                case GStatus.Runnable:
                    runnable++;
                    break;
                case GStatus.Waiting:
                    waiting++;
                    if (g.lockedm is not null)
                        pinned++;
                    break;
                case GStatus.Syscall:
                    syscall++;
                    break;
                default:
                    running++;
                    break;
            }
        }
        sched.@lock.Lock();
        int procs = sched.gomaxprocs, spare = sched.spare, idle = sched.npidle, idleThreads = sched.nmidle, global = sched.runqsize;
        sched.@lock.Unlock();
        var local = 0L;
        var unspent = 0L;
        foreach (var p in sched.allp)
        {
            local += Math.Min(p.runq.Count, RunQueue.Capacity) + (p.runq.HasRunnext ? 1 : 0);
            unspent += Math.Max(0, p.goidcacheend - p.goidcache);
        }
        return new()
        {
            Goroutines = running + runnable + waiting + syscall,
            GoroutinesCreated = Math.Max(0, Volatile.Read(ref sched.goidgen) - unspent),
            Running = running,
            Runnable = runnable,
            Waiting = waiting,
            InSyscall = syscall,
            Pinned = pinned,
            MaxProcs = procs - spare,
            SpareProcs = spare,
            IdleProcs = idle,
            Threads = Volatile.Read(ref sched.nm),
            IdleThreads = idleThreads,
            GlobalRunQueue = global,
            LocalRunQueues = (int)local,
            StackBytes = stack,
            Preemptions = Volatile.Read(ref Sysmon.Preemptions),
            Retakes = Volatile.Read(ref Sysmon.Retakes),
            SparesAdded = Volatile.Read(ref Sysmon.SparesAdded),
        };
    }
}
