using System.Globalization;
using Weft.Testing;

namespace Weft.Tests;

/// <summary>The execution context: it flows into a goroutine, stays with it from thread to thread, and reaches nobody else.</summary>
public sealed class ContextTests
{
    private static readonly AsyncLocal<string?> s_name = new();

    [Fact]
    public void Go_CallerHasAValue_FlowsIn()
    {
        Bounded.OnGoroutine(() =>
        {
            s_name.Value = "outer";
            var chan = new Chan<string?>();
            Go(() => chan.Send(s_name.Value));
            Assert.Equal("outer", chan.Receive());
            Assert.Equal("outer", s_name.Value);
        });
        s_name.Value = "thread";
        Assert.Equal("thread", Bounded.OnGoroutine(() => s_name.Value));
        s_name.Value = null;
        Assert.Null(Bounded.OnGoroutine(() => s_name.Value));
    }

    // Property: a timer's function has the context of who made the timer.
    // Bad schedule: the deadline is found passed by the thread of a goroutine that has a value of its own.
    [Theory, InlineData(true), InlineData(false)]
    public void AfterFunc_FiresBesideAnother_HasTheContextOfItsMaker(bool hasValue)
    {
        using var procs = new Procs(1);
        Bounded.OnGoroutine(() =>
        {
            s_name.Value = hasValue ? "maker" : null;
            var seen = new Chan<string?>(1);
            var timer = Time.AfterFunc(TimeSpan.FromMilliseconds(2), () => seen.Send(s_name.Value));
            s_name.Value = "maker, later";
            var stop = false;
            var other = new WaitGroup();
            other.Go(() =>
            {
                s_name.Value = "other";
                while (!Volatile.Read(ref stop))
                    Yield();
                Assert.Equal("other", s_name.Value);
            });
            Assert.Equal(hasValue ? "maker" : null, seen.Receive());
            timer.Reset(TimeSpan.FromMilliseconds(1));
            Assert.Equal(hasValue ? "maker" : null, seen.Receive());
            Volatile.Write(ref stop, true);
            other.Wait();
        });
    }

    // Property: a delegate with several targets runs them all, in a bubble's goroutines too.
    [Fact]
    public void AfterFunc_SeveralTargetsInABubble_RunsAll()
    {
        var ran = 0;
        Bubble.Run(() =>
        {
            Action both = () => ran++;
            both += () => ran += 10;
            Time.AfterFunc(TimeSpan.FromSeconds(1), both);
            Sleep(TimeSpan.FromSeconds(2));
        });
        Assert.Equal(11, ran);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(8)]
    public void Value_OverParks_StaysWithItsGoroutine(int n)
    {
        using var procs = new Procs(n);
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            var chan = new Chan<int>();
            for (var i = 0; i < 30; i++)
            {
                var mine = i % 3 == 0 ? null : "g" + i;
                var sends = i % 2 == 0;
                done.Go(() =>
                {
                    s_name.Value = mine;
                    for (var k = 0; k < 60; k++)
                    {
                        if (sends)
                            chan.Send(k);
                        else
                            chan.Receive();
                        Assert.Equal(mine, s_name.Value);
                        Yield();
                        Assert.Equal(mine, s_name.Value);
                        if (k % 20 == 0)
                            Sleep(TimeSpan.FromMicroseconds(50));
                        Assert.Equal(mine, s_name.Value);
                    }
                });
            }
            done.Wait();
            Assert.Null(s_name.Value);
        });
    }

    [Fact]
    public void Value_SetInAGoroutine_DoesNotReachItsCreatorNorTheNext()
    {
        using var procs = new Procs(1);
        Bounded.OnGoroutine(() =>
        {
            s_name.Value = "creator";
            var done = new WaitGroup();
            done.Go(() => s_name.Value = "child");
            done.Wait();
            Assert.Equal("creator", s_name.Value);
            s_name.Value = null;
            string? seen = "unset";
            done.Go(() => seen = s_name.Value);
            done.Wait();
            Assert.Null(seen);
        });
    }

    [Fact]
    public void Go_FlowSuppressed_DoesNotFlow()
    {
        s_name.Value = "outer";
        Task<string?> inner;
        using (ExecutionContext.SuppressFlow())
            inner = Run<string?>(() => s_name.Value);
        Bounded.Wait(inner);
        Assert.Null(inner.Result);
        s_name.Value = null;
    }

    [Fact]
    public void Culture_OverParks_StaysWithItsGoroutine() => Bounded.OnGoroutine(() =>
    {
        var done = new WaitGroup();
        foreach (var name in new[] { "de-DE", "fr-FR", "en-US" })
        {
            done.Go(() =>
            {
                CultureInfo.CurrentCulture = new CultureInfo(name);
                for (var i = 0; i < 20; i++)
                {
                    Yield();
                    Assert.Equal(name, CultureInfo.CurrentCulture.Name);
                }
            });
        }
        done.Wait();
    });

    // A value must not outlive its goroutine, though the record of the goroutine and its thread do.
    [Fact]
    public void Value_GoroutineHasEnded_IsNotKeptAlive()
    {
        var local = new AsyncLocal<object?>();
        var tracked = new WeakReference(null);
        Bounded.OnGoroutine(() => SetTracked(local, tracked));
        Bounded.Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !tracked.IsAlive;
        }, "the value is collected", 5);
        GC.KeepAlive(local);
    }

    private static void SetTracked(AsyncLocal<object?> local, WeakReference tracked)
    {
        var o = new object();
        tracked.Target = o;
        local.Value = o;
        Yield();
    }

    /// <summary>An AsyncLocal whose handler blocks in Weft, in a plain body.</summary>
    [NotWoven]
    private static AsyncLocal<int> Telling(Chan<int> heard) => new(args =>
    {
        if (args.ThreadContextChanged)
            heard.Send(args.CurrentValue);
    });

    // A handler is called when a goroutine comes to a thread, ends, or leaves its thread idle. Bad schedule: it blocks in Weft where no
    // goroutine is current, or while it keeps the only P.
    [Theory, InlineData(1), InlineData(2)]
    public void Handler_BlocksInWeft_OthersGoOn(int n)
    {
        Weaving.Required(); // unwoven each goroutine stays on its thread
        using var procs = new Procs(n);
        var values = new Chan<int>(); // of this case alone: its consumer stays
        var local = Telling(values);
        // A thread that is no M: it comes upon no values. It stays, for the handlers of those that go idle later.
        var heard = 0;
        Bounded.OnThread(() =>
        {
            foreach (var _ in values)
                Interlocked.Increment(ref heard);
        });
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            for (var i = 1; i <= 10; i++)
            {
                var mine = i;
                done.Go(() =>
                {
                    local.Value = mine;
                    for (var k = 0; k < 5; k++)
                    {
                        Yield();
                        Sleep(TimeSpan.FromMilliseconds(1));
                        Assert.Equal(mine, local.Value);
                    }
                });
            }
            done.Wait();
        });
        Bounded.Until(() => Volatile.Read(ref heard) >= 20, "handlers were called");
    }

    // A handler runs when its goroutine comes back, before that has taken what it was woken with. Bad schedule: the handler waits in a
    // channel or a select too, and leaves its own value in the place of the goroutine's.
    [Theory, InlineData(1), InlineData(2)]
    public void Handler_WaitsAsItsGoroutineDid_EachGetsItsOwn(int n)
    {
        Weaving.Required(); // unwoven each goroutine stays on its thread
        using var procs = new Procs(n);
        var values = new Chan<int>();
        using var stop = new CancellationTokenSource();
        var feeder = Bounded.OnThread(() =>
        {
            try
            {
                while (true)
                    values.Send(-7, stop.Token);
            }
            catch (OperationCanceledException)
            {
            }
        });
        var received = 0;
        var local = new AsyncLocal<int>(args =>
        {
            if (!args.ThreadContextChanged || args.CurrentValue != 1)
                return;
            Assert.Equal(-7, values.Receive());
            var one = values.OnReceive();
            Select.Wait(one);
            Assert.Equal(-7, one.Value);
            Interlocked.Increment(ref received);
        });
        Bounded.OnGoroutine(() =>
        {
            local.Value = 1;
            var answers = new Chan<int>();
            var either = answers.OnReceive();
            for (var i = 1; i <= 200; i++)
            {
                var mine = i;
                Go(() =>
                {
                    local.Value = 2;
                    answers.Send(mine);
                });
                if (i % 2 == 0)
                {
                    Assert.Equal(i, answers.Receive());
                    continue;
                }
                Select.Wait(either, Chan<int>.Nil.OnReceive());
                Assert.Equal(i, either.Value);
            }
        });
        stop.Cancel();
        Bounded.Wait([feeder], 30);
        Assert.NotEqual(0, received);
    }

    private sealed class Context : SynchronizationContext;

    // Each goroutine has its own, wherever it goes; a new one has none, and what one leaves behind reaches nobody.
    [Theory, InlineData(1), InlineData(2)]
    public void SynchronizationContext_OverParks_StaysWithItsGoroutine(int n)
    {
        Weaving.Required(); // plainly it is the thread's
        using var procs = new Procs(n);
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            for (var i = 0; i < 10; i++)
            {
                var mine = i % 2 == 0 ? new Context() : null;
                done.Go(() =>
                {
                    Assert.Null(SynchronizationContext.Current);
                    if (mine is not null)
                        SynchronizationContext.SetSynchronizationContext(mine);
                    for (var k = 0; k < 30; k++)
                    {
                        Yield();
                        Assert.Same(mine, SynchronizationContext.Current);
                        if (k % 10 == 0)
                            Await(Task.Delay(1));
                        Assert.Same(mine, SynchronizationContext.Current);
                    }
                });
            }
            done.Wait();
            Assert.Null(SynchronizationContext.Current);
        });
    }

    // Async code awaits the task of a goroutine: it goes on in its own context, and the goroutine has none of it.
    [Fact]
    public void Run_AwaitedInAContext_ComesBackToIt()
    {
        var posted = 0;
        var awaited = new Chan<int>();
        var task = Task.Run(() =>
        {
            var body = Body();
            awaited.Close(); // not before it waits: what has ended already is not posted
            return body;
        });
        Bounded.Wait(task);
        Assert.Null(task.Result.Inside);
        Assert.IsType<Counting>(task.Result.After);
        Assert.Equal(1, posted);

        async Task<(SynchronizationContext? Inside, SynchronizationContext? After)> Body()
        {
            SynchronizationContext.SetSynchronizationContext(new Counting(() => Interlocked.Increment(ref posted)));
            var inside = await Run(() =>
            {
                awaited.ReceiveOk();
                return SynchronizationContext.Current;
            });
            var after = SynchronizationContext.Current;
            using (await new GoMutex().LockAsync())
            {
            }
            SynchronizationContext.SetSynchronizationContext(null);
            return (inside, after);
        }
    }

    private sealed class Counting(Action posted) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
            posted();
            ThreadPool.UnsafeQueueUserWorkItem(_ =>
            {
                SetSynchronizationContext(this);
                d(state);
                SetSynchronizationContext(null);
            }, null);
        }
    }

    [Fact]
    public void Activity_FlowsIntoAGoroutineAndStays() => Bounded.OnGoroutine(() =>
    {
        using var outer = new System.Diagnostics.Activity("outer").Start();
        var inner = Run(() =>
        {
            Yield();
            var seen = System.Diagnostics.Activity.Current;
            using var own = new System.Diagnostics.Activity("own").Start();
            Sleep(TimeSpan.FromMilliseconds(1));
            return (seen, own.Parent, System.Diagnostics.Activity.Current == own);
        });
        Assert.Equal((outer, outer, true), Await(inner));
        Assert.Same(outer, System.Diagnostics.Activity.Current);
    });
}
