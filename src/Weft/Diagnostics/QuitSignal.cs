// SIGQUIT (Ctrl-\, on Windows Ctrl-Break): all goroutines on standard error, then exit code 2, as in Go.
//
// Set up by rt0, so for woven programs only: a library must not take a signal from its host. A program that handles the signal itself and
// sets PosixSignalContext.Cancel keeps it: handlers run last in, first out, so ours is the last to be asked.
// .NET runs the handler on a thread of its own, which needs nothing of the scheduler.

using System.Runtime.InteropServices;

namespace Weft.Runtime;

[NotWoven]
internal static class QuitSignal
{
    private static PosixSignalRegistration? s_registration;

    /// <summary>How many handlers of signals are ours.</summary>
    internal static int Count => s_registration is null ? 0 : 1;

    internal static void Register()
    {
        try
        {
            s_registration = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Handle);
        }
        catch (PlatformNotSupportedException)
        {
            // No signals here.
        }
    }

    private static void Handle(PosixSignalContext context)
    {
        if (context.Cancel)
            return;
        if (!Fatal.BeginDying())
            Fatal.WaitForTheEnd();
        Fatal.Write("SIGQUIT: quit\n");
        Fatal.WriteGoroutines();
        Fatal.Exit();
    }
}
