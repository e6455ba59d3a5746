namespace Weft.Fuzz.Generation;

/// <summary>SplitMix64: the same program from the same seed, whatever .NET does with its own generator.</summary>
internal sealed class Rng(ulong seed)
{
    ulong state = seed * 0xd1342543de82ef95UL + 1;

    ulong Next()
    {
        var z = state += 0x9e3779b97f4a7c15UL;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9UL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebUL;
        return z ^ (z >> 31);
    }

    /// <summary>0 to n - 1.</summary>
    public int Below(int n) => (int)(Next() % (ulong)n);

    public bool Chance(int percent) => Below(100) < percent;

    public T Of<T>(IReadOnlyList<T> list) => list[Below(list.Count)];
}
