// A loop with a rare suspension point inside: a call in it blocks once in so many rounds. Compiled twice, as Calls is.

#if WOVEN
namespace Weft.Bench;
#else
namespace Weft.Bench.Unwoven;
#endif

/// <summary>See the file head.</summary>
public static class RareLoop
{
    /// <summary>Blocks once in so many rounds.</summary>
    public const int Rare = 1 << 20;

    /// <summary>How often it has been the rare round; there the woven loop blocks.</summary>
    private static int s_rare;

    /// <summary>A hash over so many rounds.</summary>
    public static uint Run(int rounds)
    {
        var hash = 2166136261u;
        for (var i = 1; i <= rounds; i++)
        {
            hash = (hash ^ (uint)i) * 16777619u;
            if ((i & (Rare - 1)) == 0) Seldom();
        }
        return hash;
    }

#if WOVEN
    /// <summary>The same, in an activation that was suspended before its loop began, and goes on in the resumed one.</summary>
    public static uint RunParked(int rounds)
    {
        Goroutine.Sleep(TimeSpan.FromTicks(1));
        var hash = 2166136261u;
        for (var i = 1; i <= rounds; i++)
        {
            hash = (hash ^ (uint)i) * 16777619u;
            if ((i & (Rare - 1)) == 0) Seldom();
        }
        return hash;
    }
#endif

    private static void Seldom()
    {
        s_rare++;
#if WOVEN
        Goroutine.Yield();
#endif
    }
}
