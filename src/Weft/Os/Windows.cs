// Windows: WaitOnAddress for sleeping threads, WriteFile on the standard handles, ExitProcess.

using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Weft.Runtime;

[NotWoven]
internal sealed unsafe partial class Windows : Os
{
    [LibraryImport("kernel32")]
    private static partial nint GetStdHandle(int which);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int WriteFile(nint handle, byte* buf, uint n, uint* written, nint overlapped);

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

    internal override Semaphore semacreate() => new AddressSemaphore();

    internal override void osyield() => SwitchToThread();

    internal override void usleep(uint us) => Sleep(Math.Max(1, us / 1000));

    internal override void StealBackoff() => SwitchToThread(); // 3 us would become a millisecond or more

    internal override long write(int fd, ReadOnlySpan<byte> buf)
    {
        if (fd is not (1 or 2))
            return -1;
        uint written = 0;
        fixed (byte* p = buf)
            WriteFile(GetStdHandle(fd == 1 ? -11 : -12), p, (uint)buf.Length, &written, 0);
        return written;
    }

    internal override void exit(int code) => ExitProcess((uint)code);

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
