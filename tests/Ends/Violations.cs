// Breaks the runtime's own rules, one each, for the checker (WEFT_CHECK=1) to find. Without it they go unnoticed, which is why it is there.

using Weft.Runtime;

namespace Ends;

[NotWoven]
public static class Violations
{
    private static G New(GStatus status, long id = 1001) => new() { goid = id, status = (int)status };

    public static void NoSuchTransition() => New(GStatus.Dead).casgstatus(GStatus.Dead, GStatus.Waiting);

    public static void BadIncomingStatus() => New(GStatus.Waiting).casgstatus(GStatus.Runnable, GStatus.Running);

    /// <summary>A thread moves a goroutine that another one runs.</summary>
    public static void MovedByAnotherThread()
    {
        var g = M.getg()!;
        var t = new Thread(() => g.casgstatus(GStatus.Running, GStatus.Parking));
        t.Start();
        t.Join();
    }

    public static void QueuedTwice()
    {
        var (queue, g) = (new RunQueue(), New(GStatus.Runnable));
        queue.TryPut(g);
        queue.TryPut(g);
    }

    public static void QueuedInTwoQueues()
    {
        var (queue, g) = (new RunQueue(), New(GStatus.Runnable));
        queue.SetNext(g);
        sched.@lock.Lock();
        sched.globrunqput(g);
        sched.@lock.Unlock();
    }

    public static void QueuedWhileItWaits() => new RunQueue().TryPut(New(GStatus.Waiting));

    public static void GlobalQueueWithoutItsLock() => sched.globrunqput(New(GStatus.Runnable));

    /// <summary>A waker that has not dequeued the sudog.</summary>
    public static void WokenInAWaitQueue()
    {
        var g = New(GStatus.Waiting);
        new WaitQueue().Enqueue(Sudog<int>.ForReceive(g, ChanOp.Receive));
        Proc.goready(g, M.Current);
    }

    public static void WokenInATimerHeap()
    {
        var g = New(GStatus.Waiting);
        new Timers(0).Add(long.MaxValue, g);
        Proc.goready(g, M.Current);
    }

    /// <summary>The same with the waiter of a mutex and its like.</summary>
    public static void WokenInAWaiterQueue()
    {
        var g = New(GStatus.Waiting);
        default(WaiterQueue).Add(g.waiter, 1);
        Proc.goready(g, M.Current);
    }

    public static void WaiterQueuedTwice()
    {
        var w = New(GStatus.Waiting).waiter;
        default(WaiterQueue).Add(w, 1);
        default(WaiterQueue).Add(w, 1);
    }

    public static void SudogQueuedTwice()
    {
        var s = Sudog<int>.ForSend(New(GStatus.Waiting));
        new WaitQueue().Enqueue(s);
        new WaitQueue().Enqueue(s);
    }

    /// <summary>A P that an M has goes into the idle list.</summary>
    public static void BusyPGoesIdle()
    {
        sched.@lock.Lock();
        sched.pidleput(M.Current!.p!);
        sched.@lock.Unlock();
    }

    /// <summary>An M that has a P and a goroutine goes into the idle list.</summary>
    public static void BusyMGoesIdle()
    {
        sched.@lock.Lock();
        sched.mput(M.Current!);
        sched.@lock.Unlock();
    }

    public static void LocksInTheWrongOrder()
    {
        RuntimeLock<Ranks.Chan> chan = default;
        sched.@lock.Lock();
        chan.Lock();
    }

    public static void TwoLocksOfOneRank()
    {
        RuntimeLock<Ranks.Chan> one = default, other = default;
        one.Lock();
        other.Lock();
    }

    public static void LocksOfOneRankDescending()
    {
        RuntimeLock<Ranks.Chan> one = default, other = default;
        one.Lock(2);
        other.Lock(1);
    }

    public static void ReleasedByAnotherThread()
    {
        sched.@lock.Lock();
        var t = new Thread(() => sched.@lock.Unlock());
        t.Start();
        t.Join();
    }

    public static void LockHeldWhileItParks()
    {
        RuntimeLock<Ranks.Chan> chan = default;
        chan.Lock();
        var wg = new WaitGroup();
        wg.Add(1);
        wg.Wait();
    }

    public static void LockHeldWhileAnotherIsReadied()
    {
        RuntimeLock<Ranks.Chan> chan = default;
        var wg = new WaitGroup();
        wg.Add(1);
        Go(() => wg.Wait());
        Sleep(TimeSpan.FromMilliseconds(50));
        chan.Lock();
        wg.Done();
    }

    /// <summary>No violation: the checker holds its peace.</summary>
    public static void Healthy()
    {
        var (ch, wg) = (new Chan<int>(2), new WaitGroup());
        for (var i = 0; i < 50; i++)
        {
            wg.Go(() =>
            {
                Sleep(TimeSpan.FromMilliseconds(1));
                ch.Send(1);
            });
        }
        for (var i = 0; i < 50; i++)
            ch.Receive();
        wg.Wait();
        RuntimeLock<Ranks.Chan> one = default, other = default;
        one.Lock(1);
        other.Lock(2);
        one.Unlock();
        other.Unlock();
        Cases.Out("healthy");
    }
}
