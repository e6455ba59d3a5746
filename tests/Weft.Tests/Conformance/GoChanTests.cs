// Go's own tests of channels, by what they assert: the rows of test/chan and its neighbours. docs/conformance-channels.md has the table.

namespace Weft.Tests;

/// <summary>Rows of test/: channels.</summary>
public sealed class GoChanTests
{
    // Unbuffered channels deliver in the order in which senders queued; a chain of goroutines keeps the order of its values.
    [Theory, InlineData(0), InlineData(10)]
    public void Fifo(int capacity)
    {
        const int N = 10;
        Bounded.OnGoroutine(() =>
        {
            var direct = new Chan<int>(capacity);
            if (capacity > 0)
            {
                for (var i = 0; i < N; i++)
                    direct.Send(i);
            }
            else
            {
                for (var i = 0; i < N; i++)
                {
                    var mine = i;
                    Go(() => direct.Send(mine));
                    while (Waiters.Senders(direct) != i + 1)
                        Yield();
                }
            }
            for (var i = 0; i < N; i++)
                Assert.Equal(i, direct.Receive());

            // Each link hands its value on only after the one before it has.
            var shared = new Chan<int>(capacity == 0 ? N : capacity);
            var gate = new Chan<int>();
            var first = gate;
            for (var i = 0; i < N; i++)
            {
                var (mine, before, after) = (i, gate, new Chan<int>());
                Go(() =>
                {
                    before.Receive();
                    shared.Send(mine);
                    after.Send(1);
                });
                gate = after;
            }
            first.Send(0);
            gate.Receive();
            for (var i = 0; i < N; i++)
                Assert.Equal(i, shared.Receive());
        });
    }

    // A chain of goroutines, each between two channels, starts and tears down.
    [Fact]
    public void Goroutines()
    {
        var n = Weaving.Scale(10_000, 200);
        Bounded.OnGoroutine(() =>
        {
            var leftmost = new Chan<int>();
            var left = leftmost;
            var right = leftmost;
            for (var i = 0; i < n; i++)
            {
                right = new Chan<int>();
                var (l, r) = (left, right);
                Go(() => l.Send(r.Receive() + 1));
                left = right;
            }
            var last = right;
            Go(() => last.Send(0));
            Assert.Equal(n, leftmost.Receive());
        });
    }

    private record struct Big(long A, long B, long C, string D);

    // Results of operations that do not wait, for small, word-sized, reference and large values, buffered and not.
    [Theory, InlineData(0), InlineData(1)]
    public void Nonblock(int capacity) => Bounded.OnGoroutine(() =>
    {
        TryEach(capacity, (byte)1, (byte)2);
        TryEach(capacity, 123456, 7);
        TryEach(capacity, "hello", "goodbye");
        TryEach(capacity, new Big(1, 2, 3, "x"), new Big(4, 5, 6, "y"));
    });

    private static void TryEach<T>(int capacity, T first, T second)
    {
        var chan = new Chan<T>(capacity);
        Assert.False(chan.TryReceive(out _));
        var on = chan.OnReceive();
        Assert.Equal(-1, Select.TryWait(on));
        Assert.Equal(capacity > 0, chan.TrySend(first));
        Assert.Equal(-1, Select.TryWait(chan.OnSend(second)));
        if (capacity > 0)
        {
            Assert.True(chan.TryReceive(out var v));
            Assert.Equal(first, v);
            return;
        }
        // A partner that waits makes them succeed.
        var done = new Chan<T>();
        Go(() => done.Send(chan.Receive()));
        while (!chan.TrySend(second))
            Yield();
        Assert.Equal(second, done.Receive());
        Go(() =>
        {
            chan.Send(first);
            done.Send(first);
        });
        while (Select.TryWait(on) < 0)
            Yield();
        Assert.Equal((first, true), (on.Value, on.Ok));
        done.Receive();
    }

    // Prime sieves, of one channel for all filters and of one with a select in each filter.
    [Fact]
    public void Sieve1() => Assert.Equal(PrimesBelow100, Bounded.OnGoroutine(() => Sieve(static (from, to, prime) =>
    {
        while (true)
        {
            var (v, ok) = from.ReceiveOk();
            if (!ok)
                break;
            if (v % prime != 0)
                to.Send(v);
        }
        to.Close();
    })));

    [Fact]
    public void Sieve2() => Assert.Equal(PrimesBelow100, Bounded.OnGoroutine(() => Sieve(static (from, to, prime) =>
    {
        var receive = from.OnReceive();
        var send = to.OnSend(0);
        while (true)
        {
            Select.Wait(receive);
            if (!receive.Ok)
                break;
            send.Value = receive.Value;
            if (receive.Value % prime != 0)
                Select.Wait(send);
        }
        to.Close();
    })));

    private static readonly int[] PrimesBelow100 = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97];

    private static List<int> Sieve(Action<Chan<int>, Chan<int>, int> filter)
    {
        var numbers = new Chan<int>();
        Go(() =>
        {
            for (var i = 2; i < 100; i++)
                numbers.Send(i);
            numbers.Close();
        });
        var primes = new List<int>();
        for (var source = numbers; ;)
        {
            var (prime, ok) = source.ReceiveOk();
            if (!ok)
                return primes;
            primes.Add(prime);
            var (from, to) = (source, new Chan<int>());
            Go(() => filter(from, to, prime));
            source = to;
        }
    }

    private struct Nothing;

    // Values without a size: any capacity, and no memory for it.
    [Fact]
    public void Zerosize()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var chan = new Chan<Nothing>(int.MaxValue);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Equal(int.MaxValue, chan.Capacity);
        chan.Send(default);
        Assert.Equal(1, chan.Count);
        _ = new Chan<Nothing>(0);
        _ = new Chan<Nothing>(1 << 20);
    }

    [Fact]
    public void Chancap()
    {
        Assert.Equal((0, 0), (new Chan<int>().Capacity, new Chan<int>().Count));
        Assert.Equal(10, new Chan<int>(10).Capacity);
        Assert.Equal((0, 0), (Chan<int>.Nil.Capacity, Chan<int>.Nil.Count));
    }

    // A size that no machine has is refused when the channel is made, not when it fills.
    [Fact]
    public void Makechan()
    {
        Assert.Equal("capacity", Assert.Throws<ArgumentOutOfRangeException>(() => new Chan<int>(-1)).ParamName);
        Assert.Contains("out of range", Assert.Throws<ArgumentOutOfRangeException>(() => new Chan<long>(int.MaxValue)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Chan<(Guid, Guid, Guid, Guid, Guid, Guid, Guid, Guid)>(2_000_000_000));
    }

    // The buffer of a large channel grows as it fills, and keeps the order while it does.
    [Fact]
    public void Makechan_LargeBuffer_GrowsInOrder()
    {
        const int N = 200_000;
        var chan = new Chan<long>(N);
        int next = 0, expected = 0;
        for (var round = 0; round < 9; round++)
        {
            // Two forward, one back: the ring wraps while it grows.
            for (var i = 0; i < 2 * N / 10 && next < N; i++)
                Assert.True(chan.TrySend(next++));
            for (var i = 0; i < N / 10; i++)
            {
                Assert.True(chan.TryReceive(out var v));
                Assert.Equal(expected++, v);
            }
        }
        while (chan.TrySend(next))
            next++;
        Assert.Equal(N, chan.Count);
        while (chan.TryReceive(out var v))
            Assert.Equal(expected++, v);
        Assert.Equal(next, expected);
    }

    // Closed channels, of each kind of receive; a second close throws.
    [Theory, InlineData(0), InlineData(2)]
    public void Closedchan(int capacity) => Bounded.OnGoroutine(() =>
    {
        var chan = new Chan<int>(capacity);
        for (var i = 1; i <= capacity; i++)
            chan.Send(i);
        chan.Close();
        for (var i = 1; i <= capacity; i++)
            Assert.Equal((i, true), chan.ReceiveOk());
        var on = chan.OnReceive();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(0, chan.Receive());
            Assert.Equal((0, false), chan.ReceiveOk());
            Assert.False(chan.TryReceive(out _));
            Assert.Equal(0, Select.Wait(on));
            Assert.Equal((0, false), (on.Value, on.Ok));
            Assert.Equal(0, Select.TryWait(on, Chan<int>.Nil.OnReceive()));
            Assert.Equal(1, Select.Wait(Chan<int>.Nil.OnReceive(), on));
        }
        Assert.Throws<ChanClosedException>(() => chan.Send(1));
        Assert.Throws<ChanClosedException>(() => chan.TrySend(1));
        Assert.Throws<ChanClosedException>(() => Select.TryWait(chan.OnSend(1)));
        Assert.Throws<ChanClosedException>(chan.Close);
        Assert.Throws<InvalidOperationException>(Chan<int>.Nil.Close);
    });

    // Sends, receives and selects over one and many channels, waiting and not; the totals match.
    [Theory, InlineData(0), InlineData(4)]
    public void KenChan(int capacity) => Bounded.OnGoroutine(() =>
    {
        const int Channels = 8, Each = 200;
        var chans = Enumerable.Range(0, Channels).Select(_ => new Chan<int>(capacity)).ToArray();
        var senders = new WaitGroup();
        for (var c = 0; c < Channels; c++)
        {
            var (chan, other, mine) = (chans[c], chans[(c + 3) % Channels], c);
            senders.Go(() =>
            {
                for (var i = 0; i < Each; i++)
                {
                    switch (i % 4)
                    {
                        case 0:
                            chan.Send(mine + i);
                            break;
                        case 1:
                            while (!chan.TrySend(mine + i))
                                Yield();
                            break;
                        case 2:
                            Select.Wait(chan.OnSend(mine + i), other.OnSend(mine + i));
                            break;
                        default:
                            while (Select.TryWait(chan.OnSend(mine + i), other.OnSend(mine + i)) < 0)
                                Yield();
                            break;
                    }
                }
            });
        }
        var totals = new Chan<(int Count, long Sum)>(8);
        var end = new Chan<bool>();
        for (var r = 0; r < 8; r++)
        {
            var mine = r;
            Go(() =>
            {
                var count = 0;
                var sum = 0L;
                SelectCase[] cases = [.. chans.Select(c => c.OnReceive()), end.OnReceive()];
                while (true)
                {
                    var i = mine % 2 == 0 ? Select.Wait(cases) : Select.TryWait(cases);
                    if (i == Channels)
                        break;
                    if (i < 0)
                    {
                        Yield();
                        continue;
                    }
                    count++;
                    sum += ((ReceiveCase<int>)cases[i]).Value;
                }
                totals.Send((count, sum));
            });
        }
        senders.Wait();
        while (chans.Any(c => c.Count > 0))
            Yield();
        end.Close();
        var (n, all) = (0, 0L);
        for (var r = 0; r < 8; r++)
        {
            var (count, sum) = totals.Receive();
            (n, all) = (n + count, all + sum);
        }
        Assert.Equal(Channels * Each, n);
        Assert.Equal(Enumerable.Range(0, Channels).Sum(c => Enumerable.Range(0, Each).Sum(i => (long)c + i)), all);
    });

    // Ten receivers that select on one channel get each value exactly once.
    [Fact]
    public void KenChan1() => Bounded.OnGoroutine(() =>
    {
        const int Values = 1000, Receivers = 10;
        var chan = new Chan<int>(2);
        var seen = new int[Values];
        var all = new WaitGroup();
        for (var r = 0; r < Receivers; r++)
        {
            all.Go(() =>
            {
                ReceiveCase<int> a = chan.OnReceive(), b = chan.OnReceive();
                while (true)
                {
                    var on = Select.Wait(a, b) == 0 ? a : b;
                    if (!on.Ok)
                        return;
                    Interlocked.Increment(ref seen[on.Value]);
                }
            });
        }
        for (var i = 0; i < Values; i++)
            chan.Send(i);
        chan.Close();
        all.Wait();
        Assert.All(seen, n => Assert.Equal(1, n));
    });

    // A select waiter is taken out of the middle of thousands without a walk: doubling the number doubles the work, and no more.
    [Fact]
    public void Chanlinear()
    {
        var n = Weaving.Scale(8000, 100);
        Bounded.OnGoroutine(() =>
        {
            Chan<int> crowded = new(), own = new();
            var all = new WaitGroup();
            for (var i = 0; i < n; i++)
                all.Go(() => Select.Wait(crowded.OnReceive(), own.OnReceive()));
            while (Waiters.Of(crowded) != n)
                Yield();
            // Each is woken by its other channel and must find its place in the crowded one.
            for (var i = 0; i < n; i++)
                own.Send(i);
            all.Wait();
            Assert.Equal(0, Waiters.Of(crowded));
        });
    }

    private static long Count(long n) => n == 0 ? 0 : 1 + Count(n - 1);

    // Factorial by counting: recursion as deep as the number is large.
    [Fact]
    public void Peano()
    {
        Weaving.Required();
        Assert.Equal(362_880, Bounded.OnGoroutine(() =>
        {
            long Multiply(long a, long b) => b == 0 ? 0 : Count(a) + Multiply(a, b - 1);
            long Factorial(long n) => n == 0 ? 1 : Multiply(Factorial(n - 1), n);
            return Factorial(9);
        }));
    }

    // ---- test/fixedbugs ----

    // A send in a goroutine meets the receive.
    [Fact]
    public void Bug067() => Bounded.OnGoroutine(() =>
    {
        var chan = new Chan<long>();
        Go(() => chan.Send(0));
        Assert.Equal(0, chan.Receive());
    });

    // A synchronous send waits for its receiver.
    [Fact]
    public void Bug147() => Bounded.OnGoroutine(() =>
    {
        var chan = new Chan<int>();
        var received = false;
        var sent = new Chan<bool>();
        Go(() =>
        {
            chan.Send(1);
            sent.Send(Volatile.Read(ref received));
        });
        for (var i = 0; i < 100; i++)
            Yield();
        Volatile.Write(ref received, true);
        chan.Receive();
        Assert.True(sent.Receive());
    });

    // Select with default on an empty and on a full buffer.
    [Fact]
    public void Bug225() => Bounded.OnGoroutine(() =>
    {
        var chan = new Chan<bool>(1);
        var log = new List<string>();
        Select.On(chan, _ => log.Add("received")).Default(() => log.Add("empty"));
        Select.On(chan, true, () => log.Add("sent")).Default(() => log.Add("full"));
        Select.On(chan, false, () => log.Add("sent")).Default(() => log.Add("full"));
        Select.On(chan, v => log.Add($"received {v}")).Default(() => log.Add("empty"));
        Assert.Equal(["empty", "sent", "full", "received True"], log);
    });

    // A buffered value, then close: the value with true, then the default with false.
    [Fact]
    public void Bug234() => Bounded.OnGoroutine(() =>
    {
        var chan = new Chan<int>(100);
        var n = 0;
        for (; chan.TrySend(n); n++)
        {
        }
        Assert.Equal(100, n);
        chan.Close();
        for (var i = 0; i < 100; i++)
            Assert.Equal((i, true), chan.ReceiveOk());
        Assert.Equal((0, false), chan.ReceiveOk());
    });

    // Changing the number of processors around collections does not deadlock.
    [Fact]
    public void Bug370()
    {
        using var procs = new Procs(1);
        Bounded.OnGoroutine(() =>
        {
            var chan = new Chan<int>();
            for (var round = 1; round <= 4; round++)
            {
                WeftRuntime.MaxProcs = round;
                Go(() =>
                {
                    GC.Collect();
                    chan.Send(round);
                });
                GC.Collect();
                chan.Receive();
            }
        });
    }

    // A value received from a channel that was itself received; a receive while another's handler runs.
    [Fact]
    public void Issue8011() => Bounded.OnGoroutine(() =>
    {
        var outer = new Chan<Chan<int>>(1);
        var inner = new Chan<int>(1);
        inner.Send(42);
        outer.Send(inner);
        Assert.Equal(42, outer.Receive().Receive());
    });

    // The flag of a receive is set by the case that ran, and by no other.
    [Fact]
    public void Issue8347() => Bounded.OnGoroutine(() =>
    {
        Chan<int> closed = new(), open = new(1);
        closed.Close();
        ReceiveCase<int> onClosed = closed.OnReceive(), onOpen = open.OnReceive();
        open.Send(1);
        Assert.Equal(0, Select.Wait(onOpen));
        Assert.True(onOpen.Ok);
        Assert.Equal(0, Select.WaitOrdered(onClosed, onOpen));
        Assert.False(onClosed.Ok);
        Assert.True(onOpen.Ok);
    });

    // Values with references inside structs pass whole, through buffer and hand-off, while the collector runs.
    [Theory, InlineData(0), InlineData(16)]
    public void Issue22683(int capacity) => Bounded.OnGoroutine(() =>
    {
        var chan = new Chan<(string Text, object Box, int[] Array)>(capacity);
        Go(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                chan.Send(($"{i}", i, [i, i + 1]));
                if (i % 500 == 0)
                    GC.Collect();
            }
            chan.Close();
        });
        var expected = 0;
        foreach (var (text, box, array) in chan)
        {
            Assert.Equal((expected.ToString(), expected, expected + 1), (text, (int)box, array[1]));
            expected++;
        }
        Assert.Equal(2000, expected);
    });

    // Channels are compared by identity.
    [Fact]
    public void Issue67190()
    {
        Chan<int> a = new(), b = new();
        object same = a;
        Assert.True(same == (object)a);
        Assert.False(a.Equals(b));
        Assert.Same(Chan<int>.Nil, Chan<int>.Nil);
        Assert.True(ReferenceEquals((ISendChan<int>)a, (IReceiveChan<int>)a));
    }
}
