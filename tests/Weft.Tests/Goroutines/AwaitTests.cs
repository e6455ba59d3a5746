namespace Weft.Tests;

/// <summary>Tasks and goroutines: joining, waiting, exceptions and cancellation, from each side.</summary>
public sealed class AwaitTests
{
    private static async Task<int> Later(int value, int ms = 5)
    {
        await Task.Delay(ms);
        return value;
    }

    private static async Task FailLater()
    {
        await Task.Delay(5);
        throw new FormatException("late");
    }

    [Fact]
    public void Await_TaskNotDone_ParksAndReturnsItsResult() => Bounded.OnGoroutine(() =>
    {
        Assert.Equal(7, Await(Later(7)));
        Await(Task.Delay(2));
        Assert.Equal(8, Await(new ValueTask<int>(Later(8))));
        Await(new ValueTask(Task.Delay(2)));
    });

    [Fact]
    public void Await_TaskDoneAlready_ReturnsAtOnce() => Bounded.OnGoroutine(() =>
    {
        Assert.Equal(1, Await(Task.FromResult(1)));
        Await(Task.CompletedTask);
        Assert.Equal("x", Await(ValueTask.FromResult("x")));
        Await(ValueTask.CompletedTask);
        Assert.Throws<FormatException>(() => { Await(Task.FromException(new FormatException())); });
    });

    [Fact]
    public void Await_OnAPlainThread_BlocksAndReturnsTheResult()
    {
        Assert.Equal(9, Await(Later(9)));
        Await(Task.Delay(2));
        Assert.Throws<FormatException>(() => { Await(FailLater()); });
    }

    [Fact]
    public void Await_NullTask_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => { Await((Task)null!); });
        Assert.Throws<ArgumentNullException>(() => { Await((Task<int>)null!); });
    }

    // As await does: the exception itself, with the trace of where it was thrown.
    [Fact]
    public void Await_TaskFails_RethrowsWithTheTrace() => Bounded.OnGoroutine(() =>
    {
        var e = Assert.Throws<FormatException>(() => { Await(FailLater()); });
        Assert.Equal("late", e.Message);
        Assert.Contains(nameof(FailLater), e.StackTrace);
    });

    [Fact]
    public void Await_TaskCanceled_ThrowsTaskCanceled() => Bounded.OnGoroutine(() =>
    {
        using var source = new CancellationTokenSource(5);
        var e = Assert.ThrowsAny<OperationCanceledException>(() => { Await(Task.Delay(-1, source.Token)); });
        Assert.Equal(source.Token, e.CancellationToken);
    });

    // Wait and Result keep their contract in woven code: AggregateException around the cause.
    [Fact]
    public void WaitAndResult_InWovenCode_WrapAsTheyDoPlain() => Bounded.OnGoroutine(() =>
    {
        Assert.Equal(3, Later(3).Result);
        Later(3).Wait();
        Assert.Equal(4, Later(4).GetAwaiter().GetResult());
        var failed = FailLater();
        try
        {
            failed.Wait();
            Assert.Fail("no exception");
        }
        catch (AggregateException e)
        {
            Assert.IsType<FormatException>(e.InnerException);
        }
        try
        {
            _ = Task.FromException<int>(new FormatException()).Result;
            Assert.Fail("no exception");
        }
        catch (AggregateException e)
        {
            Assert.IsType<FormatException>(e.InnerException);
        }
        try
        {
            FailLater().GetAwaiter().GetResult();
            Assert.Fail("no exception");
        }
        catch (FormatException)
        {
        }
    });

    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public void BlockingOnATask_ManyGoroutines_HoldsFewThreads(int how)
    {
        Weaving.Required();
        const int Count = 1000;
        using var procs = new Procs(2);
        var source = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = sched.mcount;
        var done = new WaitGroup();
        var sum = 0;
        for (var i = 0; i < Count; i++)
        {
            done.Add(1);
            Go(() =>
            {
                switch (how)
                {
                    case 0:
                        Interlocked.Add(ref sum, source.Task.Result);
                        break;
                    case 1:
                        source.Task.Wait();
                        Interlocked.Increment(ref sum);
                        break;
                    default:
                        Await(source.Task);
                        Interlocked.Increment(ref sum);
                        break;
                }
                done.Done();
            });
        }
        Thread.Sleep(100);
        Assert.Equal(0, Volatile.Read(ref sum));
        Assert.True(sched.mcount - before <= 8, $"{sched.mcount - before} new threads");
        source.SetResult(1);
        Bounded.OnGoroutine(done.Wait);
        Assert.Equal(Count, sum);
    }

    // Bad schedule: the task completes between the look at it and the registration, or inside the registration.
    [Theory, InlineData(1), InlineData(2), InlineData(8)]
    public void Await_TaskCompletesAtThatMoment_IsNeverLost(int n)
    {
        using var procs = new Procs(n);
        var tasks = new Chan<TaskCompletionSource>(1);
        var completer = Bounded.OnThread(() =>
        {
            var i = 0;
            foreach (var t in tasks)
            {
                for (var spin = i++ % 40; spin > 0; spin--)
                    Thread.SpinWait(2);
                t.SetResult();
            }
        });
        Bounded.OnGoroutine(() =>
        {
            for (var i = 0; i < 3000; i++)
            {
                var source = new TaskCompletionSource(i % 2 == 0 ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None);
                tasks.Send(source);
                Await(source.Task);
                Assert.True(source.Task.IsCompletedSuccessfully);
            }
            tasks.Close();
        });
        Bounded.Wait(completer);
    }

    [Fact]
    public void Run_Body_CompletesTheTask()
    {
        var ran = 0;
        var task = Run(() => { Interlocked.Increment(ref ran); });
        Bounded.Wait(task);
        Assert.Equal((1, TaskStatus.RanToCompletion), (ran, task.Status));
    }

    [Fact]
    public void Run_ResultFromAPlainThread_IsThere()
    {
        Assert.Equal(42, Run(() =>
        {
            Sleep(TimeSpan.FromMilliseconds(5));
            return 42;
        }).Result);
        Assert.Equal((1, "two"), Run(() => (1, "two")).Result);
    }

    [Fact]
    public async Task Run_AwaitedFromAsyncCode_HasResultOrException()
    {
        Assert.Equal("done", await Run(() =>
        {
            Yield();
            return "done";
        }));
        var e = await Assert.ThrowsAsync<FormatException>(() => Run(Broken));
        Assert.Contains(nameof(Broken), e.StackTrace);
    }

    private static void Broken()
    {
        Yield();
        throw new FormatException();
    }

    [Fact]
    public void Run_BodyIsCanceled_CancelsTheTask()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var task = Run(() => source.Token.ThrowIfCancellationRequested());
        var e = Assert.ThrowsAny<OperationCanceledException>(() => Bounded.Wait(task));
        Assert.Equal(source.Token, e.CancellationToken);
        Assert.Equal(TaskStatus.Canceled, task.Status);
        var withResult = Run(int () => throw new OperationCanceledException());
        Assert.ThrowsAny<OperationCanceledException>(() => Bounded.Wait(withResult));
    }

    [Fact]
    public void Run_AsyncBody_WaitsForItsTask()
    {
        var steps = new List<int>();
        Bounded.Wait(Run(async () =>
        {
            steps.Add(1);
            await Task.Delay(5);
            steps.Add(2);
        }));
        Assert.Equal([1, 2], steps);
        Assert.Equal(6, Run(async () =>
        {
            await Task.Yield();
            return 6;
        }).Result);
        Assert.Throws<FormatException>(() => Bounded.Wait(Run(FailLater)));
    }

    [Fact]
    public void Go_AsyncBody_RunsToItsEnd()
    {
        var done = new Chan<int>();
        Go(async () =>
        {
            await Task.Delay(2);
            Go(done.Send, 5);
        });
        Bounded.OnGoroutine(() => Assert.Equal(5, done.Receive()));
    }

    // A goroutine joins others by their tasks, a thousand deep.
    [Fact]
    public void Run_Nested_EachJoinsTheNext()
    {
        Weaving.Required(); // plainly, Result holds a processor while it waits
        const int depth = 1000;
        Assert.Equal(depth, Bounded.OnGoroutine(() => Nest(depth)));
    }

    private static int Nest(int n) => n == 0 ? 0 : 1 + Run(() => Nest(n - 1)).Result;
}

/// <summary>The rest of .NET's ways to wait for a task, in woven code and in plain code.</summary>
public sealed class AwaitTwinTests
{
    private static async Task<int> Later(int value, int ms = 5)
    {
        await Task.Delay(ms);
        return value;
    }

    private static async Task FailLater()
    {
        await Task.Delay(5);
        throw new FormatException("late");
    }

    private static async ValueTask<int> ValueLater(int value)
    {
        await Task.Delay(2);
        return value;
    }

    private static void Both(Action body)
    {
        Bounded.OnGoroutine(body);
        Bounded.Wait(Bounded.OnThread(body));
    }

    [Fact]
    public void GetResult_OfEveryAwaiter_Waits() => Both(() =>
    {
        Later(1).ConfigureAwait(false).GetAwaiter().GetResult();
        Assert.Equal(2, Later(2).ConfigureAwait(true).GetAwaiter().GetResult());
        Assert.Equal(3, ValueLater(3).GetAwaiter().GetResult());
        new ValueTask(Later(1)).GetAwaiter().GetResult();
        Assert.Equal(4, ValueLater(4).Result);
        Assert.Throws<FormatException>(() => FailLater().ConfigureAwait(false).GetAwaiter().GetResult());
    });

    [Fact]
    public void Await_Configured_Waits() => Both(() =>
    {
        Await(Later(1).ConfigureAwait(false));
        Assert.Equal(2, Await(Later(2).ConfigureAwait(true)));
        Assert.Equal(3, Await(ValueLater(3).ConfigureAwait(false)));
        Await(new ValueTask(Later(1)).ConfigureAwait(false));
        Assert.Throws<FormatException>(() => { Await(FailLater().ConfigureAwait(false)); });
    });

    [Fact]
    public void AwaitCompletion_AnyAwaiter_ReturnsWhenItCallsBack() => Both(() =>
    {
        var awaiter = Task.Yield().GetAwaiter();
        AwaitCompletion(awaiter);
        awaiter.GetResult();
        AwaitCompletion(Task.CompletedTask.GetAwaiter());
        // One that calls back at once, twice.
        AwaitCompletion(new Eager());
    });

    private sealed class Eager : System.Runtime.CompilerServices.INotifyCompletion
    {
        public void OnCompleted(Action continuation)
        {
            continuation();
            continuation();
        }
    }

    [Fact]
    public void Wait_WithATime_SaysWhetherTheTaskIsDone() => Both(() =>
    {
        var never = new TaskCompletionSource<int>();
        Assert.False(never.Task.Wait(0));
        Assert.False(never.Task.Wait(10));
        Assert.False(never.Task.Wait(TimeSpan.FromMilliseconds(3)));
        Assert.True(Later(1).Wait(20_000));
        Assert.True(Later(1).Wait(TimeSpan.FromMinutes(1)));
        Assert.True(Later(1).Wait(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => never.Task.Wait(-2));
        Assert.Throws<AggregateException>(() => { FailLater().Wait(20_000); });
        Assert.Throws<AggregateException>(() => { Task.FromException(new FormatException()).Wait(0); });
    });

    [Fact]
    public void Wait_WithAToken_EndsWhenItFires() => Both(() =>
    {
        var never = new TaskCompletionSource<int>();
        using var source = new CancellationTokenSource(5);
        var e = Assert.ThrowsAny<OperationCanceledException>(() => never.Task.Wait(source.Token));
        Assert.Equal(source.Token, e.CancellationToken);
        using var late = new CancellationTokenSource();
        Later(1).Wait(late.Token);
        Assert.True(Later(1).Wait(20_000, late.Token));
        Assert.False(never.Task.Wait(5, late.Token));
    });

    [Fact]
    public void WaitAllAndAny_DoAsTheyDoPlain() => Both(() =>
    {
        Task.WaitAll(Later(1), Later(2, 10));
        Task.WaitAll();
        Assert.Equal(1, Task.WaitAny(new TaskCompletionSource().Task, Later(2)));
        var e = Assert.Throws<AggregateException>(() => Task.WaitAll(FailLater(), Later(1), FailLater()));
        Assert.Equal(2, e.InnerExceptions.Count);
    });

    [Fact]
    public void WaitWithATime_ManyGoroutines_HoldsFewThreads()
    {
        Weaving.Required();
        using var procs = new Procs(2);
        var before = sched.mcount;
        var source = new TaskCompletionSource();
        var all = new WaitGroup();
        var done = 0;
        for (var i = 0; i < 500; i++)
        {
            var mine = i;
            all.Go(() =>
            {
                if (mine % 2 == 0)
                    source.Task.ConfigureAwait(false).GetAwaiter().GetResult();
                else
                    Assert.True(source.Task.Wait(60_000));
                Interlocked.Increment(ref done);
            });
        }
        Thread.Sleep(50);
        Assert.Equal(0, done);
        Assert.True(sched.mcount - before <= 8, $"{sched.mcount - before} new threads");
        source.SetResult();
        Bounded.OnGoroutine(all.Wait);
        Assert.Equal(500, done);
    }

    // Property: a goroutine that waits for a pulse does not keep the one processor from the goroutine that pulses.
    [Fact]
    public void MonitorWait_OnAGoroutine_LeavesItsProcessor()
    {
        using var procs = new Procs(1);
        var gate = new object();
        var ready = false;
        var waiter = Run(() =>
        {
            lock (gate)
                while (!ready)
                    Monitor.Wait(gate);
        });
        var pulser = Run(() =>
        {
            Sleep(TimeSpan.FromMilliseconds(5));
            lock (gate)
            {
                ready = true;
                Monitor.PulseAll(gate);
            }
        });
        Bounded.Wait([waiter, pulser]);
        Bounded.OnGoroutine(() =>
        {
            lock (gate)
                Assert.False(Monitor.Wait(gate, 3));
        });
    }
}
