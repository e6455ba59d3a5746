// What a run spends its processor time on: a wall clock says little on a busy machine.

using System.Collections.Concurrent;
using System.Diagnostics;

namespace Weft.Fuzz;

internal static class Cost
{
    static readonly ConcurrentDictionary<string, double> seconds = new();

    public static void Add(string what, TimeSpan time) => seconds.AddOrUpdate(what, time.TotalSeconds, (_, s) => s + time.TotalSeconds);

    /// <summary>Counts the processor time until it is disposed of; with several jobs at a time, that of all of them.</summary>
    public static IDisposable Of(string what) => new Section(what, Now);

    public static string Text() => string.Join(", ", seconds.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key} {s.Value:F0} s"));

    public static double Total => seconds.Values.Sum();

    static TimeSpan Now => Process.GetCurrentProcess().TotalProcessorTime;

    sealed record Section(string What, TimeSpan From) : IDisposable
    {
        public void Dispose() => Add(What, Now - From);
    }
}
