using Bench.Common;
using static Weft.Goroutine;

namespace Weft.Bench;

/// <summary>Two goroutines, two unbuffered channels; an operation is a round trip.</summary>
internal static class PingPong
{
    public static void Run(int trips)
    {
        Chan<int> ping = new(), pong = new();
        Go(() =>
        {
            foreach (var v in ping) pong.Send(v + 1);
        });
        var v = 0;
        for (var i = 0; i < trips; i++)
        {
            ping.Send(v);
            v = pong.Receive();
        }
        ping.Close();
        Report.Check(trips, v);
    }
}
