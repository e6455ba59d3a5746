// Any other system: managed waits, and the C library where it is the only way.

using System.Runtime.InteropServices;

namespace Weft.Runtime;

[NotWoven]
internal sealed unsafe partial class Portable : Os
{
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint libc_write(int fd, byte* buf, nuint n);

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void libc_exit(int code);

    [LibraryImport("libc", EntryPoint = "abort")]
    private static partial void libc_abort();

    internal override Semaphore semacreate() => new ManagedSemaphore();

    internal override void osyield() => Thread.Yield();

    internal override void usleep(uint us) => Thread.Sleep((int)Math.Max(1, us / 1000));

    internal override void StealBackoff() => Thread.Yield();

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

    internal override (nuint Low, nuint Size) StackBounds() => default;

    private sealed class ManagedSemaphore : Semaphore
    {
        private readonly object _gate = new();
        private bool _token;

        internal override bool semasleep(long ns)
        {
            lock (_gate)
            {
                var deadline = ns < 0 ? 0 : nanotime() + ns;
                while (!_token)
                {
                    if (ns < 0)
                    {
                        Monitor.Wait(_gate);
                        continue;
                    }
                    var left = deadline - nanotime();
                    if (left <= 0)
                        return false;
                    Monitor.Wait(_gate, (int)Math.Clamp((left + 999_999) / 1_000_000, 1, int.MaxValue));
                }
                _token = false;
                return true;
            }
        }

        internal override void semawakeup()
        {
            lock (_gate)
            {
                _token = true;
                Monitor.Pulse(_gate);
            }
        }
    }
}
