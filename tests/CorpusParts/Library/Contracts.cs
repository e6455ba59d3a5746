// What can be overridden, implemented anew, stood for by a proxy, or wrapped.

namespace Parts;

public interface IGreeter
{
    string Greet(string who);

    string Twice(string who) => Wait.For(Greet(who)) + Greet(who);

    string Polite(string who) => "dear " + Wait.For(who);

    R Turn<R>(R value) => Wait.For(value);

    static string Loud(string who) => Wait.For(who).ToUpperInvariant();

    sealed string Sealed(string who) => Wait.For(Polite(who)) + "!";

    private string Hidden(string who) => Wait.For("hidden ") + who;

    string Shown(string who) => Hidden(who) + Wait.For("?");
}

public interface ILeft : IGreeter
{
    string IGreeter.Polite(string who) => "left " + Wait.For(who);
}

public interface IRight : IGreeter
{
    string IGreeter.Polite(string who) => "right " + Wait.For(who);
}

public interface IBoth : ILeft, IRight
{
    string IGreeter.Polite(string who) => "both " + Wait.For(who);
}

public interface IMaker<T>
{
    int Made { get; set; }

    T Make(T seed)
    {
        Made += Wait.For(1);
        return Wait.For(seed);
    }

    IEnumerable<T> Many(T seed)
    {
        for (var i = 0; i < 3; i++)
            yield return Make(seed);
    }
}

public class Greeter : IGreeter
{
    public virtual string Greet(string who) => "hi " + Wait.For(who) + ";";
}

public class LeftGreeter : Greeter, ILeft;

public struct SmallGreeter : ILeft, IDisposable
{
    int calls;

    public string[] Said { get; set; }

    public string Greet(string who) => Wait.For("small ") + who + ++calls;

    R IGreeter.Turn<R>(R value)
    {
        calls += Wait.For(10);
        return value;
    }

    void IDisposable.Dispose() => Said[0] = "bye " + Wait.For(calls);
}

public interface INumber<TSelf> where TSelf : INumber<TSelf>
{
    int Value { get; }

    static abstract TSelf From(int n);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static virtual string Name(int n) => "number " + Wait.For(n);

    static abstract int Count { get; set; }
}

public interface INamedNumber<TSelf> : INumber<TSelf> where TSelf : INamedNumber<TSelf>
{
    static string INumber<TSelf>.Name(int n) => "named " + TSelf.From(Wait.For(n)).Value;
}

public static class Numbers
{
    public static string Sum<T>(params ReadOnlySpan<int> of) where T : INumber<T>
    {
        var values = of.ToArray();
        return Total<T>(values) + T.Name(values.Length);
    }

    public static int Total<T>(int[] of) where T : INumber<T>
    {
        var sum = T.From(0);
        foreach (var n in of)
            sum += T.From(n);
        T.Count += Wait.For(1);
        return sum.Value + T.Count;
    }
}

public abstract class Shape
{
    public abstract Shape Copy();

    public virtual object Tag() => Wait.For("shape");
}

public class Round : Shape
{
    public override Round Copy() => Wait.For(new Round());

    public override string Tag() => Wait.For("round");

    public virtual string Edges(int n) => Wait.For("none of ") + n;
}

public class Visitor
{
    public virtual R Visit<T, R>(T value, Func<T, R> f) => Wait.For(f(value));

    public virtual T[] Pair<T>(T a, T b) => [Wait.For(a), b];
}

public interface IStage
{
    int Run(int n, int depth);

    void Each(Action<int> then);
}

public class Stage(IStage? next) : IStage
{
    public virtual int Run(int n, int depth) => depth == 0 ? Wait.For(n) : Wait.For(1) + (next ?? this).Run(n, depth - 1);

    public void Each(Action<int> then)
    {
        then(Wait.For(1));
        (next ?? this).Run(1, 1);
        then(Wait.For(2));
    }
}

public delegate T Fold<T>(T a, ref T b);

public interface IHandle<in T>
{
    string Handle(T t);

    string Twice(T t) => Wait.For("2") + Handle(t);
}

public interface ISource<out T>
{
    T Next();
}

public class Handler : IHandle<object>
{
    public virtual string Handle(object t) => "handler " + Wait.For(t);
}

public class Source : ISource<string>
{
    public string Next() => Wait.For("source");
}

public class QuickSource : ISource<object>
{
    public object Next() => "quick source";
}
