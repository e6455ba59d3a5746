// What random programs (tests/Weft.Fuzz) and libraries woven whole have found, each as small as it could be made.

namespace Corpus;

internal static class Found
{
    sealed class Slow(string name) : IDisposable
    {
        public void Dispose()
        {
            Yield();
            Out(name + " disposed");
        }
    }

    class Node(int n)
    {
        public virtual int Take(int x)
        {
            S(x);
            return x > n ? throw new InvalidOperationException("taken") : n;
        }
    }

    /// <summary>A loop goes back to the first instruction of a try, where after lowering two of them begin.</summary>
    public static void TryStart()
    {
        Out(Using(0));
        Out(Finally(0));
        Out(Catch(0));
    }

    static int Using(int n)
    {
        using var a = new Slow("a");
    again:
        n += S(1);
        if (S(n) < 3)
            goto again;
        return n + S(10);
    }

    static int Finally(int n)
    {
        try
        {
            do
            {
                using var b = new Slow("b");
                while (S(n) < 2)
                    n += Echo(1);
                n++;
            }
            while (S(n) < 5);
            return n;
        }
        finally
        {
            Out("finally " + S(n));
        }
    }

    static int Catch(int n)
    {
        try
        {
        again:
            try
            {
                n += S(1);
                if (n < 3)
                    goto again;
                throw new InvalidOperationException("n");
            }
            finally
            {
                Yield();
                n *= 2;
            }
        }
        catch (InvalidOperationException e)
        {
            return S(n) + e.Message.Length;
        }
    }

    /// <summary>The line of a call whose arguments have lines of their own: the compiler comes back to it with a hidden point behind.</summary>
    public static void Lines()
    {
        foreach (var o in new object?[] { 1, "text", null, 2.5 })
            try
            {
                Out(Line(o));
            }
            catch (InvalidOperationException e)
            {
                Out(e.Message + Place(e, nameof(Line)));
            }
    }

    static int Line(object? o)
    {
        return (S(o) switch
        {
            int n => new Node(n),
            string { Length: > 1 } s => new Node(Echo(s.Length)),
            null => new Node(4),
            _ => new Node(7),
        }).Take(S(3));
    }

    /// <summary>What stands behind a try in which a call suspends has the line that it had.</summary>
    public static void LinesBehindTry()
    {
        try
        {
            Behind(1);
        }
        catch (InvalidOperationException e)
        {
            Out(e.Message + Place(e, nameof(Behind)));
        }
    }

    static int Behind(int n)
    {
        var text = S("a") + (n > 0 ? S("b") : "c");
        lock (text)
        {
            n += S(n);
        }
        return n > 1 ? new Node(n).Take(S(3)) : n;
    }

    /// <summary>Elements of grids of a method's type parameter: no type declares what gets and sets them.</summary>
    public static void Grids()
    {
        var words = Grid(2, (x, y) => S(x + "," + y));
        Out(string.Join(" ", words.Cast<string>()) + " " + Echo(words[1, 1]));
        Out(string.Join(" ", Turned(Turned(Grid(3, (x, y) => x * Echo(y)))).Cast<int>()));
    }

    static T[,] Grid<T>(int n, Func<int, int, T> of)
    {
        var grid = new T[n, n];
        for (var x = 0; x < n; x++)
            for (var y = 0; y < n; y++)
                grid[x, y] = of(x, y);
        return grid;
    }

    static T[,] Turned<T>(T[,] grid)
    {
        var turned = new T[grid.GetLength(1), grid.GetLength(0)];
        for (var x = 0; x < grid.GetLength(0); x++)
            for (var y = 0; y < grid.GetLength(1); y++)
            {
                ref var to = ref turned[y, x];
                to = grid[S(x), y];
                (to, turned[y, x]) = (S(turned[y, x]), S(to));
            }
        return turned;
    }

    class Cell
    {
        public int Value;
        public int[] Values = new int[2];
        public (int A, int B) Pair;

        public int Add(int n) => Value += n;
    }

    /// <summary>Members of a class through a type parameter that is constrained to it: the object lies boxed on the stack, as IL calls it.</summary>
    public static void Boxed()
    {
        Out(Fill(new Cell()));
        Out(Fill<Cell>(new()) + new CellOf<Cell>().Fill(new Cell()));
    }

    static int Fill<T>(T cell) where T : Cell
    {
        cell.Value = S(3);
        cell.Value += Echo(4);
        cell.Values[S(1)] = S(cell.Add(S(2)));
        cell.Pair.A = S(cell.Value);
        Raise(ref cell.Pair.B, S(5));
        return cell.Value + cell.Values[1] * 100 + cell.Pair.A * 10_000 + cell.Pair.B * 1_000_000;
    }

    sealed class CellOf<T> where T : Cell
    {
        public int Fill(T cell)
        {
            Raise(ref cell.Value, S(1));
            Raise(ref cell.Pair.A, S(2));
            cell.Pair = (S(cell.Pair.A), cell.Value);
            return cell.Pair.A * 100 + cell.Pair.B;
        }
    }

    /// <summary>An enum that a generic class declares is generic, too.</summary>
    public static void Enums()
    {
        var scale = new Scale<string>();
        Out(scale.Of("a") + scale.Of("bb"));
    }

    sealed class Scale<T> where T : notnull
    {
        enum Step : byte { Small = 1, Large = 2 }

        Step last = Step.Small;

        public string Of(T value)
        {
            var step = value.ToString()!.Length > S(1) ? Step.Large : Step.Small;
            last = Next(step, Step.Large) | last;
            return value + " " + (int)Next(last, Step.Small) + S(last == Step.Small ? 1 : 0);
        }

        static Step Next(Step a, Step b) => S(a) == b ? S(Step.Small) : b;
    }

    static void Raise(ref int n, int by) => n += S(by);

    interface IFail<T>
    {
        T Fail(int n);
    }

    sealed class Failing : IFail<string>
    {
        string IFail<string>.Fail(int n)
        {
            Yield();
            return n > 0 ? throw new InvalidOperationException("fail") : "";
        }
    }

    /// <summary>A method whose name has dots and brackets is named in a trace after it was suspended, too.</summary>
    public static void ExplicitlyNamed()
    {
        try
        {
            Out(((IFail<string>)new Failing()).Fail(1));
        }
        catch (InvalidOperationException e)
        {
            var frame = e.StackTrace!.Split('\n').First(l => l.Contains("Fail(", StringComparison.Ordinal)).Trim();
            Out(frame.IndexOf(" in ", StringComparison.Ordinal) is > 0 and var end ? frame[..end] : frame);
        }
    }

    // Release code has no line of its own for every call.
    static string Place(Exception e, string method)
    {
#if DEBUG
        var frame = e.StackTrace!.Split('\n').First(l => l.Contains(method, StringComparison.Ordinal));
        return " at" + frame[frame.LastIndexOf(':')..].Trim();
#else
        return e.StackTrace!.Contains(method, StringComparison.Ordinal) ? "" : " without " + method;
#endif
    }
}
