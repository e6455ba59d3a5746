// Go's own tests of select, by what they assert. docs/conformance-channels.md has the table.

namespace Weft.Tests;

/// <summary>Rows of test/ and its fixedbugs: select.</summary>
public sealed class GoSelectTests
{
    // Two cases of one select never both happen: each number is sent by one select of four sends, and arrives once.
    [Theory, InlineData(1), InlineData(2), InlineData(4)]
    public void Doubleselect(int procs)
    {
        using var _ = new Procs(procs);
        var n = Weaving.Scale(20_000, 5_000);
        Bounded.OnGoroutine(() =>
        {
            var chans = Enumerable.Range(0, 4).Select(_ => new Chan<int>()).ToArray();
            var merged = new Chan<int>(16);
            var collectors = new WaitGroup();
            foreach (var chan in chans)
            {
                collectors.Go(() =>
                {
                    foreach (var v in chan)
                        merged.Send(v);
                });
            }
            Go(() =>
            {
                var sends = chans.Select(c => c.OnSend(0)).ToArray();
                for (var i = 0; i < n; i++)
                {
                    foreach (var s in sends)
                        s.Value = i;
                    Select.Wait(sends[0], sends[1], sends[2], sends[3]);
                }
                foreach (var chan in chans)
                    chan.Close();
                collectors.Wait();
                merged.Close();
            });
            var seen = new bool[n];
            var count = 0;
            foreach (var v in merged)
            {
                Assert.False(seen[v], $"{v} arrived twice");
                seen[v] = true;
                count++;
            }
            Assert.Equal(n, count);
        }, 60);
    }

    // Of two sends, each channel is used once: it is replaced by the nil channel after that. Values are taken anew each round.
    [Fact]
    public void SelectEachOnce() => Bounded.OnGoroutine(() =>
    {
        Chan<int> a = new(), b = new();
        var counter = 0;
        Go(() =>
        {
            Chan<int>? x = a, y = b;
            while (x is not null || y is not null)
            {
                var used = Select.Wait((x ?? Chan<int>.Nil).OnSend(++counter), (y ?? Chan<int>.Nil).OnSend(++counter));
                if (used == 0)
                    x = null;
                else
                    y = null;
            }
        });
        int v1 = a.Receive(), v2 = b.Receive();
        Assert.Equal(4, counter);
        Assert.Equal(1, v1);
        Assert.Equal(4, v2);
    });

    // A loop of selects with cases that are used again allocates nothing.
    [Fact]
    public void Select2()
    {
        const int Rounds = 100_000;
        using var procs = new Procs(1);
        var allocated = Bounded.OnGoroutine(() =>
        {
            Chan<int> a = new(), b = new();
            void Send(int n)
            {
                for (var i = 0; i < n; i++)
                    Select.Wait(a.OnSend(0), b.OnSend(0));
            }
            void SendReusing(int n)
            {
                SendCase<int> x = a.OnSend(0), y = b.OnSend(0);
                for (var i = 0; i < n; i++)
                    Select.Wait(x, y);
            }
            void ReceiveAll(int n)
            {
                ReceiveCase<int> x = a.OnReceive(), y = b.OnReceive();
                for (var i = 0; i < n; i++)
                    Select.Wait(x, y);
            }
            Go(() => Send(1000));
            ReceiveAll(1000);
            Go(() => SendReusing(Rounds / 10));
            ReceiveAll(Rounds / 10);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            Go(() => SendReusing(Rounds));
            ReceiveAll(Rounds);
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        });
        if (Weaving.IsWoven && !Chaos.On)
            Assert.InRange(allocated, 0, 110_000);
    }

    // Which operations block, throw or proceed.
    [Fact]
    public void Select3()
    {
        Chan<int> nil = Chan<int>.Nil, closed = new(), full = new(1), empty = new(1), open = new();
        closed.Close();
        full.Send(1);
        foreach (var chan in new[] { nil, open })
        {
            Blocks(c => chan.Send(1, c));
            Blocks(c => chan.Receive(c));
            Blocks(c => Select.Wait([chan.OnSend(1)], c));
            Blocks(c => Select.Wait([chan.OnReceive()], c));
            Blocks(c => Select.Wait([chan.OnSend(1), chan.OnReceive()], c));
            Assert.Equal(-1, Select.TryWait(chan.OnSend(1), chan.OnReceive()));
        }
        Blocks(c => full.Send(2, c));
        Blocks(c => empty.Receive(c));
        Blocks(c => Select.Wait([], c));
        Blocks(c => Select.Wait([full.OnSend(2), empty.OnReceive(), nil.OnReceive()], c));
        Bounded.OnGoroutine(() =>
        {
            Assert.Throws<ChanClosedException>(() => closed.Send(1));
            Assert.Throws<ChanClosedException>(() => Select.Wait(closed.OnSend(1)));
            Assert.Throws<ChanClosedException>(() => Select.Wait(closed.OnSend(1), nil.OnReceive()));
            Assert.Equal(0, closed.Receive());
            Assert.Equal(0, Select.Wait(closed.OnReceive()));
            Assert.Equal(1, Select.Wait(nil.OnReceive(), closed.OnReceive()));
            Assert.Equal(0, Select.Wait(full.OnReceive()));
            Assert.Equal(0, Select.Wait(full.OnSend(3)));
            Assert.Equal(1, Select.Wait(empty.OnReceive(), empty.OnSend(1)));
        });
    }

    private static void Blocks(Action<CancellationToken> operation)
    {
        using var cancel = new CancellationTokenSource();
        var task = Run(() => operation(cancel.Token));
        Thread.Sleep(3);
        Assert.False(task.IsCompleted);
        cancel.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Bounded.Wait(task));
    }

    // A value is ready while other cases are nil or not ready.
    [Fact]
    public void Select4() => Bounded.OnGoroutine(() =>
    {
        Chan<int> c = new(1), c1 = new();
        c.Send(42);
        var onC = c.OnReceive();
        Assert.Equal(1, Select.Wait(c1.OnReceive(), onC, Chan<string>.Nil.OnSend("x"), Chan<int>.Nil.OnReceive()));
        Assert.Equal(42, onC.Value);
    });

    // Every combination of one ready operation among others that are not, in each place, through each overload: the right case runs.
    [Fact]
    public void Select5() => Bounded.OnGoroutine(() =>
    {
        for (var count = 1; count <= 9; count++)
        {
            for (var ready = 0; ready < count; ready++)
            {
                for (var kind = 0; kind < 4; kind++)
                {
                    Chan<int> target = new(1), idle = new(), full = new(1);
                    full.Send(0);
                    if (kind % 2 == 0)
                        target.Send(17);
                    var receive = target.OnReceive();
                    var send = target.OnSend(18);
                    var cases = new SelectCase[count];
                    for (var i = 0; i < count; i++)
                        cases[i] = i == ready ? kind % 2 == 0 ? receive : send : i % 3 == 0 ? Chan<int>.Nil.OnReceive() : i % 3 == 1 ? full.OnSend(1) : idle.OnReceive();
                    Assert.Equal(ready, kind < 2 ? Wait(cases) : TryWait(cases));
                    if (kind % 2 == 0)
                        Assert.Equal((17, true, 0), (receive.Value, receive.Ok, target.Count));
                    else
                        Assert.Equal(18, target.Receive());
                    Assert.Equal(-1, TryWait([.. cases.Where((_, i) => i != ready)]));
                }
            }
        }
    });

    private static int Wait(SelectCase[] c) => c.Length switch
    {
        1 => Select.Wait(c[0]),
        2 => Select.Wait(c[0], c[1]),
        3 => Select.Wait(c[0], c[1], c[2]),
        4 => Select.Wait(c[0], c[1], c[2], c[3]),
        5 => Select.Wait(c[0], c[1], c[2], c[3], c[4]),
        6 => Select.Wait(c[0], c[1], c[2], c[3], c[4], c[5]),
        7 => Select.Wait(c[0], c[1], c[2], c[3], c[4], c[5], c[6]),
        8 => Select.Wait(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]),
        _ => Select.Wait(c),
    };

    private static int TryWait(SelectCase[] c) => c.Length switch
    {
        1 => Select.TryWait(c[0]),
        2 => Select.TryWait(c[0], c[1]),
        3 => Select.TryWait(c[0], c[1], c[2]),
        4 => Select.TryWait(c[0], c[1], c[2], c[3]),
        5 => Select.TryWait(c[0], c[1], c[2], c[3], c[4]),
        6 => Select.TryWait(c[0], c[1], c[2], c[3], c[4], c[5]),
        7 => Select.TryWait(c[0], c[1], c[2], c[3], c[4], c[5], c[6]),
        8 => Select.TryWait(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]),
        _ => Select.TryWait(c),
    };

    // Cases of a select that did not run leave the queues of other waiters intact: a plain receiver between two selects gets its value.
    [Fact]
    public void Select6() => Bounded.OnGoroutine(() =>
    {
        Chan<bool> shared = new(), other = new(), results = new();
        void Selecting() => results.Send(Select.Wait(shared.OnReceive(), other.OnReceive()) == 0);
        void Plain() => results.Send(shared.Receive());
        Go(Selecting);
        while (Waiters.Of(shared) != 1)
            Yield();
        Go(Plain);
        while (Waiters.Of(shared) != 2)
            Yield();
        Go(Selecting);
        while (Waiters.Of(shared) != 3)
            Yield();
        other.Send(true); // wakes the first select, which leaves the head of the queue
        Assert.False(results.Receive());
        shared.Send(true); // the plain one is next
        Assert.True(results.Receive());
        Assert.Equal(1, Waiters.Of(shared));
        shared.Send(true);
        Assert.True(results.Receive());
        Assert.Equal((0, 0), (Waiters.Of(shared), Waiters.Of(other)));
    });

    // A select that receives, into nothing, a value, or a value and a flag, gets what is sent while it is looked for in every way.
    [Fact]
    public void Select7() => Bounded.OnGoroutine(() =>
    {
        Action<Chan<int>>[] senders =
        [
            c => c.Send(1),
            c => Select.Wait(c.OnSend(1)),
            c => Select.Wait(c.OnSend(1), Chan<int>.Nil.OnReceive()),
        ];
        Func<Chan<int>, int>[] receivers =
        [
            c => c.Receive(),
            c =>
            {
                var on = c.OnReceive();
                Select.Wait(on);
                return on.Value;
            },
            c =>
            {
                var got = 0;
                Select.On(c, v => got = v).On(Chan<int>.Nil, _ => got = -1).Wait();
                return got;
            },
            c =>
            {
                var got = 0;
                Select.On(c, (v, ok) => got = ok ? v : -1).Wait();
                return got;
            },
        ];
        foreach (var send in senders)
        {
            foreach (var receive in receivers)
            {
                var chan = new Chan<int>();
                Go(() => send(chan));
                Assert.Equal(1, receive(chan));
            }
        }
    });

    // Channels and values are evaluated once, in the order of the source; in C# they are arguments.
    [Fact]
    public void Issue4313() => Bounded.OnGoroutine(() =>
    {
        var order = "";
        Chan<int> Channel(string name, Chan<int> chan)
        {
            order += name;
            return chan;
        }
        int Value(string name)
        {
            order += name;
            return 1;
        }
        Chan<int> a = new(1), b = new();
        Assert.Equal(0, Select.Wait(Channel("a", a).OnSend(Value("1")), Channel("b", b).OnSend(Value("2")), Channel("c", b).OnReceive()));
        Assert.Equal("a1b2c", order);
        // An exception in the first case comes before the second is evaluated.
        order = "";
        Chan<int>? nothing = null;
        Assert.Throws<NullReferenceException>(() => Select.Wait(nothing!.OnReceive(), Channel("d", b).OnReceive()));
        Assert.Equal("", order);
    });

    // Selects on many channels leave no waiter behind in those that did not fire.
    [Fact]
    public void Issue9110() => Bounded.OnGoroutine(() =>
    {
        var chans = Enumerable.Range(0, 50).Select(_ => new Chan<int>()).ToArray();
        for (var round = 0; round < 100; round++)
        {
            var chan = chans[round % chans.Length];
            Go(() => chan.Send(1));
            Assert.Equal(round % chans.Length, Select.Wait([.. chans.Select(c => c.OnReceive())]));
            Assert.All(chans, c => Assert.Equal(0, Waiters.Of(c)));
        }
    });

    // reflect.Select's limit, and a select with as many as that.
    [Fact]
    public void RselectLimit() => Bounded.OnGoroutine(() =>
    {
        const int Max = 65536;
        var chans = Enumerable.Range(0, Max).Select(_ => new Chan<int>()).ToArray();
        SelectCase[] cases = [.. chans.Select(c => c.OnReceive())];
        Assert.Equal(-1, Select.TryWait(cases));
        Go(() => chans[54_321].Send(1));
        Assert.Equal(54_321, Select.Wait(cases));
        Assert.True(chans.All(c => Waiters.Of(c) == 0));
        var e = Assert.Throws<ArgumentException>(() => Select.Wait([.. cases, cases[0]]));
        Assert.Contains("65536", e.Message);
        Assert.Throws<ArgumentException>(() => Select.TryWait([.. cases, cases[0]]));
    });
}
