// LastWords: writing and ending the process from a place where nothing may be relied on.
//
// No lock, no allocation, no lazy binding, no compiling: addresses are looked up by Prepare, and whoever prepares then makes each call once,
// dry: on handles that do not exist, and sleeping for no time, so that the code of the calls is there. What is called is the system's: write(2)
// and _exit, or WriteFile and TerminateProcess, which unlike ExitProcess runs no code of any library.

using System.Runtime.InteropServices;

namespace Weft.Runtime;

[NotWoven]
internal static unsafe class LastWords
{
    private static readonly bool s_windows = OperatingSystem.IsWindows();
    private static nint s_write, s_exit, s_wait, s_getStdHandle;

    internal static void Prepare()
    {
        if (s_windows)
        {
            var kernel = NativeLibrary.Load("kernel32.dll");
            s_write = NativeLibrary.GetExport(kernel, "WriteFile");
            s_exit = NativeLibrary.GetExport(kernel, "TerminateProcess");
            s_wait = NativeLibrary.GetExport(kernel, "Sleep");
            s_getStdHandle = NativeLibrary.GetExport(kernel, "GetStdHandle");
        }
        else
        {
            var self = NativeLibrary.GetMainProgramHandle();
            s_write = NativeLibrary.GetExport(self, "write");
            s_exit = NativeLibrary.GetExport(self, "_exit");
            s_wait = NativeLibrary.GetExport(self, "sleep");
        }
    }

    /// <summary>Writes to the standard error handle.</summary>
    internal static void Write(ReadOnlySpan<byte> text, bool dry = false)
    {
        fixed (byte* p = text)
        {
            if (s_windows)
            {
                uint written;
                var handle = ((delegate* unmanaged<uint, nint>)s_getStdHandle)(unchecked((uint)-12));
                ((delegate* unmanaged<nint, byte*, uint, uint*, nint, int>)s_write)(dry ? -1 : handle, p, dry ? 0 : (uint)text.Length, &written, 0);
            }
            else
            {
                ((delegate* unmanaged<int, byte*, nuint, nint>)s_write)(dry ? -1 : 2, p, (nuint)text.Length);
            }
        }
    }

    /// <summary>Ends the process at once.</summary>
    internal static void Exit(int code, bool dry = false)
    {
        if (s_windows)
            ((delegate* unmanaged<nint, uint, int>)s_exit)(dry ? 0 : -1, (uint)code); // -1 is the process itself
        else
            ((delegate* unmanaged<int, int>)(dry ? s_wait : s_exit))(dry ? 0 : code);
    }

    /// <summary>Waits for the end of the process, which another thread brings about.</summary>
    internal static void Wait(bool dry = false)
    {
        do
        {
            ((delegate* unmanaged<uint, uint>)s_wait)(dry ? 0 : uint.MaxValue);
        }
        while (!dry);
    }
}
