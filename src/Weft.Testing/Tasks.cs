// Tasks: which tasks a bubble completes itself. Under the bubble's lock.
//
// The tasks of Goroutine.Run know it (Task.AsyncState), and run what continues them where they are completed, in the bubble. Of others it must be
// told: Task.Delay on the bubble's clock, by the clock; any other, by Bubble.Await. Those may be completed on a goroutine of the bubble and yet
// hand their continuation to the thread pool; so who waits for one is remembered, and while it is done and he has not been woken the bubble
// is not at rest.

using System.Runtime.CompilerServices;

namespace Weft.Testing;

[NotWoven]
internal sealed class Tasks(BubbleCore bubble)
{
    private readonly ConditionalWeakTable<Task, BubbleCore> _declared = [];
    private readonly List<(G G, Task Task)> _awaited = [];

    internal void Declare(Task task) => _declared.TryAdd(task, bubble);

    internal bool Owns(Task task) => task.AsyncState == bubble || _declared.TryGetValue(task, out _);

    /// <summary>The goroutine is about to wait for it.</summary>
    internal void Await(Task task, G g) => _awaited.Add((g, task));

    internal void Forget(G g)
    {
        if (_awaited.Count > 0)
            _awaited.RemoveAll(a => a.G == g);
    }

    /// <summary>Somebody is about to be woken by one.</summary>
    internal bool AnyCompleted => _awaited.Exists(static a => a.Task.IsCompleted);
}
