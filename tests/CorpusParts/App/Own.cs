namespace Parts;

internal static class Own
{
    /// <summary>The app's own suspension point, for when the library is not woven.</summary>
    public static T W<T>(T value)
    {
        Yield();
        return value;
    }

    public static void Out(object? value) => Console.WriteLine("  " + value);
}
