namespace Corpus;

internal sealed class Box
{
    public int A, B;
    public string? Name { get; set; }
    public List<int> Items { get; } = [];
    public required int Must { get; init; }
}

internal struct Inner
{
    public int N;
    public string? Text;
}

internal struct Outer
{
    public Inner In;
    public long[] Longs;
}

internal sealed class Holder
{
    public Outer Out;
    public static Outer Shared;
}

internal static class Stack
{
    static int F(int a, int b, int c) => a * 100 + b * 10 + c;

    static string Join(string a, object b, long c, double d, Vec e) => $"{a} {b} {c} {d} {e}";

    public static void Arguments()
    {
        int a = 1, b = 2;
        Out(F(a, S(b), 3));
        Out(F(S(1), F(1, S(2), S(3)), a + S(4)));
        Out(Join("x", S(5), S(6L), S(7.5), new Vec(S(8), S(9))));
        Out(a + S(b) * S(3) - (S(4) + a));
        Out(Math.Max(S(3), Math.Min(S(9), S(5))));
    }

    public static void Conditional()
    {
        for (var i = 0; i < 3; i++)
        {
            Out(S(i) == 1 ? S("one") : i == 2 ? "two" : S("none"));
            string? n = i == 0 ? null : S("n" + i);
            Out(n ?? S("null"));
            Out(1 + (i > 0 && S(i) > 1 ? S(10) : 20));
            Out(F(i, i == 1 ? S(5) : 6, S(7)));
            n ??= S("assigned");
            Out(n);
            Out(S(true) & S(i > 0) | S(false));
            Out(S(i > 0) && S(i > 1) || S(i == 0));
        }
        object o = S(1) == 1 ? S((object)"text") : S((object)4);
        Out(o);
        IEnumerable<int> e = S(true) ? new List<int> { S(4) } : new int[S(2)];
        Out(e.Count());
    }

    public static void Initialisers()
    {
        var array = new[] { S(1), 2, S(3) };
        Out(string.Join(",", array));
        var box = new Box { Must = S(4), A = S(5), B = 6, Name = S("box"), Items = { S(7), S(8) } };
        Out($"{box.Must} {box.A} {box.B} {box.Name} {string.Join("/", box.Items)}");
        var map = new Dictionary<string, int> { ["a"] = S(1), [S("b")] = S(2) };
        Out(map["a"] + map["b"]);
        var jagged = new[] { new[] { S(1) }, new[] { 2, S(3) } };
        Out(jagged[1][1] + jagged[0][0]);
        (int x, (string y, long z)) = (S(1), (S("y"), S(3L)));
        Out(x + y + z);
        var anonymous = new { A = S(1), B = S("b") };
        Out(anonymous);
        List<string> list = [S("p"), .. new[] { S("q") }];
        Out(string.Concat(list));
    }

    public static void Strings()
    {
        Out("a" + S("b") + 'c' + S(1) + null + S(2.5));
        Out($"{S(1)} and {S("two"),6} and {S(3.14159):F2}");
        Out(string.Concat(S("x"), S("y"), S("z"), S("w"), S("v")));
        var text = "";
        for (var i = 0; i < 3; i++)
            text += S(i) + ";";
        Out(text);
    }

    public static void Compound()
    {
        var array = new[] { 1, 2, 3 };
        array[S(1)] += S(10);
        array[0]++;
        array[S(2)] = array[S(0)] << S(2);
        Out(string.Join(",", array));
        var box = new Box { Must = 1 };
        box.A += S(3);
        box.A *= S(box.A) + box.A++;
        Out(box.A);
        int a, b;
        a = b = S(4);
        Out(a + b);
        long l = 1;
        l <<= S(5);
        Out(l);
        Out(box.Name?.Length ?? S(-1));
    }

    public static void Types()
    {
        byte b = 3;
        short s = -4;
        char c = 'x';
        float f = 1.5f;
        nint n = 12;
        decimal d = 1.1m;
        ulong u = ulong.MaxValue;
        Out(b + S(1) + s + S(2) + c + S(3));
        Out(f * S(2f) + S(0.25));
        Out(n + S(5));
        Out(d * S(2m) + S(1));
        Out(u - S(1UL));
        Out((f > 1 ? f : 2.0) + S(1));
        Out((byte)(b + S(254)));
        Out(c + S("s") + S('c'));
        Out(DayOfWeek.Monday + S(1));
        Out(new DateTime(2020, 1, 2).AddDays(S(3)).Day);
    }

    // Places that are named by an address on the stack while the value is worked out.
    static (int Left, int Right) pair;

    [ThreadStatic]
    static (int Left, int Right) threadPair;

    // Fields of static structs: addresses that are there on every thread, but for a thread-static one.
    public static void Statics()
    {
        pair.Left += S(3);
        pair.Right -= Echo(4) + pair.Left++;
        Interlocked.Add(ref pair.Left, S(100));
        Out(pair);
        threadPair.Left = 1;
        threadPair.Left += S(2);
        Generic<int>.Place.Left += S(5);
        Generic<string>.Place.Left += S(6);
        Out(Generic<int>.Place.Left * 10 + Generic<string>.Place.Left);
    }

    static class Generic<T>
    {
        public static (int Left, T? Right) Place;
    }

    public static void Places()
    {
        var h = new Holder { Out = new Outer { Longs = [1, 2, 3] } };
        h.Out.In.N += S(5);
        h.Out.In.Text += S("text");
        for (var i = 0; i < 3; i++)
            h.Out.Longs[i] *= S(10L) + h.Out.Longs[S(0)]++;
        Out(h.Out.In.N + h.Out.In.Text + string.Join(",", h.Out.Longs));
        var many = new Outer[2];
        many[S(1)].In.N += S(7) + many[1].In.N++;
        many[1].In.Text = S("x") + many[1].In.N;
        Out(many[1].In.N + many[1].In.Text);
        Holder.Shared.In.N += S(3);
        Out(Holder.Shared.In.N);
        var local = new Vec(S(1), S(2));
        local = local with { Y = S(30) };
        Out(local);
        Outer o = default;
        o.In.N += S(1) + (o.In.N += S(2));
        Out(o.In.N);
        Out(Sums(["a", "b"], "-") + string.Join("", Sums([1m, 2m], 3m)));
        var accumulators = new Accumulator[2];
        Out(accumulators[1].Add(S(4)) + accumulators[S(1)].Add(S(5)));
        try
        {
            many[S(2)].In.N += S(1);
        }
        catch (IndexOutOfRangeException)
        {
            Out("range");
        }
        try
        {
            h = null!;
            h!.Out.In.N += S(1);
        }
        catch (NullReferenceException)
        {
            Out("null");
        }
    }

    static string Sums<T>(T[] items, T last)
    {
        var pairs = new (T Item, int Count)[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            pairs[i].Item = S(items[i]);
            pairs[i].Count += S(i) + 1;
        }
        pairs[^S(1)].Item = S(last);
        return string.Join(";", pairs);
    }

    // The callee writes what the caller's address names, between the caller's load and its store.
    public static void Aliases()
    {
        var h = new Holder();
        int Bump(int by)
        {
            h.Out.In.N += 100;
            return S(by);
        }

        h.Out.In.N += Bump(1);
        h.Out.In.N = Bump(2) + h.Out.In.N;
        Out(h.Out.In.N);
        var array = new[] { 1, 2 };
        int Replace(int n)
        {
            array = [n, n];
            return S(n);
        }

        var before = array;
        array[0] += Replace(50);
        Out($"{before[0]} {array[0]}");
    }
}
