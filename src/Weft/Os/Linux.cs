// Linux: futexes for sleeping threads, write(2), _exit(2), clock_nanosleep.
//
// The futex word is in native memory, since a managed object moves. These P/Invokes block, so they must not suppress the GC
// transition. A futex round trip between two threads is 4 us; .NET's own events take 36 to 42 us here, which is why they are not used.

using System.Runtime.InteropServices;

namespace Weft.Runtime;

[NotWoven]
internal sealed unsafe partial class Linux : Os
{
    private const int FUTEX_WAIT_PRIVATE = 128, FUTEX_WAKE_PRIVATE = 129, PR_SET_TIMERSLACK = 29;
    private static readonly nint SYS_futex = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98 : 202;

    private struct Timespec
    {
        internal nint sec, nsec;
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint futex(nint number, int* address, nint op, nint value, Timespec* timeout, nint a, nint b);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint libc_write(int fd, byte* buf, nuint n);

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void libc_exit(int code);

    [LibraryImport("libc", EntryPoint = "sched_yield")]
    private static partial int sched_yield();

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int nanosleep(Timespec* request, Timespec* remaining);

    [LibraryImport("libc")]
    private static partial nint pthread_self();

    [LibraryImport("libc")]
    private static partial int pthread_getattr_np(nint thread, byte* attr);

    [LibraryImport("libc")]
    private static partial int pthread_attr_getstack(byte* attr, nuint* low, nuint* size);

    [LibraryImport("libc")]
    private static partial int pthread_attr_destroy(byte* attr);

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc")]
    private static partial int pthread_getcpuclockid(nint thread, int* clock);

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, Timespec* time);

    [LibraryImport("libc", EntryPoint = "abort")]
    private static partial void libc_abort();

    internal override Semaphore semacreate() => new FutexSemaphore();

    /// <summary>
    /// Linux lets a sleeping thread wait up to 50 us longer than it asked, to save wakes. Sysmon and thieves ask for less than that, and the M that
    /// sleeps for a timer for what a goroutine has asked for. Threads that are made from here inherit it, which does them no harm.
    /// </summary>
    internal override void minit() => prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);

    internal override void osyield() => sched_yield();

    internal override void usleep(uint us)
    {
        var t = new Timespec { sec = (nint)(us / 1_000_000), nsec = (nint)(us % 1_000_000) * 1000 };
        nanosleep(&t, null);
    }

    internal override long write(int fd, ReadOnlySpan<byte> buf)
    {
        var callers = Marshal.GetLastPInvokeError();
        fixed (byte* p = buf)
        {
            long n = libc_write(fd, p, (nuint)buf.Length);
            if (n < 0)
                n = -Marshal.GetLastPInvokeError();
            Marshal.SetLastPInvokeError(callers);
            return n;
        }
    }

    internal override void exit(int code) => libc_exit(code);

    internal override void abort() => libc_abort();

    internal override (nuint Low, nuint Size) StackBounds()
    {
        byte* attr = stackalloc byte[128]; // pthread_attr_t has 56 bytes on x64 and 64 on arm64
        nuint low = 0, size = 0;
        if (pthread_getattr_np(pthread_self(), attr) != 0)
            return default;
        if (pthread_attr_getstack(attr, &low, &size) != 0)
            low = size = 0;
        pthread_attr_destroy(attr);
        return (low, size);
    }

    internal override long cpuclock()
    {
        int clock;
        return pthread_getcpuclockid(pthread_self(), &clock) == 0 ? clock : 0;
    }

    internal override long cputime(long cpuclock)
    {
        Timespec time;
        return cpuclock != 0 && clock_gettime((int)cpuclock, &time) == 0 ? time.sec * 1_000_000_000L + time.nsec : -1;
    }

    /// <summary>
    /// States of the word: 0 no token, 1 token, -1 no token and the thread sleeps. A thread that finds the token never enters the kernel,
    /// a waker that finds no sleeper neither.
    /// </summary>
    private sealed class FutexSemaphore : Semaphore
    {
        private readonly int* _word = (int*)NativeMemory.AlignedAlloc(64, 64); // a line of its own: the waker writes it

        internal FutexSemaphore() => *_word = 0;

        ~FutexSemaphore() => NativeMemory.AlignedFree(_word);

        internal override bool semasleep(long ns)
        {
            var deadline = ns < 0 ? 0 : nanotime() + ns;
            while (true)
            {
                if (Interlocked.CompareExchange(ref *_word, 0, 1) == 1)
                    return true;
                // Announces the sleep; pairs with the exchange in semawakeup.
                if (Interlocked.CompareExchange(ref *_word, -1, 0) == 1)
                    continue;
                if (ns < 0)
                {
                    futex(SYS_futex, _word, FUTEX_WAIT_PRIVATE, -1, null, 0, 0);
                }
                else
                {
                    var left = deadline - nanotime();
                    if (left <= 0)
                        // Takes the announcement back, unless the token came just now.
                        return Interlocked.Exchange(ref *_word, 0) == 1;
                    var t = new Timespec { sec = (nint)(left / 1_000_000_000), nsec = (nint)(left % 1_000_000_000) };
                    futex(SYS_futex, _word, FUTEX_WAIT_PRIVATE, -1, &t, 0, 0);
                }
            }
        }

        internal override void semawakeup()
        {
            if (Interlocked.Exchange(ref *_word, 1) == -1)
                futex(SYS_futex, _word, FUTEX_WAKE_PRIVATE, 1, null, 0, 0);
            GC.KeepAlive(this);
        }
    }
}
