using Bench.Common;

namespace Tasks.Bench;

/// <summary>Two tasks, two channels; an operation is a round trip. Inline: a writer may run the reader's continuation.</summary>
internal static class PingPong
{
    public static async Task Run(int trips, bool inline)
    {
        var ping = Hop.Create<int>(inline);
        var pong = Hop.Create<int>(inline);
        var peer = Task.Run(async () =>
        {
            await foreach (var v in ping.Reader.ReadAllAsync()) await pong.Writer.WriteAsync(v + 1);
        });
        var v = 0;
        for (var i = 0; i < trips; i++)
        {
            await ping.Writer.WriteAsync(v);
            v = await pong.Reader.ReadAsync();
        }
        ping.Writer.Complete();
        await peer;
        Report.Check(trips, v);
    }
}
