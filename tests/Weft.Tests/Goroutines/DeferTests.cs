// Go's defer, panic and recover are try, finally and catch here: they must survive that the stack beneath them is moved, at any depth.

using System.Runtime.CompilerServices;

namespace Weft.Tests;

/// <summary>Finally and catch over moved stacks, by the rows of go-runtime's 7.5.</summary>
public sealed class DeferTests
{
    private static int Down(int n) => n == 0 ? 0 : 1 + Down(n - 1);

    // The finally block writes to a variable of its caller, which has been moved twice since the try was entered.
    private static void SetLater(ref int to, int value, bool fail)
    {
        try
        {
            Yield();
            Down(100_000);
            Yield();
            if (fail)
                throw new FormatException();
        }
        finally
        {
            to += value;
        }
    }

    private static int SumOf(int n, bool fail)
    {
        if (n == 0)
            return 0;
        var mine = 0;
        try
        {
            SetLater(ref mine, n, fail);
        }
        catch (FormatException)
        {
            mine += 1000;
        }
        return mine + SumOf(n - 1, fail);
    }

    [Theory, InlineData(false), InlineData(true), Row("TestDeferPtrs", "TestDeferPtrsPanic")]
    public void TestDeferPtrs(bool fail)
    {
        Weaving.Required();
        Assert.Equal(55 + (fail ? 10_000 : 0), Bounded.OnGoroutine(() => SumOf(10, fail)));
    }

    [Fact, Row("TestDeferPtrsGoexit")]
    public void TestDeferPtrsGoexit()
    {
        Weaving.Required();
        var seen = 0;
        var task = Run(() => ExitBelow(out seen));
        Assert.Throws<GoroutineExitedException>(() => Bounded.Wait(task));
        Assert.Equal(42, seen);
    }

    private static void ExitBelow(out int seen)
    {
        var mine = 40;
        try
        {
            Grow(ref mine);
            seen = -1;
        }
        finally
        {
            seen = mine;
        }
    }

    private static void Grow(ref int value)
    {
        value++;
        Down(100_000);
        Yield();
        try
        {
            Exit();
        }
        finally
        {
            value++;
        }
    }

    // A finally block that an exit runs is run to its end, whatever handlers and tries there are in it; all of them can suspend.
    [Fact]
    public void Exit_FinallyWithHandlersOfItsOwn_RunsToItsEnd()
    {
        var log = "";
        Assert.Throws<GoroutineExitedException>(() => Bounded.Wait(Run(() =>
        {
            try
            {
                Exit();
            }
            finally
            {
                try
                {
                    throw new FormatException("a");
                }
                catch (FormatException e)
                {
                    Yield();
                    log += e.Message;
                }
                try
                {
                    Yield();
                    log += "b";
                }
                finally
                {
                    Yield();
                    log += "c";
                }
                log += "d";
            }
        })));
        Assert.Equal("abcd", log);
    }

    // A plain method stops the exit with a catch, and nothing hot comes between it and the end of the goroutine.
    [Fact]
    public void Exit_CaughtByPlainCode_EndsTheGoroutine()
    {
        var caught = 0;
        Assert.Throws<GoroutineExitedException>(() => Bounded.Wait(Run(() => Swallow(ref caught))));
        for (var i = 0; i < 10; i++)
            Go(() => Swallow(ref caught));
        Bounded.Until(() => Volatile.Read(ref caught) == 11, "all have stopped their exit");
        Assert.Equal(2, Bounded.OnGoroutine(() => 2));
    }

    [Weft.Runtime.NotWoven]
    private static void Swallow(ref int caught)
    {
        try
        {
            Exit();
        }
        catch (Exception)
        {
            Interlocked.Increment(ref caught);
        }
    }

    // An exception whose handlers use more stack than the code that threw it.
    private static int ThrowAndUse(int n)
    {
        if (n == 0)
            throw new FormatException("bottom");
        try
        {
            Yield();
            return ThrowAndUse(n - 1);
        }
        catch (FormatException e)
        {
            if (Down(500) != 500)
                throw new InvalidOperationException();
            throw new FormatException(e.Message + n);
        }
    }

    [Fact, Row("TestPanicUseStack")]
    public void TestPanicUseStack()
    {
        Assert.Equal("bottom12345", Bounded.OnGoroutine(() =>
        {
            try
            {
                return $"{ThrowAndUse(5)}";
            }
            catch (FormatException e)
            {
                return Down(1000) == 1000 ? e.Message : "";
            }
        }));
    }

    private static int ThrowFar(int n)
    {
        if (n % 10_000 == 0)
            Yield();
        if (n == 0)
            throw new FormatException("far");
        return 1 + ThrowFar(n - 1);
    }

    // Thrown a hundred thousand frames down, most of them on the heap; what is done after the handler runs on a stack that is free again.
    [Fact, Row("TestPanicFar")]
    public void TestPanicFar()
    {
        Weaving.Required();
        Assert.Equal("far 100000", Bounded.OnGoroutine(() =>
        {
            var message = "";
            try
            {
                ThrowFar(100_000);
            }
            catch (FormatException e)
            {
                message = e.Message;
            }
            return $"{message} {Down(100_000)}";
        }));
    }

    private sealed class Node
    {
        internal int Value { get; } = 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Leaf(Node? n) => n!.Value; // a fault of the machine, without a prologue

    private static int BesideALeaf(Node? n, ref string log)
    {
        try
        {
            Yield();
            return Leaf(n);
        }
        finally
        {
            log += "finally ";
        }
    }

    [Fact, Row("TestDeferLeafSigpanic")]
    public void TestDeferLeafSigpanic()
    {
        Bounded.OnGoroutine(() =>
        {
            var log = "";
            try
            {
                BesideALeaf(null, ref log);
            }
            catch (NullReferenceException e)
            {
                Assert.Contains(nameof(Leaf), e.StackTrace);
                Assert.Contains(nameof(BesideALeaf), e.StackTrace);
                log += "caught";
            }
            Assert.Equal("finally caught", log);
        });
    }

    private static void Nest(int depth, int calls, int[] counts)
    {
        for (var i = 0; i < calls; i++)
        {
            try
            {
                try
                {
                    counts[0]++;
                    if (depth > 0)
                        Nest(depth - 1, calls, counts);
                    Yield();
                    if ((depth + i) % 3 == 0)
                        throw new FormatException();
                }
                finally
                {
                    counts[1]++;
                }
            }
            catch (FormatException)
            {
                counts[2]++;
            }
            finally
            {
                counts[3]++;
            }
        }
    }

    // Many goroutines with nested regions, which suspend inside, in loops and by recursion: each block runs as often as it is entered.
    [Fact, Row("TestDeferHeapAndStack")]
    public void TestDeferHeapAndStack()
    {
        var wrong = 0;
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            for (var i = 0; i < 20; i++)
            {
                done.Go(() =>
                {
                    var counts = new int[4];
                    Nest(3, 3, counts);
                    if (counts[0] != 120 || counts[1] != 120 || counts[2] != 40 || counts[3] != 120)
                        Interlocked.Increment(ref wrong);
                });
            }
            done.Wait();
        });
        Assert.Equal(0, wrong);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte[] Tracked(List<WeakReference> all)
    {
        var o = new byte[100];
        o[0] = 1;
        all.Add(new WeakReference(o));
        return o;
    }

    private static int UsesInFinally(List<WeakReference> all, Chan<int> door)
    {
        var o = Tracked(all);
        var got = 0;
        try
        {
            got = door.Receive();
        }
        finally
        {
            got += o[0];
        }
        return got;
    }

    // What only a finally block still needs is kept until it has run, through any number of collections.
    [Fact, Row("TestDeferLiveness")]
    public void TestDeferLiveness()
    {
        var door = new Chan<int>();
        var all = new List<WeakReference>();
        var task = Run(() => UsesInFinally(all, door));
        Bounded.Until(() => Waiters.Of(door) == 1, "it blocks");
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.True(all[0].IsAlive);
        Bounded.OnGoroutine(() => door.Send(1));
        Bounded.Wait(task);
        Assert.Equal(2, task.Result);
    }
}
