using System.Collections.Concurrent;

namespace Weft.Tests;

/// <summary>The go statement, ids and counts.</summary>
public sealed class GoTests
{
    // The newest goroutine sits in runnext, the others are in the ring in order: what Go prints, too.
    [Fact]
    public void Go_FiveInARowOnOneProcessor_RunLastThenFirstToFourth()
    {
        Assert.SkipWhen(Chaos.On, "chaos yields where it likes");
        using var procs = new Procs(1);
        var order = new List<int>();
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            for (var i = 0; i < 5; i++)
            {
                var mine = i;
                done.Go(() => order.Add(mine));
            }
            done.Wait();
        });
        Assert.Equal([4, 0, 1, 2, 3], order);
    }

    [Fact]
    public void Go_FromAPlainThread_RunsAll()
    {
        var done = new WaitGroup();
        var count = 0;
        for (var i = 0; i < 1000; i++)
            done.Go(() => Interlocked.Increment(ref count));
        Bounded.Wait(Bounded.OnThread(done.Wait));
        Assert.Equal(1000, count);
    }

    [Fact]
    public void Go_WithArgument_EvaluatesItInTheCaller()
    {
        using var procs = new Procs(1);
        var got = new List<int>();
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            for (var i = 0; i < 4; i++)
            {
                done.Add(1);
                Go(v =>
                {
                    got.Add(v);
                    done.Done();
                }, i);
            }
            done.Wait();
        });
        Assert.Equal([0, 1, 2, 3], got.Order());
    }

    [Fact, Row("TestGoNil")]
    public void Go_NullBody_ThrowsInTheCaller()
    {
        Assert.Throws<ArgumentNullException>(() => Go((Action)null!));
        Assert.Throws<ArgumentNullException>(() => Go(null!, 1));
        Assert.Throws<ArgumentNullException>(StartNothing);
    }

    private static void StartNothing() => Run((Action)null!);

    private sealed class Target
    {
        internal readonly Chan<string> Out = new(4);

        internal void Instance() => Out.Send("instance");

        internal static void Static() => s_out.Send("static");
    }

    private static readonly Chan<string> s_out = new(4);

    private abstract class Base
    {
        internal abstract void Virtual();
    }

    private sealed class Derived(Chan<string> chan) : Base
    {
        internal override void Virtual() => chan.Send("virtual");
    }

    private static void Extension(Chan<string> chan) => chan.Send("generic");

    private static Action ClosedOverFirst(Chan<string> chan) => chan.SendGreeting;

    // A delegate's target may be of any kind; where there is no hot variant to find, the plain method runs.
    [Fact]
    public void Go_DelegatesOfEveryKind_Run()
    {
        Bounded.OnGoroutine(() =>
        {
            var chan = new Chan<string>(); // unbuffered: each blocks
            var target = new Target();
            Go(target.Instance);
            Assert.Equal("instance", target.Out.Receive());
            Go(Target.Static);
            Assert.Equal("static", s_out.Receive());
            Base b = new Derived(chan);
            Go(b.Virtual);
            Assert.Equal("virtual", chan.Receive());
            Go(Extension, chan);
            Assert.Equal("generic", chan.Receive());
            Go(ClosedOverFirst(chan));
            Assert.Equal("hello", chan.Receive());
            Action two = () => chan.Send("first");
            two += () => chan.Send("second");
            Go(two);
            Assert.Equal("first", chan.Receive());
            Assert.Equal("second", chan.Receive());
            void Local() => chan.Send("local");
            Go(Local);
            Assert.Equal("local", chan.Receive());
            Go(static () => s_out.Send("static lambda"));
            Assert.Equal("static lambda", s_out.Receive());
        });
    }

    [Fact, Row("TestGetgThreadSwitch")]
    public void Id_ManyGoroutines_IsUniqueAndConstant()
    {
        var ids = new ConcurrentBag<long>();
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            for (var i = 0; i < 1000; i++)
            {
                done.Go(() =>
                {
                    var id = Id;
                    Yield();
                    Assert.Equal(id, Id);
                    ids.Add(id);
                });
            }
            done.Wait();
        });
        Assert.Equal(1000, ids.Distinct().Count());
        Assert.All(ids, id => Assert.True(id > 0));
    }

    [Fact]
    public void Id_OnAPlainThread_IsZero()
    {
        Assert.Equal(0, Id);
        new Chan<int>(1).Send(1); // the thread has used the API now
        Assert.Equal(0, Id);
        Bounded.Wait(Bounded.OnThread(() => Assert.Equal(0, Id)));
        Bounded.Wait(Task.Run(() => Assert.Equal(0, Id)));
    }

    [Fact, Row("TestNumGoroutine")]
    public void NumGoroutine_BlockedOnes_AreCounted()
    {
        var n = Weaving.Scale(10_000, 50);
        using var procs = new Procs(2);
        Bounded.OnGoroutine(() =>
        {
            // A goroutine that an earlier test has left may end meanwhile; then once more.
            var isExact = IsExact();
            for (var attempt = 0; attempt < 4 && !isExact; attempt++)
                isExact = IsExact();
            Assert.True(isExact, "another number of goroutines than there are");

            bool IsExact()
            {
                for (var i = 0; i < 20; i++)
                    Yield(); // lets the goroutines of earlier tests end
                var before = WeftRuntime.NumGoroutine;
                var door = new Chan<int>();
                var done = new WaitGroup();
                for (var i = 0; i < n; i++)
                    done.Go(() => door.Receive());
                var during = WeftRuntime.NumGoroutine;
                door.Close();
                done.Wait();
                for (var i = 0; WeftRuntime.NumGoroutine > before && i < 1000; i++)
                    Sleep(TimeSpan.FromMilliseconds(1)); // Done comes before the end
                return (during, WeftRuntime.NumGoroutine) == (before + n, before);
            }
        });
    }

    [Fact]
    public void Yield_OnAPlainThread_Returns() => Yield();

    // Two goroutines that only yield both get on.
    [Theory, Row("TestYieldProgress"), InlineData(1), InlineData(2)]
    public void Yield_TwoGoroutines_BothProgress(int n)
    {
        using var procs = new Procs(n);
        Bounded.OnGoroutine(() =>
        {
            var turn = 0;
            var done = new WaitGroup();
            for (var me = 0; me < 2; me++)
            {
                var mine = me;
                done.Go(() =>
                {
                    for (var i = 0; i < 500; i++)
                    {
                        while (Volatile.Read(ref turn) % 2 != mine)
                            Yield();
                        Interlocked.Increment(ref turn);
                    }
                });
            }
            done.Wait();
        });
    }

    // The same beneath a plain frame: a pinned goroutine that yields lets the others have the processor.
    [Fact]
    public void Yield_Pinned_LetsOthersRun()
    {
        using var procs = new Procs(1);
        Bounded.OnGoroutine(() =>
        {
            var done = 0;
            Go(() => Volatile.Write(ref done, 1));
            new List<int> { 1 }.ForEach(_ =>
            {
                while (Volatile.Read(ref done) == 0)
                    Yield();
            });
        });
    }

    [Fact]
    public void Go_ManyMoreThanAQueueHolds_AllRun()
    {
        using var procs = new Procs(1);
        var n = 10_000; // the ring holds 256: overflow goes to the global queue
        var order = new List<int>();
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            for (var i = 0; i < n; i++)
            {
                var mine = i;
                done.Go(() => order.Add(mine));
            }
            done.Wait();
        });
        Assert.Equal(n, order.Count);
        Assert.Equal(Enumerable.Range(0, n), order.Order());
    }
}

internal static class GoTestsExtensions
{
    internal static void SendGreeting(this Chan<string> chan) => chan.Send("hello");
}
