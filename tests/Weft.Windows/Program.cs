// The runtime's own test program: what differs from system to system, in one executable without a test framework, so that it can be
// published for Windows and run under Wine (.ci/windows). It runs on every system.
//
//   Weft.Windows                  all checks, a line each; exit code 0, or 1 with the first that failed
//   Weft.Windows badcallback      a refused callback: a line on standard error, exit code 2
//   Weft.Windows panic            an exception leaves a goroutine: its trace on standard error, exit code 2
//   Weft.Windows write            some bytes on both standard handles
//
// No check waits for ever: a watchdog ends the process with exit code 3.

using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Weft.Windows;

new Thread(() =>
{
    Thread.Sleep(TimeSpan.FromSeconds(90));
    WeftRuntime.Write(2, "not done after 90 s\n"u8);
    Environment.Exit(3);
}) { IsBackground = true }.Start();

switch (args)
{
    case []:
        return Checks.All();
    case ["badcallback"]:
        return Checks.BadCallback();
    case ["panic"]:
        Go(() => throw new InvalidOperationException("on purpose"));
        Sleep(TimeSpan.FromSeconds(30));
        return 1;
    case ["write"]:
        var bytes = Encoding.UTF8.GetBytes("grüße, 世界 🌍\n");
        return WeftRuntime.Write(1, bytes) == bytes.Length && WeftRuntime.Write(2, bytes) == bytes.Length && WeftRuntime.Write(99, bytes) < 0 ? 0 : 1;
    default:
        Console.Error.WriteLine("usage: Weft.Windows [badcallback | panic | write]");
        return 64;
}
