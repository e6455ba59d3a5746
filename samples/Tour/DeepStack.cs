using System.Globalization;
using System.Runtime.CompilerServices;
using Weft;
using Weft.Runtime;
using static Weft.Goroutine;

namespace Tour;

/// <summary>A goroutine's stack is not its thread's: where the machine stack ends, the activations move to the heap.</summary>
internal static unsafe class DeepStack
{
    private const int Depth = 1_000_000;

    private static readonly Chan<int> s_bottom = new();
    private static nuint s_lowest = nuint.MaxValue, s_highest;

    public static void Show()
    {
        Print.Title("3  A stack that grows past the thread's");
        var recorder = new Recorder(100_000);
        Go(() => s_bottom.Send(1));
        var reached = Down(Depth);
        var moves = recorder.Stop().Where(m => m.Record.Event == TraceEvent.newstack).ToList();

        Console.WriteLine($"A recursion {Number(Depth)} deep blocked at its bottom, was woken there, and returned {Number(reached)}.");
        Console.WriteLine($"   newstack was reported {moves.Count} times, by {moves.Select(m => m.Record.Goid).Distinct().Count()} goroutine");
        Console.WriteLine($"   the machine stack was used over {(s_highest - s_lowest) / 1024} KB; everything else lay on the heap\n");
    }

    private static long Down(int left)
    {
        Look();
        if (left == 0)
        {
            s_bottom.Receive();
            return 0;
        }
        return 1 + Down(left - 1);
    }

    /// <summary>Notes how deep the machine stack is just now.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Look()
    {
        var local = 0;
        var here = (nuint)(&local);
        s_lowest = Math.Min(s_lowest, here);
        s_highest = Math.Max(s_highest, here);
    }

    private static string Number(long n) => n.ToString("N0", CultureInfo.InvariantCulture);
}
