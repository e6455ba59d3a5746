// Chaos mode: WEFT_CHAOS=seed makes every prologue's stack check fail, and then yields, moves the stack or does nothing at random.
//
// It is how the weaver's output is tested: any program must print the same with any seed. Off, it costs nothing. One process may run a
// program under many seeds in turn: whether chaos is on is decided at the start, the seed may change (Reseed).

namespace Weft.Runtime;

[NotWoven]
internal static unsafe class Chaos
{
    internal static readonly bool On = uint.TryParse(Environment.GetEnvironmentVariable("WEFT_CHAOS"), out s_seed);

    private static uint s_seed;

    [ThreadStatic] private static uint t_state;
    [ThreadStatic] private static uint t_seed;

    /// <summary>For tests, by reflection: goes on as if the process had been started with this seed.</summary>
    internal static void Reseed(uint seed) => Volatile.Write(ref s_seed, seed);

    private static uint Random()
    {
        var x = t_state;
        var seed = Volatile.Read(ref s_seed);
        if (x == 0 || t_seed != seed)
        {
            t_seed = seed;
            x = (seed + 1) * 2654435769u ^ (uint)Environment.CurrentManagedThreadId * 40503u | 1;
        }
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        return t_state = x;
    }

    /// <summary>True: the goroutine must unwind.</summary>
    internal static bool Prologue(G g)
    {
        switch (Random() >> 28)
        {
            case 0 or 1 or 2:
                Proc.Gosched(g);
                return true;
            case 3 or 4 or 5:
                Proc.@stackalloc(g);
                Proc.mcall(g, &Proc.newstack);
                return true;
            default:
                return false;
        }
    }

    /// <summary>After a primitive without a result has succeeded without blocking: perhaps yields. True: the goroutine must unwind.</summary>
    internal static bool Primitive(G g)
    {
        if (g.held != 0 || Random() >> 30 != 0)
            return false;
        Proc.Gosched(g);
        return true;
    }

    /// <summary>As <see cref="Primitive(G)"/>; keeps the result in a frame.</summary>
    internal static T Primitive<T>(G g, T result)
    {
        if (!Primitive(g))
            return result;
        g.push(new ResultFrame<T>(result));
        return default!;
    }

    private sealed class ResultFrame<T>(T result) : Frame
    {
        public override void Resume(G g) => g.SetResult(result);
    }
}
