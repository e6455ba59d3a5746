// The signal cases that something outside fires: a token, a task.

using System.Runtime.CompilerServices;
using Weft.Runtime;

namespace Weft;

/// <summary>A case that is ready once its token is cancelled.</summary>
internal sealed class CancelledCase(CancellationToken token) : SignalCase
{
    private CancellationToken _token = token;
    private CancellationTokenRegistration _registration;

    internal CancellationToken Token
    {
        get => _token;
        set
        {
            _token = value;
            Renew();
        }
    }

    // Of a copy: a callback that comes late asks while the case is given another token, and the property reads the token's source twice.
    private protected override bool IsReady => Token.IsCancellationRequested;

    private protected override void Watch() => _registration = _token.UnsafeRegister(static o => ((CancelledCase)o!).Tell(), this);

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

    internal override bool BelongsTo(SynctestBubble bubble, G g) => bubble.Awaits(Task, g);

    private protected override void Watch() => (_watch ??= TaskWatch.Of(Task)).Add(this);

    private protected override void Unwatch() => _watch?.Remove(this);
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
