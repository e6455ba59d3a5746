using System.Threading.Channels;
using Bench.Common;

namespace Tasks.Bench;

/// <summary>A token goes round a ring of tasks and counts down; an operation is a hop from one to the next.</summary>
internal static class RingOf
{
    public static async Task Run(int size, int hops)
    {
        var links = new Channel<int>[size];
        for (var i = 0; i < size; i++) links[i] = Hop.Create<int>();
        var arrived = Hop.Create<int>();
        var members = new Task[size];
        for (var i = 0; i < size; i++)
        {
            var id = i;
            members[i] = Task.Run(() => Member(id, links, arrived));
        }
        await links[0].Writer.WriteAsync(hops);
        Report.Check(hops % size, await arrived.Reader.ReadAsync());
        links[0].Writer.Complete();
        await Task.WhenAll(members);
    }

    private static async Task Member(int id, Channel<int>[] links, Channel<int> arrived)
    {
        var next = links[(id + 1) % links.Length].Writer;
        await foreach (var token in links[id].Reader.ReadAllAsync())
        {
            if (token == 0) await arrived.Writer.WriteAsync(id);
            else await next.WriteAsync(token - 1);
        }
        // The close goes round as the token does; the last member would close the first link a second time.
        if (id + 1 < links.Length) next.Complete();
    }
}
