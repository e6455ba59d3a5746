// Goroutine.Exit. All but the last few must print the same in whatever way they are run.

using System.Collections;
using static Ends.Cases;

namespace Ends;

internal static class Exits
{
    /// <summary>Runs the body as a goroutine, and tells how it ended.</summary>
    private static void Goroutine(Action body)
    {
        var task = Run(body);
        try
        {
            Await(task);
            Out("returned");
        }
        catch (GoroutineExitedException)
        {
            Out("exited");
        }
        catch (Exception e)
        {
            Out("failed: " + e.Message);
        }
    }

    // TestGoexitDefer: finally blocks run, innermost first; nothing behind the call does.
    public static void Finallies() => Goroutine(() =>
    {
        try
        {
            try
            {
                Park();
                Exit();
                Out("not reached");
            }
            finally
            {
                Out("inner");
            }
            Out("not reached");
        }
        finally
        {
            Out("outer");
        }
        Out("not reached");
    });

    // The frames below are on the heap: those with a finally are resumed.
    public static void FinalliesOfCapturedFrames() => Goroutine(() => Deep(5));

    private static int Deep(int n)
    {
        try
        {
            if (n == 0)
            {
                Park();
                Unprotected(3);
            }
            return Deep(n - 1) + 1;
        }
        finally
        {
            Out($"frame {n}");
        }
    }

    private static int Unprotected(int n)
    {
        if (n > 0)
            return Unprotected(n - 1) + 1;
        Park();
        Exit();
        return 0;
    }

    public static void Woven_NoCatchSeesIt() => Goroutine(() =>
    {
        try
        {
            Catches();
        }
        catch
        {
            Out("caught");
        }
    });

    private static void Catches()
    {
        try
        {
            Park();
            try
            {
                Generic<Exception>();
            }
            catch (Exception e) when (Filter(e))
            {
                Out("filtered");
            }
        }
        catch (Exception e)
        {
            Out("caught " + e.GetType());
            throw;
        }
        finally
        {
            Out("finally");
        }
    }

    private static void Generic<E>() where E : Exception
    {
        try
        {
            Exit();
        }
        catch (E)
        {
            Out("caught as E");
        }
    }

    private static bool Filter(Exception e)
    {
        Out("filter ran for " + e.GetType());
        return true;
    }

    // The clauses still do what they are for.
    public static void CatchesOfOthers() => Goroutine(() =>
    {
        try
        {
            Throw<InvalidOperationException>();
        }
        catch (Exception e) when (Filter(e))
        {
            Out("filtered");
        }
        try
        {
            Throw<ArgumentException>();
        }
        catch (InvalidOperationException)
        {
            Out("wrong");
        }
        catch (Exception e)
        {
            Out("caught " + e.GetType());
        }
        try
        {
            Throw<ArgumentException>();
        }
        catch
        {
            Out("caught all");
        }
    });

    private static void Throw<E>() where E : Exception, new()
    {
        Park();
        try
        {
            throw new E();
        }
        catch (E e)
        {
            Out("as E: " + e.GetType());
            throw;
        }
    }

    public static void Woven_ThroughPlainFrames() => Goroutine(() =>
    {
        try
        {
            new List<int> { 1 }.ForEach(_ =>
            {
                try
                {
                    Park();
                    Exit();
                }
                finally
                {
                    Out("beneath the plain frame");
                }
            });
        }
        catch (Exception)
        {
            Out("caught");
        }
        finally
        {
            Out("above the plain frame");
        }
    });

    private sealed class Exiting : IComparer<int>
    {
        public int Compare(int a, int b)
        {
            Exit();
            return 0;
        }
    }

    // List.Sort wraps what its comparer throws.
    public static void Woven_WrappedByAPlainFrame() => Goroutine(() =>
    {
        try
        {
            new List<int> { 2, 1, 3 }.Sort(new Exiting());
        }
        catch (Exception)
        {
            Out("caught");
        }
        finally
        {
            Out("finally");
        }
    });

    [Weft.Runtime.NotWoven]
    private sealed class Swallows
    {
        internal Swallows()
        {
            try
            {
                Exit();
            }
            catch (Exception)
            {
                Out("swallowed");
            }
        }
    }

    // A catch in a method that is not woven stops the exit, which goes on at the next call in woven code.
    public static void Woven_StoppedByAPlainFrame() => Goroutine(() =>
    {
        try
        {
            _ = new Swallows();
            Park();
            Out("not reached");
        }
        finally
        {
            Out("finally");
        }
    });

    private interface IMaybe
    {
        void Do(bool exit);
    }

    [Weft.Runtime.NotWoven]
    private sealed class SwallowsOrNot : IMaybe
    {
        public void Do(bool exit)
        {
            if (exit)
                _ = new Swallows();
        }
    }

    private sealed class Parks : IMaybe
    {
        public void Do(bool exit) => Park();
    }

    // Of an object that is known to have no twin nothing is asked when its call is over: the exit goes on at the next call that may suspend.
    public static void Woven_StoppedByAKnownPlainObject() => Goroutine(() =>
    {
        IMaybe[] all = [new Parks(), new SwallowsOrNot(), new SwallowsOrNot(), new Parks()];
        try
        {
            for (var i = 0; i < all.Length; i++)
            {
                all[i].Do(i == 2);
                if (i == 3)
                    Out("not reached");
            }
        }
        finally
        {
            Out("finally");
        }
    });

    // A finally block may do whatever it likes.
    public static void FinallyBlocks() => Goroutine(() =>
    {
        try
        {
            Park();
            Exit();
        }
        finally
        {
            Park();
            Sleep(TimeSpan.FromMilliseconds(1));
            Yield();
            var chan = new Chan<string>();
            Go(() => chan.Send("received in finally"));
            Out(chan.Receive());
            try
            {
                throw new InvalidOperationException();
            }
            catch (InvalidOperationException)
            {
                Out("caught in finally");
            }
            Out("finally goes on");
        }
    });

    // A panic raised and recovered during Goexit returns to the Goexit.
    public static void Woven_RecoveredPanicDuringExit() => Goroutine(() =>
    {
        try
        {
            try
            {
                try
                {
                    Park();
                    Exit();
                }
                finally
                {
                    throw new InvalidOperationException("in finally");
                }
            }
            catch (InvalidOperationException e)
            {
                Out("caught " + e.Message);
            }
            Out("not reached");
        }
        finally
        {
            Out("outer finally");
        }
    });

    // The handler runs to its end, whatever its calls could do at another time.
    public static void Woven_HandlerDuringExit() => Goroutine(() =>
    {
        var door = new Chan<int>(1);
        try
        {
            try
            {
                Park();
                Exit();
            }
            finally
            {
                throw new InvalidOperationException("in finally");
            }
        }
        catch (InvalidOperationException e) when (e.Message.Length > 0)
        {
            door.Send(1);
            Sleep(TimeSpan.FromMilliseconds(1));
            try
            {
                Out("caught " + e.Message + door.Receive());
                throw;
            }
            catch (InvalidOperationException again)
            {
                Park();
                Out("and again " + again.Message);
            }
            finally
            {
                Out("not left yet");
            }
        }
        finally
        {
            Out("outer finally");
        }
        Out("not reached");
    });

    // TestPanicAfterGoexit
    public static void PanicDuringExit()
    {
        Go(() =>
        {
            try
            {
                Park();
                Exit();
            }
            finally
            {
                throw new InvalidOperationException("after exit");
            }
        });
        Forever();
    }

    public static void UnderALock() => Goroutine(() =>
    {
        var gate = new object();
        Go(() =>
        {
            lock (gate)
            {
                Sleep(TimeSpan.FromMilliseconds(20));
                Exit();
            }
        });
        Sleep(TimeSpan.FromMilliseconds(5));
        lock (gate)
            Out("free");
    });

    public static void OfTaskWithResult() => Goroutine(() =>
    {
        var task = Run<int>(() =>
        {
            Park();
            Exit();
            return 1;
        });
        try
        {
            Out($"{Await(task)}");
        }
        catch (GoroutineExitedException e)
        {
            Out(e.Message);
        }
    });

    public static void WaitGroupCounts() => Goroutine(() =>
    {
        var wg = new WaitGroup();
        for (var i = 0; i < 100; i++)
            wg.Go(() =>
            {
                Park();
                Exit();
            });
        wg.Wait();
        Out("all done");
    });

    public static void OnAPlainThread()
    {
        var thread = new Thread(() =>
        {
            try
            {
                Exit();
            }
            catch (InvalidOperationException)
            {
                Out("refused");
            }
        });
        thread.Start();
        thread.Join();
    }

    private static IEnumerable Items()
    {
        try
        {
            yield return 1;
            Park();
            yield return 2;
        }
        finally
        {
            Out("iterator disposed");
        }
    }

    public static void InAForeach() => Goroutine(() =>
    {
        foreach (var _ in Items())
        {
            Park();
            Exit();
        }
    });

    // Main ends, the process does not.
    public static void MainExits()
    {
        Go(() =>
        {
            Sleep(TimeSpan.FromMilliseconds(100));
            Out("still here");
            Environment.Exit(9);
        });
        try
        {
            Park();
            Exit();
        }
        finally
        {
            Out("main's finally");
        }
    }

    // Ten thousand exits, each from 20 frames.
    public static void Many() => Goroutine(() =>
    {
        var wg = new WaitGroup();
        var count = 0;
        for (var i = 0; i < 1000; i++)
            wg.Go(() =>
            {
                try
                {
                    Unprotected(20);
                }
                finally
                {
                    Interlocked.Increment(ref count);
                }
            });
        wg.Wait();
        Out($"{count}");
    });
}
