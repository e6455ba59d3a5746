// What a channel does, whoever calls: every row of the table of operations, for capacities 0, 1 and 10.

using System.Runtime.CompilerServices;

namespace Weft.Tests;

/// <summary>The suite; see the file head.</summary>
public abstract class ChanTests(Callers callers) : CallerSuite(callers)
{
    public static TheoryData<int> Capacities => [0, 1, 10];

    private static Chan<int> Full(int capacity)
    {
        var chan = new Chan<int>(capacity);
        for (var i = 0; i < capacity; i++)
            Assert.True(chan.TrySend(i));
        return chan;
    }

    [Theory, MemberData(nameof(Capacities))]
    public void Receive_Empty_BlocksUntilASend(int capacity)
    {
        var chan = new Chan<int>(capacity);
        var got = 0;
        var receiver = StartBlocked(chan, () => got = Receive(chan));
        Assert.False(receiver.IsCompleted);
        Together(() => Send(chan, 7));
        Bounded.Wait(receiver);
        Assert.Equal(7, got);
    }

    [Theory, MemberData(nameof(Capacities))]
    public void Send_Full_BlocksUntilAReceive(int capacity)
    {
        var chan = Full(capacity);
        var sender = StartBlocked(chan, () => Send(chan, capacity));
        Assert.False(sender.IsCompleted);
        var got = -1;
        Together(() => got = Receive(chan));
        Bounded.Wait(sender);
        Assert.Equal(0, got);
    }

    [Theory, MemberData(nameof(Capacities))]
    public void Receive_SendersWait_TakesValuesInTheOrderOfSending(int capacity)
    {
        var chan = Full(capacity);
        var senders = new List<Task>();
        for (var i = 0; i < 5; i++)
        {
            var value = capacity + i;
            senders.Add(StartBlocked(chan, () => Send(chan, value)));
        }
        var got = new List<int>();
        Together(() =>
        {
            for (var i = 0; i < capacity + 5; i++)
                got.Add(Receive(chan));
        });
        Bounded.Wait(senders);
        Assert.Equal(Enumerable.Range(0, capacity + 5), got);
    }

    [Theory, MemberData(nameof(Capacities))]
    public void Send_ReceiversWait_ServesThemInTheOrderOfArrival(int capacity)
    {
        var chan = new Chan<int>(capacity);
        var got = new int[5];
        var receivers = new List<Task>();
        for (var i = 0; i < got.Length; i++)
        {
            var mine = i;
            receivers.Add(StartBlocked(chan, () => got[mine] = Receive(chan)));
        }
        Together(() =>
        {
            for (var i = 0; i < got.Length; i++)
                Send(chan, 100 + i);
        });
        Bounded.Wait(receivers);
        Assert.Equal([100, 101, 102, 103, 104], got);
    }

    [Theory, MemberData(nameof(Capacities))]
    public void Send_ManyValues_ArriveInOrder(int capacity)
    {
        var chan = new Chan<int>(capacity);
        var inOrder = true;
        Together(
            () =>
            {
                for (var i = 0; i < 1000; i++)
                    Send(chan, i);
            },
            () =>
            {
                for (var i = 0; i < 1000; i++)
                    inOrder &= Receive(chan) == i;
            });
        Assert.True(inOrder);
        Assert.Equal(0, chan.Count);
    }

    [Theory, MemberData(nameof(Capacities))]
    public void Close_ReceiversWait_AllWakeWithDefault(int capacity)
    {
        var chan = new Chan<int>(capacity);
        var oks = new bool?[4];
        var values = new int[4];
        var receivers = new List<Task>();
        for (var i = 0; i < 4; i++)
        {
            var mine = i;
            receivers.Add(StartBlocked(chan, () => (values[mine], oks[mine]) = ReceiveOk(chan)));
        }
        Together(chan.Close);
        Bounded.Wait(receivers);
        Assert.All(oks, ok => Assert.Equal(false, ok));
        Assert.All(values, v => Assert.Equal(0, v));
    }

    [Theory, MemberData(nameof(Capacities))]
    public void Close_SendersWait_AllWakeWithAnException(int capacity)
    {
        var chan = Full(capacity);
        var senders = new List<Task>();
        for (var i = 0; i < 4; i++)
            senders.Add(StartBlocked(chan, () => Send(chan, 99)));
        Together(chan.Close);
        foreach (var sender in senders)
            Assert.Equal("send on closed channel", Assert.Throws<ChanClosedException>(() => Bounded.Wait(sender)).Message);
        // The values of those senders were not sent.
        var got = new List<int>();
        Together(() =>
        {
            ForEach(chan, got.Add);
        });
        Assert.Equal(Enumerable.Range(0, capacity), got);
    }

    [Theory, MemberData(nameof(Capacities))]
    public void Receive_ClosedWithValues_DrainsThenGivesDefault(int capacity)
    {
        var chan = Full(capacity);
        chan.Close();
        var got = new List<(int, bool)>();
        var last = -1;
        Together(() =>
        {
            for (var i = 0; i <= capacity; i++)
                got.Add(ReceiveOk(chan));
            last = Receive(chan);
        });
        Assert.Equal(Enumerable.Range(0, capacity).Select(i => (i, true)).Append((0, false)), got);
        Assert.Equal(0, last);
    }

    [Theory, MemberData(nameof(Capacities))]
    public void ReceiveOk_DefaultValueSent_SaysTrue(int capacity)
    {
        var chan = new Chan<int>(capacity);
        var got = (-1, false);
        Together(() => Send(chan, 0), () => got = ReceiveOk(chan));
        Assert.Equal((0, true), got);
    }

    [Theory, MemberData(nameof(Capacities))]
    public void Send_Closed_Throws(int capacity)
    {
        var chan = new Chan<int>(capacity);
        chan.Close();
        var sender = Start(() => Send(chan, 1));
        Assert.Equal("send on closed channel", Assert.Throws<ChanClosedException>(() => Bounded.Wait(sender)).Message);
        Assert.Throws<ChanClosedException>(() => chan.TrySend(1));
    }

    [Theory, MemberData(nameof(Capacities))]
    public void Close_Twice_Throws(int capacity)
    {
        var chan = new Chan<int>(capacity);
        chan.Close();
        var second = Start(chan.Close);
        Assert.Equal("close of closed channel", Assert.Throws<ChanClosedException>(() => Bounded.Wait(second)).Message);
    }

    [Fact]
    public void Constructor_NegativeCapacity_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new Chan<int>(-1));

    [Theory, MemberData(nameof(Capacities))]
    public void Count_ValuesBuffered_CountsThem(int capacity)
    {
        var chan = Full(capacity);
        Assert.Equal(capacity, chan.Count);
        Assert.Equal(capacity, chan.Capacity);
        if (capacity > 0)
        {
            Assert.True(chan.TryReceive(out _));
            Assert.Equal(capacity - 1, chan.Count);
        }
    }

    [Fact]
    public void Nil_EveryOperation_BlocksOrThrows()
    {
        var nil = Chan<string>.Nil;
        Assert.False(nil.TrySend("x"));
        Assert.False(nil.TryReceive(out var value));
        Assert.Null(value);
        Assert.Equal((0, 0), (nil.Count, nil.Capacity));
        var close = Start(nil.Close);
        Assert.Equal("close of nil channel", Assert.Throws<InvalidOperationException>(() => Bounded.Wait(close)).Message);

        // These two never end; that is the property.
        var sender = Start(() => Send(nil, "x"));
        var receiver = Start(() => Receive(nil));
        Thread.Sleep(50);
        Assert.False(sender.IsCompleted);
        Assert.False(receiver.IsCompleted);
    }

    [Theory, MemberData(nameof(Capacities))]
    public void TrySend_NobodyWaitsAndFull_IsFalse(int capacity)
    {
        var chan = Full(capacity);
        Assert.False(chan.TrySend(1));
        Assert.Equal(capacity, chan.Count);
    }

    [Theory, MemberData(nameof(Capacities))]
    public void TrySend_AReceiverWaits_HandsOver(int capacity)
    {
        var chan = new Chan<int>(capacity);
        var got = 0;
        var receiver = StartBlocked(chan, () => got = Receive(chan));
        Assert.True(chan.TrySend(5));
        Bounded.Wait(receiver);
        Assert.Equal(5, got);
    }

    [Theory, MemberData(nameof(Capacities))]
    public void TryReceive_EmptyOrClosed_IsFalse(int capacity)
    {
        var chan = new Chan<int>(capacity);
        Assert.False(chan.TryReceive(out var v));
        Assert.Equal(0, v);
        chan.Close();
        Assert.False(chan.TryReceive(out v));
        Assert.Equal(0, v);
    }

    [Theory, MemberData(nameof(Capacities))]
    public void TryReceive_ASenderWaits_TakesTheOldestAndLetsTheSenderGoOn(int capacity)
    {
        var chan = Full(capacity);
        var sender = StartBlocked(chan, () => Send(chan, capacity));
        Assert.True(chan.TryReceive(out var v));
        Assert.Equal(0, v);
        Bounded.Wait(sender);
        Assert.Equal(capacity, chan.Count);
    }

    [Theory, MemberData(nameof(Capacities))]
    public void Foreach_UntilClosed_SeesAllValues(int capacity)
    {
        var chan = new Chan<int>(capacity);
        var got = new List<int>();
        Together(
            () =>
            {
                for (var i = 0; i < 50; i++)
                    Send(chan, i);
                chan.Close();
            },
            () =>
            {
                ForEach(chan, got.Add);
            });
        Assert.Equal(Enumerable.Range(0, 50), got);
    }

    [Theory, MemberData(nameof(Capacities))]
    public void Foreach_ThroughTheInterface_SeesAllValues(int capacity)
    {
        var chan = new Chan<int>(capacity);
        var sum = 0;
        Together(
            () =>
            {
                for (var i = 1; i <= 20; i++)
                    Send(chan, i);
                chan.Close();
            },
            () =>
            {
                IEnumerable<int> values = chan;
                foreach (var v in values)
                    sum += v;
            });
        Assert.Equal(210, sum);
    }

    [Theory, MemberData(nameof(Capacities))]
    public void Foreach_Left_LeavesTheRestInTheChannel(int capacity)
    {
        var chan = new Chan<int>(capacity);
        var first = 0;
        var rest = 0;
        Together(
            () =>
            {
                Send(chan, 1);
                Send(chan, 2);
            },
            () =>
            {
                foreach (var v in chan)
                {
                    first = v;
                    break;
                }
                rest = Receive(chan);
            });
        Assert.Equal((1, 2), (first, rest));
    }

    private record struct Large(long A, long B, string C, long D, object E, long F, double G, long H);

    [Theory, MemberData(nameof(Capacities))]
    public void Send_LargeStruct_ArrivesWhole(int capacity)
    {
        var chan = new Chan<Large>(capacity);
        var ok = true;
        Together(
            () =>
            {
                for (var i = 0; i < 100; i++)
                    Send(chan, new Large(i, i + 1, i.ToString(), i + 3, i + 4, i + 5, i + 6.5, i + 7));
                chan.Close();
            },
            () =>
            {
                var i = 0;
                foreach (var v in chan)
                {
                    ok &= v.A == i && v.B == i + 1 && v.C == i.ToString() && v.D == i + 3 && (int)v.E == i + 4 && v.F == i + 5 && v.G == i + 6.5 && v.H == i + 7;
                    i++;
                }
                ok &= i == 100;
            });
        Assert.True(ok);
    }

    private struct Nothing;

    [Theory, MemberData(nameof(Capacities))]
    public void Send_TypesOfEverySize_Arrive(int capacity)
    {
        Passes(capacity, (byte)200);
        Passes(capacity, (short)-2);
        Passes(capacity, 'x');
        Passes(capacity, true);
        Passes(capacity, 1.5f);
        Passes(capacity, -2.5);
        Passes(capacity, long.MinValue);
        Passes(capacity, 3.25m);
        Passes(capacity, Guid.NewGuid());
        Passes(capacity, "text");
        Passes<string?>(capacity, null);
        Passes(capacity, (1, "two", 3.0));
        Passes<int?>(capacity, 4);
        Passes<int?>(capacity, null);
        Passes(capacity, new Nothing());
        Passes(capacity, DayOfWeek.Friday);
        Passes<object>(capacity, 17);
    }

    private void Passes<T>(int capacity, T value)
    {
        var chan = new Chan<T>(capacity);
        T? got = default;
        var blocked = StartBlocked(chan, () => got = Receive(chan)); // the value comes through a sudog
        Together(() => Send(chan, value));
        Bounded.Wait(blocked);
        Assert.Equal(value, got);
        var ok = (Value: default(T), Ok: false);
        Together(() => Send(chan, value), () => ok = ReceiveOk(chan));
        Assert.Equal((value, true), ok);
    }

    // A value that was received must not be kept alive by the slot of the buffer, nor by the waiter's record.

    [Theory, MemberData(nameof(Capacities))]
    public void Receive_ReferenceType_IsNotKeptAliveByTheChannel(int capacity)
    {
        var chan = new Chan<object>(capacity);
        var tracked = new WeakReference[8];
        var hold = new Chan<int>();
        // The two stay alive, so that what they passed is kept by them if by anything.
        var sender = Start(() =>
        {
            for (var i = 0; i < tracked.Length; i++)
                SendTracked(chan, tracked, i);
            Receive(hold);
        });
        var receiver = Start(() =>
        {
            for (var i = 0; i < tracked.Length; i++)
                Drop(chan);
            Receive(hold);
        });
        Bounded.Until(() => Waiters.Of(hold) == 2, "both are through");
        AssertDead(tracked);
        Together(hold.Close);
        Bounded.Wait([sender, receiver]);
        GC.KeepAlive(chan);
    }

    [Theory, MemberData(nameof(Capacities))]
    public void Close_SenderOfReferenceTypeWaits_LetsGoOfTheValue(int capacity)
    {
        var chan = new Chan<object>(capacity);
        for (var i = 0; i < capacity; i++)
            chan.TrySend("filler");
        var tracked = new WeakReference[1];
        var hold = new Chan<int>();
        var sender = StartBlocked(chan, () =>
        {
            try
            {
                SendTracked(chan, tracked, 0);
            }
            catch (ChanClosedException)
            {
            }
            Receive(hold);
        });
        chan.Close();
        Bounded.Until(() => Waiters.Of(hold) == 1, "the sender is through");
        AssertDead(tracked);
        hold.Close();
        Bounded.Wait(sender);
        GC.KeepAlive(chan);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SendTracked(Chan<object> chan, WeakReference[] tracked, int i) => Send(chan, Tracked(tracked, i));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object Tracked(WeakReference[] tracked, int i)
    {
        var o = new object();
        tracked[i] = new WeakReference(o);
        return o;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop(Chan<object> chan) => Receive(chan);

    private static void AssertDead(WeakReference[] tracked) => Bounded.Until(() =>
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return tracked.All(t => !t.IsAlive);
    }, $"values are collected ({tracked.Length})", 5);

    // k-th receive on capacity C precedes the completion of send k + C: a channel is a counting semaphore.
    [Fact]
    public void Send_BufferedAsSemaphore_AdmitsAtMostCapacity()
    {
        var room = new Chan<int>(3);
        int inside = 0, most = 0;
        var all = Enumerable.Range(0, 12).Select(_ => Start(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                Send(room, 0);
                var n = Interlocked.Increment(ref inside);
                int seen;
                while (n > (seen = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, n, seen) != seen)
                {
                }
                Yield();
                Interlocked.Decrement(ref inside);
                Receive(room);
            }
        })).ToList();
        Bounded.Wait(all);
        Assert.InRange(most, 1, 3);
    }

    // What was written before a send is visible after its receive; the same for close. Plain fields, so a missing barrier shows.
    [Fact]
    public void Close_AfterAWrite_TheWriteIsVisibleAfterTheReceive()
    {
        for (var round = 0; round < 200; round++)
        {
            var chan = new Chan<int>();
            var written = 0;
            var seen = 0;
            Together(
                () =>
                {
                    written = 42;
                    chan.Close();
                },
                () =>
                {
                    Receive(chan);
                    seen = written;
                });
            Assert.Equal(42, seen);
        }
    }
}

public sealed class ChanByGoroutinesTests() : ChanTests(Callers.Goroutines);

public sealed class ChanByThreadsTests() : ChanTests(Callers.Threads);

public sealed class ChanByAsyncTests() : ChanTests(Callers.Async);

public sealed class ChanByBothTests() : ChanTests(Callers.Mixed);

public sealed class ChanByThreadsAndGoroutinesTests() : ChanTests(Callers.ThreadsAndGoroutines);

public sealed class ChanByGoroutinesAndAsyncTests() : ChanTests(Callers.GoroutinesAndAsync);

public sealed class ChanByAsyncAndGoroutinesTests() : ChanTests(Callers.AsyncAndGoroutines);

public sealed class ChanByThreadsAndAsyncTests() : ChanTests(Callers.ThreadsAndAsync);

public sealed class ChanByAsyncAndThreadsTests() : ChanTests(Callers.AsyncAndThreads);
