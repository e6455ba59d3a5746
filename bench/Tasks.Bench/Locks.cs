// The mutex of async code, a SemaphoreSlim, and a wait group, under many tasks. .NET has no read-write lock to be awaited.

using Bench.Common;

namespace Tasks.Bench;

internal static class Locks
{
    private const int Contenders = 1000;
    private const int Members = 10;

    public static async Task Mutex(int operations, bool yield)
    {
        using var mutex = new SemaphoreSlim(1, 1);
        var count = 0;
        var all = new Task[Contenders];
        for (var i = 0; i < Contenders; i++)
        {
            all[i] = Task.Run(async () =>
            {
                for (var j = 0; j < operations / Contenders; j++)
                {
                    await mutex.WaitAsync();
                    count++;
                    if (yield) await Task.Yield();
                    mutex.Release();
                }
            });
        }
        await Task.WhenAll(all);
        Report.Check(operations / Contenders * Contenders, count);
    }

    public static async Task Group(int rounds)
    {
        var left = rounds;
        for (var round = 0; round < rounds; round++)
        {
            var done = new Latch(Members);
            for (var i = 0; i < Members; i++) ThreadPool.UnsafeQueueUserWorkItem(static latch => latch.CountDown(), done, preferLocal: true);
            await done.Done;
            left--;
        }
        Report.Check(0, left);
    }
}
