// Static members of whatever a type parameter stands for.

namespace Corpus;

internal interface ICount<TSelf> where TSelf : ICount<TSelf>
{
    int Count { get; }

    static abstract TSelf From(int n);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static virtual string Name => "count " + S(1) + TSelf.From(2).Count;

    static virtual R Turn<R>(R value, ref int calls)
    {
        calls += S(1);
        return Echo(value);
    }

    static abstract int Limit { get; set; }
}

internal interface IQuiet<TSelf> : ICount<TSelf> where TSelf : IQuiet<TSelf>
{
    static string ICount<TSelf>.Name => "quiet " + S(2);
}

internal class Tally(int n) : ICount<Tally>, IParsable<Tally>
{
    public int Count => S(n);

    public static Tally From(int n) => S(n) < 0 ? throw new ArgumentException("negative " + S(n)) : new Tally(n);

    public static Tally operator +(Tally a, Tally b) => new(S(a.Count) + b.Count);

    public static int Limit { get; set; }

    public static Tally Parse(string s, IFormatProvider? provider) => From(s.Length);

    public static bool TryParse(string? s, IFormatProvider? provider, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Tally? result)
    {
        result = null;
        return false;
    }
}

internal readonly struct SmallTally(int n) : ICount<SmallTally>
{
    public int Count => S(n);

    public static SmallTally From(int n) => n < 0 ? throw new ArgumentException("small " + S(n)) : new SmallTally(S(n));

    static SmallTally ICount<SmallTally>.operator +(SmallTally a, SmallTally b) => new(a.Count * S(b.Count));

    static int limit;

    static int ICount<SmallTally>.Limit
    {
        get => S(limit);
        set => limit = S(value);
    }

    static R ICount<SmallTally>.Turn<R>(R value, ref int calls)
    {
        calls += S(100);
        return S(value);
    }
}

internal readonly struct TallyOf<T>(int n) : ICount<TallyOf<T>>
{
    public int Count => n + S(typeof(T).Name.Length);

    public static TallyOf<T> From(int n) => n < 0 ? throw new ArgumentException(typeof(T).Name + S(n)) : new(S(n));

    public static TallyOf<T> operator +(TallyOf<T> a, TallyOf<T> b) => new(S(a.Count) - b.Count);

    public static string Name => S(typeof(T).Name);

    public static int Limit { get; set; }
}

internal sealed class QuietTally(int n) : IQuiet<QuietTally>
{
    public int Count => n;

    public static QuietTally From(int n) => n < 0 ? throw new ArgumentException("quiet") : new(n);

    public static QuietTally operator +(QuietTally a, QuietTally b) => a;

    public static int Limit { get; set; }
}

internal static partial class Interfaces
{
    static T Make<T>(int n) where T : ICount<T> => T.From(S(n)) + T.From(n);

    static string Describe<T, R>(R value, ref int calls) where T : ICount<T> => T.Name + T.Turn(value, ref calls) + T.Limit;

    static string All<T>(int n) where T : ICount<T>
    {
        var calls = 0;
        var sum = Make<T>(n);
        T.Limit += S(n);
        for (var i = 0; i < 3; i++)
            sum += T.From(i);
        try
        {
            T.From(S(-1));
        }
        catch (ArgumentException e)
        {
            return sum.Count + Describe<T, string>("t", ref calls) + Describe<T, int>(n, ref calls) + calls + e.Message;
        }
        return "no";
    }

    public static void Statics()
    {
        Out(All<Tally>(1) + All<SmallTally>(2) + All<TallyOf<string>>(3) + All<TallyOf<int>>(4) + All<QuietTally>(5));
        Out(Parse<Tally>("four").Count + Parse<int>("5") + S(6));
        Out(Nested<Tally>.Of(3) + Nested<SmallTally>.Of(4));

        static T Parse<T>(string s) where T : IParsable<T> => T.Parse(S(s), null);
    }

    static class Nested<T> where T : ICount<T>
    {
        static int calls;

        public static int Of(int n) => n == 0 ? T.From(S(calls)).Count : S(1) + Of(n - 1) + calls++;
    }
}
