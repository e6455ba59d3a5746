// What random programs (tests/Weft.Fuzz) have found, each as small as it could be made.

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
