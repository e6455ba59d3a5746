using System.Diagnostics;
using static Weft.Tests.Busy;

namespace Weft.Tests;

/// <summary>Nobody keeps a processor for ever, as long as it comes by the check at the head of a woven method, or by the scheduler.</summary>
public sealed class PreemptionTests
{
    [Fact, Row("TestPreemption")]
    public void Hog_OneProcessor_OthersRun()
    {
        Weaving.Required();
        using var procs = new Procs(1);
        s_stop = 0;
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            done.Go(Hog);
            done.Go(Hog);
            Yield();
            Volatile.Write(ref s_stop, 1);
            done.Wait();
        });
    }

    // Bad schedule: sysmon went to sleep while every processor was idle; the M that slept for the timer takes its processor back without
    // telling it, and the goroutine that it wakes runs for ever.
    [Fact]
    public void Hog_WokenByATimerWhenAllWereIdle_OthersRun()
    {
        Weaving.Required();
        using var procs = new Procs(1);
        s_stop = 0;
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            done.Go(() =>
            {
                Sleep(TimeSpan.FromMilliseconds(100));
                Hog();
            });
            done.Go(() =>
            {
                Sleep(TimeSpan.FromMilliseconds(130));
                Volatile.Write(ref s_stop, 1);
            });
            done.Wait();
        });
    }

    // A pair that readies each other inherits one time slice for ever. Bad schedule: every request to yield is lost, since each is noted in a
    // goroutine that parks, and is reset when the next one begins.
    [Fact]
    public void PingPong_OneProcessor_DoesNotStarveAThird()
    {
        Weaving.Required();
        using var procs = new Procs(1);
        s_stop = 0;
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            var (there, back) = (new Chan<int>(), new Chan<int>());
            done.Go(() =>
            {
                while (Volatile.Read(ref s_stop) == 0)
                {
                    there.Send(1);
                    back.Receive();
                }
                there.Close();
            });
            done.Go(() =>
            {
                foreach (var v in there)
                    back.Send(v);
            });
            done.Go(() =>
            {
                for (var i = 0; i < 3; i++)
                    Yield();
                Volatile.Write(ref s_stop, 1);
            });
            done.Wait();
        });
    }

    // The light pair gets on beside a pair that computes between its messages.
    [Fact]
    public void PingPong_BesideAHeavyPair_BothProgress()
    {
        Weaving.Required();
        using var procs = new Procs(1);
        s_stop = 0;
        Bounded.OnGoroutine(() =>
        {
            var done = new WaitGroup();
            for (var pair = 0; pair < 2; pair++)
            {
                var heavy = pair == 0;
                var (there, back) = (new Chan<int>(), new Chan<int>());
                done.Go(() =>
                {
                    for (var i = 0; heavy ? Volatile.Read(ref s_stop) == 0 : i < 2000; i++)
                    {
                        there.Send(i);
                        back.Receive();
                        if (heavy)
                            Fib(10);
                    }
                    if (!heavy)
                        Volatile.Write(ref s_stop, 1);
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

    // A timer is looked at on every turn of schedule, however busy the queue is.
    [Fact, Row("TestTimerFairness")]
    public void Sleep_BesideAPingPong_IsNotStarved()
    {
        Weaving.Required();
        using var procs = new Procs(1);
        s_stop = 0;
        Bounded.OnGoroutine(() =>
        {
            var (there, back) = (new Chan<int>(), new Chan<int>());
            var done = new WaitGroup();
            done.Go(() =>
            {
                while (Volatile.Read(ref s_stop) == 0)
                {
                    there.Send(1);
                    back.Receive();
                }
                there.Close();
            });
            done.Go(() =>
            {
                foreach (var v in there)
                    back.Send(v);
            });
            var clock = Stopwatch.StartNew();
            Sleep(TimeSpan.FromMilliseconds(20));
            Volatile.Write(ref s_stop, 1);
            Assert.True(clock.ElapsedMilliseconds < 5000);
            done.Wait();
        });
    }

    // Bad schedule: the end of the hog's time slice is when the sleeper's timer is looked at, and the sleeper is taken for the heir of that slice:
    // it is sent behind the hog, and waits for the end of another one.
    [Fact]
    public void Sleep_BesideAHog_RunsInTheTurnInWhichItsTimerIsSeen()
    {
        Weaving.Required();
        using var procs = new Procs(1);
        using var recorder = new Recorder();
        s_stop = 0;
        var sleeper = 0L;
        Bounded.OnGoroutine(() =>
        {
            sleeper = Id;
            var done = new WaitGroup();
            done.Go(Hog);
            for (var i = 0; i < 10; i++)
                Sleep(TimeSpan.FromMilliseconds(1));
            Volatile.Write(ref s_stop, 1);
            done.Wait();
        });
        var mine = recorder.Records.Where(r => r.Goid == sleeper).SkipWhile(r => r.Event != TraceEvent.execute).ToArray();
        Assert.Contains(mine, r => r.Event == TraceEvent.goready);
        Assert.DoesNotContain(mine, r => r.Event == TraceEvent.globrunqput);
    }

    // Bad schedule: a goroutine that is alone yields to itself when its slice is over, and the request stays noted at its processor. The next
    // one that it wakes is then not its heir, as if the slice had ended at that moment (which may happen once, by chance).
    [Fact]
    public void Preempted_WhileAlone_AnswersTheRequest()
    {
        const int Times = 10;
        Weaving.Required();
        using var procs = new Procs(1);
        using var recorder = new Recorder();
        var partner = 0L;
        Bounded.OnGoroutine(() =>
        {
            var (there, back) = (new Chan<int>(), new Chan<int>());
            Go(() =>
            {
                partner = Id;
                foreach (var v in there)
                    back.Send(v);
            });
            Yield();
            for (var i = 0; i < Times; i++)
            {
                var clock = Stopwatch.StartNew();
                while (clock.ElapsedMilliseconds < 30)
                    Fib(12);
                there.Send(i);
                back.Receive();
            }
            there.Close();
        });
        Assert.InRange(recorder.Records.Count(r => r.Goid == partner && r.Event == TraceEvent.globrunqput), 0, Times / 2);
    }

    [Fact]
    public void Preempted_WhileItHoldsALock_KeepsIt()
    {
        Weaving.Required();
        using var procs = new Procs(1);
        s_stop = 0;
        Bounded.OnGoroutine(() =>
        {
            var gate = new object();
            var inside = 0;
            var done = new WaitGroup();
            for (var i = 0; i < 3; i++)
            {
                done.Go(() =>
                {
                    lock (gate)
                    {
                        Assert.Equal(1, ++inside);
                        var clock = Stopwatch.StartNew();
                        while (clock.ElapsedMilliseconds < 40)
                            Fib(12);
                        Assert.True(Monitor.IsEntered(gate));
                        Assert.Equal(0, --inside);
                    }
                });
            }
            done.Wait();
        });
    }
}
