// Windows: WaitOnAddress for sleeping threads, WriteFile on the standard handles, ExitProcess.
//
// write is a call of a library and no system call: it wants room on the stack, which a caller in hot code has (Foreign.cs). Only 1 and 2 are
// known, as the standard handles. A console takes UTF-16, so that its code page does not matter: by WriteConsoleW, in chunks that fit on
// the stack. Pure ASCII and everything that is no console goes through WriteFile as it is.
//
// The calls have no convention of their own: the platform's is stdcall on x86, and the only one elsewhere.

using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Weft.Runtime;

[NotWoven]
internal sealed unsafe partial class Windows : Os
{
    [LibraryImport("kernel32")]
    private static partial nint GetStdHandle(int which);

    [LibraryImport("kernel32")]
    private static partial int WriteFile(nint handle, byte* buf, uint n, uint* written, nint overlapped);

    [LibraryImport("kernel32")]
    private static partial int GetConsoleMode(nint handle, uint* mode);

    [LibraryImport("kernel32")]
    private static partial int WriteConsoleW(nint handle, char* buf, uint n, uint* written, nint reserved);

    [LibraryImport("kernel32")]
    private static partial void ExitProcess(uint code);

    [LibraryImport("kernel32")]
    private static partial int SwitchToThread();

    [LibraryImport("kernel32")]
    private static partial void Sleep(uint ms);

    [LibraryImport("kernel32")]
    private static partial void GetCurrentThreadStackLimits(nuint* low, nuint* high);

    [LibraryImport("api-ms-win-core-synch-l1-2-0")]
    private static partial int WaitOnAddress(int* address, int* compare, nuint size, uint ms);

    [LibraryImport("api-ms-win-core-synch-l1-2-0")]
    private static partial void WakeByAddressSingle(int* address);

    [LibraryImport("kernel32")]
    private static partial uint GetCurrentThreadId();

    [LibraryImport("kernel32")]
    private static partial nint OpenThread(uint access, int inherit, uint id);

    [LibraryImport("kernel32")]
    private static partial int GetThreadTimes(nint thread, long* creation, long* exit, long* kernel, long* user);

    [LibraryImport("kernel32")]
    private static partial int CloseHandle(nint handle);

    internal override long cpuclock() => GetCurrentThreadId();

    // In steps of 16 ms: whoever reads it sees nothing, or enough.
    internal override long cputime(long cpuclock)
    {
        const uint THREAD_QUERY_LIMITED_INFORMATION = 0x800;
        var thread = OpenThread(THREAD_QUERY_LIMITED_INFORMATION, 0, (uint)cpuclock);
        if (thread == 0)
            return -1;
        long creation, exit, kernel, user;
        var ok = GetThreadTimes(thread, &creation, &exit, &kernel, &user) != 0;
        CloseHandle(thread);
        return ok ? (kernel + user) * 100 : -1;
    }

    [LibraryImport("kernel32")]
    private static partial void RaiseFailFastException(nint record, nint context, uint flags);

    internal override Semaphore semacreate() => new AddressSemaphore();

    internal override void osyield() => SwitchToThread();

    internal override void usleep(uint us) => Sleep(Math.Max(1, us / 1000));

    internal override void StealBackoff() => SwitchToThread(); // 3 us would become a millisecond or more

    internal override long write(int fd, ReadOnlySpan<byte> buf)
    {
        if (fd is not (1 or 2))
            return -1;
        var handle = GetStdHandle(fd == 1 ? -11 : -12);
        uint mode = 0;
        if (!System.Text.Ascii.IsValid(buf) && GetConsoleMode(handle, &mode) != 0)
            return WriteConsole(handle, buf);
        uint written = 0;
        fixed (byte* p = buf)
            WriteFile(handle, p, (uint)buf.Length, &written, 0); // on failure nothing is written, and that is what it says
        return written;
    }

    private static long WriteConsole(nint handle, ReadOnlySpan<byte> buf)
    {
        const int Units = 1000;
        var chunk = stackalloc char[Units];
        for (var rest = buf; !rest.IsEmpty;)
        {
            var n = Utf16Chunks.Next(ref rest, new Span<char>(chunk, Units));
            uint written = 0;
            if (WriteConsoleW(handle, chunk, (uint)n, &written, 0) == 0)
                break;
        }
        return buf.Length; // units written do not tell bytes
    }

    internal override void exit(int code) => ExitProcess((uint)code);

    internal override void abort() => RaiseFailFastException(0, 0, 0);

    internal override (nuint Low, nuint Size) StackBounds()
    {
        nuint low = 0, high = 0;
        GetCurrentThreadStackLimits(&low, &high);
        return (low, high - low);
    }

    /// <summary>The word as on Linux: 0 no token, 1 token, -1 no token and the thread sleeps.</summary>
    private sealed class AddressSemaphore : Semaphore
    {
        private readonly int* _word = (int*)NativeMemory.AlignedAlloc(64, 64);

        internal AddressSemaphore() => *_word = 0;

        ~AddressSemaphore() => NativeMemory.AlignedFree(_word);

        internal override bool semasleep(long ns)
        {
            var deadline = ns < 0 ? 0 : nanotime() + ns;
            var asleep = -1;
            while (true)
            {
                if (Interlocked.CompareExchange(ref *_word, 0, 1) == 1)
                    return true;
                if (Interlocked.CompareExchange(ref *_word, -1, 0) == 1)
                    continue;
                var ms = uint.MaxValue; // INFINITE
                if (ns >= 0)
                {
                    var left = deadline - nanotime();
                    if (left <= 0)
                        return Interlocked.Exchange(ref *_word, 0) == 1;
                    ms = (uint)Math.Clamp((left + 999_999) / 1_000_000, 1, int.MaxValue);
                }
                WaitOnAddress(_word, &asleep, sizeof(int), ms);
            }
        }

        internal override void semawakeup()
        {
            if (Interlocked.Exchange(ref *_word, 1) == -1)
                WakeByAddressSingle(_word);
            GC.KeepAlive(this);
        }
    }
}
