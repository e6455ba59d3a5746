// Channels from async code, awaited as async code does.

using System.Runtime.CompilerServices;

namespace Weft.Tests;

/// <summary>See the file head.</summary>
public sealed class ChanAsyncTests
{
    [Theory, InlineData(0), InlineData(8)]
    public void SendAsyncReceiveAsync_ManyOfBoth_ValuesAreConserved(int capacity)
    {
        const int Each = 2000;
        var chan = new Chan<int>(capacity);
        var senders = Enumerable.Range(0, 4).Select(s => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
                await chan.SendAsync(s * Each + i);
        })).ToArray();
        var receivers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            var sum = 0L;
            await foreach (var v in chan.ReadAllAsync())
                sum += v;
            return sum;
        })).ToArray();
        Bounded.Wait(senders);
        chan.Close();
        Bounded.Wait(receivers);
        Assert.Equal(4L * Each * (4 * Each - 1) / 2, receivers.Sum(r => r.Result));
    }

    // The place in the queue is that of the call, whenever it is awaited.
    [Fact]
    public async Task ReceiveAsync_CalledInOrder_GetsValuesInOrder()
    {
        var chan = new Chan<int>();
        var receives = Enumerable.Range(0, 5).Select(_ => chan.ReceiveAsync().AsTask()).ToArray();
        Assert.Equal(5, Waiters.Receivers(chan));
        for (var i = 0; i < 5; i++)
            Assert.True(chan.TrySend(i));
        var received = await Task.WhenAll(receives);
        Assert.Equal([0, 1, 2, 3, 4], received);
        var sends = Enumerable.Range(0, 5).Select(i => chan.SendAsync(i).AsTask()).ToArray();
        for (var i = 0; i < 5; i++)
        {
            Assert.True(chan.TryReceive(out var v));
            Assert.Equal(i, v);
        }
        await Task.WhenAll(sends);
    }

    [Fact]
    public async Task AnyForm_NoWaitNeeded_IsCompleteAtOnce()
    {
        var chan = new Chan<int>(1);
        Assert.True(chan.SendAsync(5).IsCompletedSuccessfully);
        var received = chan.ReceiveAsync();
        Assert.True(received.IsCompletedSuccessfully);
        Assert.Equal(5, await received);
        chan.Close();
        Assert.Equal(0, await chan.ReceiveAsync());
        Assert.Equal((0, false), await chan.ReceiveOkAsync());
        var send = chan.SendAsync(1);
        Assert.True(send.IsFaulted);
        await Assert.ThrowsAsync<ChanClosedException>(async () => await send);
        Assert.True(chan.SendAsync(1, new CancellationToken(true)).IsCanceled);
        Assert.True(chan.ReceiveAsync(new CancellationToken(true)).IsCanceled);
    }

    [Fact]
    public async Task AnyForm_ClosedOrCancelledWhileItWaits_HasTheStatusOfATask()
    {
        var chan = new Chan<int>();
        using var cancel = new CancellationTokenSource();
        var cancelled = chan.SendAsync(1, cancel.Token);
        var closed = chan.SendAsync(2);
        Assert.False(cancelled.IsCompleted || closed.IsCompleted);
        cancel.Cancel();
        Assert.True(cancelled.IsCanceled);
        Assert.Equal(cancel.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled)).CancellationToken);
        chan.Close();
        Assert.True(closed.IsFaulted);
        await Assert.ThrowsAsync<ChanClosedException>(async () => await closed);
    }

    // A ValueTask may be used once. Who does it twice, or asks too early, gets an exception, and no other operation is harmed.
    [Fact]
    public async Task ReceiveAsync_ResultFetchedTwiceOrTooEarly_Throws()
    {
        var chan = new Chan<int>();
        var receive = chan.ReceiveAsync();
        Assert.Throws<InvalidOperationException>(() => receive.GetAwaiter().GetResult());
        Assert.True(chan.TrySend(3));
        Assert.Equal(3, await receive);
        Assert.Throws<InvalidOperationException>(() => receive.GetAwaiter().GetResult());
        var next = chan.ReceiveAsync();
        Assert.Throws<InvalidOperationException>(() => receive.GetAwaiter().GetResult());
        Assert.True(chan.TrySend(4));
        Assert.Equal(4, await next);
    }

    // A continuation may block for ever: it never runs on the stack of the one who sends.
    [Fact]
    public void ReceiveAsync_Continuation_DoesNotRunOnTheSender()
    {
        var chan = new Chan<int>();
        var sender = 0;
        var ran = new TaskCompletionSource<int>();
        var awaiter = chan.ReceiveAsync().ConfigureAwait(false).GetAwaiter();
        awaiter.UnsafeOnCompleted(() => ran.SetResult(Environment.CurrentManagedThreadId));
        Bounded.Wait(Bounded.OnThread(() =>
        {
            sender = Environment.CurrentManagedThreadId;
            chan.Send(1);
            Bounded.Until(() => ran.Task.IsCompleted, "the continuation runs elsewhere");
        }));
        Assert.NotEqual(sender, ran.Task.Result);
        Assert.Equal(1, awaiter.GetResult());
    }

    [Fact]
    public async Task ReadAllAsync_Token_EndsTheLoop()
    {
        var chan = new Chan<int>(2);
        Assert.True(chan.TrySend(1) && chan.TrySend(2));
        using var cancel = new CancellationTokenSource();
        var got = new List<int>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var v in chan.ReadAllAsync().WithCancellation(cancel.Token))
            {
                got.Add(v);
                if (v == 2)
                    cancel.CancelAfter(10);
            }
        });
        Assert.Equal([1, 2], got);
        Assert.Equal(0, Waiters.Of(chan));
    }

    // Two tasks that hand values to and fro wait in turn, each time: the operations come from the pool.
    [Fact]
    public void SendAsyncReceiveAsync_InALoop_DoNotAllocate()
    {
        Chan<int> ping = new(), pong = new();
        async Task Echo()
        {
            while (await ping.ReceiveOkAsync() is (var v, true))
                await pong.SendAsync(v);
        }
        async Task Ask(int n)
        {
            for (var i = 0; i < n; i++)
            {
                await ping.SendAsync(i);
                if (await pong.ReceiveAsync() != i)
                    throw new InvalidOperationException("another value");
            }
        }
        var echo = Task.Run(Echo);
        Bounded.Wait(Task.Run(() => Ask(2000)));
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Bounded.Wait(Task.Run(() => Ask(20_000)));
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        ping.Close();
        Bounded.Wait(echo);
        Assert.InRange(allocated / 20_000.0, 0, 8);
    }

    [Fact]
    public async Task SelectWaitAsync_MixedCases_OneRuns()
    {
        Chan<int> a = new(), b = new();
        var source = new TaskCompletionSource<int>();
        using var cancel = new CancellationTokenSource();
        var onA = a.OnReceive();
        SelectCase[] cases = [onA, b.OnSend(1), Select.Completed(source.Task), Select.Cancelled(cancel.Token), Select.After(TimeSpan.FromSeconds(30))];
        var first = Select.WaitAsync(cases);
        Assert.False(first.IsCompleted);
        Assert.True(a.TrySend(7));
        Assert.Equal((0, 7), (await first, onA.Value));
        Assert.Equal((0, 0), (Waiters.Of(a), Waiters.Of(b)));
        var second = Select.WaitAsync(cases);
        Assert.True(b.TryReceive(out _));
        Assert.Equal(1, await second);
        var third = Select.WaitAsync(cases);
        source.SetResult(1);
        Assert.Equal(2, await third);
        cases[2] = Chan<int>.Nil.OnReceive();
        var fourth = Select.WaitAsync(cases);
        cancel.Cancel();
        Assert.Equal(3, await fourth);
        var sum = 0;
        b.Close();
        Assert.Equal(0, await Select.On(b, v => sum += v + 1).WaitAsync());
        Assert.Equal(1, sum);
        await Assert.ThrowsAsync<ChanClosedException>(async () => await Select.WaitAsync(b.OnSend(1)));
    }

    [Fact]
    public void SelectWaitAsync_InALoop_DoesNotAllocate()
    {
        Chan<int> a = new(), b = new();
        async Task Receive(int n)
        {
            SelectCase[] cases = [a.OnReceive(), b.OnReceive()];
            for (var i = 0; i < n; i++)
                await Select.WaitAsync(cases);
        }
        async Task Both(int n)
        {
            var receiver = Receive(n);
            for (var i = 0; i < n; i++)
                await (i % 2 == 0 ? a : b).SendAsync(i);
            await receiver;
        }
        Bounded.Wait(Task.Run(() => Both(2000)));
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Bounded.Wait(Task.Run(() => Both(20_000)));
        Assert.InRange((GC.GetTotalAllocatedBytes(precise: true) - before) / 20_000.0, 0, 8);
    }
}

/// <summary>What an operation that has ended keeps alive: nothing.</summary>
public sealed class ChanRetentionTests
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object Tracked(List<WeakReference> tracked)
    {
        var o = new object();
        tracked.Add(new WeakReference(o));
        return o;
    }

    private static void AssertDead(List<WeakReference> tracked)
    {
        Assert.NotEmpty(tracked);
        Bounded.Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return tracked.All(t => !t.IsAlive);
        }, $"values are collected ({tracked.Count})", 10);
    }

    [Theory, InlineData(0), InlineData(1)]
    public void SendAsync_ReceivedOrCancelled_LetsGoOfTheValue(int capacity)
    {
        var chan = new Chan<object>(capacity);
        var tracked = new List<WeakReference>();
        Bounded.Wait(Task.Run(() => Body(chan, tracked, capacity)));
        AssertDead(tracked);
        GC.KeepAlive(chan);

        static async Task Body(Chan<object> chan, List<WeakReference> tracked, int capacity)
        {
            for (var i = 0; i < capacity; i++)
                await chan.SendAsync("filler");
            using var cancel = new CancellationTokenSource();
            var cancelled = chan.SendAsync(Tracked(tracked), cancel.Token).AsTask();
            var received = chan.SendAsync(Tracked(tracked)).AsTask();
            cancel.Cancel();
            await Task.WhenAny(cancelled);
            for (var i = 0; i <= capacity; i++)
                await chan.ReceiveAsync();
            await received;
            var receive = chan.ReceiveAsync().AsTask();
            chan.TrySend(Tracked(tracked));
            await receive;
        }
    }

    // The goroutine lives on, and has the waiter's record for its next wait.
    [Fact]
    public void Send_Cancelled_LetsGoOfTheValue()
    {
        var chan = new Chan<object>();
        var hold = new Chan<int>();
        var tracked = new List<WeakReference>();
        using var cancel = new CancellationTokenSource();
        var sender = Run(() =>
        {
            SendTracked(chan, tracked, cancel.Token);
            hold.Receive();
        });
        Bounded.Until(() => Waiters.Of(chan) == 1, "it waits");
        cancel.Cancel();
        Bounded.Until(() => Waiters.Of(hold) == 1, "it was cancelled");
        AssertDead(tracked);
        hold.Close();
        Bounded.Wait(sender);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SendTracked(Chan<object> chan, List<WeakReference> tracked, CancellationToken token)
    {
        try
        {
            chan.Send(Tracked(tracked), token);
        }
        catch (OperationCanceledException)
        {
        }
    }

    // Of a select that is over, neither the channels that lost nor the goroutine keep the cases, and so the values.
    [Fact]
    public void Select_Over_LetsGoOfItsCases()
    {
        Chan<object> lost = new(), won = new();
        var hold = new Chan<int>();
        var tracked = new List<WeakReference>();
        var selecting = Run(() =>
        {
            SelectTracked(lost, won, tracked);
            hold.Receive();
        });
        Bounded.Until(() => Waiters.Of(won) == 1, "it waits");
        Bounded.OnGoroutine(() => won.Send("x"));
        Bounded.Until(() => Waiters.Of(hold) == 1, "it is over");
        AssertDead(tracked);
        hold.Close();
        Bounded.Wait(selecting);
        GC.KeepAlive(lost);
        GC.KeepAlive(won);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SelectTracked(Chan<object> lost, Chan<object> won, List<WeakReference> tracked) =>
        Select.Wait(lost.OnSend(Tracked(tracked)), won.OnReceive());

    // A loop that makes a case of a task that never ends leaves nothing at the task.
    [Fact]
    public void SelectCompleted_LosesOverAndOver_LeavesNothingAtTheTask()
    {
        var never = new TaskCompletionSource();
        var chan = new Chan<int>();
        var tracked = new List<WeakReference>();
        Bounded.OnGoroutine(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                Go(() => chan.Send(1));
                Lose(never.Task, chan, tracked);
            }
        });
        AssertDead(tracked);
        GC.KeepAlive(never);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Lose(Task task, Chan<int> chan, List<WeakReference> tracked)
    {
        var onTask = Select.Completed(task);
        tracked.Add(new WeakReference(onTask));
        Assert.Equal(1, Select.Wait(onTask, chan.OnReceive()));
    }
}
