// The foreign functions that the workloads call. Go's side has the same by cgo.

using System.Runtime.InteropServices;

namespace Bench.Common;

/// <summary>The C library.</summary>
internal static unsafe class Libc
{
    /// <summary>Reads a variable: what is measured is the way there and back.</summary>
    [DllImport("libc")]
    public static extern int getpagesize();

    /// <summary>The same without the runtime's own transition, which .NET allows for functions as short as this.</summary>
    [DllImport("libc", EntryPoint = "getpagesize"), SuppressGCTransition]
    public static extern int getpagesizeSuppressed();

    /// <summary>With one element: calls back once, and compares nothing itself.</summary>
    [DllImport("libc")]
    public static extern int* bsearch(int* key, int* items, nint n, nint size, delegate* unmanaged<int*, int*, int> compare);

    /// <summary>Blocks the thread for so many microseconds.</summary>
    [DllImport("libc")]
    public static extern int usleep(uint us);
}
