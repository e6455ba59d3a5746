// WEFT_TRACEBACK: how much a dying program shows, as GOTRACEBACK does.
//
//     none, 0      the line of the panic or of the fatal error alone
//     single       by default: the goroutine that failed; all of them where none is to blame
//     all, 1       all goroutines, the one that failed first
//     system, 2    as all, with the thread of each
//     crash        as system; then the process aborts, so that the system can keep its memory
//
// Any other word is taken for `all`, as in Go. The runtime's own frames are not shown at any level: they are the trampoline and the ends of
// every stack, and no place where a program could fail.

namespace Weft.Runtime;

internal enum TracebackLevel
{
    None,
    Single,
    All,
    System,
    Crash,
}

[NotWoven]
internal static class Traceback
{
    internal static readonly TracebackLevel Level = Environment.GetEnvironmentVariable("WEFT_TRACEBACK") switch
    {
        "none" or "0" => TracebackLevel.None,
        null or "" or "single" => TracebackLevel.Single,
        "system" or "2" => TracebackLevel.System,
        "crash" => TracebackLevel.Crash,
        _ => TracebackLevel.All,
    };
}
