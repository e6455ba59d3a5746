// Execution: one run of a scenario, in which the controller alone decides who goes on.
//
// Every thread of the runtime is a thread of the system here too, but only one is let go at a time. At each point (an access to shared
// memory that synchronises, a wait, a start of a thread) the running thread asks the strategy who is next, and hands over by waking that
// one and going to sleep. So there is no controller thread: the decision is made where the point is, and costs nothing if it is to go on.
//
// What may be decided: which ready thread runs; which thread's oldest buffered store becomes visible (Memory.cs); that time passes. The
// latter only where the scenario wants it, else only when nothing else can happen.
//
// An execution ends when nothing can happen any more. That is as it should be if all threads that the scenario waits for are through; else
// a wake-up was lost. All threads that are left (Ms asleep) are then unwound by an exception: instrumented handlers let it pass.
//
// Given the same scenario and decisions an execution is the same to the last access: time is virtual, and statics begin anew.

using System.Text;

namespace Weft.Model.Control;

public sealed class Execution
{
    public const int MaxSteps = 20_000;

    [ThreadStatic] private static ModelThread? t_me;

    public static Execution? Current { get; private set; }

    /// <summary>The controlled thread that runs this code, or null.</summary>
    public static ModelThread? Me => t_me;

    private readonly Strategy _strategy;
    private readonly bool _timePasses;
    private readonly Action _onThreadStart;
    private readonly SemaphoreSlim _ended = new(0);
    private readonly List<(ModelThread Thread, string Site)> _trace = [];
    private bool _aborting;

    public Execution(Strategy strategy, bool timePasses, Action onThreadStart)
    {
        _strategy = strategy;
        _timePasses = timePasses;
        _onThreadStart = onThreadStart;
    }

    public List<ModelThread> Threads { get; } = [];

    /// <summary>What went wrong, or null.</summary>
    public string? Failure { get; private set; }

    public int Steps { get; private set; }

    /// <summary>Virtual time in nanoseconds.</summary>
    public long Now { get; private set; } = 1_000_000_000;

    /// <summary>Changes of memory that others can see.</summary>
    internal long Changes;

    public ModelThread Running { get; private set; } = null!;

    /// <summary>Runs the body as the first thread, until nothing can happen any more; then the check, if nothing went wrong.</summary>
    public void Run(Action body, Action check)
    {
        Current = this;
        try
        {
            var first = Start("main", body, isDaemon: false);
            Running = first;
            first.Wake.Release();
            _ended.Wait();
            if (Failure is null)
                check();
        }
        catch (Exception e) when (e is not AbortException)
        {
            Failure ??= "after the end: " + e.Message;
        }
        finally
        {
            _aborting = true;
            foreach (var thread in Threads)
            {
                thread.Wake.Release();
                thread.Unwound.Wait();
            }
            Current = null;
        }
    }

    /// <summary>Starts a thread; it runs when it is chosen.</summary>
    public ModelThread Start(string name, Action body, bool isDaemon)
    {
        var thread = new ModelThread { Id = Threads.Count, Name = name, Body = body, IsDaemon = isDaemon };
        Threads.Add(thread);
        Workers.Run(() => Thread(thread));
        return thread;
    }

    private void Thread(ModelThread thread)
    {
        thread.Wake.Wait();
        try
        {
            if (!_aborting)
            {
                t_me = thread;
                _onThreadStart();
                thread.Body();
                Point(thread, "is about to end");
                Memory.Drain(this, thread);
                thread.At = "end";
                thread.State = ThreadState.Done;
                _trace.Add((thread, "ends"));
                Leave(thread);
            }
        }
        catch (AbortException)
        {
        }
        catch (Exception e)
        {
            Failure ??= $"{thread.Name} ended with {e}";
            _aborting = true;
        }
        finally
        {
            t_me = null;
            thread.State = ThreadState.Done;
            if (_aborting)
                _ended.Release();
            thread.Unwound.Release();
        }
    }

    /// <summary>Something is wrong: the execution ends here.</summary>
    public void Fail(string what)
    {
        if (!_aborting)
        {
            Failure ??= what;
            _aborting = true;
        }
        throw new AbortException();
    }

    internal void ThrowIfAborting()
    {
        if (_aborting)
            throw new AbortException();
    }

    internal bool IsAborting => _aborting;

    /// <summary>Before an access: others may come first.</summary>
    internal void Point(ModelThread me, string site)
    {
        ThrowIfAborting();
        me.At = site;
        _trace.Add((me, site));
        if (++Steps > MaxSteps)
            Fail($"no end after {MaxSteps} steps");
        while (true)
        {
            var move = _strategy.Choose(this, me);
            if (move.Flush is { } owner)
            {
                _trace.Add((owner, "~ its oldest store becomes visible"));
                Memory.FlushOne(this, owner);
                continue;
            }
            if (move.Run != me)
                HandOver(me, move.Run!);
            return;
        }
    }

    /// <summary>This thread cannot go on: others do until it can.</summary>
    internal void Block(ModelThread me, ThreadState state, string site)
    {
        ThrowIfAborting();
        me.At = site;
        me.State = state;
        _trace.Add((me, site));
        if (++Steps > MaxSteps)
            Fail($"no end after {MaxSteps} steps");
        if (Next() is not { } next)
            End();
        else if (next != me)
            HandOver(me, next);
        Resumed(me);
    }

    private void Resumed(ModelThread me)
    {
        me.TimedOut = me.State == ThreadState.Asleep;
        me.State = ThreadState.Ready;
        me.FutexAddress = 0;
        me.Deadline = long.MaxValue;
        me.Condition = null;
        Running = me;
    }

    private void HandOver(ModelThread me, ModelThread next)
    {
        Let(next);
        me.Wake.Wait();
        ThrowIfAborting();
    }

    private void Let(ModelThread next)
    {
        Running = next;
        next.Wake.Release();
    }

    /// <summary>The thread is through: the next goes on.</summary>
    private void Leave(ModelThread me)
    {
        if (Next() is { } next)
            Let(next);
        else
            End();
    }

    /// <summary>Whom to run when the running thread cannot go on; null if nothing can happen any more.</summary>
    private ModelThread? Next()
    {
        while (true)
        {
            if (Enabled().Count > 0 || Threads.Exists(t => t.Stores.Count > 0))
            {
                var move = _strategy.Choose(this, null);
                if (move.Run is { } thread)
                    return thread;
                _trace.Add((move.Flush!, "~ its oldest store becomes visible"));
                Memory.FlushOne(this, move.Flush!);
                continue;
            }
            // Time passes only for those that the scenario waits for.
            var sleeper = Threads.Where(t => t.State == ThreadState.Asleep && t.Deadline < long.MaxValue).MinBy(t => t.Deadline);
            if (sleeper is null || Threads.TrueForAll(t => t.IsDaemon || t.State == ThreadState.Done))
                return null;
            Now = Math.Max(Now, sleeper.Deadline);
            return sleeper;
        }
    }

    private void End()
    {
        if (!Threads.TrueForAll(t => t.IsDaemon || t.State == ThreadState.Done))
            Failure ??= "a wake-up is lost: nothing can run any more, and the scenario is not done";
        if (t_me is { State: ThreadState.Done })
        {
            _ended.Release();
            return;
        }
        var me = t_me!;
        _ended.Release();
        me.Wake.Wait();
        ThrowIfAborting();
    }

    /// <summary>Threads that can go on now. A sleeper whose time may pass is among them if the scenario wants that.</summary>
    internal List<ModelThread> Enabled()
    {
        _enabled.Clear();
        foreach (var t in Threads)
        {
            if (t.State switch
            {
                ThreadState.Ready => true,
                ThreadState.Spinning => Changes != t.SpunAt,
                ThreadState.Asleep => t.Deadline <= Now || _timePasses && t.Deadline < long.MaxValue,
                ThreadState.Waiting => t.Condition!(),
                _ => false,
            })
                _enabled.Add(t);
        }
        return _enabled;
    }

    private readonly List<ModelThread> _enabled = [];

    /// <summary>The strategy runs a sleeper: its time has come.</summary>
    internal void PassTime(ModelThread sleeper)
    {
        if (sleeper.State == ThreadState.Asleep)
            Now = Math.Max(Now, sleeper.Deadline);
    }

    /// <summary>Asleep until <see cref="WakeFutex"/> or the deadline; true if it was woken.</summary>
    internal bool Sleep(ModelThread me, nint address, long ns, string site)
    {
        Memory.Drain(this, me);
        me.FutexAddress = address;
        me.Deadline = ns < 0 || ns > long.MaxValue - Now ? long.MaxValue : Now + ns;
        Block(me, ThreadState.Asleep, site);
        return !me.TimedOut;
    }

    internal void WakeFutex(nint address)
    {
        foreach (var t in Threads)
        {
            if (t.State != ThreadState.Asleep || t.FutexAddress != address)
                continue;
            t.State = ThreadState.Ready;
            t.Deadline = long.MaxValue;
            return;
        }
    }

    /// <summary>For scenarios: the thread goes on when the condition holds, which must not change anything.</summary>
    public static void Until(Func<bool> condition, string site)
    {
        var (e, me) = (Current!, t_me!);
        e.Point(me, "is about to wait"); // its stores may still be invisible
        Memory.Drain(e, me);
        me.Condition = condition;
        e.Block(me, ThreadState.Waiting, site);
    }

    /// <summary>For scenarios: runs what would make no interesting interleavings in one go.</summary>
    public static void Quietly(Action action)
    {
        var me = t_me!;
        Memory.Drain(Current!, me);
        t_me = null;
        try
        {
            action();
        }
        finally
        {
            t_me = me;
        }
    }

    /// <summary>How it came to this: who passed which point, and where all are now.</summary>
    public string Describe(int last = 400)
    {
        var text = new StringBuilder();
        text.Append($"{Failure}\n\nthreads:\n");
        foreach (var t in Threads)
            text.Append($"  {t.Name,-10} {t.State,-9} at {t.At}{(t.Stores.Count > 0 ? $", {t.Stores.Count} stores not visible" : "")}\n");
        text.Append($"\nschedule ({_trace.Count} points{(_trace.Count > last ? $", the last {last}" : "")}):\n");
        ModelThread? before = null;
        foreach (var (thread, site) in _trace.Skip(_trace.Count - last))
        {
            text.Append($"  {(thread == before ? "" : thread.Name),-10} {site}\n");
            before = thread;
        }
        return text.ToString();
    }

    /// <summary>All points passed, to compare executions.</summary>
    public int TraceHash()
    {
        var hash = new HashCode();
        foreach (var (thread, site) in _trace)
        {
            hash.Add(thread.Id);
            hash.Add(string.GetHashCode(site));
        }
        return hash.ToHashCode();
    }
}
