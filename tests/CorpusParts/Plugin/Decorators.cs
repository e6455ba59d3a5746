// Unwoven code in every place where the weaver must not trust what it sees: between woven caller and callee, below and above woven classes,
// behind an interface, in front of a delegate.

using System.Linq.Expressions;
using System.Reflection;
using System.Reflection.Emit;

namespace Parts;

/// <summary>Stands between a woven caller and a woven callee.</summary>
public sealed class Decorator(IStage inner) : IStage
{
    public int Run(int n, int depth) => inner.Run(n, depth) + 1000;

    public void Each(Action<int> then) => inner.Each(n => then(n * 10));
}

public class PluginStage(IStage? next) : Stage(next)
{
    public override int Run(int n, int depth) => base.Run(n, depth) * 2;
}

/// <summary>Made at run time, of a class that is not woven.</summary>
public class Traced<T> : DispatchProxy where T : class
{
    private T? _inner;

    public static T Of(T inner)
    {
        var proxy = Create<T, Traced<T>>();
        ((Traced<T>)(object)proxy)._inner = inner;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? method, object?[]? arguments)
    {
        var result = method!.Invoke(_inner, arguments);
        return result is string s ? "traced " + s : result;
    }
}

public class PluginGreeter : IGreeter
{
    public string Greet(string who) => "plugin " + who + ";";
}

public class PluginPolite : Greeter, IGreeter
{
    public override string Greet(string who) => "not " + base.Greet(who);

    string IGreeter.Polite(string who) => "rude " + who;
}

public class PluginRight : LeftGreeter, IBoth;

/// <summary>Another body than the one that the base gets from its interface.</summary>
public class PluginLeft : LeftGreeter, IGreeter
{
    string IGreeter.Polite(string who) => "left out " + who;
}

public struct PluginSmall : IGreeter
{
    private int _calls;

    public string Greet(string who) => "small " + who + ++_calls;
}

/// <summary>An interface, and all that implements it, that nobody wove.</summary>
public interface IPluginNumber<TSelf> : INumber<TSelf> where TSelf : IPluginNumber<TSelf>
{
    static string INumber<TSelf>.Name(int n) => "plugin number " + n;
}

public class PluginMaker : IMaker<string>
{
    public int Made { get; set; }
}

public interface IPluginDefault : IGreeter
{
    string IGreeter.Twice(string who) => "once " + Greet(who);
}

public class PluginRound : Round
{
    public override PluginRound Copy() => new();

    public override string Tag() => "plugin " + base.Tag();
}

public class PluginVisitor : Visitor
{
    public override R Visit<T, R>(T value, Func<T, R> f) => f(value);

    public override T[] Pair<T>(T a, T b) => [.. base.Pair(b, a), a];
}

public sealed class PluginNumber(int n) : INumber<PluginNumber>
{
    public int Value => n;

    public static int Count { get; set; }

    public static PluginNumber From(int n) => new(n);

    public static PluginNumber operator +(PluginNumber a, PluginNumber b) => new(a.Value + b.Value);
}

/// <summary>A generic base that is not woven.</summary>
public abstract class PluginTree<T>
{
    public abstract T Leaf(T value);

    public virtual T[] Branch(T a, T b) => [Leaf(a), Leaf(b)];

    public string Show(T a, T b) => string.Join("+", Branch(a, b));
}

/// <summary>An unwoven class over a woven generic one.</summary>
public class PluginPair<T> : Base<List<T>>
{
    public override (List<T>, int) Get(List<T> value, int n)
    {
        var (list, m) = base.Get(value, n + 1);
        return (list, m * 10);
    }
}

/// <summary>Calls and delegates that no weaver has seen.</summary>
public static class Relay
{
    public static T Call<T>(Func<T> f) => f();

    public static int Each<T>(IEnumerable<T> source, Func<T, int> f)
    {
        var sum = 0;
        foreach (var x in source)
            sum += f(x);
        return sum;
    }

    public static object? Invoke(object target, string method, params object?[] arguments) => target.GetType().GetMethod(method)!.Invoke(target, arguments);

    public static TDelegate Created<TDelegate>(object? target, MethodInfo method) where TDelegate : Delegate => method.CreateDelegate<TDelegate>(target);

    /// <summary>int f(T) that calls the virtual method, from IL.</summary>
    public static Func<T, int, int> Emitted<T>(MethodInfo method)
    {
        var f = new DynamicMethod("emitted", typeof(int), [typeof(T), typeof(int)], typeof(Relay).Module);
        var il = f.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldc_I4_2);
        il.Emit(OpCodes.Callvirt, method);
        il.Emit(OpCodes.Ret);
        return f.CreateDelegate<Func<T, int, int>>();
    }

    public static Func<T, int, int> Compiled<T>(MethodInfo method)
    {
        var (self, n) = (Expression.Parameter(typeof(T)), Expression.Parameter(typeof(int)));
        return Expression.Lambda<Func<T, int, int>>(Expression.Call(self, method, n, Expression.Constant(1)), self, n).Compile();
    }
}
