// Suspension points in catch, finally and fault blocks: each is left and entered again in its middle.

namespace Corpus;

internal static partial class Handlers
{
    public static void Catch()
    {
        for (var i = 0; i < 4; i++)
            Out(Classify(i));
        try
        {
            Fail("a");
        }
        catch
        {
            Out("no variable " + S(1));
            Yield();
        }
        Out(Filtered("two") + Filtered("three"));
        Out(CatchGeneric<InvalidOperationException>() + CatchGeneric<Exception>());
    }

    static string Classify(int i)
    {
        var log = "";
        try
        {
            log += S("try");
            if (i == 0)
                return log + S(" returned");
            if (i == 1)
                throw new ArgumentException("arg");
            if (i == 2)
                Fail("inv");
            throw new NotSupportedException("none");
        }
        catch (ArgumentException e)
        {
            log += S(" 1:") + e.Message;
            return log + Echo(" from catch");
        }
        catch (InvalidOperationException e)
        {
            for (var k = 0; k < 3; k++)
                log += S(" 2:" + k) + e.Message;
        }
        catch (Exception e) when (e.Message.Length > 2)
        {
            log += Echo(" 3:") + e.Message;
        }
        return log + S(" end");
    }

    static string Filtered(string name)
    {
        var seen = "";
        try
        {
            Fail(name);
        }
        catch (Exception e) when (Note(e.Message, ref seen) && e.Message == "one")
        {
            Out("wrong");
        }
        catch (Exception e) when (Note(e.Message + "!", ref seen))
        {
            seen += S("|") + e.Message;
        }
        return seen + ";";
    }

    static bool Note(string s, ref string to)
    {
        to += s;
        return true;
    }

    static string CatchGeneric<T>() where T : Exception
    {
        try
        {
            Fail(typeof(T).Name);
            return "";
        }
        catch (T e)
        {
            try
            {
                S(0);
                throw;
            }
            catch (Exception f)
            {
                return S(f == (object)e ? "same " : "other ");
            }
        }
    }

    public static void Nested()
    {
        try
        {
            try
            {
                Fail("outer");
            }
            catch (Exception a)
            {
                try
                {
                    Out(S("in catch ") + a.Message);
                    Fail("inner");
                }
                catch (Exception b) when (b.Message == "inner")
                {
                    Out(S(a.Message) + S(b.Message));
                    try
                    {
                        throw;
                    }
                    finally
                    {
                        Out(S("between"));
                    }
                }
                finally
                {
                    Out(S("finally in catch"));
                }
            }
            finally
            {
                try
                {
                    Out(S("finally 1"));
                    Fail("from finally");
                }
                catch (InvalidOperationException e)
                {
                    Out(S("caught in finally ") + e.Message);
                }
                finally
                {
                    Out(S("finally in finally"));
                }
            }
        }
        catch (Exception e)
        {
            Out("end " + S(e.Message));
        }
    }

    static int Leaves(int way)
    {
        var n = 0;
        for (var i = 0; ; i++)
        {
            try
            {
                try
                {
                    n += S(1);
                    if (way == 0 && i == 2)
                        return n;
                    if (way == 1 && i == 1)
                        continue;
                    if (way == 2 && i == 3)
                        break;
                    if (way == 3 && i == 2)
                        goto Out;
                    if (way == 4 && i == 1)
                        Fail("way");
                    if (i > 5)
                        return -n;
                }
                finally
                {
                    n += S(10);
                    Yield();
                }
                n += S(100);
            }
            catch (InvalidOperationException) when (way == 4)
            {
                n += S(5000);
            }
            finally
            {
                n += Echo(1000);
            }
            n += S(10000);
        }
        n += S(100000);
    Out:
        return n + S(7);
    }

    public static void Finally()
    {
        for (var way = 0; way < 6; way++)
            Out(Leaves(way));
        Out(Result(3) + Result(0));
        try
        {
            Replaced();
        }
        catch (Exception e)
        {
            Out(e.Message);
        }
        Out(Pick(true).Name + Pick(false).Name);
    }

    // The result is computed before the finally block, which changes what it was computed from.
    static int Result(int n)
    {
        try
        {
            return 10 / n;
        }
        catch (DivideByZeroException)
        {
            return n - 1;
        }
        finally
        {
            n = S(100);
            Out("n " + n);
        }
    }

    static void Replaced()
    {
        try
        {
            Fail("first");
        }
        finally
        {
            S(1);
            Fail("second");
        }
    }

    static (int Id, string Name) Pick(bool b)
    {
        try
        {
            return b ? (S(1), "one ") : (2, S("two "));
        }
        finally
        {
            Yield();
        }
    }

    // `throw;` and the end of a finally block keep the frames in which the exception was thrown.
    public static void Traces()
    {
        try
        {
            Top();
        }
        catch (Exception e)
        {
            // A running twin shows under its own name; a rethrow shows the method once more.
            var lines = e.StackTrace!.Split('\n').Where(l => l.Contains("Corpus.Handlers.", StringComparison.Ordinal))
                .Select(l => l.Trim().Split('(')[0].Replace(">g", "", StringComparison.Ordinal).Replace("<", "", StringComparison.Ordinal)).ToList();
            Out(lines[0]);
            Out(string.Join(", ", lines.Distinct()));
        }
    }

    static void Top()
    {
        try
        {
            Middle();
        }
        finally
        {
            Yield();
        }
    }

    static void Middle()
    {
        try
        {
            Bottom();
        }
        catch (InvalidOperationException)
        {
            S(1);
            throw;
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    static void Bottom() => Throw("traced");

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    static void Throw(string m) => throw new InvalidOperationException(m);

    // Nothing suspends here for certain: filters are asked before finally blocks run, as ever.
    public static void Order()
    {
        Action quick = () => Out("finally");
        try
        {
            try
            {
                Throw("order");
            }
            finally
            {
                quick();
            }
        }
        catch (Exception) when (Say("filter"))
        {
            Out("handler");
        }
    }

    // A filter runs while the stack below it still stands: it keeps the thread.
    public static void Filter()
    {
        for (var i = 0; i < 2; i++)
        {
            try
            {
                Throw("f" + i);
            }
            catch (Exception e) when (S(e.Message) == "f0")
            {
                Out(S("first"));
            }
            catch (Exception)
            {
                Out(S("second"));
            }
        }
    }

    static bool Say(string s)
    {
        Out(s);
        return true;
    }

    public static void Exit()
    {
        Exiting(0);
        Exiting(1);
        Exiting(2);
        Exiting(3);
    }

    static void Exiting(int way)
    {
        var wg = new WaitGroup();
        wg.Add(1);
        Go(() =>
        {
            try
            {
                try
                {
                    S(1);
                    if (way == 0)
                        Weft.Goroutine.Exit();
                    Fail("exit");
                }
                catch (InvalidOperationException)
                {
                    S(2);
                    if (way == 1)
                        Weft.Goroutine.Exit();
                    throw;
                }
                finally
                {
                    Out(way + " " + S("first"));
                    Yield();
                    Out("second");
                    if (way == 2)
                        Weft.Goroutine.Exit();
                }
            }
            catch (InvalidOperationException e) // unwoven, the exit is an exception like any other
            {
                Out("caught " + S(e.Message));
                if (way == 3)
                    Weft.Goroutine.Exit();
            }
            finally
            {
                Out("last " + S(1));
                wg.Done();
            }
        });
        wg.Wait();
    }
}
