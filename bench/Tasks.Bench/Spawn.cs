namespace Tasks.Bench;

/// <summary>Starts all, then waits until all have counted down; an operation is one task.</summary>
internal static class Spawn
{
    public static async Task Run(int count)
    {
        var latch = new Latch(count);
        Action body = latch.CountDown;
        for (var i = 0; i < count; i++) _ = Task.Run(body);
        await latch.Done;
    }
}
