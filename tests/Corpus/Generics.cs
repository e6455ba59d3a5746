namespace Corpus;

internal class Pair<A, B>(A first, B second)
{
    public A First { get; set; } = S(first);

    public B Second => S(second);

    public Pair<B, A> Flip() => new(Second, First);

    public (C, A) With<C>(C c) => (S(c), First);

    public static Pair<A, B> Of(A a, B b) => new(S(a), S(b));

    public class Inner<C>
    {
        public (A?, B?, C) Get(C c)
        {
            var local = S(c);
            A? a = default;
            return (S(a), default, local);
        }
    }
}

internal struct Triple<T>(T a, T b, T c)
{
    public T A = a, B = b, C = c;
    public long D = 4;

    public readonly Triple<T> Rotate() => new(B, C, A);
}

internal interface ICopier<T> where T : class
{
    string Copy(T from, ref int count);
}

// That T is a class follows from B.
internal class Copier<T, B>(ICopier<B> ofBase) : ICopier<T> where T : B where B : Exception
{
    public string Copy(T from, ref int count) => S(typeof(T).Name) + ofBase.Copy(from, ref count);
}

internal sealed class LastCopier : ICopier<Exception>
{
    public string Copy(Exception from, ref int count) => from.Message + (count += S(1));
}

internal static class Generics
{
    static T Id<T>(T x) => S(x);

    static (A, B) Both<A, B>(A a, B b)
    {
        var x = S(a);
        var y = Id(b);
        return (x, y);
    }

    static T[] Twice<T>(T x) => [S(x), Id(x)];

    static T Fold<T>(IEnumerable<T> items, T seed, Func<T, T, T> step)
    {
        foreach (var i in items)
            seed = step(seed, S(i));
        return seed;
    }

    static T Make<T>() where T : new()
    {
        Yield();
        return new T();
    }

    static int Compare<T>(T a, T b) where T : IComparable<T> => S(a).CompareTo(S(b));

    static unsafe int Size<T>(T value) where T : unmanaged
    {
        var v = S(value);
        return sizeof(T);
    }

    static R To<T, R>(T x, Func<T, R> f) => S(f(x));

    // The compiler boxes what it compares with null, and calls with the box.
    static T? Unless<T>(T? x, Func<T, bool> not) where T : class => x?.Through(y => S(not(y)) ? null : y);

    static T? Through<T>(this T x, Func<T, T?> f) where T : class => To(x, f);

    static string Catching<E>(Action body) where E : Exception
    {
        try
        {
            body();
            return S("fine");
        }
        catch (E e)
        {
            return "caught " + e.GetType().Name;
        }
    }

    // Where an array and what it implements meet, and something waits above.
    static IEnumerable<T> All<T>(IEnumerable<T>? some, params T[] more) => (some ?? more).Concat(Echo(more));

    static int Count<T>(bool which, List<T> list) => Sum(which ? new[] { list } : (IEnumerable<List<T>>)[list, list], S(1)) + Any(which ? list : (System.Collections.IEnumerable)new[,] { { 1, 2 } }, S(2));

    static int Sum<T>(IEnumerable<List<T>> lists, int n) => lists.Sum(l => l.Count) + n;

    static int Any(System.Collections.IEnumerable all, int n)
    {
        foreach (var _ in all)
            n++;
        return n;
    }

    public static void Methods()
    {
        Out(string.Join("", All(null, 1, 2)) + string.Join("", All(["a"], "b")));
        Out(Count(true, new List<string> { "x" }) + Count(false, new List<int>()));
        Out(Id(5) + Id("five") + Id(5.5m));
        Out(Both(1, "one"));
        Out(Both("two", new Vec(2, 2)));
        Out(string.Join(",", Twice(Guid.Empty)));
        Out(string.Join(",", Twice("t")));
        Out(Fold([1, 2, 3], 0, (a, b) => S(a) + b));
        Out(Fold(["x", "y"], "", (a, b) => S(a) + b));
    }

    public static void Types()
    {
        var p = Pair<int, string>.Of(1, "b");
        Out(p.Flip().First + p.First);
        Out(p.With(2.5));
        Out(p.With("text").Item1);
        Out(new Pair<string, string>.Inner<int>().Get(3));
        Out(new Pair<int, Vec>.Inner<string>().Get("in"));
    }

    public static void Constraints()
    {
        Out(Make<Dictionary<int, int>>().Count + Make<int>());
        Out(Compare(1, 2) + Compare("b", "a"));
        Out(Size(3L) + Size((byte)1));
        Out(Unless("text", t => t.Length == S(4)) ?? "none");
        Out(Unless("text", t => t.Length == S(3)) ?? "none");
        Out(Unless<string>(null, t => t.Length == S(3)) ?? "none");
        var copies = 0;
        ICopier<ArgumentException> copier = new Copier<ArgumentException, ArgumentException>(new Copier<ArgumentException, Exception>(new LastCopier()));
        Out(copier.Copy(new ArgumentNullException("value", "copied"), ref copies) + copies);
        Out(Catching<InvalidOperationException>(() => Fail("generic")));
        Out(Catching<ArgumentException>(() => S(1)));
    }

    static Triple<T> Spin<T>(T a, T b, T c, int n)
    {
        var t = new Triple<T>(S(a), S(b), S(c));
        for (var i = 0; i < n; i++)
            t = S(t.Rotate());
        return t;
    }

    public static void Nested()
    {
        var t = Spin("a", "b", "c", 2);
        Out(t.A + t.B + t.C + t.D);
        var u = Spin(1.5m, 2.5m, 3.5m, 1);
        Out(u.A + u.B * u.C);
        var v = Spin<List<int>?>([1], null, [2, 3], 4);
        Out(v.A?.Count);
        Out(Echo(new KeyValuePair<string, Triple<int>>("k", new(1, 2, 3))).Value.C);
    }
}
