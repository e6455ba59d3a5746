using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weft.Tests;

/// <summary>What the woven call around foreign code, and the woven entry of a callback, hand through; by the rows of go-runtime's 7.7.</summary>
public sealed unsafe class ArgumentTests
{
    public ArgumentTests() => Assert.SkipUnless(Native.HasCompiled, "no C compiler was there when the tests were built");

    // In the registers and on the stack, of both widths.
    [Fact, Row("TestStdCall", "TestSyscallN", "TestCDecl")]
    public void TestSyscallN() => Bounded.OnGoroutine(() =>
    {
        Yield(); // a foreign call alone makes no method hot
        Assert.Equal(2870, Native.weft_test_sum20(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20));
        Assert.Equal(20L << 40, Native.weft_test_sum20(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1L << 40));
    });

    [Fact, Row("TestFloatArgs", "TestFloatReturn")]
    public void TestFloatArgs() => Bounded.OnGoroutine(() =>
    {
        Yield();
        Assert.Equal(650, Native.weft_test_mix(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
        Assert.Equal(0.25f, Native.weft_test_half(0.5f));
    });

    [Fact, Row("Test64BitReturnStdCall")]
    public void Test64BitReturnStdCall() => Bounded.OnGoroutine(() =>
    {
        Yield();
        Assert.Equal(0x123456789abcdef0, Native.weft_test_64());
    });

    [UnmanagedCallersOnly]
    private static long Take0() => Sum();

    [UnmanagedCallersOnly]
    private static long Take1(long a) => Sum(a);

    [UnmanagedCallersOnly]
    private static long Take2(long a, long b) => Sum(a, b);

    [UnmanagedCallersOnly]
    private static long Take3(long a, long b, long c) => Sum(a, b, c);

    [UnmanagedCallersOnly]
    private static long Take4(long a, long b, long c, long d) => Sum(a, b, c, d);

    [UnmanagedCallersOnly]
    private static long Take5(long a, long b, long c, long d, long e) => Sum(a, b, c, d, e);

    [UnmanagedCallersOnly]
    private static long Take6(long a, long b, long c, long d, long e, long f) => Sum(a, b, c, d, e, f);

    [UnmanagedCallersOnly]
    private static long Take7(long a, long b, long c, long d, long e, long f, long g) => Sum(a, b, c, d, e, f, g);

    [UnmanagedCallersOnly]
    private static long Take8(long a, long b, long c, long d, long e, long f, long g, long h) => Sum(a, b, c, d, e, f, g, h);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Take9(long a, long b, long c, long d, long e, long f, long g, long h, long i) => Sum(a, b, c, d, e, f, g, h, i);

    // Blocks once, so that the callback has really taken a P.
    private static long Sum(params Span<long> items)
    {
        var sum = 0L;
        for (var i = 0; i < items.Length; i++)
            sum += (i + 1) * items[i];
        return sum + Exchanged();
    }

    private static long Exchanged()
    {
        var chan = new Chan<long>();
        Go(() => chan.Send(1000));
        return chan.Receive();
    }

    [Fact, Row("TestStdcallAndCDeclCallbacks", "TestRegisterClass")]
    public void TestStdcallAndCDeclCallbacks() => Bounded.OnGoroutine(() =>
    {
        Yield();
        for (var n = 0; n <= 9; n++)
            Assert.Equal(1000 + n * (n + 1) * (2 * n + 1) / 6, Call(n));
    });

    private static long Call(int n)
    {
        Yield();
        return Native.weft_test_call(n, Callback(n));
    }

    private static void* Callback(int n) => n switch
    {
        0 => (delegate* unmanaged<long>)&Take0,
        1 => (delegate* unmanaged<long, long>)&Take1,
        2 => (delegate* unmanaged<long, long, long>)&Take2,
        3 => (delegate* unmanaged<long, long, long, long>)&Take3,
        4 => (delegate* unmanaged<long, long, long, long, long>)&Take4,
        5 => (delegate* unmanaged<long, long, long, long, long, long>)&Take5,
        6 => (delegate* unmanaged<long, long, long, long, long, long, long>)&Take6,
        7 => (delegate* unmanaged<long, long, long, long, long, long, long, long>)&Take7,
        8 => (delegate* unmanaged<long, long, long, long, long, long, long, long, long>)&Take8,
        _ => (delegate* unmanaged[Cdecl]<long, long, long, long, long, long, long, long, long, long>)&Take9,
    };
}
