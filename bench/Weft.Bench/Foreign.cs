// What it costs to call a foreign function that does nothing, and to be called back by one.
//
// A foreign call alone makes no method hot (docs/weaver.md), so each of these methods yields once.

using System.Runtime.InteropServices;
using Bench.Common;
using Weft.Bench.Unwoven;

namespace Weft.Bench;

internal static unsafe class Foreign
{
    private static readonly int* s_cell = (int*)NativeMemory.Alloc(sizeof(int));

    /// <summary>As anybody would write it: the scheduler is told.</summary>
    public static void Run(int calls)
    {
        Goroutine.Yield();
        var sum = 0L;
        for (var i = 0; i < calls; i++) sum += Libc.getpagesize();
        Check(calls, sum);
    }

    /// <summary>[NonBlocking]: it is not.</summary>
    public static void RunNonBlocking(int calls)
    {
        Goroutine.Yield();
        var sum = 0L;
        for (var i = 0; i < calls; i++) sum += getpagesizeNonBlocking();
        Check(calls, sum);
    }

    /// <summary>[SuppressGCTransition]: nor is .NET.</summary>
    public static void RunSuppressed(int calls)
    {
        Goroutine.Yield();
        var sum = 0L;
        for (var i = 0; i < calls; i++) sum += Libc.getpagesizeSuppressed();
        Check(calls, sum);
    }

    /// <summary>No weaver and no goroutine: .NET's own cost.</summary>
    public static void RunOnThread(int calls)
    {
        var sum = new Chan<long>();
        new Thread(() => sum.Send(PlainForeign.Call(calls))).Start();
        Check(calls, sum.Receive());
    }

    /// <summary>There and back, and in between back and there.</summary>
    public static void RunCallback(int calls)
    {
        Goroutine.Yield();
        var before = s_calls;
        for (var i = 0; i < calls; i++) Libc.bsearch(s_cell, s_cell, 1, sizeof(int), &Compare);
        Report.Check(calls, s_calls - before);
    }

    private static int s_calls;

    [UnmanagedCallersOnly]
    private static int Compare(int* a, int* b)
    {
        s_calls++;
        return 0;
    }

    [DllImport("libc", EntryPoint = "getpagesize"), NonBlocking]
    private static extern int getpagesizeNonBlocking();

    private static void Check(int calls, long sum) => Report.Check((long)calls * Environment.SystemPageSize, sum);
}
