namespace Corpus;

internal static class Loops
{
    public static void All()
    {
        var sum = 0;
        for (var i = 0; i < S(4); i++)
            for (var j = i; j > 0; j -= S(1))
                sum += S(i * j);
        Out(sum);
        while (S(sum) > 10)
            sum -= S(7);
        Out(sum);
        do
        {
            sum++;
        }
        while (S(sum) < 15);
        Out(sum);
    }

    public static void Jumps()
    {
        var n = 0;
    again:
        n += S(1);
        if (n < 3)
            goto again;
        Out(n);
        for (var i = 0; ; i++)
        {
            if (S(i) == 2)
                continue;
            if (i > 4)
                break;
            Out(i);
        }
    }

    public static void Foreach()
    {
        foreach (var x in new[] { 3, 4 })
            Out(S(x));
        foreach (var x in new List<string> { "l1", "l2" })
            Out(S(x));
        foreach (var (k, v) in new SortedDictionary<int, string> { [1] = "one", [2] = "two" })
            Out(k + S(v));
        foreach (var c in "ab")
            Out(S(c));
        foreach (var x in (IEnumerable<int>)[S(8), 9])
            Out(S(x));
        foreach (var x in new int[2, 2] { { 1, 2 }, { 3, 4 } })
            Out(S(x));
        foreach (var x in new HashSet<int> { 5 })
            foreach (var y in new Queue<int>([6, 7]))
                Out(S(x) + S(y));
    }

    static string Pick(int n)
    {
        switch (S(n))
        {
            case 0:
                return S("zero");
            case 1:
                Yield();
                goto case 0;
            case 2 or 3:
                return "few";
            case 4:
                break;
            case 100:
                return S("hundred");
            default:
                return S("other");
        }
        return "four";
    }

    static int Text(string s) => S(s) switch
    {
        "a" => S(1),
        "b" => 2,
        "c" or "d" => S(3),
        "e" => S(4) + S(5),
        "fff" => 6,
        "ggg" => 7,
        "hhhh" => S(8),
        _ => S(-1),
    };

    public static void Switch()
    {
        foreach (var n in new[] { 0, 1, 2, 4, 5, 100 })
            Out(Pick(n));
        foreach (var s in new[] { "a", "b", "d", "e", "fff", "hhhh", "z" })
            Out(Text(s));
    }

    static string Describe(object? o) => o switch
    {
        null => S("null"),
        int n when S(n) > 10 => "big" + S(n),
        int n => "int" + n,
        string { Length: > 3 } s => S(s),
        string => "short",
        Vec(var x, 2) => "vec" + S(x),
        Vec { X: 9, Y: var y } => "nine" + S(y),
        int[] and [1, .., var last] => "list" + S(last),
        _ => o.GetType().Name,
    };

    public static void Patterns()
    {
        foreach (var o in new object?[] { null, 11, 3, "long text", "s", new Vec(5, 2), new Vec(9, 9), new Vec(0, 0), new[] { 1, 2, 3 }, 1.5 })
            Out(Describe(o));
        if (S((object)5) is int n and > 3 && S(n) is var m)
            Out(m);
    }
}
