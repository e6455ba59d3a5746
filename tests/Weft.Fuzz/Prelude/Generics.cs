// Generic code of every kind that programs put their types into.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
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

    public static async ValueTask<T> LaterValue<T>(Ctx c, T v)
    {
        if (c.Step())
            await Task.Yield();
        return v;
    }

    public static List<T> Drain<T>(IAsyncEnumerable<T> source)
    {
        var all = new List<T>();
        var e = source.GetAsyncEnumerator();
        try
        {
            while (Await(e.MoveNextAsync()))
                all.Add(e.Current);
        }
        finally
        {
            Await(e.DisposeAsync());
        }
        return all;
    }

    // Many arguments, so that much lies on the stack when one of them waits.

    public static T Many<A, B, T>(Ctx c, A a, long l, T t, in B b, double d, string s, T u, decimal m)
    {
        c.L(-3, l + (long)d + (s ?? "").Length + (long)m);
        var e = c.S(b);
        c.L(-4, Equals(a, e));
        return l % 2 == 0 ? t : u;
    }

    public static T LastS<T>(Ctx c, params ReadOnlySpan<T> all)
    {
        var n = all.Length;
        return c.S(all[n - 1]);
    }

    public static T LastA<T>(Ctx c, params T[] all)
    {
        all[0] = c.S(all[^1]);
        return all[c.S(all.Length) / 2];
    }

    public static T LastL<T>(Ctx c, params IEnumerable<T> all) => c.S(all.Last());

    public static ref T Ref<T>(Ctx c, ref T x)
    {
        Yield();
        return ref x;
    }

    public static ref readonly T RefRead<T>(Ctx c, in T x)
    {
        c.S(1);
        return ref x;
    }

    /// <summary>A reference handed down.</summary>
    public static T Deep<T>(Ctx c, ref T x, T v, int n)
    {
        if (n <= 0)
        {
            var old = x;
            x = c.S(v);
            return old;
        }
        Yield();
        var below = Deep(c, ref x, v, n - 1);
        return n % 2 == 0 ? below : c.S(x);
    }

    public static T ByRef<T>(Ctx c, ref T x, RefFunc<T> f)
    {
        var y = f(c, ref x);
        return c.Step() ? f(c, ref y) : y;
    }

    /// <summary>The body of a goroutine: what it throws is in its record.</summary>
    public static void Guard(Ctx c, Action<Ctx> body)
    {
        c.MayExit();
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

public delegate T RefFunc<T>(Ctx c, ref T x);

/// <summary>A sequence whose enumerator is a ref struct, waits, and is disposed of.</summary>
public readonly struct Refs<T>(Ctx c, T[] array)
{
    public Enumerator GetEnumerator() => new(c, array);

    public ref struct Enumerator(Ctx c, T[] array)
    {
        readonly Span<T> span = array;
        int at = -1;

        public bool MoveNext()
        {
            at += c.S(1);
            return at < span.Length;
        }

        public readonly ref T Current => ref span[at];

        public readonly void Dispose() => c.L(-5, c.S(at));
    }
}

/// <summary>A sequence whose enumerator is a struct.</summary>
public readonly struct Walk<T>(Ctx c, T[] array)
{
    public Enumerator GetEnumerator() => new(c, array);

    public struct Enumerator(Ctx c, T[] array) : IDisposable
    {
        int at = -1;

        public bool MoveNext()
        {
            at += c.S(1);
            return at < (array?.Length ?? 0);
        }

        public readonly T Current => c.S(array[at]);

        public void Dispose() => c.L(-6, at);
    }
}
