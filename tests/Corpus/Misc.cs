using System.Linq.Expressions;
using System.Reflection;

namespace Corpus;

internal interface IZero<T> where T : IZero<T>
{
    static abstract T Zero { get; }

    static virtual int Cost(int n) => S(n);
}

internal readonly struct Meter(int n) : IZero<Meter>
{
    public int N => n;

    public static Meter Zero => new(S(0));
}

internal sealed class Slow
{
    public readonly int Value;
    static readonly int shared = S(3);

    public Slow(int n) => Value = S(n) + Echo(1) + shared;
}

internal static class Misc
{
    public static void Dynamic()
    {
        dynamic d = S((object)5);
        Out(d + S(1));
        dynamic c = new List<int> { 1 };
        c.Add(S(2));
        Out(c.Count);
    }

    static int Cost<T>() where T : IZero<T> => T.Cost(4) + (S(T.Zero) is null ? 1 : 2);

    public static void StaticAbstract()
    {
        Out(Cost<Meter>());
    }

    static int SpanSum(ReadOnlySpan<int> s)
    {
        var sum = 0;
        foreach (var x in s)
            sum += x;
        return sum;
    }

    public static void Span()
    {
        Span<int> local = stackalloc int[3];
        local[0] = S(1);
        local[1] = S(2);
        Out(SpanSum(local));
        Out(SpanSum([S(3), S(4)]));
        ReadOnlySpan<char> text = "hello";
        foreach (var c in text)
            Out(S(c));
        Out(text.Length + S(1));
        Out(Memory(new[] { 1, 2, 3 }.AsMemory()));
    }

    static int Memory(Memory<int> m)
    {
        var n = S(m.Length);
        return n + m.Span[S(1)];
    }

    unsafe struct Fixed
    {
        public fixed int Numbers[4];
        public int Last;
    }

    // The address of an element is that of the buffer and an offset.
    public static unsafe void FixedBuffer()
    {
        Fixed f = default;
        f.Numbers[1] = S(7);
        f.Numbers[2] += S(5);
        f.Numbers[S(3)] = Echo(9);
        f.Last += S(1);
        Out($"{f.Numbers[0]} {f.Numbers[1]} {f.Numbers[2]} {f.Numbers[3]} {f.Last}");
    }

    static string Here()
    {
        Yield();
        return MethodBase.GetCurrentMethod()!.Name;
    }

    sealed class Where<T>
    {
        public string Am<U>()
        {
            Yield();
            return MethodBase.GetCurrentMethod() + " of " + MethodBase.GetCurrentMethod()!.DeclaringType;
        }
    }

    public static void CurrentMethod()
    {
        Out(Here());
        Out(new Where<int>().Am<string>());
    }

    public static unsafe void Unsafe()
    {
        var data = new[] { 1, 2, 3 };
        fixed (int* p = data)
        {
            Out(p[1] + S(1));
            Yield();
        }
        Out(S(data[0]));
        int x = 5;
        int* q = &x;
        *q = S(6);
        Out(x);
        var big = stackalloc byte[16];
        big[0] = 1;
        Out(big[0]);
        Out(S(2));
    }

    static int Pointed(int n) => S(n) * 2;

    public static unsafe void Pointers()
    {
        delegate*<int, int> f = &Pointed;
        Out(f(S(3)) + f(4));
    }

    static unsafe int Digits(ref char* at, ref delegate*<int, int> each)
    {
        var n = 0;
        while (char.IsAsciiDigit(*at))
        {
            n = n * 10 + S(*at++ - '0');
            if (n > 10)
                each = &Pointed;
        }
        return each(n);
    }

    static unsafe int Numbers(ref char* at, ref delegate*<int, int> each)
    {
        var n = Digits(ref at, ref each);
        return *at++ == ',' ? n + Numbers(ref at, ref each) * S(100) : n;
    }

    /// <summary>References to pointers, which no type parameter can stand for.</summary>
    public static unsafe void ReferencesToPointers()
    {
        var text = (char*)System.Runtime.InteropServices.NativeMemory.Alloc(16);
        "12,34,5".CopyTo(new Span<char>(text, 7));
        text[7] = '\0';
        var at = text;
        delegate*<int, int> each = &S;
        Out(Numbers(ref at, ref each));
        Out(at - text);
        Out(each(S(2)));
        System.Runtime.InteropServices.NativeMemory.Free(text);
    }

    public static void Constructor() => Out(new Slow(4).Value);

    static async Task<int> Later(int n)
    {
        await Task.Yield();
        return n + S(1);
    }

    public static void Async()
    {
        Out(Later(1).Result);
        Out(Later(2).GetAwaiter().GetResult() + S(1));
        Out(Await(Later(3)));
        try
        {
            Task.Run(() => throw new InvalidOperationException("task")).Wait();
        }
        catch (AggregateException e)
        {
            Out(e.InnerException!.Message);
        }
    }

    public static void Expression()
    {
        Expression<Func<int, int>> e = n => S(n) + 1;
        Out(e.Compile()(S(4)));
    }

    public static void Wait()
    {
        var wg = new WaitGroup();
        var results = new int[5];
        for (var i = 0; i < 5; i++)
        {
            var k = i;
            wg.Go(() =>
            {
                for (var j = 0; j <= k; j++)
                    results[k] += S(j);
            });
        }
        wg.Wait();
        Out(string.Join(",", results));
        Sleep(TimeSpan.FromMilliseconds(2));
        Thread.Sleep(1);
        Out(S("slept"));
    }

    static event Action<int>? Fired;

    public static void Events()
    {
        Action<int> a = n => Out("a" + S(n)), b = n => Out("b" + S(n));
        Fired += a;
        Fired?.Invoke(1);
        Fired += b;
        Fired?.Invoke(2);
        Fired -= a;
        Fired?.Invoke(3);
    }

    public static void Linq()
    {
        Out(Enumerable.Range(1, 5).Where(n => S(n) % 2 == 1).Select(n => S(n) * 2).Sum());
        Out(string.Join(",", from a in new[] { 3, 1, 2 } orderby S(a) select a + S(0)));
        Array.Sort(new[] { 2, 1 }, (x, y) => S(x) - y);
    }
}

/// <summary>Bodies that cannot suspend, and leave the goroutine.</summary>
internal sealed class Leaving
{
    public Leaving() => Weft.Goroutine.Exit();

    public static async Task Now()
    {
        await Task.Yield();
        Weft.Goroutine.Exit();
    }
}
