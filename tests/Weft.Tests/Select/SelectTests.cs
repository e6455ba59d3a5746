// What select does, whoever calls.

using System.Diagnostics;

namespace Weft.Tests;

/// <summary>The suite; see the file head.</summary>
public abstract class SelectTests(Callers callers) : CallerSuite(callers)
{
    [Fact]
    public void Wait_OneReady_RunsIt()
    {
        Chan<int> a = new(1), b = new(1);
        b.Send(7);
        Together(() =>
        {
            ReceiveCase<int> onA = a.OnReceive(), onB = b.OnReceive();
            Assert.Equal(1, Wait(onA, onB));
            Assert.Equal((7, true), (onB.Value, onB.Ok));
            Assert.Equal((0, 0), (a.Count, b.Count));
            Assert.Equal(0, Wait(a.OnSend(3), b.OnReceive()));
            Assert.Equal((1, 0), (a.Count, b.Count));
        });
    }

    [Fact]
    public void Wait_NothingReady_BlocksUntilASend()
    {
        Chan<int> a = new(), b = new();
        var got = (-1, 0, false);
        var select = StartBlocked([a, b], () =>
        {
            ReceiveCase<int> onA = a.OnReceive(), onB = b.OnReceive();
            var i = Wait(onA, onB);
            got = (i, onB.Value, onB.Ok);
        });
        Assert.False(select.IsCompleted);
        Together(() => Send(b, 5));
        Bounded.Wait(select);
        Assert.Equal((1, 5, true), got);
        Assert.Equal((0, 0), (Waiters.Of(a), Waiters.Of(b)));
    }

    [Fact]
    public void Wait_NothingReady_BlocksUntilAReceive()
    {
        Chan<string> a = new(), b = new();
        var index = -1;
        var select = StartBlocked([a, b], () => index = Wait(a.OnSend("a"), b.OnSend("b")));
        var got = "";
        Together(() => got = Receive(a));
        Bounded.Wait(select);
        Assert.Equal((0, "a"), (index, got));
        Assert.Equal((0, 0), (Waiters.Of(a), Waiters.Of(b)));
    }

    [Fact]
    public void Wait_ClosedWhileItWaits_ReceivesTheDefaultAndSendsThrow()
    {
        Chan<int> a = new(), b = new();
        var got = (0, 1, true);
        var receives = StartBlocked([a, b], () =>
        {
            ReceiveCase<int> onA = a.OnReceive(), onB = b.OnReceive();
            got = (Wait(onA, onB), onB.Value, onB.Ok);
        });
        b.Close();
        Bounded.Wait(receives);
        Assert.Equal((1, 0, false), got);

        Chan<int> c = new(), d = new();
        var sends = StartBlocked([c, d], () => Wait(c.OnSend(1), d.OnSend(2)));
        c.Close();
        Assert.Equal("send on closed channel", Assert.Throws<ChanClosedException>(() => Bounded.Wait(sends)).Message);
        Assert.Equal((0, 0), (Waiters.Of(c), Waiters.Of(d)));
    }

    [Fact]
    public void Wait_ClosedBefore_IsReady()
    {
        Chan<int> a = new(), b = new();
        b.Close();
        Together(() =>
        {
            ReceiveCase<int> onB = b.OnReceive();
            Assert.Equal(1, Wait(a.OnReceive(), onB));
            Assert.False(onB.Ok);
            Assert.Throws<ChanClosedException>(() => Wait(a.OnReceive(), b.OnSend(1)));
            Assert.Throws<ChanClosedException>(() => WaitOrdered(a.OnReceive(), b.OnSend(1)));
        });
        Assert.Equal((0, 0), (Waiters.Of(a), Waiters.Of(b)));
    }

    // Nil cases never run; with nothing else the select blocks for ever, but for its token.
    [Fact]
    public void Wait_NilCases_NeverRun()
    {
        var chan = new Chan<int>();
        using var cancel = new CancellationTokenSource();
        var nothing = Start(() => Wait([Chan<int>.Nil.OnReceive(), Chan<string>.Nil.OnSend("x")], cancel.Token));
        var none = Start(() => Wait([], cancel.Token));
        var index = -1;
        var select = StartBlocked(chan, () => index = Wait(Chan<int>.Nil.OnReceive(), chan.OnReceive(), Chan<string>.Nil.OnSend("x")));
        Together(() => Send(chan, 1));
        Bounded.Wait(select);
        Assert.Equal(1, index);
        Assert.Equal(-1, Select.TryWait(Chan<int>.Nil.OnReceive(), Chan<string>.Nil.OnSend("x")));
        Assert.Equal(-1, Select.TryWait());
        Assert.False(nothing.IsCompleted || none.IsCompleted);
        cancel.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Bounded.Wait(nothing));
        Assert.ThrowsAny<OperationCanceledException>(() => Bounded.Wait(none));
    }

    [Fact]
    public void Wait_Token_EndsTheWaitAndWithdrawsAllCases()
    {
        Chan<int> a = new(), b = new();
        using var cancel = new CancellationTokenSource();
        var select = StartBlocked([a, b], () => Wait([a.OnReceive(), b.OnSend(1)], cancel.Token));
        cancel.Cancel();
        Assert.Equal(cancel.Token, Assert.ThrowsAny<OperationCanceledException>(() => Bounded.Wait(select)).CancellationToken);
        Assert.Equal((0, 0), (Waiters.Of(a), Waiters.Of(b)));
        // Looked at first, also if a case is ready.
        Chan<int> full = new(1);
        full.Send(1);
        Assert.ThrowsAny<OperationCanceledException>(() => Bounded.Wait(Start(() => Wait([full.OnReceive()], cancel.Token))));
        Assert.Equal(1, full.Count);
    }

    [Fact]
    public void Wait_CancelledAsACase_Runs()
    {
        var chan = new Chan<int>();
        using var cancel = new CancellationTokenSource();
        var index = -1;
        var select = StartBlocked(chan, () => index = Wait(chan.OnReceive(), Select.Cancelled(cancel.Token)));
        cancel.Cancel();
        Bounded.Wait(select);
        Assert.Equal(1, index);
        Assert.Equal(0, Waiters.Of(chan));
        Together(() => Assert.Equal(1, Wait(chan.OnReceive(), Select.Cancelled(cancel.Token))));
    }

    [Fact]
    public void Wait_CompletedAsACase_RunsHoweverTheTaskEnded()
    {
        var chan = new Chan<int>();
        foreach (var fails in new[] { false, true })
        {
            var source = new TaskCompletionSource<string>();
            var index = -1;
            var onTask = Select.Completed(source.Task);
            var select = StartBlocked(chan, () => index = Wait(chan.OnReceive(), onTask));
            if (fails)
                source.SetException(new InvalidTimeZoneException());
            else
                source.SetResult("done");
            Bounded.Wait(select);
            Assert.Equal(1, index);
            if (fails)
                Assert.Throws<InvalidTimeZoneException>(() => onTask.Value);
            else
                Assert.Equal("done", onTask.Value);
            Together(() => Assert.Equal(1, Wait(chan.OnReceive(), Select.Completed((Task)source.Task))));
        }
        Assert.Equal(0, Waiters.Of(chan));
    }

    // The task stays as it was: a case that lost took nothing, and can be used again.
    [Fact]
    public void Wait_CompletedLoses_IsWithdrawnAndRunsLater()
    {
        var chan = new Chan<int>();
        var source = new TaskCompletionSource<int>();
        var onTask = Select.Completed(source.Task);
        var onChan = chan.OnReceive();
        var order = new List<int>();
        var select = StartBlocked(chan, () =>
        {
            for (var i = 0; i < 4; i++)
                order.Add(Wait(onChan, onTask));
        });
        Together(() =>
        {
            Send(chan, 1);
            Send(chan, 2);
            Send(chan, 3);
        });
        Bounded.Until(() => Waiters.Of(chan) == 1, "it waits again");
        source.SetResult(9);
        Bounded.Wait(select);
        Assert.Equal([0, 0, 0, 1], order);
    }

    [Fact]
    public void Wait_After_RunsWhenItsTimeHasCome()
    {
        var chan = new Chan<int>();
        var clock = Stopwatch.StartNew();
        Together(() => Assert.Equal(1, Wait(chan.OnReceive(), Select.After(TimeSpan.FromMilliseconds(30)))));
        Assert.True(clock.Elapsed >= TimeSpan.FromMilliseconds(30), $"early: {clock.Elapsed}");
        Assert.Equal(0, Waiters.Of(chan));
        Together(() => Assert.Equal(1, Wait(chan.OnReceive(), Select.After(TimeSpan.Zero))));
    }

    // One deadline for a whole loop, as with a channel of time.After outside of it: a loop that always gets something ends. Reset begins anew.
    [Fact]
    public void Wait_AfterUsedAgain_CountsFromItsMaking()
    {
        var chan = new Chan<int>();
        var ended = false;
        Together(
            () =>
            {
                var timeout = Select.After(TimeSpan.FromMilliseconds(40));
                var onChan = chan.OnReceive();
                while (Wait(onChan, timeout) == 0)
                {
                }
                Volatile.Write(ref ended, true);
                Assert.Equal(1, WaitOrdered(Chan<int>.Nil.OnReceive(), timeout)); // it stays ready
                var clock = Stopwatch.StartNew();
                timeout.Reset(TimeSpan.FromMilliseconds(20));
                while (Wait(onChan, timeout) == 0)
                {
                }
                Assert.True(clock.Elapsed >= TimeSpan.FromMilliseconds(20), $"early: {clock.Elapsed}");
            },
            () =>
            {
                while (!Volatile.Read(ref ended))
                {
                    chan.TrySend(1);
                    Sleep(TimeSpan.FromMilliseconds(1));
                }
            });
    }

    // Property: never early. Bad schedule: a timer of the deadline before comes late, when the case waits for the next one.
    [Fact]
    public void Wait_AfterReset_IsNotEndedByTheDeadlineBefore()
    {
        Together(() =>
        {
            var ready = new Chan<int>(1);
            var (onReady, timeout) = (ready.OnReceive(), Select.After(TimeSpan.Zero));
            for (var i = 0; i < 600; i++)
            {
                timeout.Reset(TimeSpan.FromMicroseconds(i % 30));
                Go(() => ready.Send(1));
                if (Wait(timeout, onReady) == 0)
                    ready.Receive();
                var clock = Stopwatch.StartNew();
                timeout.Reset(TimeSpan.FromMicroseconds(100));
                Assert.Equal(1, Wait(Chan<int>.Nil.OnReceive(), timeout));
                Assert.True(clock.Elapsed >= TimeSpan.FromMicroseconds(99), $"early: {clock.Elapsed}");
            }
        });
    }

    [Fact]
    public void Wait_AfterLoses_DoesNothingLater()
    {
        var chan = new Chan<int>();
        var indices = new List<int>();
        Together(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                Go(() => chan.Send(1));
                indices.Add(Wait(Select.After(TimeSpan.FromSeconds(30)), chan.OnReceive()));
            }
        });
        Assert.All(indices, i => Assert.Equal(1, i));
    }

    [Fact]
    public void TryWait_NothingReady_IsMinusOneAndLeavesNothing()
    {
        Chan<int> a = new(), b = new(1);
        b.Send(1);
        Together(() => Assert.Equal(-1, Select.TryWait(a.OnReceive(), a.OnSend(1), b.OnSend(2))));
        Together(() => Assert.Equal(-1, Select.TryWaitOrdered(a.OnReceive(), a.OnSend(1), b.OnSend(2))));
        Assert.Equal((0, 0, 1), (Waiters.Of(a), Waiters.Of(b), b.Count));
        Together(() => Assert.Equal(2, Select.TryWait(a.OnReceive(), a.OnSend(1), b.OnReceive())));
    }

    [Fact]
    public void WaitOrdered_SeveralReady_RunsTheFirst()
    {
        Together(() =>
        {
            for (var round = 0; round < 200; round++)
            {
                Chan<int> a = new(1), b = new(1), c = new(1);
                b.Send(1);
                c.Send(2);
                Assert.Equal(1, WaitOrdered(a.OnReceive(), b.OnReceive(), c.OnReceive()));
                Assert.Equal(1, Select.TryWaitOrdered(b.OnReceive(), c.OnReceive()));
                Assert.Equal(-1, Select.TryWaitOrdered(b.OnReceive(), c.OnReceive()));
            }
        });
    }

    // The same channel in two cases, and the same case twice: both ends of the list work, nothing is locked twice.
    [Fact]
    public void Wait_SameChannelTwice_OneCaseRuns()
    {
        var chan = new Chan<int>();
        var index = -1;
        var twice = StartBlocked2(chan, () => index = Wait(chan.OnReceive(), chan.OnReceive()));
        Together(() => Send(chan, 1));
        Bounded.Wait(twice);
        Assert.InRange(index, 0, 1);
        Assert.Equal(0, Waiters.Of(chan));

        var same = chan.OnReceive();
        var again = StartBlocked(chan, () => index = Wait(same, same));
        Together(() => Send(chan, 2));
        Bounded.Wait(again);
        Assert.Equal(2, same.Value);
        Assert.Equal(0, Waiters.Of(chan));
    }

    private Task StartBlocked2(Chan<int> chan, Action body)
    {
        var task = Start(body);
        Bounded.Until(() => Waiters.Of(chan) == 2, "both cases wait");
        return task;
    }

    [Fact]
    public void Wait_SendAndReceiveOnOneChannel_DoesNotMeetItself()
    {
        var chan = new Chan<int>();
        var both = StartBlocked2(chan, () => Wait(chan.OnSend(1), chan.OnReceive()));
        Thread.Sleep(5);
        Assert.False(both.IsCompleted);
        Assert.True(chan.TryReceive(out var v));
        Assert.Equal(1, v);
        Bounded.Wait(both);
        Assert.Equal(0, Waiters.Of(chan));
    }

    [Fact]
    public void Wait_CaseInAnotherSelect_Throws()
    {
        Chan<int> a = new(), b = new();
        var shared = a.OnReceive();
        var first = StartBlocked([a, b], () => Wait(shared, b.OnReceive()));
        Assert.Throws<InvalidOperationException>(() => Bounded.Wait(Start(() => Wait(b.OnReceive(), shared))));
        Assert.Equal((1, 1), (Waiters.Of(a), Waiters.Of(b)));
        Together(() => Send(a, 1));
        Bounded.Wait(first);
        Assert.Equal((1, 0), (shared.Value, Waiters.Of(b)));
    }

    [Fact]
    public void Wait_ReusedCases_EachRoundHasItsOwnValue()
    {
        Chan<int> numbers = new(), quit = new(), answers = new();
        var got = new List<int>();
        Together(
            () =>
            {
                ReceiveCase<int> number = numbers.OnReceive(), end = quit.OnReceive();
                var answer = answers.OnSend(0);
                while (Wait(number, end) == 0)
                {
                    answer.Value = number.Value * 10;
                    Wait(answer, Chan<int>.Nil.OnReceive());
                }
            },
            () =>
            {
                for (var i = 1; i <= 50; i++)
                {
                    Send(numbers, i);
                    got.Add(Receive(answers));
                }
                quit.Close();
            });
        Assert.Equal(Enumerable.Range(1, 50).Select(i => i * 10), got);
    }

    [Fact]
    public void Statement_Wait_CallsTheHandlerOfTheCase()
    {
        Chan<int> numbers = new();
        Chan<string> words = new();
        var seen = new List<string>();
        Together(
            () =>
            {
                var open = true;
                var select = Select.On(numbers, n => seen.Add($"number {n}")).On(words, (w, ok) =>
                {
                    open = ok;
                    seen.Add(ok ? $"word {w}" : "end");
                });
                while (open)
                    select.Wait();
            },
            () =>
            {
                Send(numbers, 1);
                Send(words, "a");
                Send(numbers, 2);
                words.Close();
            });
        Assert.Equal(["number 1", "word a", "number 2", "end"], seen);
    }

    [Fact]
    public void Statement_Default_RunsOnlyIfNothingIsReady()
    {
        Chan<int> chan = new(1);
        Together(() =>
        {
            var log = "";
            Assert.Equal(0, Select.On(chan, 5, () => log += "sent ").Default(() => log += "default "));
            Assert.Equal(-1, Select.On(chan, 6, () => log += "sent ").Default(() => log += "full "));
            Assert.Equal(0, Select.On(chan, v => log += $"got {v} ").Default(() => log += "default "));
            Assert.Equal(1, Select.On(chan, v => log += $"got {v} ").On(Task.FromResult(3), v => log += $"task {v} ").Default(() => log += "default "));
            Assert.Equal(-1, Select.On(chan, v => log += $"got {v} ").On(Select.Cancelled(default), () => log += "cancelled ").Default(() => log += "default"));
            Assert.Equal("sent full got 5 task 3 default", log);
        });
    }

    // A handler may block: on a goroutine it parks.
    [Fact]
    public void Statement_HandlerBlocks_TheSelectGoesOnAfterwards()
    {
        Chan<int> requests = new(), replies = new();
        var sum = 0;
        Together(
            () =>
            {
                var select = Select.On(requests, n => replies.Send(n * 2));
                for (var i = 0; i < 20; i++)
                    select.Wait();
            },
            () =>
            {
                for (var i = 0; i < 20; i++)
                {
                    Send(requests, i);
                    sum += Receive(replies);
                }
            });
        Assert.Equal(380, sum);
    }
}

public sealed class SelectByGoroutinesTests() : SelectTests(Callers.Goroutines);

public sealed class SelectByThreadsTests() : SelectTests(Callers.Threads);

public sealed class SelectByAsyncTests() : SelectTests(Callers.Async);

public sealed class SelectByGoroutinesAndThreadsTests() : SelectTests(Callers.Mixed);

public sealed class SelectByThreadsAndGoroutinesTests() : SelectTests(Callers.ThreadsAndGoroutines);

public sealed class SelectByGoroutinesAndAsyncTests() : SelectTests(Callers.GoroutinesAndAsync);

public sealed class SelectByAsyncAndGoroutinesTests() : SelectTests(Callers.AsyncAndGoroutines);

public sealed class SelectByThreadsAndAsyncTests() : SelectTests(Callers.ThreadsAndAsync);

public sealed class SelectByAsyncAndThreadsTests() : SelectTests(Callers.AsyncAndThreads);
