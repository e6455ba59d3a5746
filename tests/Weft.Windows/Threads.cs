// Threads that neither .NET nor Weft has made, and foreign calls that block or call back: by kernel32 and the C runtime, or by the C library.

using System.Runtime.InteropServices;

namespace Weft.Windows;

internal static unsafe partial class Threads
{
    internal static void Block(int milliseconds)
    {
        Yield(); // a foreign call alone makes no method hot
        if (OperatingSystem.IsWindows())
            Sleep((uint)milliseconds);
        else
            usleep((uint)milliseconds * 1000);
    }

    /// <summary>Runs the function on a thread of its own and waits for its result.</summary>
    internal static nint Run(delegate* unmanaged<nint, nint> start, nint argument)
    {
        nint result = 0;
        if (OperatingSystem.IsWindows())
        {
            var thread = CreateThread(0, 0, (nint)start, argument, 0, null);
            WaitForSingleObject(thread, uint.MaxValue);
            uint code = 0;
            GetExitCodeThread(thread, &code);
            CloseHandle(thread);
            result = (nint)code;
        }
        else
        {
            nint thread;
            if (pthread_create(&thread, 0, (nint)start, argument) == 0)
                pthread_join(thread, &result);
        }
        return result;
    }

    internal static void Sort(int[] items, delegate* unmanaged[Cdecl]<int*, int*, int> compare)
    {
        fixed (int* p = items)
        {
            if (OperatingSystem.IsWindows())
                msvcrt_qsort(p, items.Length, sizeof(int), (nint)compare);
            else
                libc_qsort(p, items.Length, sizeof(int), (nint)compare);
        }
    }

    /// <summary>Fails, and leaves this error code.</summary>
    internal static int Fail()
    {
        Yield();
        if (OperatingSystem.IsWindows())
        {
            CloseHandleError(-4711);
            return 6; // ERROR_INVALID_HANDLE
        }
        close(-1);
        return 9; // EBADF
    }

    [LibraryImport("kernel32")]
    private static partial void Sleep(uint milliseconds);

    [LibraryImport("kernel32")]
    private static partial nint CreateThread(nint attributes, nuint stack, nint start, nint argument, uint flags, uint* id);

    [LibraryImport("kernel32")]
    private static partial uint WaitForSingleObject(nint handle, uint milliseconds);

    [LibraryImport("kernel32")]
    private static partial int GetExitCodeThread(nint thread, uint* code);

    [LibraryImport("kernel32")]
    private static partial int CloseHandle(nint handle);

    [LibraryImport("kernel32", EntryPoint = "CloseHandle", SetLastError = true)]
    private static partial int CloseHandleError(nint handle);

    [LibraryImport("msvcrt", EntryPoint = "qsort"), UnmanagedCallConv(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static partial void msvcrt_qsort(int* items, nint n, nint size, nint compare);

    [LibraryImport("libc")]
    private static partial int usleep(uint us);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    [LibraryImport("libc")]
    private static partial int pthread_create(nint* thread, nint attributes, nint start, nint argument);

    [LibraryImport("libc")]
    private static partial int pthread_join(nint thread, nint* result);

    [LibraryImport("libc", EntryPoint = "qsort")]
    private static partial void libc_qsort(int* items, nint n, nint size, nint compare);
}
