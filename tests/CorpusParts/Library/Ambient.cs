// Variables of the thread, which in woven code are the goroutine's, for other assemblies to reach.

namespace Parts;

public class Ambient
{
    [ThreadStatic]
    public static string? Name;

    [ThreadStatic]
    protected static int depth;

    public static string Read() => Name + depth;

    public static void Set(string name, int n)
    {
        Name = name;
        depth = n;
    }
}

public static class Ambient<T>
{
    [ThreadStatic]
    public static T? Value;

    public static T? Read() => Value;

    public static void Set(T value) => Value = value;
}
