// The SynchronizationContext of a goroutine: its own, as the execution context is; none at its beginning, whoever started it.
//
// .NET keeps it for each thread. As with the error code (Errno.cs) only those goroutines carry it that have set one in woven code; for all
// others a switch tests a flag. Waiting for a task never looks at it: a goroutine goes on where there is a processor. What a goroutine
// awaits in async code that it calls does look at it, as ever.

using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Weft.Runtime;

public sealed unsafe partial class G
{
    /// <summary>Takes its synchronization context along.</summary>
    internal bool hassync;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void SaveSyncContext()
    {
        waiter.syncContext = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void RestoreSyncContext() => SynchronizationContext.SetSynchronizationContext(waiter.syncContext);

    internal void ForgetSyncContext()
    {
        if (!hassync)
            return;
        hassync = false;
        waiter.syncContext = null;
        SynchronizationContext.SetSynchronizationContext(null);
    }
}

/// <summary>Redirections of <see cref="SynchronizationContext"/>; see the file head.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[NotWoven]
public static class SyncContextTwins
{
    /// <summary><see cref="SynchronizationContext.SetSynchronizationContext"/>.</summary>
    [TwinOf(typeof(SynchronizationContext), nameof(SynchronizationContext.SetSynchronizationContext), Suspends = false)]
    public static void SetSynchronizationContext(SynchronizationContext? syncContext, G g)
    {
        g.hassync = true;
        SynchronizationContext.SetSynchronizationContext(syncContext);
    }
}
