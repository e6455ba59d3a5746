using Bench.Common;

namespace Tasks.Bench;

/// <summary>Skynet without channels: a task's own result goes up, which is what users of tasks would write.</summary>
internal static class SkynetTasks
{
    public static async Task Run(int leaves) =>
        Report.Check((long)leaves * (leaves - 1) / 2, await Task.Run(() => Node(0, leaves)));

    private static async Task<long> Node(long first, int leaves)
    {
        if (leaves == 1) return first;
        var each = leaves / 10;
        var below = new Task<long>[10];
        for (var i = 0; i < 10; i++)
        {
            var start = first + (long)i * each;
            below[i] = Task.Run(() => Node(start, each));
        }
        long sum = 0;
        foreach (var child in below) sum += await child;
        return sum;
    }
}
