// Tokens on channel operations: whoever calls, after a cancellation nothing was sent or taken.

namespace Weft.Tests;

/// <summary>The suite; see the file head.</summary>
public abstract class ChanCancellationTests(Callers callers) : CallerSuite(callers)
{
    public static TheoryData<int> Capacities => [0, 1, 10];

    private static Chan<int> Full(int capacity)
    {
        var chan = new Chan<int>(capacity);
        for (var i = 0; i < capacity; i++)
            Assert.True(chan.TrySend(i));
        return chan;
    }

    private static void IsCancelled(Task task, CancellationToken token)
    {
        var e = Assert.ThrowsAny<OperationCanceledException>(() => Bounded.Wait(task));
        Assert.Equal(token, e.CancellationToken);
    }

    [Theory, MemberData(nameof(Capacities))]
    public void Send_CancelledWhileItWaits_SendsNothing(int capacity)
    {
        var chan = Full(capacity);
        using var cancel = new CancellationTokenSource();
        var sender = StartBlocked(chan, () => Send(chan, 99, cancel.Token));
        cancel.Cancel();
        IsCancelled(sender, cancel.Token);
        Assert.Equal(0, Waiters.Of(chan));
        chan.Close();
        Assert.Equal(Enumerable.Range(0, capacity), chan.ToList());
    }

    [Theory, MemberData(nameof(Capacities))]
    public void Receive_CancelledWhileItWaits_TakesNothing(int capacity)
    {
        var chan = new Chan<int>(capacity);
        using var cancel = new CancellationTokenSource();
        var receiver = StartBlocked(chan, () => Receive(chan, cancel.Token));
        var receiverOk = StartBlocked(chan, () => ReceiveOk(chan, cancel.Token));
        cancel.Cancel();
        IsCancelled(receiver, cancel.Token);
        IsCancelled(receiverOk, cancel.Token);
        Assert.Equal(0, Waiters.Of(chan));
        // The next value goes to who receives next.
        var got = 0;
        Together(() => Send(chan, 5), () => got = Receive(chan));
        Assert.Equal(5, got);
    }

    // The token is looked at first, also where the operation would not have to wait.
    [Theory, MemberData(nameof(Capacities))]
    public void AnyForm_TokenCancelledBefore_DoesNothing(int capacity)
    {
        var chan = new Chan<int>(capacity);
        var cancelled = new CancellationToken(true);
        IsCancelled(Start(() => Send(chan, 1, cancelled)), cancelled);
        IsCancelled(Start(() => Send(chan, 1, cancelled)), cancelled);
        Assert.Equal(0, chan.Count);
        var waiting = capacity == 0 ? StartBlocked(chan, () => Send(chan, 7)) : Start(() => Send(chan, 7));
        if (capacity > 0)
            Bounded.Wait(waiting);
        IsCancelled(Start(() => Receive(chan, cancelled)), cancelled);
        IsCancelled(Start(() => ReceiveOk(chan, cancelled)), cancelled);
        Assert.True(chan.TryReceive(out var v));
        Assert.Equal(7, v);
        Bounded.Wait(waiting);
    }

    // A waiter in the middle of the queue goes, the order of the others stays.
    [Theory, MemberData(nameof(Capacities))]
    public void Send_OneOfManyCancelled_TheOthersKeepTheirOrder(int capacity)
    {
        var chan = Full(capacity);
        var cancels = Enumerable.Range(0, 7).Select(_ => new CancellationTokenSource()).ToList();
        var senders = new List<Task>();
        for (var i = 0; i < 7; i++)
        {
            var mine = i;
            senders.Add(StartBlocked(chan, () => Send(chan, 100 + mine, cancels[mine].Token)));
        }
        foreach (var i in new[] { 3, 0, 6, 4 })
        {
            cancels[i].Cancel();
            IsCancelled(senders[i], cancels[i].Token);
        }
        var got = new List<int>();
        Together(() =>
        {
            for (var i = 0; i < capacity + 3; i++)
                got.Add(Receive(chan));
        });
        Assert.Equal([101, 102, 105], got.Skip(capacity));
        Bounded.Wait([senders[1], senders[2], senders[5]]);
    }

    [Theory, MemberData(nameof(Capacities))]
    public void Send_TokenGivenAndClosedWhileItWaits_ThrowsAsWithoutIt(int capacity)
    {
        var chan = Full(capacity);
        using var cancel = new CancellationTokenSource();
        var sender = StartBlocked(chan, () => Send(chan, 1, cancel.Token));
        chan.Close();
        Assert.Throws<ChanClosedException>(() => Bounded.Wait(sender));
    }

    [Fact]
    public void Nil_Cancelled_Ends()
    {
        using var cancel = new CancellationTokenSource();
        var sender = Start(() => Send(Chan<string>.Nil, "x", cancel.Token));
        var receiver = Start(() => Receive(Chan<string>.Nil, cancel.Token));
        Thread.Sleep(20);
        Assert.False(sender.IsCompleted || receiver.IsCompleted);
        cancel.Cancel();
        IsCancelled(sender, cancel.Token);
        IsCancelled(receiver, cancel.Token);
    }

    // A token races with its partner, over and over on the same waiters: each send ends as sent and is received, or as cancelled and is
    // not. A callback of one round that came late would end a wait of a later one, or lose its value.
    [Theory, MemberData(nameof(Capacities))]
    public void Send_CancellationRaces_ValuesAreConserved(int capacity)
    {
        const int Senders = 4;
        var rounds = Weaving.Scale(300, 100);
        var chan = new Chan<int>(capacity);
        int sent = 0, cancelled = 0, received = 0;
        long sentSum = 0, receivedSum = 0;
        var all = new List<Task>();
        for (var s = 0; s < Senders; s++)
        {
            var mine = s;
            all.Add(Start(() =>
            {
                for (var i = 0; i < rounds; i++)
                {
                    var cancel = new CancellationTokenSource(); // not disposed of: it may be cancelled at any time
                    ThreadPool.UnsafeQueueUserWorkItem(static c => c.Cancel(), cancel, false);
                    var value = mine * rounds + i;
                    try
                    {
                        Send(chan, value, cancel.Token);
                        Interlocked.Increment(ref sent);
                        Interlocked.Add(ref sentSum, value);
                    }
                    catch (OperationCanceledException)
                    {
                        Interlocked.Increment(ref cancelled);
                    }
                }
            }));
        }
        var receivers = new List<Task>();
        for (var r = 0; r < 3; r++)
        {
            receivers.Add(Start(() =>
            {
                while (true)
                {
                    var cancel = new CancellationTokenSource(); // not disposed of: it may be cancelled at any time
                    ThreadPool.UnsafeQueueUserWorkItem(static c => c.Cancel(), cancel, false);
                    try
                    {
                        var (v, ok) = ReceiveOk(chan, cancel.Token);
                        if (!ok)
                            return;
                        Interlocked.Increment(ref received);
                        Interlocked.Add(ref receivedSum, v);
                    }
                    catch (OperationCanceledException)
                    {
                    }
                }
            }));
        }
        Bounded.Wait(all, 60);
        chan.Close();
        Bounded.Wait(receivers, 60);
        Assert.Equal(Senders * rounds, sent + cancelled);
        Assert.Equal((sent, sentSum), (received, receivedSum));
    }
}

public sealed class ChanCancellationByGoroutinesTests() : ChanCancellationTests(Callers.Goroutines);

public sealed class ChanCancellationByThreadsTests() : ChanCancellationTests(Callers.Threads);

public sealed class ChanCancellationByAsyncTests() : ChanCancellationTests(Callers.Async);

public sealed class ChanCancellationByGoroutinesAndThreadsTests() : ChanCancellationTests(Callers.Mixed);

public sealed class ChanCancellationByThreadsAndGoroutinesTests() : ChanCancellationTests(Callers.ThreadsAndGoroutines);

public sealed class ChanCancellationByGoroutinesAndAsyncTests() : ChanCancellationTests(Callers.GoroutinesAndAsync);

public sealed class ChanCancellationByAsyncAndGoroutinesTests() : ChanCancellationTests(Callers.AsyncAndGoroutines);

public sealed class ChanCancellationByThreadsAndAsyncTests() : ChanCancellationTests(Callers.ThreadsAndAsync);

public sealed class ChanCancellationByAsyncAndThreadsTests() : ChanCancellationTests(Callers.AsyncAndThreads);
