// No lost wake-up: whatever the interleaving, what was sent arrives, and everything ends.
//
// The property is the same in all: conservation (what went in came out, once), and the end within the limit. The schedules to fear are
// those in which a waker and a parker, or a submitter and an M that goes idle, each see the state from before the other's step.

using System.Diagnostics;

namespace Weft.Tests;

/// <summary>Stress; see the file head.</summary>
public sealed class StressTests
{
    public static TheoryData<int> Counts => [1, 2, 8];

    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(0.7);

    private static Func<bool> Clock()
    {
        var until = Stopwatch.GetTimestamp() + (long)(s_time.TotalSeconds * Stopwatch.Frequency);
        return () => Stopwatch.GetTimestamp() < until;
    }

    // Bad schedule: the partner's wake comes while this goroutine is on its way to g0.
    [Theory, MemberData(nameof(Counts))]
    public void PingPong_ManyPairs_NoneStops(int procs)
    {
        using var _ = new Procs(procs);
        var pairs = Weaving.Scale(100, 8);
        var rounds = Weaving.Scale(2000, 200);
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            for (var i = 0; i < pairs; i++)
            {
                var (there, back) = (new Chan<int>(i % 3), new Chan<int>(i % 2));
                done.Go(() =>
                {
                    for (var n = 0; n < rounds; n++)
                    {
                        there.Send(n);
                        Assert.Equal(n, back.Receive());
                    }
                });
                done.Go(() =>
                {
                    for (var n = 0; n < rounds; n++)
                        back.Send(there.Receive());
                });
            }
            done.Wait();
        });
    }

    // Bad schedule: a value is handed to a waiter that another sender has claimed as well.
    [Theory, MemberData(nameof(Counts))]
    public void ManyToMany_AllCapacities_EveryValueArrivesOnce(int procs)
    {
        using var _ = new Procs(procs);
        foreach (var capacity in new[] { 0, 1, 7 })
        {
            const int Senders = 8, Receivers = 5;
            var each = Weaving.Scale(3000, 300);
            var seen = new int[Senders * each];
            Bounded.OnGoroutine(() =>
            {
                var chan = new Chan<int>(capacity);
                var (senders, receivers) = (new WaitGroup(), new WaitGroup());
                for (var s = 0; s < Senders; s++)
                {
                    var mine = s;
                    senders.Go(() =>
                    {
                        for (var i = 0; i < each; i++)
                            chan.Send(mine * each + i);
                    });
                }
                for (var r = 0; r < Receivers; r++)
                {
                    receivers.Go(() =>
                    {
                        foreach (var v in chan)
                            Interlocked.Increment(ref seen[v]);
                    });
                }
                senders.Wait();
                chan.Close();
                receivers.Wait();
            });
            Assert.All(seen, n => Assert.Equal(1, n));
        }
    }

    // A ring of goroutines around which tokens go: each hop is a wake, and one that is lost stops a token for ever.
    [Theory, MemberData(nameof(Counts))]
    public void Ring_SeveralTokens_AllComeRound(int procs)
    {
        using var _ = new Procs(procs);
        var size = Weaving.Scale(1000, 20);
        var laps = Weaving.Scale(20, 50);
        const int Tokens = 3;
        Bounded.OnGoroutine(() =>
        {
            var first = new Chan<int>();
            var chan = first;
            for (var i = 0; i < size; i++)
            {
                var (from, to) = (chan, new Chan<int>());
                Go(() =>
                {
                    foreach (var v in from)
                        to.Send(v);
                    to.Close();
                });
                chan = to;
            }
            Go(() =>
            {
                for (var t = 0; t < Tokens; t++)
                    first.Send(t);
            });
            var hops = 0;
            for (var n = 0; n < laps * Tokens; n++)
            {
                var token = chan.Receive();
                hops++;
                if (n < (laps - 1) * Tokens)
                    Go(first.Send, token);
            }
            first.Close();
            Assert.Equal(laps * Tokens, hops);
        });
    }

    // Bad schedule: the timer is due while its goroutine still parks, and a channel wakes another on the same processor.
    [Theory, MemberData(nameof(Counts))]
    public void SleepAndChannel_Mixed_AllEnd(int procs)
    {
        using var _ = new Procs(procs);
        var workers = Weaving.Scale(200, 20);
        var sum = 0L;
        Bounded.OnGoroutine(() =>
        {
            var chan = new Chan<int>(4);
            var done = new WaitGroup();
            for (var w = 0; w < workers; w++)
            {
                var mine = w;
                done.Go(() =>
                {
                    for (var i = 0; i < 20; i++)
                    {
                        Sleep(TimeSpan.FromMicroseconds((mine * 7 + i * 13) % 400));
                        chan.Send(1);
                    }
                });
            }
            Go(() =>
            {
                done.Wait();
                chan.Close();
            });
            foreach (var v in chan)
                sum += v;
        });
        Assert.Equal(workers * 20L, sum);
    }

    [Theory, MemberData(nameof(Counts))]
    public void Yield_AtRandom_AllEnd(int procs)
    {
        using var _ = new Procs(procs);
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            var goOn = Clock();
            for (var i = 0; i < 50; i++)
            {
                var random = new Random(i);
                done.Go(() =>
                {
                    while (goOn())
                    {
                        switch (random.Next(4))
                        {
                            case 0:
                                Yield();
                                break;
                            case 1:
                                done.Go(Yield);
                                break;
                            case 2:
                                Thread.SpinWait(random.Next(200));
                                break;
                            default:
                                var chan = new Chan<int>();
                                Go(() => chan.Send(1));
                                chan.Receive();
                                break;
                        }
                    }
                });
            }
            done.Wait();
        });
    }

    // Bad schedule: the waker is no M. It puts the goroutine in the global queue while the last M is on its way to sleep.
    [Theory, MemberData(nameof(Counts))]
    public void Ready_FromPlainThreads_IsNeverLost(int procs)
    {
        using var _ = new Procs(procs);
        var (there, back) = (new Chan<int>(), new Chan<int>());
        var stop = 0;
        var echo = Run(() =>
        {
            foreach (var v in there)
                back.Send(v + 1);
            back.Close();
        });
        var threads = Enumerable.Range(0, 3).Select(t => Bounded.OnThread(() =>
        {
            for (var i = 0; i < 1500 && Volatile.Read(ref stop) == 0; i++)
            {
                there.Send(i);
                back.Receive();
                for (var spin = i % 100; spin > 0; spin--)
                    Thread.SpinWait(10); // now the Ms are on their way to sleep
            }
        })).ToList();
        Bounded.Wait(threads);
        there.Close();
        Bounded.Wait(echo);
    }

    [Theory, MemberData(nameof(Counts))]
    public void Ready_FromTheThreadPool_IsNeverLost(int procs)
    {
        using var _ = new Procs(procs);
        var count = Weaving.Scale(5000, 200);
        var sum = Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            var total = 0L;
            for (var i = 0; i < 20; i++)
            {
                done.Go(() =>
                {
                    for (var n = 0; n < count / 20; n++)
                        Interlocked.Add(ref total, Task.Run(() => 1).Result);
                });
            }
            done.Wait();
            return total;
        });
        Assert.Equal(count / 20 * 20, sum);
    }

    // Bad schedule: a goroutine is put in the queue of a processor at the moment at which it goes out of use.
    [Fact]
    public void MaxProcs_ChangesAllTheTime_NothingStops()
    {
        using var _ = new Procs(2);
        var stop = 0;
        var changer = Bounded.OnThread(() =>
        {
            var random = new Random(5);
            while (Volatile.Read(ref stop) == 0)
            {
                WeftRuntime.MaxProcs = random.Next(1, 9);
                Thread.Sleep(random.Next(3));
            }
        });
        try
        {
            Bounded.OnGoroutine(() =>
            {
                var goOn = Clock();
                var done = new WaitGroup();
                for (var i = 0; i < Weaving.Scale(40, 8); i++)
                {
                    var (there, back) = (new Chan<int>(), new Chan<int>(1));
                    var mine = i;
                    done.Go(() =>
                    {
                        while (goOn())
                        {
                            there.Send(1);
                            back.Receive();
                            if (mine % 4 == 0)
                                Sleep(TimeSpan.FromMicroseconds(mine * 10));
                            if (mine % 4 == 1)
                                Yield();
                        }
                        there.Close();
                    });
                    done.Go(() =>
                    {
                        foreach (var v in there)
                            back.Send(v);
                    });
                }
                done.Wait();
            });
        }
        finally
        {
            Volatile.Write(ref stop, 1);
            Bounded.Wait(changer);
        }
    }

    // Property: a runnable goroutine and an idle processor come together, though no running goroutine ever gives its own up.
    // Bad schedule: the submitter finds no idle processor and leaves a note; the M that goes idle has looked for notes just before.
    [Fact]
    public void Go_TheCreatorNeverLetsGo_TheOtherProcessorRunsIt()
    {
        using var _ = new Procs(2);
        Bounded.OnGoroutine(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                var ran = 0;
                Go(() => Volatile.Write(ref ran, 1));
                SpinUntil(ref ran, 1);
                for (var spin = i % 60; spin > 0; spin--)
                    Thread.SpinWait(5);
            }
        });
    }

    /// <summary>Keeps the processor, in Weft's sense; the core it leaves to others now and then, since the machine may be busy.</summary>
    [NotWoven]
    private static void SpinUntil(ref int location, int value)
    {
        var spin = new SpinWait();
        while (Volatile.Read(ref location) < value)
            spin.SpinOnce(sleep1Threshold: -1);
    }

    // As many goroutines as processors, each spinning until the other has come: they must run at the same time.
    [Fact, Row("TestGoroutineParallelism")]
    public void Spinning_AsManyAsProcessors_AllRunAtOnce()
    {
        using var _ = new Procs(2);
        var turns = new Turns();
        try
        {
            Bounded.OnGoroutine(() =>
            {
                for (var round = 0; round < 500; round++)
                {
                    turns.Begin(round);
                    var done = new WaitGroup();
                    for (var p = 0; p < 2; p++)
                    {
                        var mine = p;
                        done.Go(() => turns.Take(mine));
                    }
                    done.Wait();
                }
            });
        }
        catch (Exception e)
        {
            Assert.Fail($"{turns}\n{e.Message}");
        }
    }

    [NotWoven]
    private sealed class Turns
    {
        private int _round, _turn;
        private readonly int[] _came = new int[2], _left = new int[2];

        internal void Begin(int round) => (_round, _turn) = (round, 0);

        internal void Take(int me)
        {
            _came[me]++;
            for (var i = 0; i < 6; i++)
            {
                SpinUntil(ref _turn, 2 * i + me);
                Interlocked.Increment(ref _turn);
            }
            _left[me]++;
        }

        public override string ToString() => $"round {_round}, turn {_turn}, came {_came[0]} {_came[1]}, left {_left[0]} {_left[1]}";
    }
}
