// rt0: the start of a woven executable. Main runs as the main goroutine, while the process's main thread waits for it. A Main with
// [STAThread] runs on that thread, locked to it: windows and COM objects belong to their thread.
//
// When Main returns the process ends as .NET processes do: other goroutines are not waited for (Ms are background threads), foreground
// threads are. An exception that leaves Main ends the process like one that leaves any goroutine. Goroutine.Exit in Main ends the main
// goroutine only: the main thread waits on, for a process that somebody else must end.

using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;

namespace Weft.Runtime;

/// <summary>Called by the entry point that the weaver writes.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[NotWoven]
[StackTraceHidden]
public static class rt0
{
    /// <summary><c>void Main()</c>.</summary>
    public static int main(Action<G> main) => Run(new MainFrame([StackTraceHidden] (g) =>
    {
        main(g);
        return Environment.ExitCode;
    }, isVoid: true));

    /// <summary><c>void Main(string[])</c>.</summary>
    public static int main(Action<string[], G> main, string[] args) => Run(new MainFrame([StackTraceHidden] (g) =>
    {
        main(args, g);
        return Environment.ExitCode;
    }, isVoid: true));

    /// <summary><c>int Main()</c>.</summary>
    public static int main(Func<G, int> main) => Run(new MainFrame(main, isVoid: false));

    /// <summary><c>int Main(string[])</c>.</summary>
    public static int main(Func<string[], G, int> main, string[] args) => Run(new MainFrame([StackTraceHidden] (g) => main(args, g), isVoid: false));

    private static int Run(MainFrame frame)
    {
        QuitSignal.Register();
        MainStarted = true;
        if (IsSingleThreaded())
            Proc.mainLocked(frame);
        else
            Proc.newproc(frame, 0, null, null);
        s_done.Wait();
        if (Fatal.IsDying)
            Fatal.WaitForTheEnd(); // a goroutine has panicked: that is how the process ends
        return s_exitCode ?? Environment.ExitCode;
    }

    // The weaver's entry point has the attributes of Main.
    private static bool IsSingleThreaded() => Assembly.GetEntryAssembly()?.EntryPoint?.IsDefined(typeof(STAThreadAttribute)) == true;

    private static readonly ManualResetEventSlim s_done = new(false, 0);
    private static int? s_exitCode;

    /// <summary>Main is a goroutine, and the main thread only waits for it.</summary>
    internal static bool MainStarted { get; private set; }

    /// <summary>The main goroutine has ended by Goroutine.Exit.</summary>
    internal static bool MainExited { get; private set; }

    /// <summary>
    /// The main goroutine ends, on g0: Main has returned, or an exception that left it was taken by a handler, or it has
    /// <paramref name="exited"/>.
    /// </summary>
    internal static void End(bool exited)
    {
        sched.maing = null;
        MainExited = exited;
        if (!exited)
            s_done.Set();
    }

    /// <summary>The outermost activation of the main goroutine: keeps what Main returns.</summary>
    private sealed class MainFrame : Frame
    {
        private readonly Func<G, int> _main;
        private readonly bool _isVoid;

        internal MainFrame(Func<G, int> main, bool isVoid)
        {
            _main = main;
            _isVoid = isVoid;
            parent = GoexitFrame.Instance;
        }

        [StackTraceHidden]
        public override void Resume(G g)
        {
            if (pc == 0)
            {
                pc = 1 << 1;
                sched.maing = g;
                var code = _main(g);
                if (g.unwind != Unwind.None)
                {
                    g.push(this);
                    return;
                }
                s_exitCode = code;
            }
            else
            {
                g.CheckThrow();
                s_exitCode = _isVoid ? null : g.TakeResult<int>();
            }
        }
    }
}
