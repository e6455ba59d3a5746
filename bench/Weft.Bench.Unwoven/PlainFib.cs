namespace Weft.Bench.Unwoven;

/// <summary>The same method as the bench's own Fib, in an assembly that the weaver leaves alone.</summary>
public static class PlainFib
{
    /// <summary>The n-th Fibonacci number, the slow way.</summary>
    public static int Of(int n) => n < 2 ? n : Of(n - 1) + Of(n - 2);
}
