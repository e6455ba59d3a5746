using Bench.Common;
using static Weft.Goroutine;

namespace Weft.Bench;

/// <summary>A recursion that parks once at its bottom; the run has 1 ms of sleep in it, so that it has parked for sure.</summary>
internal static class Deep
{
    public static void Run(int frames)
    {
        Chan<int> gate = new(), result = new();
        Go(() => result.Send(Dig(frames, gate)));
        gate.Receive();
        Goroutine.Sleep(TimeSpan.FromMilliseconds(1));
        gate.Send(0);
        Report.Check(frames, result.Receive());
    }

    private static int Dig(int frames, Chan<int> gate)
    {
        if (frames > 0) return Dig(frames - 1, gate) + 1;
        gate.Send(0); // arrived
        return gate.Receive(); // parks
    }
}
