namespace Parts.Twice;

/// <summary>The plugin has another type of this name.</summary>
public struct Pair
{
    public int First, Second;
}

public static class OfLibrary
{
    public static Func<Pair, string> Shows { get; } = p => Show(p, 0);

    public static Pair Make(int n) => new() { First = n, Second = n + 1 };

    public static string Show(Pair p, int n) => $"{p.First}{p.Second}{n}";
}
