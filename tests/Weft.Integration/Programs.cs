// Sources of outside programs. Each prints what differs when it is not woven on a line that begins with "woven".

namespace Weft.Integration;

/// <summary>Programs that tests build.</summary>
internal static class Programs
{
    /// <summary>
    /// Ten thousand goroutines, all blocked in a channel at once, beneath two calls each. A thread for each of them would show.
    /// </summary>
    public const string Crowd = """
        using System.Diagnostics;
        using Weft;
        using static Weft.Goroutine;

        const int Count = 10_000;
        var door = new Chan<int>();
        var sums = new Chan<long>();
        for (var i = 0; i < Count; i++)
            Go(() => sums.Send(Outer(door)));
        while (WeftRuntime.NumGoroutine < Count)
            Sleep(TimeSpan.FromMilliseconds(1));
        Sleep(TimeSpan.FromMilliseconds(100));
        var threads = Process.GetCurrentProcess().Threads.Count;

        Go(() =>
        {
            for (var i = 0; i < Count; i++)
                door.Send(i);
        });
        var sum = 0L;
        for (var i = 0; i < Count; i++)
            sum += sums.Receive();
        Console.WriteLine($"sum {sum}");
        Console.WriteLine($"woven {threads < 100}");

        static long Outer(Chan<int> door) => Inner(door) + 1;

        static long Inner(Chan<int> door)
        {
            var before = 1;
            return door.Receive() + before;
        }
        """;

    /// <summary>The sum of 0 to 9,999, and twice 1 for each.</summary>
    public const string CrowdSum = "sum 50015000";

    /// <summary>A few goroutines, as many as threads can stand in for.</summary>
    public const string Handful = """
        using Weft;
        using static Weft.Goroutine;

        var squares = new Chan<int>(2);
        var done = new WaitGroup();
        for (var i = 1; i <= 10; i++)
        {
            var n = i;
            done.Add(1);
            Go(() =>
            {
                squares.Send(n * n);
                done.Done();
            });
        }
        Go(() =>
        {
            done.Wait();
            squares.Close();
        });
        var sum = 0;
        foreach (var square in squares)
            sum += square;
        Console.WriteLine($"sum {sum}");
        Console.WriteLine($"woven {Array.Exists(typeof(Program).Assembly.GetCustomAttributes(false), a => a.GetType().Name == "WovenAttribute")}");
        """;
}
