using Bench.Common;

namespace Tasks.Bench;

/// <summary>A plain recursion that blocks at its bottom. A pool thread's stack would overflow, so it has a thread with 1 GiB.</summary>
internal static class Deep
{
    private const int StackSize = 1 << 30;

    public static async Task Run(int frames)
    {
        using SemaphoreSlim arrived = new(0), go = new(0);
        var result = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => result.SetResult(Dig(frames, arrived, go)), StackSize).Start();
        await arrived.WaitAsync();
        await Task.Delay(1);
        go.Release();
        Report.Check(frames, await result.Task);
    }

    private static int Dig(int frames, SemaphoreSlim arrived, SemaphoreSlim go)
    {
        if (frames > 0) return Dig(frames - 1, arrived, go) + 1;
        arrived.Release();
        go.Wait();
        return 0;
    }
}
