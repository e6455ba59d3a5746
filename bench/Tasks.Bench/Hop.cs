using System.Threading.Channels;

namespace Tasks.Bench;

/// <summary>
/// What stands for an unbuffered channel. With one place a writer can run one item ahead, which is less work than a
/// hand-over; with none (new in .NET 10) the two meet, as they do in Go and in Weft.
/// </summary>
internal static class Hop
{
    /// <summary>1, or 0 in the variants named -rendezvous.</summary>
    public static int Capacity { get; set; } = 1;

    /// <summary>Makes one. Inline: whoever completes an operation may run the other side's continuation in place.</summary>
    public static Channel<T> Create<T>(bool inline = false) =>
        Channel.CreateBounded<T>(new BoundedChannelOptions(Capacity) { AllowSynchronousContinuations = inline });
}
