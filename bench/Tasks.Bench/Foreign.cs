using System.Runtime.InteropServices;
using Bench.Common;

namespace Tasks.Bench;

/// <summary>What it costs a task, on its pool thread, to call a foreign function that does nothing, and to be called back by one.</summary>
internal static unsafe class Foreign
{
    private static readonly int* s_cell = (int*)NativeMemory.Alloc(sizeof(int));

    public static Task Run(int calls)
    {
        var sum = 0L;
        for (var i = 0; i < calls; i++) sum += Libc.getpagesize();
        Report.Check((long)calls * Environment.SystemPageSize, sum);
        return Task.CompletedTask;
    }

    public static Task RunSuppressed(int calls)
    {
        var sum = 0L;
        for (var i = 0; i < calls; i++) sum += Libc.getpagesizeSuppressed();
        Report.Check((long)calls * Environment.SystemPageSize, sum);
        return Task.CompletedTask;
    }

    public static Task RunCallback(int calls)
    {
        var before = s_calls;
        for (var i = 0; i < calls; i++) Libc.bsearch(s_cell, s_cell, 1, sizeof(int), &Compare);
        Report.Check(calls, s_calls - before);
        return Task.CompletedTask;
    }

    private static int s_calls;

    [UnmanagedCallersOnly]
    private static int Compare(int* a, int* b)
    {
        s_calls++;
        return 0;
    }
}
