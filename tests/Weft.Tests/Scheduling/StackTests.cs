// The rows of Go's stack_test.go, gc_test.go and of its traceback tests that have no other test; see docs/conformance-runtime.md.

using System.Runtime.CompilerServices;

namespace Weft.Tests;

/// <summary>Growing stacks, and stacks as text, by the rows of go-runtime's 7.5.</summary>
public sealed class StackTests
{
    [InlineArray(128)]
    private struct Kilobyte
    {
        private long _first;
    }

    private static long DownWith(int n, Chan<int> door)
    {
        var room = new Kilobyte();
        room[n % 128] = n;
        var below = n == 0 ? door.Receive() : DownWith(n - 1, door);
        return below + room[n % 128];
    }

    // Batches of goroutines, each 128 frames of a kilobyte deep when it parks: what a batch took is free again for the next one.
    [Fact, Row("TestStackMem")]
    public void TestStackMem()
    {
        Weaving.Required();
        const int Batches = 256, Size = 32, Depth = 128;
        var most = 0L;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Bounded.OnGoroutine(() =>
        {
            for (var batch = 0; batch < Batches; batch++)
            {
                var door = new Chan<int>();
                var sums = new long[Size];
                var done = new WaitGroup();
                for (var i = 0; i < Size; i++)
                {
                    var mine = i;
                    done.Go(() => sums[mine] = DownWith(Depth, door));
                }
                for (var i = 0; i < 20 && batch % 64 == 0; i++)
                    Yield(); // so that all are down
                if (batch % 64 == 0)
                    most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
                for (var i = 0; i < Size; i++)
                    door.Send(1);
                done.Wait();
                Assert.All(sums, s => Assert.Equal(Depth * (Depth + 1) / 2 + 1, s));
            }
        });
        const long Megabyte = 1 << 20;
        Assert.True(most - before < 10 * Size * Depth * 1024, $"{most - before} bytes with one batch of {Size * Depth} KB");
        var after = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(after <= 4 * Megabyte, $"{after} bytes were kept");
    }

    private static int Down(int n) => n == 0 ? 0 : 1 + Down(n - 1);

    private sealed class Finalizable(Chan<int> result)
    {
        // Finalizers run on a thread of .NET's, whose stack does not grow: a goroutine's does.
        ~Finalizable() => Go(() => result.Send(Down(300_000)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Abandon(Chan<int> result) => _ = new Finalizable(result);

    [Fact, Row("TestStackGrowth")]
    public void TestStackGrowth()
    {
        Weaving.Required();
        Assert.Equal(300_000, Bounded.OnGoroutine(() => Down(300_000)));
        Assert.Equal(300_000, Bounded.OnGoroutine(() =>
        {
            LockOSThread();
            var thread = Environment.CurrentManagedThreadId;
            var reached = Down(300_000);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            UnlockOSThread();
            return reached;
        }));
        var result = new Chan<int>();
        Abandon(result);
        GC.Collect();
        Assert.Equal(300_000, Bounded.OnGoroutine(() => result.Receive()));
    }

    private interface IStep
    {
        int Step(int n);
    }

    private sealed class Stepper : IStep
    {
        public int Step(int n) => n == 0 ? 0 : 1 + Next(this, n - 1);

        private static int Next(IStep s, int n) => s.Step(n);
    }

    private static int ByDelegate(Func<int, int> step, int n) => n == 0 ? 0 : 1 + step(n - 1);

    private static T ByGeneric<T>(T value, int n) => n == 0 ? value : Same(ByGeneric(value, n - 1));

    private static T Same<T>(T value) => value;

    private static IEnumerable<int> Items(int n)
    {
        if (n > 0)
        {
            foreach (var i in Items(n - 1))
                yield return i;
        }
        yield return n;
    }

    // However the calls are made, the stack grows beneath them.
    [Fact, Row("TestStackGrowthCallback")]
    public void TestStackGrowthCallback()
    {
        Weaving.Required();
        Bounded.OnGoroutine(() =>
        {
            Assert.Equal(200_000, new Stepper().Step(200_000));
            Func<int, int> step = null!;
            step = n => ByDelegate(step, n);
            Assert.Equal(200_000, step(200_000));
            Assert.Equal("x", ByGeneric("x", 200_000));
            Assert.Equal(7, ByGeneric(7, 200_000));
            var door = new Chan<int>();
            Go(() => door.Send(Down(200_000)));
            Assert.Equal(200_000, door.Receive());
        });
        // Beneath plain frames nothing can be moved: there is the thread's stack, and no more.
        Assert.Equal(301, Bounded.OnGoroutine(() => Items(300).Count()));
        Assert.Equal(2000, Bounded.OnGoroutine(() => new List<int> { 2000 }.ConvertAll(Down)[0]));
    }

    // Stacks of different depths come and go in parallel; each time the values on them are right.
    [Fact, Row("TestStackCache")]
    public void TestStackCache()
    {
        const int Rounds = 4, Goroutines = 200;
        Bounded.OnGoroutine(() =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                var (door, right) = (new Chan<int>(), 0);
                var done = new WaitGroup();
                for (var i = 0; i < Weaving.Scale(Goroutines, 20); i++)
                {
                    var depth = (i * 37 + round) % 50;
                    done.Go(() =>
                    {
                        if (DownWith(depth, door) == depth * (depth + 1) / 2 + 1)
                            Interlocked.Increment(ref right);
                    });
                }
                for (var i = 0; i < Weaving.Scale(Goroutines, 20); i++)
                    door.Send(1);
                done.Wait();
                Assert.Equal(Weaving.Scale(Goroutines, 20), right);
            }
        });
    }

    private static int WriteAt(int n)
    {
        if (n % 1000 == 0 && WeftRuntime.Write(1, ""u8) != 0)
            return -1_000_000;
        return n == 0 ? 0 : 1 + WriteAt(n - 1);
    }

    // The last-resort output is a call of the system that wants room, and gets it however much of its stack a goroutine has used.
    [Fact]
    public void Write_AtAnyDepth_Works()
    {
        Weaving.Required();
        Assert.Equal(300_000, Bounded.OnGoroutine(() => WriteAt(300_000)));
    }

    private static string Dump()
    {
        var w = new StringWriter();
        WeftRuntime.Dump(w);
        return w.ToString();
    }

    [Fact, Row("TestStackOutput", "TestStackAllOutput")]
    public void TestStackOutput()
    {
        Bounded.OnGoroutine(() =>
        {
            var text = Dump();
            Assert.StartsWith("\ngoroutine ", text);
            Assert.Contains($"\ngoroutine {Id} [running]:\n", text);
        });
    }

    // A dump that fails in the middle harms nobody, and the next one is whole.
    [Fact, Row("TestStackPanic")]
    public void TestStackPanic()
    {
        Bounded.OnGoroutine(() =>
        {
            try
            {
                WeftRuntime.Dump(new FullWriter());
                Assert.Fail("it throws");
            }
            catch (IOException)
            {
                Yield();
                Assert.Contains($"\ngoroutine {Id} [", Dump());
            }
        });
    }

    private sealed class FullWriter : StringWriter
    {
        public override void Write(ReadOnlySpan<char> buffer) => throw new IOException("full");

        public override void Write(char value) => throw new IOException("full");
    }

    // Of a deep stack the innermost and the outermost fifty are shown, and how many lie between them.
    [Fact, Row("TestTracebackElision")]
    public void TestTracebackElision()
    {
        Weaving.Required();
        var others = -1; // the lambda, and what started it
        foreach (var depth in new[] { 40, 96, 97, 98, 99, 100, 101, 250 })
        {
            var door = new Chan<int>();
            var id = 0L;
            var deep = Run(() =>
            {
                id = Id;
                return DownWith(depth, door);
            });
            Bounded.Until(() => Waiters.Of(door) == 1 && Proc.AllGs().Any(g => g.goid == id && g.Status == GStatus.Waiting), "it is parked");
            var lines = Dump().Split("\n\n").Single(g => g.TrimStart('\n').StartsWith($"goroutine {id} [", StringComparison.Ordinal)).Split('\n');
            Bounded.OnGoroutine(() => door.Send(1));
            Bounded.Wait(deep);

            var shown = lines.Count(l => l.EndsWith(')') && l[0] != '\t');
            var elided = lines.SingleOrDefault(l => l.EndsWith(" frames elided...", StringComparison.Ordinal));
            if (others < 0)
                others = shown - (depth + 1);
            var total = depth + 1 + others;
            Assert.Equal(Math.Min(total, 100), shown);
            Assert.Equal(total > 100 ? $"...{total - 100} frames elided..." : null, elided);
        }
    }

    // A million activations are a list of a million objects: a collection goes through it without one of its own for each.
    [Fact, Row("TestGcDeepNesting")]
    public void TestGcDeepNesting()
    {
        Weaving.Required();
        Bounded.OnGoroutine(() =>
        {
            var door = new Chan<int>();
            var deep = Run(() => Parked(1_000_000, door));
            door.Send(1);
            Assert.Equal(1_000_001, Await(deep));
        }, 60);
    }

    private static int Parked(int n, Chan<int> door)
    {
        if (n > 0)
            return 1 + Parked(n - 1, door);
        var v = door.Receive();
        GC.Collect();
        GC.Collect();
        return v;
    }
}
