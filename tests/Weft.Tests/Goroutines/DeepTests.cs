// Stacks deeper than a thread's, exceptions through frames on the heap, and what frames must let go of.

using System.Runtime.CompilerServices;

namespace Weft.Tests;

/// <summary>Deep stacks; see the file head.</summary>
public sealed class DeepTests
{
    private static long Down(int n, Chan<int> door) => n == 0 ? door.Receive() : 1 + Down(n - 1, door);

    private static long Plain(int n) => n == 0 ? 0 : 1 + Plain(n - 1);

    private static long Even(long n) => n == 0 ? 0 : 1 + Odd(n - 1);

    private static long Odd(long n) => n == 0 ? 0 : 1 + Even(n - 1);

    private sealed class Node(Node? next)
    {
        internal Node? Next { get; } = next;

        internal long Length(List<long> at)
        {
            if (Next is null)
                return 1;
            var rest = Next.Length(at);
            if (rest % 100_000 == 0)
                at.Add(rest);
            return rest + 1;
        }
    }

    [Fact]
    public void Recursion_AMillionDeepAndParkedAtTheBottom_Returns()
    {
        Weaving.Required();
        var door = new Chan<int>();
        var deep = Run(() => Down(1_000_000, door));
        Bounded.Until(() => Waiters.Of(door) == 1, "the bottom is reached");
        Bounded.OnGoroutine(() => door.Send(5));
        Bounded.Wait(deep);
        Assert.Equal(1_000_005, deep.Result);
    }

    [Fact]
    public void Recursion_AMillionDeepWithoutBlocking_Returns()
    {
        Weaving.Required();
        Assert.Equal(1_000_000, Bounded.OnGoroutine(() => Plain(1_000_000)));
    }

    [Fact]
    public void Recursion_MutualAndThroughInstances_Returns()
    {
        Weaving.Required();
        Assert.Equal(1_000_001, Bounded.OnGoroutine(() => Even(1_000_001)));
        Node? list = null;
        for (var i = 0; i < 500_000; i++)
            list = new Node(list);
        var at = new List<long>();
        Assert.Equal(500_000, Bounded.OnGoroutine(() => list!.Length(at)));
        Assert.Equal([100_000, 200_000, 300_000, 400_000], at);
    }

    [Fact]
    public void Recursion_ManyDeepGoroutinesAtOnce_AllReturn()
    {
        Weaving.Required();
        var door = new Chan<int>();
        var total = Bounded.OnGoroutine(() =>
        {
            var sum = 0L;
            var done = new WaitGroup();
            for (var i = 0; i < 20; i++)
            {
                var depth = 20_000 + i;
                done.Go(() =>
                {
                    var reached = Down(depth, door);
                    Interlocked.Add(ref sum, reached);
                });
            }
            for (var i = 0; i < 20; i++)
                door.Send(0);
            done.Wait();
            return sum;
        });
        Assert.Equal(20 * 20_000 + 190, total);
    }

    // A stack that goes up and down across the end of the machine stack moves often; what is on it must be right every time.
    [Fact]
    public void Recursion_UpAndDown_KeepsItsLocals()
    {
        Weaving.Required();
        Assert.Equal((1 << 15) - 1, Bounded.OnGoroutine(() => Plain(200_000) == 200_000 ? Tree(14) : -1));
    }

    private static int Tree(int depth)
    {
        if (depth == 0)
            return 1;
        var before = Plain(500 * (depth % 3));
        var left = Tree(depth - 1);
        var right = Tree(depth - 1);
        return before == 500 * (depth % 3) ? left + right + 1 : -1_000_000;
    }

    // Exceptions.

    private static int Throw(int n, Chan<int> door)
    {
        if (n > 0)
            return 1 + Throw(n - 1, door);
        door.Receive();
        throw new FormatException("from the bottom");
    }

    [Theory, InlineData(1), InlineData(10), InlineData(63), InlineData(64), InlineData(65), InlineData(1000), InlineData(100_000)]
    public void Exception_ThroughCapturedFrames_ReachesTheHandler(int depth)
    {
        if (depth > 1000)
            Weaving.Required();
        Bounded.OnGoroutine(() =>
        {
            var door = new Chan<int>();
            Go(() => door.Send(1));
            var reached = 0;
            try
            {
                reached = Throw(depth, door);
            }
            catch (FormatException e)
            {
                Assert.Equal("from the bottom", e.Message);
                Assert.Contains(nameof(Throw), e.StackTrace);
                reached = -1;
            }
            Assert.Equal(-1, reached);
        });
    }

    private static int ThrowThroughFinally(int n, Chan<int> door, List<int> log)
    {
        try
        {
            if (n == 0)
            {
                door.Receive();
                throw new FormatException();
            }
            return 1 + ThrowThroughFinally(n - 1, door, log);
        }
        finally
        {
            log.Add(n);
        }
    }

    [Fact]
    public void Exception_ThroughFinally_RunsEachOnceInOrder()
    {
        Bounded.OnGoroutine(() =>
        {
            var door = new Chan<int>();
            Go(() => door.Send(1));
            var log = new List<int>();
            Assert.Throws<FormatException>(() => { ThrowThroughFinally(200, door, log); });
            Assert.Equal(Enumerable.Range(0, 201), log);
        });
    }

    [Fact]
    public void Finally_TheGoroutineParksInTheTry_RunsOnceAndAtTheEnd()
    {
        Bounded.OnGoroutine(() =>
        {
            var door = new Chan<int>();
            var log = new List<string>(); // the other's, until it is done
            var isOver = false;
            var done = new WaitGroup();
            done.Go(() =>
            {
                try
                {
                    for (var i = 0; i < 3; i++)
                        log.Add("got " + door.Receive());
                }
                finally
                {
                    Volatile.Write(ref isOver, true);
                    log.Add("finally");
                }
            });
            for (var i = 0; i < 3; i++)
            {
                Yield();
                Assert.False(Volatile.Read(ref isOver));
                door.Send(i);
            }
            done.Wait();
            Assert.Equal(["got 0", "got 1", "got 2", "finally"], log);
        });
    }

    private static int Rethrow(int n, Chan<int> door)
    {
        try
        {
            return n == 0 ? Throw(0, door) : 1 + Rethrow(n - 1, door);
        }
        catch (FormatException) when (n % 2 == 0)
        {
            Yield(); // inside a handler it stays plain
            throw;
        }
    }

    [Fact]
    public void Exception_RethrownInFrames_IsTheSame()
    {
        Bounded.OnGoroutine(() =>
        {
            var door = new Chan<int>();
            Go(() => door.Send(1));
            var e = Assert.Throws<FormatException>(() => { Rethrow(50, door); });
            Assert.Contains(nameof(Rethrow), e.StackTrace);
        });
    }

    // An exception that was caught does not come back, and a second one is not taken for it.
    [Fact]
    public void Exception_CaughtThenAnother_AreKeptApart()
    {
        Bounded.OnGoroutine(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                var door = new Chan<int>();
                Go(() => door.Send(1));
                var e = Assert.Throws<FormatException>(() => { Throw(5, door); });
                Assert.Equal("from the bottom", e.Message);
                Go(() => door.Send(7));
                Assert.Equal(17, Down(10, door));
                var closed = new Chan<int>();
                Go(closed.Close);
                Assert.Throws<ChanClosedException>(() => SendDeep(4, closed));
            }
        });
    }

    private static void SendDeep(int n, Chan<int> chan)
    {
        if (n == 0)
            chan.Send(1);
        else
            SendDeep(n - 1, chan);
        GC.KeepAlive(chan);
    }

    // What frames let go of.

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object Tracked(WeakReference weak)
    {
        var o = new byte[1000];
        weak.Target = o;
        return o;
    }

    private static void UsesThenForgets(WeakReference weak, Chan<int> first, Chan<int> second)
    {
        var big = Tracked(weak);
        first.Receive();
        GC.KeepAlive(big); // its last use
        second.Receive();
    }

    [Fact]
    public void Frame_LocalNotUsedAnyMore_DoesNotKeepItAlive()
    {
        Weaving.Required();
        var weak = new WeakReference(null);
        var (first, second) = (new Chan<int>(), new Chan<int>());
        var task = Run(() => UsesThenForgets(weak, first, second));
        Bounded.Until(() => Waiters.Of(first) == 1, "it parks");
        Collect();
        Assert.True(weak.IsAlive);
        Bounded.OnGoroutine(() => first.Send(1));
        Bounded.Until(() => Waiters.Of(second) == 1, "it parks again");
        Bounded.Until(() => { Collect(); return !weak.IsAlive; }, "the local is collected", 5);
        Bounded.OnGoroutine(() => second.Send(1));
        Bounded.Wait(task);
    }

    private static void RunsAfterTheResume(WeakReference weak, Chan<int> door, Chan<int> second)
    {
        ParksWith(Tracked(weak), door);
        second.Receive();
    }

    private static void ParksWith(object big, Chan<int> door)
    {
        door.Receive();
        GC.KeepAlive(big);
    }

    // The frame of a call that has returned is gone, and so is what it held.
    [Fact]
    public void Frame_CallHasReturned_DoesNotKeepItsArgumentAlive()
    {
        Weaving.Required();
        var weak = new WeakReference(null);
        var (first, second) = (new Chan<int>(), new Chan<int>());
        var task = Run(() => RunsAfterTheResume(weak, first, second));
        Bounded.Until(() => Waiters.Of(first) == 1, "it parks");
        Collect();
        Assert.True(weak.IsAlive);
        Bounded.OnGoroutine(() => first.Send(1));
        Bounded.Until(() => Waiters.Of(second) == 1, "it parks again");
        Bounded.Until(() => { Collect(); return !weak.IsAlive; }, "the argument is collected", 5);
        Bounded.OnGoroutine(() => second.Send(1));
        Bounded.Wait(task);
    }

    // The record of an ended goroutine is kept for ever: its frames must not be, however deep it was.
    [Fact]
    public void Frames_GoroutineHasEnded_AreCollected()
    {
        Weaving.Required();
        var weak = ParkDeepAndEnd();
        Bounded.Until(() => { Collect(); return weak.All(w => !w.IsAlive); }, "the frames are collected", 5);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> ParkDeepAndEnd()
    {
        var door = new Chan<int>();
        var goid = 0L;
        var task = Run(() =>
        {
            goid = Id;
            return Down(1000, door);
        });
        Bounded.Until(() => Waiters.Of(door) == 1, "the bottom is reached");
        Bounded.Until(() => FramesOf(goid).Count > 1000, "it has left its stack");
        var weak = FramesOf(goid);
        Bounded.OnGoroutine(() => door.Send(1));
        Bounded.Wait(task);
        return weak;
    }

    [NotWoven, MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> FramesOf(long goid)
    {
        var g = Proc.AllGs().Single(g => g.goid == goid && g.Status != GStatus.Dead);
        var weak = new List<WeakReference>();
        for (var f = g.frames; f is not null; f = f.parent)
            if (f is not Sudog and not GoexitFrame) // these are kept on purpose: a part of the G, and a constant
                weak.Add(new WeakReference(f));
        return weak;
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    // A million goroutines, parked, and all released.
    [Fact]
    public void Million_ParkedAndReleased_AllEnd()
    {
        Weaving.Required();
        const int Count = 1_000_000;
        var door = new Chan<int>();
        var done = new WaitGroup();
        done.Add(Count);
        var sum = 0L;
        Action wait = () =>
        {
            var v = door.Receive();
            Interlocked.Add(ref sum, v);
            done.Done();
        };
        Bounded.OnGoroutine(() =>
        {
            for (var i = 0; i < Count; i++)
                Go(wait);
            for (var i = 0; i < Count; i++)
                door.Send(1);
            done.Wait();
        }, 60);
        Assert.Equal(Count, sum);
    }
}
