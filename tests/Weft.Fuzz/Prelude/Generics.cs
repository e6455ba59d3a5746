// Generic code of every kind that programs put their types into.

using System;
using System.Threading.Tasks;
using Weft;
using static Weft.Goroutine;

namespace Fuzz;

public interface IGet<out T>
{
    T Get(Ctx c);

    T Got(Ctx c)
    {
        c.S(0);
        return Get(c);
    }
}

public class Box<T>(Ctx owner, T value) : IGet<T>
{
    protected T Value = owner.S(value);

    public virtual T Get(Ctx c)
    {
        var v = Value;
        return c.S(v);
    }

    public T Swap(Ctx c, T v)
    {
        (v, Value) = (c.S(Value), c.E(v));
        return Take(ref v, c);
    }

    static T Take(ref T v, Ctx c)
    {
        c.S(1);
        return v;
    }
}

public interface IMake<TSelf, T> where TSelf : IMake<TSelf, T>
{
    static abstract TSelf Make(Ctx c, T v);

    static virtual int Cost(Ctx c) => c.S(1);

    T Read(Ctx c);
}

public struct Cell<T> : IMake<Cell<T>, T>
{
    public T Value;
    int reads;

    public static Cell<T> Make(Ctx c, T v) => new() { Value = c.S(v) };

    public T Read(Ctx c)
    {
        reads += c.S(1);
        var v = Value;
        return c.S(reads) > 0 ? v : c.S(v);
    }
}

public static class Gen
{
    public static T Twice<T>(Ctx c, T v, Func<T, T> f)
    {
        if (!c.Step())
            return v;
        var once = f(c.S(v));
        return f(once);
    }

    public static T Pick<T>(Ctx c, bool first, T a, T b) => first ? c.S(a) : c.E(b);

    public static T Of<TMake, T>(Ctx c, TMake m) where TMake : IMake<TMake, T>
    {
        var again = TMake.Make(c, m.Read(c));
        c.L(-1, TMake.Cost(c));
        return again.Read(c);
    }

    public static async Task<T> Later<T>(Ctx c, T v)
    {
        if (c.Step())
            await Task.Yield();
        return v;
    }

    /// <summary>The body of a goroutine: what it throws is in its record.</summary>
    public static void Guard(Ctx c, Action<Ctx> body)
    {
        try
        {
            body(c);
        }
        catch (Exception e)
        {
            c.X(-2, e);
        }
    }
}
