// The foreign code that the tests call: the C library, and native/*.c where there is a C compiler.

using System.Runtime.InteropServices;

namespace Weft.Tests;

internal static unsafe partial class Native
{
    /// <summary>Blocks its thread.</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int usleep(uint us);

    /// <summary>The same by the older attribute, and recording nothing.</summary>
    [DllImport("libc", EntryPoint = "usleep")]
    internal static extern int usleepPlain(uint us);

    /// <summary>Fails with EBADF where there is no such descriptor.</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int fd, Span<byte> to, nint n);

    [LibraryImport("libc")]
    internal static partial nint write(int fd, byte* from, nint n);

    [LibraryImport("libc")]
    internal static partial int pipe(int* fds);

    [LibraryImport("libc"), NonBlocking]
    internal static partial int getpid();

    /// <summary>Calls back on the same thread.</summary>
    [LibraryImport("libc")]
    internal static partial void qsort(int* items, nint n, nint size, delegate* unmanaged<int*, int*, int> compare);

    [LibraryImport("libc", EntryPoint = "qsort")]
    internal static partial void QsortBy(int* items, nint n, nint size, nint compare);

    /// <summary>Calls back on a thread that .NET has never seen.</summary>
    [LibraryImport("libc")]
    internal static partial int pthread_create(nint* thread, nint attributes, delegate* unmanaged<nint, nint> start, nint argument);

    [LibraryImport("libc")]
    internal static partial int pthread_join(nint thread, nint* result);

    [LibraryImport("nosuchlibrary")]
    internal static partial int missing();

    [LibraryImport("wefttest")]
    internal static partial int weft_test_deep(nint bytes);

    [LibraryImport("wefttest")]
    internal static partial long weft_test_sum20(int a, long b, int c, long d, int e, long f, int g, long h, int i, long j,
        int k, long l, int m, long n, int o, long p, int q, long r, int s, long t);

    [LibraryImport("wefttest")]
    internal static partial double weft_test_mix(int a, double b, float c, long d, double e, float f, double g, double h, double i, double j, double k, int l);

    [LibraryImport("wefttest")]
    internal static partial float weft_test_half(float x);

    [LibraryImport("wefttest")]
    internal static partial long weft_test_64();

    [LibraryImport("wefttest")]
    internal static partial long weft_test_call(int n, void* f);

    internal static bool HasCompiled => NativeLibrary.TryLoad("wefttest", typeof(Native).Assembly, null, out _);
}
