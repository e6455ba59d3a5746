// Exceptions that leave a goroutine. The tests know the lines of this file by their markers, `// @name`.

using static Ends.Cases;

namespace Ends;

internal static class Panics
{
    public static void InMain()
    {
        Park();
        throw new InvalidOperationException("test"); // @main
    }

    public static void InGoroutine()
    {
        Go(() => Outer("boom")); // @go
        Forever();
    }

    private static void Outer(string what)
    {
        Inner(what); // @outer
    }

    private static void Inner(string what)
    {
        Park();
        throw new InvalidOperationException(what); // @inner
    }

    public static void WithCauses()
    {
        try
        {
            Inner("the cause");
        }
        catch (Exception e)
        {
            throw new ApplicationException("two\nlines", e);
        }
    }

    public static void Aggregate() =>
        throw new AggregateException("many", new InvalidOperationException("first"), new ArgumentException("second"));

    private sealed class Nasty(Func<string> message) : Exception
    {
        public override string Message => message();
    }

    // TestPanicWhilePanicking
    public static void MessageThrows() => throw new Nasty(() => throw new InvalidOperationException("again"));

    // TestPanicDeadlockGosched
    public static void MessageYields()
    {
        WeftRuntime.MaxProcs = 1;
        for (var i = 0; i < 3; i++)
            Go(static () =>
            {
                while (true)
                    Yield();
            });
        throw new Nasty(() =>
        {
            for (var i = 0; i < 10; i++)
                Yield();
            return "yielded";
        });
    }

    // TestPanicDeadlockSyscall
    public static void MessageBlocks()
    {
        WeftRuntime.MaxProcs = 1;
        throw new Nasty(() =>
        {
            Thread.Sleep(20);
            Sleep(TimeSpan.FromMilliseconds(20));
            return "blocked";
        });
    }

    // Two goroutines panicking: one prints, the other waits.
    public static void Two()
    {
        WeftRuntime.MaxProcs = 1;
        Go(() => throw new Nasty(() =>
        {
            Sleep(TimeSpan.FromMilliseconds(100)); // lets the other one panic meanwhile
            return "one of two";
        }));
        Go(() => throw new Nasty(() =>
        {
            Sleep(TimeSpan.FromMilliseconds(100));
            return "one of two";
        }));
        Forever();
    }

    // TestPanicRace
    public static void RaceWithMain()
    {
        var begun = new Chan<int>();
        Go(() => throw new Nasty(() =>
        {
            begun.TrySend(1);
            begun.Close();
            Thread.Sleep(200);
            return "race";
        }));
        begun.Receive();
    }

    // TestDoublePanic
    public static void InFinally()
    {
        try
        {
            Inner("first");
        }
        finally
        {
            Park();
            throw new InvalidOperationException("second"); // @second
        }
    }

    // TestRepanickedPanic
    public static void Rethrown()
    {
        try
        {
            Inner("once");
        }
        catch (InvalidOperationException)
        {
            throw; // @rethrown
        }
    }

    // TestGoNil
    public static void GoNil()
    {
        Yield();
        Go((Action)null!); // @gonil
    }

    // TestStackOverflow
    public static void StackOverflow()
    {
        WeftRuntime.MaxStack = 1474560;
        var n = Endless(0);
        Out($"{n}");
    }

    private static int Endless(int n) => Endless(n + 1) + 1; // @endless

    // As deep as a thread's stack allows: nothing has been moved when it throws.
    public static void Deep()
    {
        var n = Deep(3000);
        Out($"{n}");
    }

    private static int Deep(int n)
    {
        if (n == 0)
            throw new InvalidOperationException("bottom"); // @bottom
        return Deep(n - 1) + 1; // @deep
    }

    // GOTRACEBACK
    public static void BesideOthers()
    {
        var chan = new Chan<int>();
        for (var i = 0; i < 3; i++)
            Go(() => chan.Receive());
        Sleep(TimeSpan.FromMilliseconds(50));
        throw new InvalidOperationException("test");
    }

    public static void BeneathPlainFrames()
    {
        Go(() => new List<int> { 1 }.ForEach(_ => Inner("plain")));
        Forever();
    }

    public static void HandlersInOrder()
    {
        AppDomain.CurrentDomain.UnhandledException += (_, e) => Out($"AppDomain {((Exception)e.ExceptionObject).Message} {e.IsTerminating}");
        WeftRuntime.UnhandledException += (_, e) => Out($"Weft {e.Exception.Message} {e.GoroutineId == Id} {e.Handled}");
        Go(() => throw new InvalidOperationException("seen"));
        Forever();
    }

    public static void Handled()
    {
        AppDomain.CurrentDomain.UnhandledException += (_, _) => Out("AppDomain");
        var seen = new Chan<string>(1);
        WeftRuntime.UnhandledException += (_, e) =>
        {
            e.Handled = true;
            seen.Send(e.Exception.Message);
        };
        for (var i = 0; i < 100; i++)
        {
            Go(() => Inner($"{i}"));
            if (seen.Receive() != $"{i}")
                Out("wrong");
        }
        Park();
        Out($"goroutines {WeftRuntime.NumGoroutine <= 2}");
    }

    public static void HandledInMain()
    {
        Environment.ExitCode = 5;
        WeftRuntime.UnhandledException += (_, e) => e.Handled = true;
        Inner("main");
    }

    public static void HandlersThrow()
    {
        WeftRuntime.UnhandledException += (_, _) => throw new InvalidOperationException("bad handler");
        Inner("original");
    }
}
