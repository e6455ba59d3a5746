// WaitClock: how long a goroutine has been waiting, for dumps.
//
// Reading the clock at each park would be a tenth of a ping-pong. So a park copies a coarse count that sysmon keeps while anything runs,
// and that whoever ends an idle time brings up to date: while all is idle nobody parks, and dumps look at the clock itself. The unit is
// 15 s, so that 16 bits, which fit a gap in the G, last 11 days; beyond that the figure is wrong, and nothing else.

namespace Weft.Runtime;

[NotWoven]
internal static class WaitClock
{
    private const long Unit = 15_000_000_000;
    private const int PerMinute = 4;

    /// <summary>Read at each park.</summary>
    internal static ushort Now;

    internal static void Update() => Now = Read();

    /// <summary>Whole minutes since a park; never too many, at most 15 s late.</summary>
    internal static int MinutesSince(ushort then) => Math.Max(0, (ushort)(Read() - then) - 1) / PerMinute;

    private static ushort Read() => (ushort)(Os.nanotime() / Unit);
}
