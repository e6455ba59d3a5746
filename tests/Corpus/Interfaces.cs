// Members of interfaces that have bodies, and methods of structs that are called on boxes and through type parameters.

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

internal interface IStep
{
    int Value { get; set; }

    int Once(int n) => Value = S(Value) + S(n);

    int Twice(int n) => Once(n) + S(1) * Once(n);

    T Echoed<T>(T value, ref int calls)
    {
        calls += S(1);
        return Echo(value);
    }

    string Caught(int n)
    {
        try
        {
            return n > 0 ? Caught(n - 1) + Once(n) : Fail("at " + S(n)).ToString();
        }
        catch (InvalidOperationException e) when (n == 1)
        {
            return e.Message + S(Value);
        }
        finally
        {
            Value += S(10);
        }
    }

    IEnumerable<int> Steps(int n)
    {
        for (var i = 0; i < n; i++)
            yield return Once(S(i));
    }

    Func<int, int> Later => n => Once(S(n)) + Twice(n);

    int this[int i] => S(i) + Value;
}

// Protected members, which nothing but interfaces that derive from theirs can call.
internal interface IGuarded<T>
{
    protected T Inner(T value);

    protected T Outer(T value) => Inner(S(value));

    private protected R Wider<R>(R value, ref int calls)
    {
        calls += S(1);
        return Echo(value);
    }

    string Open(T value) => Inner(value) + S(" ") + Outer(value);
}

internal interface IGuardedMore<T> : IGuarded<List<T>>
{
    int Count(List<T> value)
    {
        var calls = 1;
        return Inner(S(value)).Count + Outer(value).Count * Wider(10, ref calls) + calls;
    }

    List<T> IGuarded<List<T>>.Outer(List<T> value) => [.. Inner(value), .. Inner(S(value))];
}

internal sealed class Guarded<T> : IGuardedMore<T>, IGuarded<int>
{
    List<T> IGuarded<List<T>>.Inner(List<T> value) => [.. value, .. S(value)];

    int IGuarded<int>.Inner(int value) => S(value) * 2;
}

internal struct SmallGuarded(int n) : IGuarded<int>
{
    int IGuarded<int>.Inner(int value) => value + S(n++);
}

internal interface IQuick : IStep
{
    int IStep.Once(int n) => Value = S(Value) + n * 100;
}

internal interface ISlow : IStep
{
    int IStep.Once(int n) => Value = S(Value) + n * 7;

    abstract int IStep.Twice(int n);
}

internal interface IMixed : IQuick, ISlow
{
    int IStep.Once(int n) => Value = S(n) - S(Value);

    int IStep.Twice(int n) => S(-1) * ((IStep)this).Once(n);
}

internal sealed class PlainStep : IStep
{
    public int Value { get; set; }
}

internal class QuickStep : IQuick
{
    int value;

    public int Value
    {
        get => S(value);
        set => this.value = S(value);
    }

    public int Fixed(int n) => S(value) + n;

    public virtual int Open(int n) => S(value) - n;
}

internal sealed class MixedStep : QuickStep, IMixed;

internal sealed class SlowStep : ISlow
{
    public int Value { get; set; }

    int IStep.Twice(int n) => S(n) * 2;
}

internal sealed class OwnStep : QuickStep, IStep
{
    public int Once(int n) => S(n) + 1;
}

internal struct SmallStep : IStep, IComparable<SmallStep>
{
    public int Value { get; set; }

    public int Sum;

    public int Once(int n)
    {
        Sum += S(n);
        Value += Sum;
        return S(Value);
    }

    int IComparable<SmallStep>.CompareTo(SmallStep other) => S(Value) - S(other.Value);
}

internal struct BareStep : IMixed
{
    public int Value { get; set; }
}

internal struct WideStep<T>(T first) : IStep, IPlace<T>
{
    T held = first;

    public int Value { get; set; }

    T IPlace<T>.Put(T value, ref int count)
    {
        var last = held;
        held = S(value);
        count += S(++Value);
        return last;
    }
}

internal interface IMap<in A, out B>
{
    B Map(A value, ref int count) => throw new NotSupportedException();

    string Name(A value) => "map " + S(value);

    B? Nothing()
    {
        Out(S("nothing"));
        return default;
    }
}

internal interface IMap<A, B, C> : IMap<A, B> where C : struct
{
    B IMap<A, B>.Map(A value, ref int count)
    {
        count += S(1);
        return Made(value, default);
    }

    B Made(A value, C c);
}

internal sealed class TextMap : IMap<object, string, int>, IMap<int, int>
{
    string IMap<object, string, int>.Made(object value, int c) => "made " + S(value) + c;

    string IMap<object, string>.Name(object value) => "own " + S(value);
}

internal static partial class Interfaces
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

    static void Walk(IStep s)
    {
        var calls = 0;
        Out(s.Once(2) + " " + s.Twice(S(3)) + " " + s.Value);
        Out(s.Echoed("e", ref calls) + s.Echoed(S(5), ref calls) + calls);
        Out(s.Caught(2) + s.Value);
        Out(string.Join(",", s.Steps(3)) + " " + s.Later(S(2)) + " " + s[S(1)]);
        Func<int, int> twice = s.Twice;
        Out(twice(1) + S(s.Value));
    }

    static string Through<T>(ref T s, int n) where T : IStep
    {
        s.Value = S(n);
        return s.Once(S(n)) + " " + s.Twice(n) + " " + s.Value;
    }

    static ref T At<T>(T[] all, int i) => ref all[i];

    static string Found<T>(T[] all) where T : IStep => At(all, 0).Once(2) + " " + all[S(0)].Once(3) + " " + all[0].Value;

    static int OfClass<T>(ref T s, int n) where T : QuickStep
    {
        s.Value = S(n);
        return s.Value + s.Fixed(S(n)) + s.Open(n);
    }

    public static void Protected()
    {
        IGuardedMore<string> more = new Guarded<string>();
        Out(more.Count(["a", "b"]));
        Out(Open(new Guarded<long>(), 3) + " " + Open(new SmallGuarded(4), 5));

        static string Open<G>(G guarded, int n) where G : IGuarded<int> => guarded.Open(n) + guarded.Open(n);
    }

    public static void Defaults()
    {
        foreach (var s in new IStep[] { new PlainStep(), new QuickStep(), new MixedStep(), new SlowStep(), new OwnStep(), new SmallStep(), new BareStep(), new WideStep<string>("w") })
            Walk(s);
        IMap<object, string, int> map = new TextMap();
        var n = 0;
        IMap<string, object> narrow = map;
        Out(map.Map("a", ref n) + map.Name("b") + narrow.Map("c", ref n) + narrow.Name("d") + map.Nothing() + narrow.Nothing() + n);
        IMap<int, int> numbers = new TextMap();
        Out(numbers.Name(4) + numbers.Nothing());
        try
        {
            numbers.Map(S(1), ref n);
        }
        catch (NotSupportedException e)
        {
            Out(e.GetType().Name + S(1));
        }
    }

    // What a method of a struct changes is in the box, or in the variable, before and after the suspension.
    public static void Boxes()
    {
        IStep box = new SmallStep { Value = 1 };
        Out(box.Once(2) + " " + box.Once(3) + " " + box.Twice(1) + " " + ((SmallStep)box).Sum);
        var copy = (SmallStep)box;
        Out(Through(ref copy, 4) + " " + copy.Sum + " " + ((SmallStep)box).Sum);
        var bare = new BareStep { Value = S(5) };
        Out(Through(ref bare, 2) + " " + bare.Value);
        var plain = new PlainStep();
        IStep either = plain;
        Out(Through(ref plain, 3) + Through(ref either, 1) + Through(ref box, 2));
        Out(Found(new[] { copy }) + " " + Found(new[] { plain }));
        var quick = new QuickStep();
        Out(OfClass(ref quick, 2) + quick.Value);
        IPlace<string> place = new WideStep<string>("first");
        IPlace<int> numbers = new WideStep<int>(10);
        var n = 0;
        Out(place.Put("second", ref n) + place.Put("third", ref n) + numbers.Put(11, ref n) + numbers.Put(12, ref n) + n);
        var list = new List<IComparable<SmallStep>> { copy, new SmallStep { Value = S(3) } };
        Out(list[0].CompareTo(copy) + list[1].CompareTo(copy));
        var deep = 0;
        Out(Descend(box, 30, ref deep) + " " + deep + " " + box.Value);

        static int Descend(IStep s, int depth, ref int calls)
        {
            calls += S(1);
            return depth == 0 ? s.Once(1) : s.Once(0) - s.Once(0) + Descend(s, depth - 1, ref calls);
        }
    }
}
