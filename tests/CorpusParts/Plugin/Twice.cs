#pragma warning disable CS0436 // that is what it is for

namespace Parts.Twice;

/// <summary>The library has another type of this name.</summary>
public struct Pair
{
    public string First;
    public long Second, Third, Fourth;
}

public static class OfPlugin
{
    public static Func<Pair, string> Shows { get; } = p => Show(p, 0);

    public static Pair Make(int n) => new() { First = $"<{n}>", Second = n, Third = 3, Fourth = 4 };

    public static string Show(Pair p, int n) => $"{p.First}{p.Second}{p.Third}{p.Fourth}{n}";
}
