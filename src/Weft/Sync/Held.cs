// What a goroutine holds of its thread: monitors and the like, which belong to the thread that took them. While it holds one it stays there:
// prologues do not yield, and blocking operations block the thread.
//
//   hot code                       calls the twins in MonitorTwins.cs and LockTwins.cs, which count
//   plain code, woven assemblies   does so, too, by way of Running(): a constructor takes what a hot Dispose gives back
//                                  (src/Weft.Weaver/Lowering/LockCounts.cs)
//   assemblies that are not woven  do not. What they take and return with is not counted, and what of ours they give back stays counted until
//                                  the goroutine ends: it keeps its thread.
//
// A goroutine that ends with something held takes its thread along, as one does that is locked to its thread (goexit0): nobody inherits a
// lock, and a Mutex counts as abandoned, as where a thread ends.

using System.ComponentModel;

namespace Weft.Runtime;

public sealed unsafe partial class G
{
    internal void Hold() => held++;

    /// <summary>Never below zero: code that is not woven may have taken it.</summary>
    internal void LetGo()
    {
        if (held > 0)
            held--;
    }

    /// <summary>The goroutine that runs on this thread, for plain code; null where there is none.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static G? Running() => M.getg();
}
