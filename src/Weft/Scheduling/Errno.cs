// The error code of a goroutine's last foreign call: Marshal.GetLastPInvokeError, errno, GetLastError.
//
// .NET keeps it for each thread. A goroutine takes it along: saved when it leaves a thread, restored when it enters one, and the thread
// then has none, so that goroutines do not see each other's.
//
// Reading and writing the thread's costs 5 ns each, a tenth of a switch for both. So only those goroutines carry it that may have one:
// `haserrno` is set by a woven call of a method with SetLastError, and by SetLastPInvokeError in woven code; it stays set until the
// goroutine ends. For all others a switch tests a flag. Not carried: an error that plain code has left behind on its way out to hot
// code, which sees it until it next leaves its thread, as with any other call in between.

using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weft.Runtime;

public sealed unsafe partial class G
{
    /// <summary>Takes its last error code along.</summary>
    internal bool haserrno;

    /// <summary>The code, while it is not running.</summary>
    internal int errno;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void SaveErrno()
    {
        errno = Marshal.GetLastPInvokeError();
        Marshal.SetLastPInvokeError(0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void RestoreErrno() => Marshal.SetLastPInvokeError(errno);

    internal void ForgetErrno()
    {
        if (!haserrno)
            return;
        haserrno = false;
        Marshal.SetLastPInvokeError(0);
    }
}

/// <summary>Redirections of <see cref="Marshal"/>; see the file head.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[NotWoven]
public static class ErrnoTwins
{
    /// <summary><see cref="Marshal.SetLastPInvokeError"/>.</summary>
    [TwinOf(typeof(Marshal), nameof(Marshal.SetLastPInvokeError), Suspends = false)]
    public static void SetLastPInvokeError(int error, G g)
    {
        g.haserrno = true;
        Marshal.SetLastPInvokeError(error);
    }
}
