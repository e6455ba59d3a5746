// Resident memory as the kernel counts it, so that what a runtime keeps outside its heap is in the figure.

using System.Globalization;

namespace Bench.Common;

/// <summary>The memory of this process.</summary>
internal static class Resident
{
    private const string Statm = "/proc/self/statm";

    /// <summary>Resident bytes; elsewhere than on Linux the working set, which is near it.</summary>
    public static long Bytes()
    {
        if (!File.Exists(Statm)) return Environment.WorkingSet;
        var pages = File.ReadAllText(Statm).Split(' ')[1];
        return long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
