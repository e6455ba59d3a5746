// Go's runtime/chan_test.go, by what it asserts. docs/conformance-channels.md has the table.

namespace Weft.Tests;

/// <summary>Rows of runtime/chan_test.go.</summary>
public sealed class GoRuntimeChanTests
{
    // For each capacity: blocking, non-blocking, close, order, flags.
    [Fact]
    public void TestChan() => Bounded.OnGoroutine(() =>
    {
        for (var capacity = 0; capacity < 20; capacity++)
        {
            // A receive from an empty one blocks, a try does not.
            var empty = new Chan<int>(capacity);
            int received1 = 0, received2 = 0;
            var both = new WaitGroup();
            both.Go(() => received1 = empty.Receive());
            both.Go(() => received2 = empty.Receive());
            for (var i = 0; i < 5; i++)
                Yield();
            Assert.Equal((0, 0), (received1, received2));
            empty.Send(1);
            empty.Send(2);
            both.Wait();
            Assert.Equal(3, received1 + received2);
            Assert.False(empty.TryReceive(out _));

            // A send to a full one blocks, a try does not.
            var full = new Chan<int>(capacity);
            for (var i = 0; i < capacity; i++)
                full.Send(i);
            var sent = false;
            Go(() =>
            {
                full.Send(capacity);
                Volatile.Write(ref sent, true);
            });
            for (var i = 0; i < 5; i++)
                Yield();
            Assert.False(Volatile.Read(ref sent));
            while (Waiters.Of(full) != 1)
                Yield();
            Assert.False(full.TrySend(0));
            Assert.Equal(0, full.Receive());
            while (!Volatile.Read(ref sent))
                Yield();

            // Close: the rest, then defaults.
            full.Close();
            for (var i = 1; i <= capacity; i++)
                Assert.Equal((i, true), full.ReceiveOk());
            Assert.Equal((0, false), full.ReceiveOk());

            // Close wakes a receiver that waits.
            var closing = new Chan<int>(capacity);
            var woken = new Chan<(int, bool)>();
            Go(() => woken.Send(closing.ReceiveOk()));
            while (Waiters.Of(closing) != 1)
                Yield();
            closing.Close();
            Assert.Equal((0, false), woken.Receive());

            // Order, of one and of several senders and receivers.
            var ordered = new Chan<int>(capacity);
            Go(() =>
            {
                for (var i = 0; i < 100; i++)
                    ordered.Send(i);
            });
            for (var i = 0; i < 100; i++)
                Assert.Equal(i, ordered.Receive());
            const int P = 4, L = 100;
            var counts = new int[L];
            var done = new WaitGroup();
            for (var p = 0; p < P; p++)
            {
                done.Go(() =>
                {
                    for (var i = 0; i < L; i++)
                        ordered.Send(i);
                });
                done.Go(() =>
                {
                    for (var i = 0; i < L; i++)
                        Interlocked.Increment(ref counts[ordered.Receive()]);
                });
            }
            done.Wait();
            Assert.All(counts, n => Assert.Equal(P, n));
            Assert.Equal((0, capacity), (ordered.Count, ordered.Capacity));
        }
    });

    // A value is there before the receive that does not wait, whatever a concurrent one does on the other channel of the pair.
    [Fact]
    public void TestNonblockRecvRace() => Bounded.OnGoroutine(() =>
    {
        for (var i = 0; i < 2000; i++)
        {
            var chan = new Chan<int>(1);
            chan.Send(1);
            Go(chan.Close);
            Assert.True(chan.TryReceive(out _));
        }
    });

    // There is a value in one of the two at all times: c1 is closed only after c2 has been filled. A select that does not wait, and looks
    // at one after the other without locking both, would report none.
    [Theory, InlineData(false), InlineData(true)]
    public void TestNonblockSelectRace(bool closes)
    {
        var rounds = Weaving.Scale(5000, 500);
        var missed = Bounded.OnGoroutine(() =>
        {
            var missed = 0;
            for (var i = 0; i < rounds; i++)
            {
                Chan<int> c1 = new(1), c2 = new(1);
                c1.Send(1);
                var looked = new Chan<bool>();
                Go(() => looked.Send(Select.TryWait(c1.OnReceive(), c2.OnReceive()) < 0));
                if (closes)
                    c2.Close();
                else
                    c2.Send(1);
                c1.TryReceive(out _);
                if (looked.Receive())
                    missed++;
            }
            return missed;
        });
        Assert.Equal(0, missed);
    }

    // Two that send and receive on the same channel in one select never get their own value.
    [Theory, InlineData(0), InlineData(10)]
    public void TestSelfSelect(int capacity)
    {
        using var procs = new Procs(2);
        Bounded.OnGoroutine(() =>
        {
            var chan = new Chan<int>(capacity);
            var both = new WaitGroup();
            for (var p = 0; p < 2; p++)
            {
                var mine = p;
                both.Go(() =>
                {
                    var receive = chan.OnReceive();
                    var send = chan.OnSend(mine);
                    for (var i = 0; i < 1000; i++)
                    {
                        var received = mine == 0 || i % 2 == 0 ? Select.Wait(send, receive) == 1 : Select.Wait(receive, send) == 0;
                        if (received && capacity == 0)
                            Assert.NotEqual(mine, receive.Value);
                    }
                });
            }
            both.Wait();
        });
    }

    // Plain operations and selects over four channels, all at once: everybody ends.
    [Theory, InlineData(1), InlineData(2), InlineData(8)]
    public void TestSelectStress(int procs)
    {
        using var _ = new Procs(procs);
        var n = Weaving.Scale(5000, 500);
        Bounded.OnGoroutine(() =>
        {
            Chan<int>[] c = [new(), new(), new(2), new(3)];
            var all = new WaitGroup();
            for (var k = 0; k < 4; k++)
            {
                var chan = c[k];
                all.Go(() =>
                {
                    for (var i = 0; i < n; i++)
                        chan.Send(0);
                });
                all.Go(() =>
                {
                    for (var i = 0; i < n; i++)
                        chan.Receive();
                });
            }
            all.Go(() =>
            {
                var left = new[] { n, n, n, n };
                var send = c.Select(x => x.OnSend(0)).ToArray();
                var idle = Chan<int>.Nil.OnSend(0);
                for (var i = 0; i < 4 * n; i++)
                {
                    var k = Select.Wait(left[3] > 0 ? send[3] : idle, left[2] > 0 ? send[2] : idle, left[0] > 0 ? send[0] : idle, left[1] > 0 ? send[1] : idle);
                    left[k switch { 0 => 3, 1 => 2, 2 => 0, _ => 1 }]--;
                }
            });
            all.Go(() =>
            {
                var left = new[] { n, n, n, n };
                var receive = c.Select(x => x.OnReceive()).ToArray();
                var idle = Chan<int>.Nil.OnReceive();
                for (var i = 0; i < 4 * n; i++)
                    left[Select.Wait(left[0] > 0 ? receive[0] : idle, left[1] > 0 ? receive[1] : idle, left[2] > 0 ? receive[2] : idle, left[3] > 0 ? receive[3] : idle)]--;
            });
            all.Wait();
            Assert.All(c, x => Assert.Equal((0, 0), (x.Count, Waiters.Of(x))));
        }, 60);
    }

    // Of two that are always ready each is chosen half of the time, within ten standard deviations.
    [Theory, InlineData(2), InlineData(5)]
    public void TestSelectFairness(int cases)
    {
        const int Trials = 10_000;
        var counts = Bounded.OnGoroutine(() =>
        {
            var chans = Enumerable.Range(0, cases).Select(_ => new Chan<int>(Trials)).ToArray();
            foreach (var chan in chans)
                for (var i = 0; i < Trials; i++)
                    chan.Send(i);
            SelectCase[] on = [.. chans.Select(c => c.OnReceive()), new Chan<int>().OnReceive()];
            var counts = new int[cases];
            for (var i = 0; i < Trials; i++)
                counts[Select.Wait(on)]++;
            return counts;
        });
        var p = 1.0 / cases;
        var deviation = Math.Sqrt(Trials * p * (1 - p));
        Assert.All(counts, n => Assert.InRange(n, Trials * p - 10 * deviation, Trials * p + 10 * deviation));
    }

    private interface IShape;

    private sealed class Dot : IShape;

    private struct Square : IShape;

    // Values of an interface type, of classes and of structs.
    [Fact]
    public void TestChanSendInterface() => Bounded.OnGoroutine(() =>
    {
        var chan = new Chan<IShape>(1);
        chan.Send(new Dot());
        Assert.IsType<Dot>(chan.Receive());
        Assert.Equal(0, Select.Wait(chan.OnSend(new Square())));
        Assert.False(chan.TrySend(new Dot()));
        Assert.Equal(-1, Select.TryWait(chan.OnSend(new Dot()), Chan<IShape>.Nil.OnSend(new Dot())));
        Assert.IsType<Square>(chan.Receive());
    });

    // Of two sends to one channel both values are seen, neither of them in a tenth of the rounds or less.
    [Theory, InlineData(0), InlineData(100)]
    public void TestPseudoRandomSend(int capacity)
    {
        const int N = 100;
        var ones = Bounded.OnGoroutine(() =>
        {
            var chan = new Chan<int>(capacity);
            var got = new int[N];
            var done = new Chan<bool>();
            Go(() =>
            {
                for (var i = 0; i < N; i++)
                {
                    Yield();
                    got[i] = chan.Receive();
                }
                done.Send(true);
            });
            for (var i = 0; i < N; i++)
                Select.Wait(chan.OnSend(1), chan.OnSend(0));
            done.Receive();
            return got.Sum();
        });
        Assert.InRange(ones, 11, 89);
    }

    // 23 workers pass 271828 numbers on: sum and count are exact.
    [Fact]
    public void TestMultiConsumer()
    {
        const int Workers = 23;
        var items = Weaving.Scale(271_828, 20_000);
        Bounded.OnGoroutine(() =>
        {
            int[] primes = [2, 3, 7, 11, 13, 17, 19, 23, 27, 31];
            Chan<int> queue = new(Workers * 4), results = new(Workers * 4);
            var all = new WaitGroup();
            for (var w = 0; w < Workers; w++)
            {
                var mine = w;
                all.Go(() =>
                {
                    foreach (var v in queue)
                    {
                        if (mine % primes[(mine + v) % primes.Length] == 0)
                            Yield();
                        results.Send(v);
                    }
                });
            }
            var expected = 0L;
            for (var i = 0; i < items; i++)
                expected += primes[i % primes.Length];
            Go(() =>
            {
                for (var i = 0; i < items; i++)
                    queue.Send(primes[i % primes.Length]);
                queue.Close();
                all.Wait();
                results.Close();
            });
            var (n, sum) = (0, 0L);
            foreach (var v in results)
                (n, sum) = (n + 1, sum + v);
            Assert.Equal((items, expected), (n, sum));
        }, 60);
    }

    // A select that has the same channel twice, woken by another, takes both of its waiters out of the queue: the one behind them is next.
    [Fact]
    public void TestSelectDuplicateChannel() => Bounded.OnGoroutine(() =>
    {
        Chan<int> c = new(), d = new(), e = new(), f = new();
        Go(() =>
        {
            Select.Wait(c.OnReceive(), c.OnReceive(), d.OnReceive());
            e.Send(9);
        });
        while (Waiters.Of(c) != 2)
            Yield();
        Go(() => f.Send(c.Receive()));
        while (Waiters.Of(c) != 3)
            Yield();
        d.Send(7);
        Assert.Equal(9, e.Receive());
        Assert.Equal(1, Waiters.Of(c));
        c.Send(8);
        Assert.Equal(8, f.Receive());
    });
}
