namespace Corpus;

internal sealed class Resource(string name) : IDisposable
{
    public int Use() => S(name.Length);

    public void Dispose() => Out("dispose " + name);
}

internal sealed class SlowResource(string name) : IDisposable
{
    public void Dispose() => Out("slow dispose " + S(name));
}

internal static class Regions
{
    public static void Catch()
    {
        try
        {
            Out(S(1));
            Fail("first");
            Out("never");
        }
        catch (InvalidOperationException e)
        {
            Out("caught " + e.Message);
        }
        try
        {
            Out(Echo(1) + Fail("second"));
        }
        catch (ArgumentException)
        {
            Out("wrong");
        }
        catch (Exception e)
        {
            Out("caught " + e.Message);
        }
    }

    public static void Finally()
    {
        var n = 0;
        try
        {
            n = S(5);
            Out(n + Echo(1));
        }
        finally
        {
            Out("finally " + n);
        }
        try
        {
            try
            {
                n = S(6);
                Fail("through");
            }
            finally
            {
                Out("inner " + n);
                n++;
            }
        }
        catch (InvalidOperationException e)
        {
            Out(e.Message + n);
        }
    }

    static int Deep(int k)
    {
        var trail = k * 1000;
        try
        {
            trail += S(1);
            try
            {
                trail += S(10);
                try
                {
                    if (k == 0)
                        Fail("zero");
                    trail += S(100);
                    if (k == 1)
                        throw new ArgumentException("one");
                }
                finally
                {
                    trail += 2;
                }
                trail += S(3);
            }
            catch (ArgumentException)
            {
                trail += 50000;
            }
            trail += S(4);
            if (k == 2)
                return trail + S(5);
        }
        catch (InvalidOperationException)
        {
            trail = -trail;
        }
        finally
        {
            Out("trail " + trail);
        }
        return trail;
    }

    public static void Nested()
    {
        for (var k = 0; k < 4; k++)
            Out(Deep(k));
    }

    public static void When()
    {
        for (var i = 0; i < 3; i++)
        {
            try
            {
                if (S(i) < 2)
                    Fail("w" + i);
                Out("no failure");
            }
            catch (InvalidOperationException e) when (e.Message == "w0" && i == 0)
            {
                Out("filtered " + e.Message);
            }
            catch (InvalidOperationException e) when (e.Message.Length > 0)
            {
                Out("second " + e.Message);
            }
        }
    }

    public static void Loop()
    {
        var caught = 0;
        for (var i = 0; i < 6; i++)
        {
            try
            {
                if (S(i) == 1)
                    continue;
                if (i == 4)
                    break;
                if (i % 2 == 0)
                    Fail("even");
                Out(i);
            }
            catch (InvalidOperationException)
            {
                caught += i + 1;
            }
            finally
            {
                Out("f" + i);
            }
        }
        Out(caught);
        while (true)
        {
            try
            {
                while (S(caught) > 3)
                    caught--;
                if (S(caught) == 3)
                    break;
            }
            finally
            {
                caught = 3;
            }
        }
        Out(caught);
    }

    public static void Using()
    {
        using (var r = new Resource("abc"))
            Out(r.Use() + S(1));
        using var a = new Resource("a");
        using var b = new SlowResource("b");
        Out(S(2));
        try
        {
            using var c = new Resource("c");
            Fail("in using");
        }
        catch (InvalidOperationException e)
        {
            Out(e.Message);
        }
    }

    static void Again()
    {
        try
        {
            Fail("again");
        }
        catch
        {
            Out("rethrow");
            throw;
        }
    }

    public static void Rethrow()
    {
        try
        {
            Again();
        }
        catch (InvalidOperationException e)
        {
            Out(e.Message);
        }
        try
        {
            try
            {
                Fail("inner");
            }
            catch (Exception e)
            {
                throw new ApplicationException(S("wrapped"), e);
            }
        }
        catch (ApplicationException e)
        {
            Out(e.Message + e.InnerException!.Message);
        }
    }

    public static void InHandler()
    {
        try
        {
            Fail("h");
        }
        catch (InvalidOperationException e)
        {
            Out(S(e.Message) + S(1));
        }
        finally
        {
            Out(S("in finally"));
        }
    }

    static int Early(int n)
    {
        try
        {
            if (S(n) == 0)
                return S(10);
            try
            {
                if (n == 1)
                    return Echo(20);
            }
            finally
            {
                Out("leaving inner");
            }
            return S(30);
        }
        finally
        {
            Out("leaving");
        }
    }

    public static void Return()
    {
        for (var i = 0; i < 3; i++)
            Out(Early(i));
    }

    // Two tries that begin at one instruction, and one that a loop jumps back to.
    public static void Start()
    {
        var n = 0;
        while (n < 3)
        {
            try
            {
                try
                {
                    n += S(1);
                    if (n == 2)
                        Fail("two");
                }
                catch (InvalidOperationException)
                {
                    Out("two");
                }
                Out(S(n));
            }
            finally
            {
                Out("end of " + n);
            }
        }
    }

    static readonly object gate = new();
    static readonly Lock newLock = new();

    public static void Lock()
    {
        var n = 0;
        lock (gate)
        {
            n += S(1);
            Yield();
        }
        lock (newLock)
            n += S(2);
        Out(n + S(4));
    }
}
