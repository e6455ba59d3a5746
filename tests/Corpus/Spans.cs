// Spans, inline arrays and collection expressions with suspension points while they are in use.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Corpus;

internal static class Spans
{
    [InlineArray(4)]
    struct Four<T>
    {
        T first;
    }

    sealed class Holder
    {
        public Four<int> Items;
        public int[] Array = [1, 2, 3];
    }

    static int Sum(ReadOnlySpan<int> s)
    {
        var n = 0;
        foreach (var x in s)
            n += x;
        return n;
    }

    static string Join(params ReadOnlySpan<string> s) => string.Join("/", s.ToArray());

    static int Bump(ref int n)
    {
        n += S(1);
        return n + S(n);
    }

    public static void Views()
    {
        var array = new[] { 1, 2, 3, 4, 5 };
        Span<int> all = array;
        all[0] = S(10);
        all[S(1)] += S(20);
        foreach (ref var x in all)
        {
            x += S(1);
            x *= Echo(2);
        }
        var some = all.Slice(1, 3);
        some[0]++;
        Out(S(some.Length) + some[0] + all.Length);
        var tail = some[S(1)..];
        for (var i = 0; i < tail.Length; i++)
            Out(tail[i] + S(i) + tail[^1]);
        ReadOnlySpan<int> read = some;
        foreach (var x in read)
            Out(S(x));
        Out(Bump(ref all[2]) + all[2]);
        ref var last = ref all[^1];
        last = S(77);
        Out(string.Join(",", array));
        Out(Sum(all) + S(Sum(tail)));
        var built = new Span<int>(array, 1, 2);
        built[S(0)] = S(5);
        built.Fill(S(6));
        Out(string.Join(",", array));
        Out(Memory(array.AsMemory(1)));
        var bytes = MemoryMarshal.AsBytes(all);
        Out(S(bytes.Length) + bytes[0]);
    }

    static int Memory(Memory<int> m)
    {
        var span = m.Span;
        span[0] = S(3);
        return span[0] + S(m.Length) + m.Span[S(1)];
    }

    public static void Text()
    {
        ReadOnlySpan<char> text = "hello, world";
        foreach (var c in text)
            if (c == S('o'))
                Out(text.IndexOf(c) + Echo("!"));
        var word = text[S(7)..];
        Out(word.ToString() + S(word.Length) + word[0]);
        var number = "12,34".AsSpan(0, 2);
        Out(S(1) + int.Parse(number));
        ReadOnlySpan<byte> utf8 = "bytes"u8;
        foreach (var b in utf8)
            Out(S((int)b));
        ReadOnlySpan<int> constants = [3, 1, 4];
        foreach (var k in constants)
            Out(S(k) + constants[0]);
    }

    public static void Collections()
    {
        Out(Sum([S(1), 2, S(3)]));
        Out(Join(S("a"), "b", Echo("c")));
        Out(string.Concat(S("x"), S("y"), S("z"), S("w"), S("v")));
        Span<int> s = [S(1), S(2), 3];
        s[1] += S(5);
        Out(Sum(s) + S(s.Length));
        List<int> list = [S(1), .. new[] { S(2), 3 }, .. Enumerable.Range(4, S(2))];
        Out(string.Join(",", list));
        List<int> known = [S(1), .. new[] { 2, S(3) }, S(4)];
        Out(string.Join(",", known));
        List<List<string>> nested = [[S("a")], [S("b"), Echo("c")], []];
        Out(string.Join(",", nested.Select(l => l.Count)));
        int[] array = [.. list, S(9)];
        Out(array.Length + array[^1]);
        Dictionary<string, int[]> map = new() { [S("k")] = [S(1)], ["l"] = [2, S(3)] };
        Out(map["k"][0] + map["l"][1]);
        HashSet<string> set = [S("p"), S("q"), "p"];
        Out(set.Count);
        Out(array is [S1, .. var rest, 9] ? rest.Length : S(-1));
    }

    const int S1 = 1;

    public static void InlineArrays()
    {
        var four = new Four<int>();
        for (var i = 0; i < 4; i++)
            four[i] = S(i) * 10;
        four[S(2)] += S(7);
        foreach (var x in four)
            Out(x + S(1));
        Span<int> view = four;
        view[1] = S(99);
        Out(four[1] + S(view.Length));
        Out(Bump(ref four[3]) + four[3]);
        var holder = new Holder();
        holder.Items[1] = S(4);
        holder.Items[1] += Echo(5);
        Out(holder.Items[1]);
        holder.Array[S(1)] <<= S(2);
        Out(holder.Array[1]);
        var texts = new Four<string>();
        texts[0] = Echo("t") + texts[0];
        Out(texts[0]);
    }

    // What lies on the stack of the thread alone keeps the thread.
    public static void Stackalloc()
    {
        Span<int> local = stackalloc int[2];
        local[0] = S(1);
        Out(local[0] + S(2));
    }
}
