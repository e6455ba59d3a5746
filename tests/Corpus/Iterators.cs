using System.Collections;

namespace Corpus;

internal sealed class Countdown(int current) : IEnumerable<int>, IEnumerator<int>
{
    public int Current => current;

    object IEnumerator.Current => current;

    public bool MoveNext() => S(--current) >= 0;

    public void Reset() => throw new NotSupportedException();

    public void Dispose() => Out("countdown over");

    public IEnumerator<int> GetEnumerator() => this;

    IEnumerator IEnumerable.GetEnumerator() => this;
}

internal static class Iterators
{
    static IEnumerable<int> Numbers(int n)
    {
        for (var i = 0; i < n; i++)
        {
            var k = S(i);
            yield return k * S(10);
            if (Echo(i) == 3)
                yield break;
        }
    }

    static IEnumerable<string> Guarded(int n)
    {
        try
        {
            Out("open");
            foreach (var i in Numbers(n))
            {
                try
                {
                    yield return "g" + S(i);
                }
                finally
                {
                    Out("item done");
                }
            }
            if (n == 2)
                Fail("iterator");
        }
        finally
        {
            Out("close");
        }
    }

    static IEnumerable<(int, T)> Indexed<T>(IEnumerable<T> source)
    {
        var i = 0;
        foreach (var x in source)
            yield return (S(i++), S(x));
    }

    static IEnumerator<int> Raw()
    {
        yield return S(1);
        yield return S(2);
    }

    public static void Simple()
    {
        foreach (var n in Numbers(6))
            Out(n);
        foreach (var n in new Countdown(3))
            Out(S(n));
        using var e = Raw();
        while (e.MoveNext())
            Out(e.Current);
    }

    public static void Finally()
    {
        foreach (var s in Guarded(3))
            Out(s);
        foreach (var s in Guarded(5))
        {
            Out(S(s));
            break;
        }
        try
        {
            foreach (var s in Guarded(2))
                Out(s);
        }
        catch (InvalidOperationException e)
        {
            Out(e.Message);
        }
    }

    public static void Generic()
    {
        foreach (var (i, x) in Indexed(Indexed(["a", "b"])))
            Out(i + x.Item2 + S(x.Item1));
        foreach (var x in Indexed(Numbers(2)))
            Out(x);
    }

    public static void Channel()
    {
        var c = new Chan<int>(2);
        Go(() =>
        {
            foreach (var n in Numbers(3))
                c.Send(n);
            c.Close();
        });
        foreach (var n in c)
            Out(n);
        Out(c.ReceiveOk());
    }
}
