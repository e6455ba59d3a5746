// cgocallback: foreign code calls back.
//
// On the thread of a goroutine: it is in a foreign call, its status is Syscall and its P may be gone. What is called back is plain code and
// runs without a P until it needs one:
// - a method with [UnmanagedCallersOnly] in a woven assembly takes one at its entry and gives it back at its end (the weaver writes both
//   calls): exitsyscall ... reentersyscall;
// - a delegate that was made a function pointer has no place for that. It takes a P at its first Weft operation, in M.getg, and keeps it
//   until the foreign call returns; exitsyscall then finds the goroutine Running already.
// It may block, which pins, since the foreign frames are on its stack; it may call foreign code that calls back again. Each level gives back
// what it took: enter says whether it took anything.
//
// On any other thread: needm, see M.cs. A stand-in is made when the thread first blocks in a Weft operation.
//
// badcallback refuses: where the program has said so (WeftRuntime.ForeignCallbacks), and when it is dying. It may come at any moment on a
// thread of which nothing is known, so it takes no lock, allocates nothing, calls nothing but the system, and everything it runs was
// compiled and bound before (Prepare). When the program is dying already its last words must not be cut short: the thread then waits
// for the end, which has exit code 2, too.
//
// An exception may not leave a callback: .NET ends the process there, goroutine or not.

using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Weft.Runtime;

internal static unsafe partial class Proc
{
    /// <summary>A Weft operation in a callback: takes a P.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void cgocallback(G g) => exitsyscall(g);
}

/// <summary>Around the body of a method that foreign code calls; written by the weaver.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[NotWoven]
public static class Cgocallback
{
    private static bool s_prepared;

    internal static volatile bool Refused;

    /// <summary>The callback begins; returns what <see cref="leave"/> is to be given.</summary>
    public static G? enter()
    {
        if (M.Current is not { foreign: false } m)
        {
            if (Refused || Fatal.IsDying)
                badcallback(dry: false);
            return null;
        }
        if (m.curg is not { } g || g.status != (int)GStatus.Syscall)
            return null;
        Proc.cgocallback(g);
        return g;
    }

    /// <summary>The callback ends.</summary>
    public static void leave(G? g)
    {
        if (g is not null && g.status == (int)GStatus.Running)
            Proc.reentersyscall(g);
    }

    private static void badcallback(bool dry)
    {
        LastWords.Write("runtime: cgo callback on thread not created by Weft.\n"u8, dry);
        if (Fatal.IsDying || dry)
            LastWords.Wait(dry);
        LastWords.Exit(2, dry);
    }

    /// <summary>Compiles and binds all that a refused callback runs.</summary>
    internal static void Prepare()
    {
        if (s_prepared)
            return;
        s_prepared = true;
        LastWords.Prepare();
        badcallback(dry: true);
        RuntimeHelpers.PrepareDelegate(enter);
    }
}
