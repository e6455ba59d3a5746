// The generated entry point would be woven and become a goroutine.

namespace Weft.Model;

[NotWoven]
internal static class Program
{
    private static int Main(string[] args) => Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args).GetAwaiter().GetResult();
}
