// What part of a processor each of several parties gets: how much it does beside the others, divided by how much it does alone.

namespace Bench.Common;

/// <summary>A group of goroutines that count what they do, together.</summary>
internal abstract class Party
{
    /// <summary>Set: all of them end soon.</summary>
    public volatile bool Stop;

    /// <summary>What they have done; read when they have ended.</summary>
    public long Count;
}

/// <summary>The figures of several runs, and their medians.</summary>
internal static class Shares
{
    /// <summary>How long parties run beside each other, or alone.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromMilliseconds(500);

    /// <summary>The largest share over the smallest: 1 is fair.</summary>
    public static double Unfairness(double[] shares) => shares.Max() / shares.Min();

    /// <summary>The median of a figure over all runs.</summary>
    public static double Median(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
