// Conservation: selects, plain operations, tokens, deadlines, tasks and close, from goroutines, threads and async code, all at once on the
// same channels. Each value that a sender was told is sent is received once; each that it was told is not is never seen.

namespace Weft.Tests;

/// <summary>See the file head.</summary>
public sealed class SelectStressTests
{
    private sealed class Ledger(int senders, int values)
    {
        private readonly int[,] _sent = new int[senders, values], _received = new int[senders, values];

        internal void Sent(int sender, int value) => _sent[sender, value]++;

        internal void Received(int packed) => Interlocked.Increment(ref _received[packed / values, packed % values]);

        internal int Pack(int sender, int value) => sender * values + value;

        internal int Check()
        {
            var n = 0;
            for (var s = 0; s < senders; s++)
                for (var v = 0; v < values; v++)
                {
                    Assert.Equal(_sent[s, v], _received[s, v]);
                    n += _sent[s, v];
                }
            return n;
        }
    }

    private static void SendAll(Ledger ledger, int sender, int values, Chan<int>[] chans)
    {
        var cases = chans.Select(c => c.OnSend(0)).ToArray();
        var random = new Random(sender);
        for (var v = 0; v < values; v++)
        {
            var packed = ledger.Pack(sender, v);
            foreach (var c in cases)
                c.Value = packed;
            try
            {
                switch (random.Next(6))
                {
                    case 0:
                        chans[random.Next(chans.Length)].Send(packed);
                        break;
                    case 1:
                        Select.Wait(cases[0], cases[1], cases[2]);
                        break;
                    case 2:
                        if (Select.TryWait(cases[2], cases[0]) < 0)
                            continue;
                        break;
                    case 3:
                        var cancel = new CancellationTokenSource();
                        ThreadPool.UnsafeQueueUserWorkItem(static c => c.Cancel(), cancel, false);
                        Select.Wait([cases[1], cases[2]], cancel.Token);
                        break;
                    case 4:
                        if (Select.Wait(cases[0], Select.After(TimeSpan.FromMilliseconds(random.Next(3)))) == 1)
                            continue;
                        break;
                    default:
                        var soon = Task.Run(static () => { });
                        if (Select.Wait(Select.Completed(soon), cases[1], cases[0]) == 0)
                            continue;
                        break;
                }
            }
            catch (OperationCanceledException)
            {
                continue;
            }
            catch (ChanClosedException)
            {
                return;
            }
            ledger.Sent(sender, v);
        }
    }

    private static async Task SendAllAsync(Ledger ledger, int sender, int values, Chan<int>[] chans)
    {
        var cases = chans.Select(c => c.OnSend(0)).ToArray();
        var random = new Random(sender);
        for (var v = 0; v < values; v++)
        {
            var packed = ledger.Pack(sender, v);
            foreach (var c in cases)
                c.Value = packed;
            var cancel = new CancellationTokenSource();
            if (v % 2 == 0)
                ThreadPool.UnsafeQueueUserWorkItem(static c => c.Cancel(), cancel, false);
            try
            {
                if (random.Next(2) == 0)
                    await chans[random.Next(chans.Length)].SendAsync(packed, cancel.Token);
                else
                    await Select.WaitAsync([cases[2], cases[1]], cancel.Token);
            }
            catch (OperationCanceledException)
            {
                continue;
            }
            catch (ChanClosedException)
            {
                return;
            }
            ledger.Sent(sender, v);
        }
    }

    private static void ReceiveAll(Ledger ledger, int seed, Chan<int>[] chans)
    {
        var random = new Random(seed);
        var cases = chans.Select(c => c.OnReceive()).ToArray();
        var open = chans.Length;
        while (open > 0)
        {
            try
            {
                ReceiveCase<int>? ran = null;
                switch (random.Next(4))
                {
                    case 0:
                        ran = cases[Select.Wait(cases)];
                        break;
                    case 1:
                        var k = random.Next(chans.Length);
                        var cancel = new CancellationTokenSource();
                        ThreadPool.UnsafeQueueUserWorkItem(static c => c.Cancel(), cancel, false);
                        if (chans[k].ReceiveOk(cancel.Token) is (var v, true))
                            ledger.Received(v);
                        continue;
                    case 2:
                        if (Select.TryWaitOrdered(cases) is >= 0 and var i)
                            ran = cases[i];
                        else
                            Yield();
                        break;
                    default:
                        if (Select.Wait([.. cases, Select.After(TimeSpan.FromMilliseconds(1))]) is var j && j < cases.Length)
                            ran = cases[j];
                        break;
                }
                if (ran is null)
                    continue;
                if (ran.Ok)
                {
                    ledger.Received(ran.Value);
                    continue;
                }
                // Closed and drained; so will the others be.
                open--;
                var at = Array.IndexOf(cases, ran);
                cases[at] = Chan<int>.Nil.OnReceive();
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    [Theory, InlineData(1), InlineData(2), InlineData(8)]
    public void EveryKindOfOperation_AtOnce_ValuesAreConserved(int procs)
    {
        using var _ = new Procs(procs);
        const int Senders = 9;
        var values = Weaving.Scale(400, 150);
        Chan<int>[] chans = [new(), new(1), new(5)];
        var ledger = new Ledger(Senders, values);
        var senders = Enumerable.Range(0, Senders).Select(s => (s % 3) switch
        {
            0 => Run(() => SendAll(ledger, s, values, chans)),
            1 => Bounded.OnThread(() => SendAll(ledger, s, values, chans)),
            _ => Task.Run(() => SendAllAsync(ledger, s, values, chans)),
        }).ToList();
        var receivers = Enumerable.Range(0, 5).Select(r => r % 2 == 0
            ? Run(() => ReceiveAll(ledger, r, chans))
            : Bounded.OnThread(() => ReceiveAll(ledger, r, chans))).ToList();
        Bounded.Wait(senders, 100);
        foreach (var chan in chans)
            chan.Close();
        Bounded.Wait(receivers, 100);
        Assert.InRange(ledger.Check(), 1, Senders * values);
        Assert.All(chans, c => Assert.Equal((0, 0), (c.Count, Waiters.Of(c))));
    }

    // Close comes while all are at work: a sender that was told its value is not sent may repeat it nowhere, and it is never seen.
    [Theory, InlineData(1), InlineData(2), InlineData(8)]
    public void Close_InTheMiddle_ValuesAreConserved(int procs)
    {
        using var _ = new Procs(procs);
        const int Senders = 6;
        for (var round = 0; round < Weaving.Scale(40, 10); round++)
        {
            const int Values = 200;
            Chan<int>[] chans = [new(), new(1), new(5)];
            var ledger = new Ledger(Senders, Values);
            var senders = Enumerable.Range(0, Senders).Select(s => s % 3 == 2
                ? Task.Run(() => SendAllAsync(ledger, s, Values, chans))
                : Run(() => SendAll(ledger, s, Values, chans))).ToList();
            var receivers = Enumerable.Range(0, 3).Select(r => Run(() => ReceiveAll(ledger, r, chans))).ToList();
            if (round % 2 == 0)
                Thread.Sleep(1);
            foreach (var chan in chans)
                chan.Close();
            Bounded.Wait(senders, 60);
            Bounded.Wait(receivers, 60);
            ledger.Check();
        }
    }

    // A plain loop of each operation allocates nothing once it is warm, whoever waits for whom.
    [Theory, InlineData(false), InlineData(true)]
    public void SendReceive_InALoop_DoNotAllocate(bool withToken)
    {
        Weaving.Required();
        const int Rounds = 50_000;
        using var procs = new Procs(1);
        using var cancel = new CancellationTokenSource();
        var token = withToken ? cancel.Token : default;
        var allocated = Bounded.OnGoroutine(() =>
        {
            Chan<int> ping = new(), pong = new();
            Go(() =>
            {
                while (ping.ReceiveOk(token) is (var v, true))
                    pong.Send(v, token);
            });
            void Trips(int n)
            {
                for (var i = 0; i < n; i++)
                {
                    ping.Send(i, token);
                    pong.Receive(token);
                }
            }
            Trips(1000);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            Trips(Rounds);
            var after = GC.GetTotalAllocatedBytes(precise: true);
            ping.Close();
            return after - before;
        });
        if (!Chaos.On)
            Assert.InRange(allocated / (double)Rounds, 0, 1);
    }

    // With every kind of case, used again: those that lose are withdrawn without a trace.
    [Fact]
    public void Wait_AllKindsOfCasesInALoop_DoNotAllocate()
    {
        Weaving.Required();
        const int Rounds = 10_000;
        using var procs = new Procs(1);
        using var cancel = new CancellationTokenSource();
        var allocated = Bounded.OnGoroutine(() =>
        {
            Chan<int> a = new(), b = new();
            Go(() =>
            {
                for (var i = 0; i < 1000 + Rounds; i++)
                    a.Send(i);
            });
            var never = new TaskCompletionSource();
            SelectCase[] cases = [a.OnReceive(), b.OnReceive(), b.OnSend(1), Select.After(TimeSpan.FromHours(1)), Select.Cancelled(cancel.Token), Select.Completed(never.Task)];
            void Loop(int n)
            {
                for (var i = 0; i < n; i++)
                    Select.Wait(cases);
            }
            Loop(1000);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            Loop(Rounds);
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        });
        if (!Chaos.On)
            Assert.InRange(allocated / (double)Rounds, 0, 4);
    }
}
