// LockRank: the order of the runtime's locks, and its checker.
//
// A lock is taken only while all locks that the thread holds are of lower rank. The same rank again is allowed where the locks have an
// order of their own, given at each Lock: ascending. A lock's rank is part of its type (RuntimeLock<R>), so it takes no room.
//
//     rank         guards                                   same rank again, ascending
//     Timer        a timer's arming, and what it has sent
//     Chan         a channel's queues and buffer            a select's channels, by id
//     Wait         the waiters of a mutex, a wait group...
//     Signal       a signal case, those that wait for a task
//     Bubble       a test's bubble
//     Sched        idle lists, global queues, MaxProcs
//     Timers       a timer heap                             a P out of use into P 0: -id
//     AllGs        growth of a list of all Gs               FindLeaks, all of them: id
//     Pool         a list of operations to be used again
//
// The checker's list of held locks is the thread's own.

using System.Runtime.CompilerServices;

namespace Weft.Runtime;

internal enum LockRank
{
    Timer = 5,
    Chan = 10,
    Wait = 20,
    Signal = 25,
    Bubble = 27,
    Sched = 30,
    Timers = 40,
    AllGs = 50,
    Pool = 60,
}

/// <summary>A rank as a type.</summary>
internal interface IRank
{
    static abstract LockRank Rank { get; }
}

internal static class Ranks
{
    internal readonly struct Timer : IRank
    {
        public static LockRank Rank => LockRank.Timer;
    }

    internal readonly struct Chan : IRank
    {
        public static LockRank Rank => LockRank.Chan;
    }

    internal readonly struct Wait : IRank
    {
        public static LockRank Rank => LockRank.Wait;
    }

    internal readonly struct Signal : IRank
    {
        public static LockRank Rank => LockRank.Signal;
    }

    internal readonly struct Pool : IRank
    {
        public static LockRank Rank => LockRank.Pool;
    }

    internal readonly struct Bubble : IRank
    {
        public static LockRank Rank => LockRank.Bubble;
    }

    internal readonly struct Sched : IRank
    {
        public static LockRank Rank => LockRank.Sched;
    }

    internal readonly struct Timers : IRank
    {
        public static LockRank Rank => LockRank.Timers;
    }

    internal readonly struct AllGs : IRank
    {
        public static LockRank Rank => LockRank.AllGs;
    }
}

internal static partial class Check
{
    /// <summary>The order of a lock that is never held together with another of its rank.</summary>
    internal const long Unordered = long.MinValue;

    [ThreadStatic] private static List<(LockRank Rank, long Order)>? t_held;

    /// <summary>Before a lock is waited for: a violation is found whether or not somebody holds it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Lock(LockRank rank, long order)
    {
        var held = t_held ??= [];
        foreach (var (other, otherOrder) in held)
        {
            if (other > rank)
                Fail($"lock of rank {rank} is taken under one of rank {other}");
            if (other == rank && (order == Unordered || otherOrder >= order))
                Fail($"lock of rank {rank}{OrderText(order)} is taken under another of rank {other}{OrderText(otherOrder)}");
        }
        held.Add((rank, order));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Unlock(LockRank rank)
    {
        var held = t_held ??= [];
        var i = held.Count - 1;
        while (i >= 0 && held[i].Rank != rank)
            i--;
        if (i < 0)
            Fail($"lock of rank {rank} is released by a thread that does not hold one");
        held.RemoveAt(i);
    }

    /// <summary>Locks are for moments: none is held here.</summary>
    internal static void RequireNoLocks(string where)
    {
        if (t_held is { Count: > 0 })
            Fail($"a lock is held at {where}: {HeldText()}");
    }

    private static bool Holds(LockRank rank)
    {
        foreach (var (held, _) in t_held ??= [])
            if (held == rank)
                return true;
        return false;
    }

    private static string HeldText() => string.Join(", ", (t_held ?? []).Select(h => h.Rank + OrderText(h.Order)));

    private static string OrderText(long order) => order == Unordered ? "" : $" ({order})";
}
