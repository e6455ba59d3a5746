using Bench.Common;

namespace Tasks.Bench;

/// <summary>The recursion in async methods. It still descends on a machine stack, so it begins on the same large thread.</summary>
internal static class DeepAsync
{
    private const int StackSize = 1 << 30;

    public static async Task Run(int frames)
    {
        using SemaphoreSlim arrived = new(0), go = new(0);
        var started = new TaskCompletionSource<Task<int>>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => started.SetResult(Dig(frames, arrived, go)), StackSize).Start();
        await arrived.WaitAsync();
        await Task.Delay(1);
        go.Release();
        Report.Check(frames, await await started.Task);
    }

    private static async Task<int> Dig(int frames, SemaphoreSlim arrived, SemaphoreSlim go)
    {
        if (frames > 0) return await Dig(frames - 1, arrived, go) + 1;
        arrived.Release();
        await go.WaitAsync();
        return 0;
    }
}
