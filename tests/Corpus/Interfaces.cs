// Members of interfaces that have bodies.

namespace Corpus;

internal interface IHelpful
{
    int Value { get; }

    static int Parse(string s) => S(s.Length) + Limit;

    static int Limit { get; set; } = 100;

    static R Generic<R>(R value, ref int calls)
    {
        calls += S(1);
        return Echo(value);
    }

    private int Hidden(int n) => S(Value) + n;

    private static int Fold(int n, int m) => n == 0 ? S(m) : Fold(n - 1, m + S(n));

    sealed int Sealed(int n)
    {
        try
        {
            return Hidden(S(n)) + Fold(n, 0);
        }
        finally
        {
            Limit = S(Limit) + 1;
        }
    }

    sealed string Name => $"helpful {S(Value)}";

    IEnumerable<int> Some(int n)
    {
        for (var i = 0; i < n; i++)
            yield return Hidden(S(i));
    }

    sealed Func<int, int> Later(int by) => n => Hidden(S(n)) * by;
}

internal interface IPair<in A, out B>
{
    B Get(A a);

    sealed string Both(A a) => S("both ") + Get(a) + Helped(a);

    private string Helped(A a) => S("helped ") + a;

    static int Count(A[] all) => S(all.Length);
}

internal sealed class Help(int value) : IHelpful, IPair<object, string>
{
    public int Value => S(value);

    string IPair<object, string>.Get(object a) => S("got ") + a;
}

internal struct SmallHelp(int value) : IHelpful
{
    int asked;

    public int Value => value + ++asked;
}

internal static class Interfaces
{
    static string Through<T>(T t, int n) where T : IHelpful => t.Sealed(S(n)) + t.Name + t.Sealed(n);

    public static void Bodies()
    {
        IHelpful h = new Help(5);
        var calls = 0;
        Out(IHelpful.Parse("abc") + IHelpful.Generic(S("g"), ref calls) + IHelpful.Generic(1, ref calls) + calls);
        Out(h.Sealed(3) + h.Name + IHelpful.Limit);
        Out(string.Join(",", h.Some(3)) + h.Later(2)(4));
        h = new SmallHelp(7);
        Out(h.Sealed(3) + h.Name + h.Sealed(2));
        var small = new SmallHelp(1);
        Out(Through(small, 2) + Through(new Help(2), 1) + Through<IHelpful>(small, 3) + small.Value);
        try
        {
            Through<Help>(null!, 1);
        }
        catch (NullReferenceException e)
        {
            Out(e.GetType().Name + S(1));
        }
        IPair<string, object> pair = new Help(3);
        Out(pair.Both("a") + IPair<string, object>.Count(["a", "b"]));
    }
}
