using System.Runtime.InteropServices;

namespace Weft.Bench.Unwoven;

/// <summary>The foreign call of the bench's own Foreign, in an assembly that the weaver leaves alone.</summary>
public static class PlainForeign
{
    [DllImport("libc")]
    private static extern int getpagesize();

    /// <summary>Calls so many times; the sum of what was returned.</summary>
    public static long Call(int calls)
    {
        var sum = 0L;
        for (var i = 0; i < calls; i++) sum += getpagesize();
        return sum;
    }
}
