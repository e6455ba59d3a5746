// The other rows of test/ and test/fixedbugs that mean something here: go statements, deep stacks, finally blocks, collections. What is said
// about them at more length elsewhere is in the table of docs/conformance-channels.md.

using System.Runtime.CompilerServices;

namespace Weft.Tests;

/// <summary>See the file head.</summary>
public sealed class GoRowsTests
{
    private static int s_initialised;

    // init1.go: goroutines and collections while the program is being initialised.
    private static class Initialised
    {
        internal static readonly int Sum = Make();

        private static int Make()
        {
            var chan = new Chan<int>();
            Go(() =>
            {
                for (var i = 1; i <= 10; i++)
                {
                    GC.Collect(0);
                    chan.Send(i);
                }
                chan.Close();
            });
            var sum = 0;
            foreach (var v in chan)
                sum += v;
            Interlocked.Increment(ref s_initialised);
            return sum;
        }
    }

    [Fact]
    public void Init1()
    {
        Assert.Equal(55, Bounded.OnGoroutine(() => Initialised.Sum));
        Assert.Equal(1, s_initialised);
    }

    // goprint.go, deferprint.go: a method of the class library as the function of a go statement, and of a deferred call.
    [Fact]
    public void Goprint()
    {
        var lines = new System.Collections.Concurrent.ConcurrentQueue<string>();
        Bounded.OnGoroutine(() =>
        {
            Go(lines.Enqueue, "printed by go");
            while (lines.IsEmpty)
                Yield();
            try
            {
                Yield();
            }
            finally
            {
                lines.Enqueue("deferred");
            }
        });
        Assert.Equal(["printed by go", "deferred"], lines);
    }

    // defernil.go: a deferred call of nothing throws when it is run, not before.
    [Fact]
    public void Defernil()
    {
        var ran = false;
        Bounded.OnGoroutine(() => Assert.Throws<NullReferenceException>(() =>
        {
            Action? nothing = null;
            try
            {
                Yield();
                ran = true;
            }
            finally
            {
                nothing!();
            }
        }));
        Assert.True(ran);
    }

    // stack.go: go statements, deferred calls and closures at many depths, around the places where the stack is moved.
    [Fact]
    public void Stack()
    {
        Weaving.Required();
        Bounded.OnGoroutine(() =>
        {
            var chan = new Chan<int>();
            var deferred = 0;
            int Recurse(int n, bool nests, Func<int, int> f)
            {
                try
                {
                    if (n % 1000 == 0)
                    {
                        Go(() => chan.Send(n));
                        Assert.Equal(n, chan.Receive());
                    }
                    var above = n == 0 ? 0 : Recurse(n - 1, nests, nests ? x => f(x) + n : f);
                    return above + f(1) - f(0);
                }
                finally
                {
                    deferred++;
                }
            }
            // The closures are nested as deep as the calls.
            Assert.Equal(301, Recurse(300, true, x => x));
            var total = 0;
            for (var depth = 1000; depth <= 64_000; depth *= 4)
                total += Recurse(depth, false, x => 0);
            Assert.Equal(0, total);
            Assert.Equal(301 + 1001 + 4001 + 16_001 + 64_001, deferred);
        }, 60);
    }

    // gcgort.go: many goroutines change values of every kind while the collector runs.
    [Fact]
    public void Gcgort() => Bounded.OnGoroutine(() =>
    {
        var stop = new Chan<bool>();
        var all = new WaitGroup();
        var chan = new Chan<object>(3);
        for (var i = 0; i < 16; i++)
        {
            var mine = i;
            all.Go(() =>
            {
                var map = new Dictionary<string, int[]>();
                var text = "";
                (object, string, int[]) mixed = default;
                var end = stop.OnReceive();
                for (var n = 0; Select.TryWait(end) < 0; n++)
                {
                    text = n % 100 == 0 ? "" : text + (char)('a' + mine);
                    mixed = (n, text, [n, mine]);
                    map[text] = mixed.Item3;
                    if (!chan.TrySend(mixed) && chan.TryReceive(out var other))
                        mixed = ((object, string, int[]))other;
                    Assert.Equal((int)mixed.Item1, mixed.Item3[0]);
                    Yield();
                }
            });
        }
        for (var i = 0; i < 20; i++)
        {
            GC.Collect(i % 3);
            Yield();
        }
        stop.Close();
        all.Wait();
    });

    // recover.go and its like: what is caught in a finally block stays there; what leaves one replaces what was on its way.
    [Fact]
    public void Recover() => Bounded.OnGoroutine(() =>
    {
        var log = "";
        void Deferred()
        {
            try
            {
                throw new InvalidTimeZoneException("inner");
            }
            catch (InvalidTimeZoneException)
            {
                log += "recovered inner ";
            }
        }
        try
        {
            try
            {
                Yield();
                throw new InvalidOperationException("outer");
            }
            finally
            {
                Deferred();
            }
        }
        catch (InvalidOperationException e)
        {
            log += $"recovered {e.Message} ";
        }
        void Replaced()
        {
            try
            {
                Yield();
                throw new InvalidOperationException("lost");
            }
            finally
            {
                Throw();
            }
        }
        static void Throw() => throw new InvalidTimeZoneException();
        Assert.Throws<InvalidTimeZoneException>(Replaced);
        Assert.Equal("recovered inner recovered outer ", log);
    });

    // ---- test/fixedbugs ----

    // The channel variables of a select may be changed by what a later case evaluates: the first value counts.
    [Fact]
    public void Issue43111() => Bounded.OnGoroutine(() =>
    {
        Chan<int> a = new(1), b = new(1);
        var chan = a;
        int Change()
        {
            chan = b;
            return 1;
        }
        a.Send(7);
        var on = chan.OnReceive();
        Assert.Equal(0, Select.WaitOrdered(on, Chan<int>.Nil.OnSend(Change())));
        Assert.Equal((7, 0), (on.Value, b.Count));
        a.Send(8);
        chan = a;
        Assert.Equal(1, Select.Wait(Chan<int>.Nil.OnSend(Change()), chan.OnSend(9)));
        Assert.Equal((1, 1), (a.Count, b.Count));
    });

    // A receive inside of a deferred call.
    [Fact]
    public void Issue8039() => Bounded.OnGoroutine(() =>
    {
        var chan = new Chan<int>();
        var got = 0;
        Go(() => chan.Send(5));
        try
        {
            Yield();
        }
        finally
        {
            got = chan.Receive();
        }
        Assert.Equal(5, got);
    });

    // Goexit inside a deferred function, after a recover.
    [Fact]
    public void Issue8158()
    {
        var log = new List<string>();
        var task = Run(() =>
        {
            try
            {
                try
                {
                    throw new InvalidOperationException();
                }
                catch (InvalidOperationException)
                {
                    log.Add("recovered");
                }
                finally
                {
                    Exit();
                }
            }
            finally
            {
                log.Add("outer");
            }
        });
        Assert.Throws<GoroutineExitedException>(() => Bounded.Wait(task));
        Assert.Equal(["recovered", "outer"], log);
    }

    // Dumps from many goroutines at once, of each other.
    [Fact]
    public void Issue9321() => Bounded.OnGoroutine(() =>
    {
        var all = new WaitGroup();
        for (var i = 0; i < 8; i++)
        {
            all.Go(() =>
            {
                for (var n = 0; n < 20; n++)
                {
                    var text = new StringWriter();
                    WeftRuntime.Dump(text);
                    Assert.Contains("goroutine ", text.ToString());
                    Yield();
                }
            });
        }
        all.Wait();
    }, 60);

    // A goroutine that exits with a deep stack while the collector runs.
    [Fact]
    public void Issue11256()
    {
        Weaving.Required();
        void Down(int n)
        {
            if (n > 0)
            {
                Down(n - 1);
                return;
            }
            Yield();
            Exit();
        }
        var tasks = Enumerable.Range(0, 8).Select(_ => Run(() => Down(20_000))).ToList();
        for (var i = 0; i < 5; i++)
            GC.Collect();
        foreach (var task in tasks)
            Assert.Throws<GoroutineExitedException>(() => Bounded.Wait(task));
    }

    // Channel traffic between goroutines that need much stack: every value comes whole.
    [Fact]
    public void Issue13169() => Bounded.OnGoroutine(() =>
    {
        var depth = Weaving.Scale(3000, 100);
        var chan = new Chan<long[]>();
        long Deep(int n, long[] v) => n == 0 ? v.Sum() : Deep(n - 1, v) + (n & 1) - (n & 1);
        Go(() =>
        {
            for (var i = 0; i < 200; i++)
            {
                long[] v = [i, i * 2, i * 3];
                Assert.Equal(i * 6, Deep(depth, v));
                chan.Send(v);
            }
            chan.Close();
        });
        var expected = 0;
        foreach (var v in chan)
            Assert.Equal(expected++ * 6, Deep(depth, v));
        Assert.Equal(200, expected);
    });

    // References are written whole: a reader sees one that was written, never a mixture.
    [Fact]
    public void Issue13160()
    {
        using var procs = new Procs(2);
        Bounded.OnGoroutine(() =>
        {
            var shared = new StrongBox<string?>();
            var all = new WaitGroup();
            string[] values = [new('a', 10), new('b', 10)];
            for (var w = 0; w < 2; w++)
            {
                var mine = w;
                all.Go(() =>
                {
                    for (var i = 0; i < 50_000; i++)
                        Volatile.Write(ref shared.Value, i % 2 == 0 ? values[mine] : null);
                });
                all.Go(() =>
                {
                    for (var i = 0; i < 50_000; i++)
                        if (Volatile.Read(ref shared.Value) is { } v && v != values[0] && v != values[1])
                            Assert.Fail(v);
                });
            }
            all.Wait();
        });
    }

    // A loop that only adds atomically does not starve who waits for it.
    [Fact]
    public void Issue19182() => Bounded.OnGoroutine(() =>
    {
        var count = 0L;
        var stop = 0;
        Go(() =>
        {
            while (Volatile.Read(ref stop) == 0)
                Interlocked.Add(ref count, 1);
        });
        while (Interlocked.Read(ref count) < 100)
            Sleep(TimeSpan.FromMilliseconds(1));
        Volatile.Write(ref stop, 1);
    });

    // A value in a buffer lives until it is received; a variable that held it does not keep it.
    [Fact]
    public void Issue15281() => Bounded.OnGoroutine(() =>
    {
        var chan = new Chan<object>(1);
        var weak = Put(chan);
        GC.Collect();
        Assert.True(weak.IsAlive);
        Take(chan);
        for (var i = 0; i < 10 && weak.IsAlive; i++)
        {
            GC.Collect();
            Sleep(TimeSpan.FromMilliseconds(5));
        }
        Assert.False(weak.IsAlive);
        GC.KeepAlive(chan);
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Put(Chan<object> chan)
    {
        var o = new object();
        chan.Send(o);
        return new WeakReference(o);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Take(Chan<object> chan) => chan.Receive();

    // Callbacks made through reflection, in goroutines.
    [Fact]
    public void Issue39541() => Bounded.OnGoroutine(() =>
    {
        var chan = new Chan<int>();
        Func<int, int> callback = n =>
        {
            chan.Send(n);
            return n * 2;
        };
        var results = new Chan<int>(10);
        for (var i = 0; i < 10; i++)
        {
            var n = i;
            Go(() => results.Send((int)callback.DynamicInvoke(n)!));
        }
        Assert.Equal(45, Enumerable.Range(0, 10).Sum(_ => chan.Receive()));
        Assert.Equal(90, Enumerable.Range(0, 10).Sum(_ => results.Receive()));
    });

    // A received value is converted to an interface on the way.
    [Fact]
    public void Issue43292() => Bounded.OnGoroutine(() =>
    {
        var chan = new Chan<Guid>(2);
        var id = Guid.NewGuid();
        chan.Send(id);
        IFormattable value = chan.Receive();
        Assert.Equal(id.ToString(), value.ToString("D", null));
        chan.Send(id);
        var on = chan.OnReceive();
        Select.Wait(on);
        Assert.Equal(id, (object)on.Value);
    });
}
