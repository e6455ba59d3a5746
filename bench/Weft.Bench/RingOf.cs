using Bench.Common;
using static Weft.Goroutine;

namespace Weft.Bench;

/// <summary>A token goes round a ring of goroutines and counts down; an operation is a hop from one to the next.</summary>
internal static class RingOf
{
    public static void Run(int size, int hops)
    {
        var links = new Chan<int>[size];
        for (var i = 0; i < size; i++) links[i] = new Chan<int>();
        var arrived = new Chan<int>();
        var members = new WaitGroup();
        for (var i = 0; i < size; i++)
        {
            var id = i;
            members.Go(() => Member(id, links, arrived));
        }
        links[0].Send(hops);
        Report.Check(hops % size, arrived.Receive());
        links[0].Close();
        members.Wait();
    }

    private static void Member(int id, Chan<int>[] links, Chan<int> arrived)
    {
        var next = links[(id + 1) % links.Length];
        foreach (var token in links[id])
        {
            if (token == 0) arrived.Send(id);
            else next.Send(token - 1);
        }
        // The close goes round as the token does; the last member would close the first link a second time.
        if (id + 1 < links.Length) next.Close();
    }
}
