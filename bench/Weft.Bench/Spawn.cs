using static Weft.Goroutine;

namespace Weft.Bench;

/// <summary>Starts all, then waits until all have counted down; an operation is one goroutine.</summary>
internal static class Spawn
{
    public static void Run(int count)
    {
        var group = new WaitGroup();
        group.Add(count);
        Action body = group.Done;
        for (var i = 0; i < count; i++) Go(body);
        group.Wait();
    }
}
