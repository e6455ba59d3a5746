// Waiter: somebody who waits in one of the objects of this folder: a goroutine, a plain thread, or an async caller.
//
// A blocking operation is a state machine, IBlocker.Step: it either finishes, or leaves the waiter in a queue. Who the waiter is decides
// what happens between two steps, and nothing else: a goroutine parks with the waiter as its innermost frame (or blocks its thread),
// a thread sleeps, an async caller has its task. So one piece of code is the operation for all three, and they may meet on one object.
//
// Protocol. Under its lock the owner calls Prepare (from then on a waker may come) and queues the waiter. The waker takes it out of the
// queue under the same lock, lets the lock go, then calls Ready, once for each Prepare. Ready leads to the next Step, by the waiter.
//
// Cancellation. A registration is made before the first step. When it fires it asks the owner to withdraw the waiter, which succeeds only
// while that is queued: so a wait is ended by its waker or by its token, never by both. Between two queuings there is nothing to
// withdraw; hence whoever has queued looks at the token once more. The ticket, one for each operation, tells a late firing from one that
// is meant for the operation now in progress. A limit of time (TimeLimit.cs) does as a token does. Fields are the waiter's own but for the links, `place` and `cancelled`, which
// belong to the owner of the queue until Ready.
//
// Rejected: a table of semaphores by address, as in Go: objects of .NET move, and a queue in each object needs no table, no
// treap and no lock that strangers share.

using System.Runtime.CompilerServices;

namespace Weft.Runtime;

/// <summary>An object that can be waited on.</summary>
internal interface IBlocker
{
    /// <summary>Begins the operation, or goes on with it after Ready. True: it is over. False: the waiter is queued.</summary>
    bool Step(Waiter w);

    /// <summary>Takes the waiter out of its queue, marks it as cancelled and readies it; false if it is not queued for this operation.</summary>
    bool Withdraw(Waiter w, int ticket);
}

/// <summary>See the file head. It is also the frame that goes on with the operation.</summary>
internal abstract class Waiter : Frame
{
    // Where it is queued: 0 is nowhere, others are the owner's numbers. Under the owner's lock.
    internal int place;
    internal Waiter? next, prev;

    /// <summary>Changes with each operation.</summary>
    internal int ticket;

    /// <summary>Withdrawn by its token, or by its limit of time.</summary>
    internal bool cancelled;

    /// <summary>When the operation is over: by its limit of time.</summary>
    internal bool timedOut;

    /// <summary>What the operation ends with, other than cancellation.</summary>
    internal Exception? failure;

    /// <summary>How far the operation has come; the owner's numbers, 0 at its beginning.</summary>
    internal int stage;

    // Of GoMutex, which also is a part of other operations.
    internal bool waitedForMutex, starving, awoke;
    internal long since;

    /// <summary>How much of a semaphore.</summary>
    internal long weight;

    /// <summary>Not null: the operation returns a scope that unlocks this.</summary>
    internal ILocker? scope;

    internal WaitReason reason;

    protected IBlocker _on = null!; // null between operations
    protected CancellationToken _token;
    private CancellationTokenRegistration _registration;

    /// <summary>Not null: the operation returns whether it was in time.</summary>
    protected TimeLimit? _limit;

    /// <summary>May it spin for a mutex?</summary>
    internal abstract bool CanSpin { get; }

    /// <summary>For measuring how long it has waited.</summary>
    internal long Now => SynctestBubble.On && this is GWaiter { Bubble: { } bubble } ? bubble.nanotime : Os.nanotime();

    internal CancellationToken Token => _token;

    internal bool IsInUse => _on is not null;

    /// <summary>Under the owner's lock, before queuing.</summary>
    internal abstract void Prepare();

    /// <summary>Under no lock: the waiter has been taken out of its queue.</summary>
    internal abstract void Ready(M? m);

    internal void Begin(IBlocker on, WaitReason reason, CancellationToken token, ILocker? scope, int stage, long weight, TimeSpan? timeout = null)
    {
        ticket++;
        _on = on;
        this.reason = reason;
        this.scope = scope;
        this.stage = stage;
        this.weight = weight;
        cancelled = false;
        failure = null;
        BeginMutex();
        if (token.CanBeCanceled)
        {
            _token = token;
            _registration = token.UnsafeRegister(static o => ((Cancellation)o!).Run(), new Cancellation(on, this, ticket));
        }
        if (timeout is { } limit)
            _limit = new TimeLimit(on, this, limit);
    }

    internal void BeginMutex() => waitedForMutex = starving = awoke = false;

    /// <summary>After a step that has queued the waiter; what it says may be old news by now.</summary>
    protected static void LookAgain(IBlocker on, Waiter w, int ticket, CancellationToken token, TimeLimit? limit)
    {
        if (!token.CanBeCanceled && limit is null)
            return;
        // Between queuing and looking. CancellationTokenSource sets its state and then runs what is registered, and so does TimeLimit.Fire.
        Interlocked.MemoryBarrier();
        if (token.IsCancellationRequested || limit is { IsOver: true })
            on.Withdraw(w, ticket);
    }

    /// <summary>The operation is over: lets go of everything, and says what to throw.</summary>
    protected Exception? End()
    {
        var e = failure;
        timedOut = cancelled && _limit is not null && !_token.IsCancellationRequested;
        if (cancelled && !timedOut)
            e ??= new OperationCanceledException(_token);
        failure = null;
        _on = null!;
        scope = null;
        _limit?.Stop();
        _limit = null;
        if (_token.CanBeCanceled)
        {
            _registration.Unregister(); // not Dispose, which would wait for the callback
            _registration = default;
            _token = default;
        }
        return e;
    }

    private sealed class Cancellation(IBlocker on, Waiter w, int ticket)
    {
        internal void Run() => on.Withdraw(w, ticket);
    }
}

/// <summary>The waiter of a goroutine or a thread: one for each G that ever waited, used for one operation after the other.</summary>
internal sealed class GWaiter(G g) : Waiter
{
    /// <summary>The goroutine's synchronization context while it is not running; here for want of room in the G.</summary>
    internal SynchronizationContext? syncContext;

    /// <summary>If it decides who runs.</summary>
    internal SynctestBubble? Bubble => g.bubble is { IsControlled: true } bubble ? bubble : null;

    internal override bool CanSpin
    {
        get
        {
            if (SynctestBubble.On && Bubble is not null)
                return false; // whoever has it does not run
            // As in Go: pointless on one processor, and bad manners while others could run on this one.
            if (Environment.ProcessorCount == 1)
                return false;
            if (g.m!.p is not { } p)
                return true;
            return p.runq.IsEmpty && sched.gomaxprocs > Volatile.Read(ref sched.npidle) + Volatile.Read(ref sched.nmspinning) + 1;
        }
    }

    internal override void Prepare() => Proc.gopark_begin(g, reason);

    internal override void Ready(M? m) => Proc.goready(g, m);

    /// <summary>Hot: true if the operation is over, false if the caller must unwind.</summary>
    internal bool RunHot()
    {
        if (!Step())
        {
            if (g.held == 0)
            {
                Proc.gopark(g);
                g.push(this);
                return false;
            }
            Block();
        }
        Finish();
        return true;
    }

    internal void RunPlain()
    {
        if (!Step())
            Block();
        Finish();
    }

    private bool Step()
    {
        if (_on.Step(this))
            return true;
        LookAgain(_on, this, ticket, _token, _limit);
        return false;
    }

    private void Block()
    {
        do
            Proc.block(g);
        while (!Step());
    }

    private void Finish()
    {
        if (End() is { } e)
            throw e;
    }

    public override void Resume(G g)
    {
        parent = null; // the waiter outlives the frames below it
        if (!Step())
        {
            Proc.gopark(g);
            g.push(this);
            return;
        }
        var (of, isLimited) = (scope, _limit is not null);
        Finish();
        if (of is not null)
            g.SetResult(new LockScope(of));
        else if (isLimited)
            g.SetResult(!timedOut);
    }
}

/// <summary>How the operations of this folder are begun, by each of the three kinds of callers.</summary>
internal static class Blocking
{
    /// <summary>Hot: true if the operation is over, false if the goroutine unwinds.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static bool Hot(IBlocker on, G g, WaitReason reason, CancellationToken token = default, ILocker? scope = null, int stage = 0, long weight = 0)
    {
        var w = g.freeWaiter;
        w.Begin(on, reason, token, scope, stage, weight);
        return w.RunHot();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Plain(IBlocker on, WaitReason reason, CancellationToken token = default, int stage = 0, long weight = 0)
    {
        var w = M.GoroutineOrThread().freeWaiter;
        w.Begin(on, reason, token, null, stage, weight);
        w.RunPlain();
    }

    /// <summary>Hot, with a limit of time: true if the operation was in time; of no meaning if the goroutine unwinds.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static bool HotWithin(IBlocker on, G g, WaitReason reason, TimeSpan timeout, CancellationToken token, int stage = 0, long weight = 0)
    {
        var w = g.freeWaiter;
        w.Begin(on, TimeLimit.Reason(reason, timeout), token, null, stage, weight, timeout);
        return w.RunHot() && !w.timedOut;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static bool PlainWithin(IBlocker on, WaitReason reason, TimeSpan timeout, CancellationToken token, int stage = 0, long weight = 0)
    {
        var w = M.GoroutineOrThread().freeWaiter;
        w.Begin(on, TimeLimit.Reason(reason, timeout), token, null, stage, weight, timeout);
        w.RunPlain();
        return !w.timedOut;
    }

    internal static ValueTask<bool> AsyncWithin(IBlocker on, WaitReason reason, TimeSpan timeout, CancellationToken token, int stage = 0, long weight = 0)
    {
        var w = new AsyncWaiter();
        w.Begin(on, TimeLimit.Reason(reason, timeout), token, null, stage, weight, timeout);
        w.Run();
        return w.LimitedTask;
    }

    internal static AsyncWaiter Async(IBlocker on, WaitReason reason, CancellationToken token, ILocker? scope, int stage = 0, long weight = 0)
    {
        var w = new AsyncWaiter();
        w.Begin(on, reason, token, scope, stage, weight);
        w.Run();
        return w;
    }
}

public sealed unsafe partial class G
{
    private GWaiter? _waiter;

    /// <summary>What <see cref="waiter"/> has made.</summary>
    internal GWaiter? knownWaiter => _waiter;

    internal GWaiter waiter => _waiter ??= new GWaiter(this);

    /// <summary>
    /// A waiter for a new operation: a second one while the first is in use, as when a handler of AsyncLocal blocks on the way back from a wait.
    /// </summary>
    internal GWaiter freeWaiter => waiter is { IsInUse: false } w ? w : new GWaiter(this);
}
