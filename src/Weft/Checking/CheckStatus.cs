// Check: the transitions of goroutines and processors. The states themselves are described in GStatus.cs and P.cs.
//
// G, and who may make the transition:
//
//     Dead      -> Runnable              newproc1, which took it from a free list or made it: it is in no list
//     Dead      -> Idle                  scavenge, which took it from the free list for good
//     Runnable  -> Running               the M that took it from a queue, with a P and no other goroutine; or the M that it is bound to
//     Running   -> Runnable, Parking,    its M, which holds a P (a foreign thread has none)
//                  Syscall, Copystack, Dead
//     Copystack -> Running               its M
//     Parking   -> Waiting, Running      its M
//     Parking   -> Ready                 a waker, which has claimed the wait: it is in no wait structure any more
//     Waiting   -> Runnable              the same
//     Ready     -> Running               its M
//     Syscall   -> Running               its M, which holds a P again
//     Syscall   -> Runnable              its M, which found none
//
// P:
//
//     Dead      -> Idle                  under sched.lock
//     Running   -> Idle, Dead            under sched.lock, when no M has it
//     Idle      -> Dead, Idle            under sched.lock, taken out of the idle list
//     Idle      -> Running               the M that it was given to, once it is out of the idle list
//     Running   -> Running               the same: handed over without going idle
//     Running   -> Syscall               its M
//     Syscall   -> Running               whoever wins the compare-exchange

namespace Weft.Runtime;

internal static partial class Check
{
    private enum By
    {
        /// <summary>Not in the table.</summary>
        Nobody,
        Creator,
        Scheduler,
        ItsM,
        ItsMWithP,
        Waker,
    }

    private static By Who(GStatus from, GStatus to) => (from, to) switch
    {
        (GStatus.Dead, GStatus.Runnable or GStatus.Idle) => By.Creator,
        (GStatus.Runnable, GStatus.Running) => By.Scheduler,
        (GStatus.Running, GStatus.Runnable or GStatus.Parking or GStatus.Syscall or GStatus.Copystack or GStatus.Dead) => By.ItsMWithP,
        (GStatus.Copystack, GStatus.Running) => By.ItsMWithP,
        (GStatus.Parking, GStatus.Waiting or GStatus.Running) => By.ItsMWithP,
        (GStatus.Parking, GStatus.Ready) => By.Waker,
        (GStatus.Waiting, GStatus.Runnable) => By.Waker,
        (GStatus.Ready, GStatus.Running) => By.ItsMWithP,
        (GStatus.Syscall, GStatus.Running) => By.ItsMWithP,
        (GStatus.Syscall, GStatus.Runnable) => By.ItsM,
        _ => By.Nobody,
    };

    /// <summary>Before a transition that nobody else may make.</summary>
    internal static void Transition(G g, GStatus from, GStatus to)
    {
        if (g.Status != from)
            Fail($"goroutine {g.goid} goes {from} -> {to} but its status is {g.Status}", g);
        Permitted(g, from, to);
    }

    /// <summary>Before a transition that may lose a race, so that the status is not asked.</summary>
    internal static void Permitted(G g, GStatus from, GStatus to)
    {
        var m = M.Current;
        var broken = Who(from, to) switch
        {
            By.Creator => g.place != Place.None ? "is still in a list" : null,
            By.Scheduler => m is null ? "is run by a thread without an M"
                : g.place != Place.None ? "is run though still in a queue"
                : !HoldsP(m) ? "is run without a P"
                : m.curg is not null && m.curg != g ? "is run on an M that has another goroutine"
                : g.lockedm is not null && g.lockedm != m ? "is run on an M that it is not bound to"
                : null,
            By.ItsM => m is null || g.m != m || m.curg is not null && m.curg != g ? "is moved by a thread that does not run it" : null,
            By.ItsMWithP => m is null || g.m != m || m.curg is not null && m.curg != g ? "is moved by a thread that does not run it"
                : !HoldsP(m) ? "is moved by an M without a P"
                : null,
            By.Waker => g.place != Place.None || IsQueued(g) ? "is woken while it is in a wait structure: nobody has claimed it" : null,
            _ => "makes a transition that does not exist",
        };
        if (broken is not null)
            Fail($"goroutine {g.goid}, {from} -> {to}, {broken}", g);
    }

    private static bool HoldsP(M m) => m.foreign || m.p is { } p && p.m == m && p.status == PStatus.Running;

    private static bool IsQueued(G g) =>
        g.sendSudog is { queued: true } || g.recvSudog is { queued: true } || g.knownWaiter is { place: not 0 };

    /// <summary>Before P becomes this M's.</summary>
    internal static void Acquire(M m, P p)
    {
        Require(m == M.Current, $"M {m.id} gets P {p.id} from another thread", p: p, m: m);
        Require(m.p is null, $"M {m.id} gets P {p.id} and has one already", p: p, m: m);
        Require(p.m is null, $"M {m.id} gets P {p.id}, which another M has", p: p, m: m);
        Require(!p.idle, $"M {m.id} gets P {p.id}, which is in the idle list", p: p, m: m);
        Require(p.status is PStatus.Idle or PStatus.Running, $"P {p.id} goes {p.status} -> Running", p: p, m: m);
    }

    /// <summary>Before this M gives its P away.</summary>
    internal static void Release(M m)
    {
        Require(m == M.Current, $"the P of M {m.id} is taken by another thread", m: m);
        Require(m.p is not null && m.p.m == m && m.p.status == PStatus.Running, $"M {m.id} gives a P away that it does not have", m: m, p: m.p);
    }

    /// <summary>Before a P goes into the idle list or out of use.</summary>
    internal static void Retire(P p, PStatus to)
    {
        Require(Holds(LockRank.Sched), $"P {p.id} goes {p.status} -> {to}, and this thread does not hold {LockRank.Sched}");
        Require(!p.idle, $"P {p.id} goes {p.status} -> {to} but is in the idle list", p: p);
        Require(p.m is null, $"P {p.id} goes {p.status} -> {to} but an M has it", p: p);
        Require(p.status is PStatus.Idle or PStatus.Running || p.status == PStatus.Dead && to == PStatus.Idle, $"P {p.id} goes {p.status} -> {to}", p: p);
        Require(p.runq.IsEmpty, $"P {p.id} goes {p.status} -> {to} and still has goroutines queued", p: p);
        p.idle = to == PStatus.Idle;
    }

    /// <summary>A P was taken out of the idle list.</summary>
    internal static void Unretire(P p)
    {
        Require(Holds(LockRank.Sched), $"P {p.id} leaves the idle list, and this thread does not hold {LockRank.Sched}");
        Require(p.idle && p.status == PStatus.Idle, $"P {p.id} was in the idle list and is {p.status}", p: p);
        p.idle = false;
    }

    /// <summary>Before an M leaves its P in Syscall.</summary>
    internal static void Leave(M m, P p)
    {
        Release(m);
        Require(m.p == p && m.curg is { Status: GStatus.Syscall }, $"P {p.id} goes Running -> Syscall without a goroutine in a foreign call", p: p, m: m);
    }

    /// <summary>After somebody has taken a P out of Syscall; its M is still the one that left it.</summary>
    internal static void Retaken(P p)
    {
        Require(!p.idle, $"P {p.id} was taken out of a foreign call but is in the idle list", p: p);
        Require(p.m is null || p.m.p != p, $"P {p.id} was taken out of a foreign call but an M has it", p: p);
    }

    /// <summary>Before an M goes into the idle list.</summary>
    internal static void Stop(M m)
    {
        Require(Holds(LockRank.Sched), $"M {m.id} goes idle, and this thread does not hold {LockRank.Sched}");
        Require(m == M.Current && !m.idle && !m.foreign, $"M {m.id} is put into the idle list and may not be", m: m);
        Require(m.p is null && m.nextp is null, $"M {m.id} goes idle with a P", m: m);
        Require(!m.spinning, $"M {m.id} goes idle as a spinner", m: m);
        Require(m.curg is null, $"M {m.id} goes idle with a goroutine", m: m);
        m.idle = true;
    }

    /// <summary>An M was taken out of the idle list.</summary>
    internal static void Start(M m)
    {
        Require(Holds(LockRank.Sched), $"M {m.id} leaves the idle list, and this thread does not hold {LockRank.Sched}");
        Require(m.idle, $"M {m.id} was in the idle list and does not know", m: m);
        m.idle = false;
    }

    /// <summary>Before an M is counted among the spinning.</summary>
    internal static void Spin(M m) => Require(!m.spinning, $"M {m.id} is counted twice among the spinning", m: m);

    /// <summary>Before P is handed to a sleeping M.</summary>
    internal static void HandOver(M m, P p)
    {
        Require(m.nextp is null, $"M {m.id} is brought P {p.id} and has been brought another", p: p, m: m);
        Require(p.m is null && !p.idle, $"M {m.id} is brought P {p.id}, which is not free", p: p, m: m);
    }

    /// <summary>A turn of schedule begins.</summary>
    internal static void Schedule(M m)
    {
        RequireNoLocks("schedule");
        Require(m == M.Current && m.curg is null, $"M {m.id} schedules with a goroutine", m: m);
        Require(HoldsP(m) || m.lockedg is not null, $"M {m.id} schedules without a P", m: m);
    }

    /// <summary>A goroutine's stack is entered.</summary>
    internal static void Enter(G g)
    {
        RequireNoLocks("a goroutine");
        Require(g.Status == GStatus.Running && g.m == M.Current && g.m!.curg == g, $"goroutine {g.goid} is entered and not current", g);
    }
}
