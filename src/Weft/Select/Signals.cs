// The signal cases: a deadline, a token, a task.

using System.Runtime.CompilerServices;
using Weft.Runtime;

namespace Weft;

/// <summary>A case that is ready once its time has come: <see cref="Select.After(TimeSpan)"/>.</summary>
/// <remarks>
/// The time runs from the call of <see cref="Select.After(TimeSpan)"/>, as with Go's <c>time.After</c>, however many selects the case is used
/// in; <see cref="Reset"/> starts it anew. Once it is over the case stays ready.
/// </remarks>
public sealed class TimeoutCase : SignalCase
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(40); // a timer takes no more than 49.7

    private readonly TimeProvider _time;
    private long _start;
    private TimeSpan _due;
    private ITimer? _timer;

    internal TimeoutCase(TimeSpan due, TimeProvider time)
    {
        _time = time;
        Reset(due);
    }

    /// <summary>Starts the time anew: the case is ready <paramref name="due"/> from now. Not while a select waits.</summary>
    /// <param name="due">How long; zero or less is ready at once, <see cref="Timeout.InfiniteTimeSpan"/> never.</param>
    public void Reset(TimeSpan due)
    {
        _start = _time.GetTimestamp();
        _due = due == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : due;
    }

    private TimeSpan Left => _due - _time.GetElapsedTime(_start);

    private protected override bool IsReady => _due <= TimeSpan.Zero || _due != TimeSpan.MaxValue && Left <= TimeSpan.Zero;

    private protected override void Watch()
    {
        if (_due == TimeSpan.MaxValue)
            return;
        _timer ??= MakeTimer();
        Arm();
    }

    private protected override void Unwatch() => _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    // The timer outlives the select that makes it, and must not keep the context of its goroutine.
    private ITimer MakeTimer()
    {
        var isSuppressed = ExecutionContext.IsFlowSuppressed();
        if (!isSuppressed)
            ExecutionContext.SuppressFlow();
        try
        {
            return _time.CreateTimer(static o => ((TimeoutCase)o!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        finally
        {
            if (!isSuppressed)
                ExecutionContext.RestoreFlow();
        }
    }

    private void Arm()
    {
        var left = Left;
        // Whole milliseconds, up: timers round down, and would come early again and again.
        var wait = left <= TimeSpan.Zero ? TimeSpan.Zero : left > s_longest ? s_longest : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
        _timer!.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void Tick()
    {
        // Never early: a timer may be, by the grain of its clock.
        if (IsReady)
            Fire();
        else
            Arm();
    }
}

/// <summary>A case that is ready once its token is cancelled.</summary>
internal sealed class CancelledCase(CancellationToken token) : SignalCase
{
    private CancellationTokenRegistration _registration;

    internal CancellationToken Token = token;

    private protected override bool IsReady => Token.IsCancellationRequested;

    private protected override void Watch() => _registration = Token.UnsafeRegister(static o => ((CancelledCase)o!).Fire(), this);

    private protected override void Unwatch()
    {
        _registration.Unregister();
        _registration = default;
    }
}

/// <summary>A case that is ready once its task is done, however it ended: <see cref="Select.Completed(Task)"/>.</summary>
public class TaskCase : SignalCase
{
    private TaskWatch? _watch;

    // In the list of the watch, under its lock.
    internal TaskCase? next, prev;
    internal bool listed;

    internal TaskCase(Task task) => Task = task;

    /// <summary>The task.</summary>
    public Task Task { get; }

    private protected override bool IsReady => Task.IsCompleted;

    private protected override void Watch() => (_watch ??= TaskWatch.Of(Task)).Add(this);

    private protected override void Unwatch() => _watch?.Remove(this);

    internal void Tell() => Fire();
}

/// <summary>A case that is ready once its task is done, however it ended: <see cref="Select.Completed{T}(Task{T})"/>.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
public sealed class TaskCase<T> : TaskCase
{
    internal TaskCase(Task<T> task) : base(task)
    {
    }

    /// <summary>The task.</summary>
    public new Task<T> Task => (Task<T>)base.Task;

    /// <summary>The task's result, once the case has run; throws what the task failed with, as <c>await</c> does.</summary>
    public T Value => Task.GetAwaiter().GetResult();
}

/// <summary>
/// One continuation of a task, for all cases that ever wait for it: a continuation cannot be taken back, and a loop that makes a case each
/// time would leave one behind each time.
/// </summary>
[NotWoven]
internal sealed class TaskWatch
{
    private static readonly ConditionalWeakTable<Task, TaskWatch> s_watches = [];

    private RuntimeLock<Ranks.Signal> _lock;
    private TaskCase? _first;
    private bool _done;

    internal static TaskWatch Of(Task task)
    {
        if (s_watches.TryGetValue(task, out var watch))
            return watch;
        var made = new TaskWatch();
        watch = s_watches.GetOrAdd(task, made);
        if (watch == made)
            task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(made.Complete);
        return watch;
    }

    internal void Add(TaskCase c)
    {
        _lock.Lock();
        var done = _done;
        if (!done && !c.listed)
        {
            c.listed = true;
            c.prev = null;
            c.next = _first;
            if (_first is not null)
                _first.prev = c;
            _first = c;
        }
        _lock.Unlock();
        if (done)
            c.Tell();
    }

    internal void Remove(TaskCase c)
    {
        _lock.Lock();
        if (c.listed)
        {
            c.listed = false;
            if (c.prev is null)
                _first = c.next;
            else
                c.prev.next = c.next;
            if (c.next is not null)
                c.next.prev = c.prev;
            c.next = c.prev = null;
        }
        _lock.Unlock();
    }

    private void Complete()
    {
        while (true)
        {
            _lock.Lock();
            _done = true;
            var c = _first;
            if (c is not null)
            {
                _first = c.next;
                if (_first is not null)
                    _first.prev = null;
                c.listed = false;
                c.next = null;
            }
            _lock.Unlock();
            if (c is null)
                return;
            c.Tell();
        }
    }
}
