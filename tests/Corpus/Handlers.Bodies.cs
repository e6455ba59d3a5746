// Handlers that the compiler writes (using, foreach, lock, iterators), and what may stand in a handler.

using System.Collections;

namespace Corpus;

internal static partial class Handlers
{
    sealed class Handle(string name) : IDisposable
    {
        public string Name => name;

        public void Dispose() => Out("close " + Echo(name));
    }

    struct Token(string name) : IDisposable
    {
        public int Disposed;

        public void Dispose()
        {
            Disposed++;
            Out("token " + S(name) + Disposed);
        }
    }

    static IDisposable Open(string name) => new Handle(S(name));

    public static void Using()
    {
        using (var h = new Handle("h"))
            Out(h.Name);
        using (Open("open"))
            Yield();
        using (var t = new Token("t"))
            Out(S(t.Disposed));
        try
        {
            using var a = new Handle("a");
            using var b = Open("b");
            using IDisposable? none = null;
            Fail("using");
        }
        catch (InvalidOperationException e)
        {
            Out(e.Message);
        }
        foreach (var n in Numbers(3))
        {
            if (n == 2)
                break;
            Out(n);
        }
        try
        {
            foreach (var n in Numbers(2))
                Fail("in foreach " + n);
        }
        catch (InvalidOperationException e)
        {
            Out(e.Message);
        }
        foreach (int n in new Legacy())
            Out(n);
    }

    static IEnumerable<int> Numbers(int n)
    {
        try
        {
            for (var i = 0; i < n; i++)
            {
                try
                {
                    yield return S(i);
                }
                finally
                {
                    Out("inner " + S(i));
                }
            }
            Out(S("all"));
        }
        finally
        {
            Out(Echo("numbers are over"));
        }
    }

    sealed class Legacy : IEnumerable
    {
        public IEnumerator GetEnumerator()
        {
            try
            {
                yield return S(1);
                yield return 2;
            }
            finally
            {
                Out(S("legacy"));
            }
        }
    }

    // An iterator whose body throws: the compiler's fault block disposes.
    public static void Fault()
    {
        try
        {
            foreach (var n in Faulty())
                Out(n);
        }
        catch (InvalidOperationException e)
        {
            Out(e.Message);
        }

        static IEnumerable<int> Faulty()
        {
            try
            {
                yield return S(1);
                try
                {
                    yield return 2;
                    Fail("faulty");
                }
                finally
                {
                    Out(S("inner"));
                    Yield();
                }
            }
            finally
            {
                Out(Echo("outer"));
            }
        }
    }

    static readonly object gate = new();

    public static void Locks()
    {
        var n = 0;
        try
        {
            lock (gate)
            {
                n += S(1);
                Fail("locked");
            }
        }
        catch (InvalidOperationException)
        {
            lock (gate)
                n += S(10);
        }
        finally
        {
            lock (gate)
                n += S(100);
            Out(S(n) + (Monitor.IsEntered(gate) ? " held" : " free"));
        }
    }

    // Values under the arguments, loops and switches inside of handlers.
    public static void Bodies()
    {
        var a = new int[3];
        for (var i = 0; i < 3; i++)
        {
            try
            {
                Fail("b");
            }
            catch (InvalidOperationException e)
            {
                a[i] += S(i) + e.Message.Length * S(2);
                a[i] = i switch
                {
                    0 => S(a[i]),
                    1 => a[i] + S(100),
                    _ => Echo(a[i]) + S(200),
                };
            }
            finally
            {
                while (a[i] % 7 != 0)
                    a[i] += S(1);
                Func<int> later = () => S(i) + a[i];
                Out(later());
            }
        }
        Out(string.Join(",", a));
    }
}
