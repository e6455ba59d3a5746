// The operating system, as the runtime needs it: one file for each system behind this class.
//
// `Current` is a static readonly of a sealed class, so that optimised code calls the system's file directly. Everything here may be
// called on g0 and from a thread that is no M; nothing here allocates after start-up except semacreate and newosproc.

using System.Runtime.InteropServices;

namespace Weft.Runtime;

/// <summary>One-token semaphore on which a thread sleeps. A wake that comes before the sleep is kept; a second one is not.</summary>
internal abstract class Semaphore
{
    /// <summary>Takes the token, sleeping for it at most <paramref name="ns"/> nanoseconds (negative: without limit). False on timeout.</summary>
    internal abstract bool semasleep(long ns);

    /// <summary>Puts the token and wakes the sleeper.</summary>
    internal abstract void semawakeup();
}

[NotWoven]
internal abstract class Os
{
    internal static readonly Os Current =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64 ? new Linux() :
        OperatingSystem.IsWindows() ? new Windows() :
        new Portable();

    internal abstract Semaphore semacreate();

    /// <summary>Starts a thread of the runtime; <paramref name="stack"/> in bytes, 0 for the system's default.</summary>
    /// <remarks>A .NET thread on every system: one that the collector knows. A program that can have no more threads cannot go on.</remarks>
    internal virtual void newosproc(Action start, int stack, string name)
    {
        try
        {
            new Thread(() => start(), stack) { IsBackground = true, Name = name }.UnsafeStart();
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            Fatal.Throw("runtime.newosproc", $"runtime: failed to create new OS thread (have {sched.nm} already; errno={Marshal.GetLastSystemError()})\n");
        }
    }

    /// <summary>On a new thread of the runtime, before anything else.</summary>
    internal virtual void minit()
    {
    }

    /// <summary>Gives the rest of the time slice away.</summary>
    internal abstract void osyield();

    /// <summary>Sleeps for about this many microseconds, as precisely as the system can.</summary>
    internal abstract void usleep(uint us);

    /// <summary>Waits before runnext of a running P is stolen: 3 us, or a yield where timers are too coarse for that.</summary>
    internal virtual void StealBackoff() => usleep(3);

    /// <summary>
    /// Last-resort output: one call of the system, bytes written, or a negative error code. What a pipe or a file does not take is not
    /// tried again, and a closed one is an error like any other.
    /// </summary>
    internal abstract long write(int fd, ReadOnlySpan<byte> buf);

    /// <summary>Ends the process at once: no finalizers, no handlers.</summary>
    internal abstract void exit(int code);

    /// <summary>Ends the process in a way that the system may keep its memory.</summary>
    internal abstract void abort();

    /// <summary>The calling thread's stack, lowest address and size, or (0, 0) where the system does not say.</summary>
    internal abstract (nuint Low, nuint Size) StackBounds();

    /// <summary>Names the calling thread's processor time, for other threads to read.</summary>
    internal virtual long cpuclock() => 0;

    /// <summary>The processor time that a thread has used, in nanoseconds; negative where the system does not say, or the thread has ended.</summary>
    internal virtual long cputime(long cpuclock) => -1;

    /// <summary>Monotonic time in nanoseconds.</summary>
    internal static long nanotime() => s_tickIsNs ? System.Diagnostics.Stopwatch.GetTimestamp()
        : (long)((Int128)System.Diagnostics.Stopwatch.GetTimestamp() * 1_000_000_000 / System.Diagnostics.Stopwatch.Frequency);

    private static readonly bool s_tickIsNs = System.Diagnostics.Stopwatch.Frequency == 1_000_000_000;
}
