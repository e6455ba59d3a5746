namespace Weft.Tests;

/// <summary>Goroutines that compute until they are told to end, and come by the checks of woven methods all the time.</summary>
internal static class Busy
{
    /// <summary>Not 0: hogs end. Each test sets it to 0 first.</summary>
    internal static int s_stop;

    internal static int Fib(int n) => n < 2 ? n : Fib(n - 1) + Fib(n - 2);

    internal static void Hog()
    {
        while (Volatile.Read(ref s_stop) == 0)
            Fib(12);
    }
}
