// rt0: the start of a woven executable. Main runs as the main goroutine, while the process's main thread waits for it.
//
// When Main returns the process ends as .NET processes do: other goroutines are not waited for (Ms are background threads), foreground
// threads are. An exception that leaves Main ends the process like one that leaves any goroutine.

using System.ComponentModel;

namespace Weft.Runtime;

/// <summary>Called by the entry point that the weaver writes.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[NotWoven]
public static class rt0
{
    /// <summary><c>void Main()</c>.</summary>
    public static int main(Action<G> main) => Run(new MainFrame<int>(g =>
    {
        main(g);
        return Environment.ExitCode;
    }, isVoid: true));

    /// <summary><c>void Main(string[])</c>.</summary>
    public static int main(Action<string[], G> main, string[] args) => Run(new MainFrame<int>(g =>
    {
        main(args, g);
        return Environment.ExitCode;
    }, isVoid: true));

    /// <summary><c>int Main()</c>.</summary>
    public static int main(Func<G, int> main) => Run(new MainFrame<int>(main, isVoid: false));

    /// <summary><c>int Main(string[])</c>.</summary>
    public static int main(Func<string[], G, int> main, string[] args) => Run(new MainFrame<int>(g => main(args, g), isVoid: false));

    private static int Run(MainFrame<int> frame)
    {
        Proc.newproc(frame, 0, null, null);
        frame.Done.Wait();
        return frame.ExitCode;
    }

    /// <summary>The outermost activation of the main goroutine: keeps what Main returns.</summary>
    private sealed class MainFrame<T> : Frame
    {
        private readonly Func<G, int> _main;
        private readonly bool _isVoid;

        internal MainFrame(Func<G, int> main, bool isVoid)
        {
            _main = main;
            _isVoid = isVoid;
            parent = GoexitFrame.Instance;
        }

        internal ManualResetEventSlim Done { get; } = new(false, 0);

        internal int ExitCode { get; private set; }

        public override void Resume(G g)
        {
            if (pc == 0)
            {
                pc = 1 << 1;
                ExitCode = _main(g);
                if (g.unwind != Unwind.None)
                {
                    g.push(this);
                    return;
                }
            }
            else
            {
                g.CheckThrow();
                ExitCode = _isVoid ? Environment.ExitCode : g.TakeResult<int>();
            }
            Done.Set();
        }
    }
}
