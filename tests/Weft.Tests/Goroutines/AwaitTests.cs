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
