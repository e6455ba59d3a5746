// Counting and listing goroutines.

namespace Weft.Runtime;

internal static unsafe partial class Proc
{
    /// <summary>Every G there is, dead ones too.</summary>
    internal static IEnumerable<G> AllGs()
    {
        foreach (var p in sched.allp)
            foreach (var g in p.allgs.Snapshot().ToArray())
                if (g is not null)
                    yield return g;
        foreach (var g in sched.allgs.Snapshot().ToArray())
            if (g is not null)
                yield return g;
    }

    /// <summary>Goroutines that are not dead.</summary>
    internal static int gcount()
    {
        var n = sched.allgs.Count - Volatile.Read(ref sched.gFreeCount) - Volatile.Read(ref sched.gFreed);
        foreach (var p in sched.allp)
            n += p.allgs.Count - Volatile.Read(ref p.gFreeCount);
        return Math.Max(n, 0);
    }
}

public sealed unsafe partial class G
{
    private Action? _readyAction;

    /// <summary>Continuation that makes this goroutine ready; made once.</summary>
    internal Action readyAction => _readyAction ??= () => Proc.goready(this, M.Current);
}
