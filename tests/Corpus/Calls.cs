namespace Corpus;

internal class Counter(int start)
{
    int value = start;

    public int Next() => S(value++);

    public int Value
    {
        get => S(value);
        set => this.value = S(value) + 1;
    }

    public int this[int i]
    {
        get => S(value + i);
        set => this.value = S(value * i);
    }
}

internal readonly record struct Vec(int X, int Y)
{
    public static Vec operator +(Vec a, Vec b) => new(S(a.X) + b.X, S(a.Y) + b.Y);

    public static bool operator <(Vec a, Vec b) => S(a.X) < S(b.X);

    public static bool operator >(Vec a, Vec b) => S(a.X) > S(b.X);

    public static implicit operator Vec(int n) => new(S(n), S(n));

    public int Dot(Vec o) => S(X) * o.X + S(Y) * o.Y;
}

internal struct Accumulator
{
    public int Total;

    public int Add(int n)
    {
        var next = S(n);
        Total += next;
        return Total;
    }

    public readonly int Peek() => S(1) + Total;

    public static Accumulator From(int n) => new() { Total = S(n) };
}

internal abstract class Shape
{
    protected int sides = 3;

    public virtual string Describe() => "shape " + S(sides);

    public virtual int Area(int n) => S(n);
}

internal class Square : Shape
{
    public override string Describe() => "square of " + base.Describe() + S("!");

    public override int Area(int n) => base.Area(n) * base.Area(n);
}

internal static class Extensions
{
    public static int Twice(this int n) => S(n) * 2;

    public static IEnumerable<T> Each<T>(this IEnumerable<T> s)
    {
        foreach (var x in s)
            yield return S(x);
    }
}

internal static class Calls
{
    static int count;

    static int Add(int a, int b = 5) => S(a) + S(b);

    static int Sum(params int[] values)
    {
        var sum = 0;
        foreach (var v in values)
            sum += S(v);
        return sum;
    }

    static int SumSpan(params ReadOnlySpan<int> values)
    {
        var sum = 0;
        foreach (var v in values)
            sum += v;
        return sum;
    }

    static void Nothing() => S(count++);

    public static void Static()
    {
        Out(Add(1, 2));
        Out(Add(1));
        Out(Add(b: Add(2, 3), a: Add(4)));
        Nothing();
        Nothing();
        Out(count);
        Out(Echo(7));
    }

    public static void Instance()
    {
        var c = new Counter(10);
        Out(c.Next() + c.Next() * c.Next());
        Counter? none = null;
        Out(none?.Next() ?? -1);
        Out(new Counter(3)?.Next() ?? -1);
        try
        {
            none!.Next();
        }
        catch (NullReferenceException)
        {
            Out("null");
        }
    }

    public static void Properties()
    {
        var c = new Counter(1);
        c.Value = 5;
        Out(c.Value);
        c.Value += 3;
        Out(c.Value++);
        Out(--c.Value);
        c[2] = 4;
        Out(c[1]);
        c[3] += c[2];
        Out(c.Value);
    }

    public static void Operators()
    {
        Vec a = 3, b = new(1, 2);
        Out(a + b + 4);
        Out(a < b);
        Out(a > b ? a.Dot(b) : b.Dot(a));
        a += b;
        Out(a);
    }

    public static void Base()
    {
        Shape s = new Square();
        Out(s.Describe());
        Out(s.Area(6));
    }

    public static void Struct()
    {
        var a = Accumulator.From(3);
        Out(a.Add(4) + a.Add(5));
        Out(a.Peek());
        var many = new Accumulator[2];
        Out(many[1].Add(9));
        many[1].Add(1);
        Out(many[1].Total);
        object boxed = a;
        Out(((Accumulator)boxed).Peek());
    }

    public static void Params()
    {
        Out(Sum());
        Out(Sum(1, S(2), 3, S(4)));
        Out(SumSpan(1, S(2), 3));
        Out(Sum([S(1), .. new[] { S(2), 3 }]));
    }

    static void Swap(ref int a, ref int b)
    {
        var t = S(1);
        (a, b) = (b, a + t - 1);
    }

    static bool TryGet(int n, out string text)
    {
        if (S(n) > 2)
        {
            text = S("big");
            return true;
        }
        text = "";
        return false;
    }

    static int ReadIn(in Vec v, ref readonly int n) => S(0) + v.X + n;

    static void LastThing(ref int n, int value)
    {
        n = value;
        S(0);
    }

    public static void Ref()
    {
        int a = 1, b = 2;
        Swap(ref a, ref b);
        Out(a * 10 + b);
        if (TryGet(a + 1, out var text))
            Out(text);
        Out(TryGet(a + b, out text) + text);
        var v = new Vec(7, 8);
        Out(ReadIn(v, ref b));
        LastThing(ref a, 50);
        Out(a);
        ref var r = ref a;
        r = S(9);
        Out(a);
        var array = new[] { 1, 2, 3 };
        ref var slot = ref array[1];
        slot += S(10);
        Out(array[1]);
    }

    public static void Local()
    {
        var n = S(2);
        int Mul(int k) => S(k) * n;
        static int Plain(int k) => S(k) + 1;
        void Change() => n = S(n) + 100;
        Out(Mul(3) + Plain(4));
        Change();
        Out(Mul(1));
        Func<int, int> f = Mul;
        Out(f(2));
    }

    public static void Extension()
    {
        Out(4.Twice().Twice());
        Out(string.Join(",", new[] { 1, 2, 3 }.Each()));
    }
}
