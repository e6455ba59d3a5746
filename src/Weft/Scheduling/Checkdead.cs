// checkdead: all goroutines wait and nothing is left that could wake one.
//
// It ends the process, so it must be right: a process in which anything outside of Weft could still run is left alone, however long its
// goroutines wait. That takes two answers:
//   ours     Main is a goroutine (rt0), every P is idle, no queue holds work, no timer of ours pends, every goroutine is Waiting;
//   theirs   no code of the program can run any more. Code needs a thread, so every thread of the process must be known and idle (Census),
//            and nothing may be pending that would give one of those something to do: a timer, an item for the thread pool, a handler
//            of a signal, the end of a child process, a finalizer.
// What wakes a goroutine is not asked. A channel in a static field, a Task that somebody completes, a lock: without a thread to run on
// nobody gets at them. Finalizers are made to run first, by a collection, since they may wake someone; then all is asked again.
//
// A thread of the program that blocks in Weft, Main itself where it was not woven, an open socket (the class library keeps a thread for
// sockets): each keeps it silent. So does any system on which the threads cannot be counted. Silent in doubt, as it must be.
//
// sysmon asks when all has been idle for a while, and then ever more rarely: a thread that ends makes no event for us.
//
// Rejected: to ask whether the goroutines can be reached from outside (FindLeaks does). A program whose Main waits for ever while timers
// or threads do its work is healthy, though nothing can reach what Main waits on; one whose channel is in a static field may be dead.

namespace Weft.Runtime;

[NotWoven]
internal static class Checkdead
{
    /// <summary>How long all must have been idle at first, and at most between two looks.</summary>
    internal const long FirstLookNs = 100_000_000, RarestLookNs = 30_000_000_000;

    private static readonly bool s_off = Environment.GetEnvironmentVariable("WEFT_DEADLOCK") == "0";

    /// <summary>On sysmon, which runs while all others sleep. Ends the process, or returns in doubt.</summary>
    internal static void Run()
    {
        try
        {
            if (s_off || !IsDead() || !Finalize() || !IsDead())
                return;
        }
        catch (Exception)
        {
            return; // something about the process could not be found out
        }
        Fatal.ThrowAll(rt0.MainExited && !Proc.AllGs().Any(IsAlive)
            ? "no goroutines (main called runtime.Goexit) - deadlock!"
            : "all goroutines are asleep - deadlock!");
    }

    private static bool IsDead() => OursAreAsleep() && Census.NothingElseCanRun() && OursAreAsleep();

    private static bool OursAreAsleep()
    {
        // A Main that has returned is on its way out, whatever its goroutines do.
        if (!rt0.MainStarted || sched.maing is null && !rt0.MainExited || Fatal.IsDying || Environment.HasShutdownStarted)
            return false;
        sched.@lock.Lock();
        var idle = Volatile.Read(ref sched.npidle) >= sched.gomaxprocs && sched.runqsize == 0 && Volatile.Read(ref sched.nmspinning) == 0;
        foreach (var p in sched.allp)
            idle &= p.m is null && p.runq.IsEmpty && p.timers.Next == 0;
        sched.@lock.Unlock();
        // A goroutine that waits has left its P; one in a system call, or about to park, has not come so far.
        return idle && Proc.AllGs().All(g => !IsAlive(g) || g.Status == GStatus.Waiting);
    }

    private static bool IsAlive(G g) => g.Status is not (GStatus.Dead or GStatus.Idle);

    /// <summary>Collects, and lets finalizers run. False if they take too long: then one of them does something.</summary>
    private static bool Finalize()
    {
        for (var i = 0; i < 2; i++)
        {
            using var done = new ManualResetEventSlim();
            Abandon(done);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            if (!done.Wait(1000))
                return false;
        }
        return true;
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Abandon(ManualResetEventSlim done) => _ = new Last(done);

    /// <summary>Finalizers run one after the other; those of one collection in no given order, which is why there are two.</summary>
    private sealed class Last(ManualResetEventSlim done)
    {
        ~Last() => done.Set();
    }
}
