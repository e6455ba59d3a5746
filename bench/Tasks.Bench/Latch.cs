namespace Tasks.Bench;

/// <summary>A countdown that is awaited: what a WaitGroup does in the other two.</summary>
internal sealed class Latch(int count)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open = count;

    public Task Done => _done.Task;

    public void CountDown()
    {
        if (Interlocked.Decrement(ref _open) == 0) _done.SetResult();
    }
}
