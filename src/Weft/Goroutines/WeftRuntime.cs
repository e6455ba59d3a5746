// Weft's counterpart of Go's package runtime: settings and figures of the scheduler, last-resort output.

using Weft.Runtime;

namespace Weft;

/// <summary>The scheduler's settings and figures: Go's package <c>runtime</c>.</summary>
[NotWoven]
public static partial class WeftRuntime
{
    /// <summary>
    /// How many goroutines may run at the same time: Go's <c>GOMAXPROCS</c>. At start the number of processors that the process may use, or
    /// the environment variable <c>WEFT_MAXPROCS</c>. May be changed at any time; a processor that is taken away stops at its next switch.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than one.</exception>
    public static int MaxProcs
    {
        get
        {
            return Proc.gomaxprocs();
        }
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Proc.procresize(value);
        }
    }

    /// <summary>
    /// How many bytes of stack a goroutine may have beyond its thread's: Go's <c>debug.SetMaxStack</c>. 1,000,000,000 by default, 250,000,000 on
    /// 32-bit. A call past it throws <see cref="InsufficientExecutionStackException"/> in that goroutine.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public static long MaxStack
    {
        get => Volatile.Read(ref Proc.MaxStack);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            Volatile.Write(ref Proc.MaxStack, value);
        }
    }

    /// <summary>How many goroutines exist: running, runnable or blocked. Exact when none is being started or ending.</summary>
    public static int NumGoroutine => Proc.gcount();

    /// <summary>Figures of the scheduler at this moment. Takes a walk over all goroutines; stops nobody.</summary>
    public static RuntimeStats Stats() => RuntimeStats.Read();

    /// <summary>
    /// The runtime's own last-resort output: writes to a file descriptor by the operating system alone, never through <see cref="Console"/>.
    /// On Windows 1 and 2 are the standard handles, and any other descriptor is refused.
    /// </summary>
    /// <param name="fd">1 for standard output, 2 for standard error.</param>
    /// <param name="buf">The bytes.</param>
    /// <returns>How many bytes were written, or a negative number on error.</returns>
    public static long Write(int fd, ReadOnlySpan<byte> buf) => Os.Current.write(fd, buf);

    /// <summary>
    /// What happens when foreign code calls a method with <c>[UnmanagedCallersOnly]</c> in a woven assembly on a thread that Weft did not make.
    /// Callbacks on a goroutine's own thread, within a call that it made, are always taken.
    /// </summary>
    public static ForeignCallbacks ForeignCallbacks
    {
        get => Cgocallback.Refused ? ForeignCallbacks.Refuse : ForeignCallbacks.Allow;
        set
        {
            Proc.Init();
            Cgocallback.Prepare();
            Cgocallback.Refused = value == ForeignCallbacks.Refuse;
        }
    }

    /// <summary>
    /// Writes every goroutine in the form of Go's traces: number, status or wait reason, for how many minutes; the methods on its stack
    /// with file and line, innermost first; who started it, and where.
    /// </summary>
    /// <param name="w">Where to.</param>
    /// <remarks>
    /// The others go on meanwhile, so the dump is not of one instant. A goroutine that runs shows its stack at its next call of a woven method.
    /// One that makes none for 100 ms, in a loop without calls, in foreign code, or in a method that is not woven, shows only the part that it
    /// has left behind on the heap.
    /// </remarks>
    public static void Dump(TextWriter w)
    {
        ArgumentNullException.ThrowIfNull(w);
        GoroutineDump.Write(w);
    }
}
