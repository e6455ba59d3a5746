// schedule, execute and gogo call each other for ever, and nothing piles up: g0 is as deep at each turn of schedule as at the first.

namespace Weft.Tests;

/// <summary>The depth of g0; see the file head.</summary>
public sealed class G0DepthTests
{
    private const int MaxMs = 4096;

    // By M, written by its own thread only.
    private static readonly long[] s_turns = new long[MaxMs], s_least = new long[MaxMs], s_most = new long[MaxMs];

    private static void Assert_Constant(Action workload, long leastTurns)
    {
        Array.Clear(s_turns);
        Trace.Hook = Measure;
        try
        {
            Bounded.OnGoroutine(workload, 120);
        }
        finally
        {
            Trace.Hook = null;
        }
        Assert.True(s_turns.Sum() >= leastTurns, $"schedule began {s_turns.Sum()} times only");
        for (var m = 0; m < MaxMs; m++)
        {
            // The scheduler's own methods change the size of their frames when the JIT optimises them: a few hundred bytes, once. If a
            // turn left so much as one word behind, a hundred thousand of them would be far beyond.
            if (s_turns[m] > 0)
                Assert.True(s_most[m] - s_least[m] <= 1024, $"M{m}: {s_turns[m]} turns, between {s_least[m]} and {s_most[m]} bytes");
        }
    }

    [NotWoven]
    private static void Measure(TraceRecord record)
    {
        if (record.Event != TraceEvent.schedule || (uint)record.M >= MaxMs)
            return;
        var (m, depth) = (record.M, record.G0Depth);
        s_least[m] = s_turns[m] == 0 ? depth : Math.Min(s_least[m], depth);
        s_most[m] = s_turns[m] == 0 ? depth : Math.Max(s_most[m], depth);
        s_turns[m]++;
    }

    // Two million lives, each of which parks once: g0 stays as deep, no record is made that is not used again, no memory is kept.
    [Theory, InlineData(1), InlineData(2), Row("TestGcSys")]
    public void Schedule_TwoMillionLives_TakeConstantMemoryAndDepth(int procs)
    {
        Weaving.Required();
        using var _ = new Procs(procs);
        const int Batches = 2000, Each = 1000;
        var records = new List<int>();
        var bytes = new List<long>();
        Assert_Constant(() =>
        {
            var done = new WaitGroup();
            for (var batch = 0; batch < Batches; batch++)
            {
                for (var i = 0; i < Each; i++)
                    done.Go(static () => Yield());
                done.Wait();
                if (batch % (Batches / 10) == Batches / 10 - 1)
                {
                    records.Add(Proc.AllGs().Count());
                    bytes.Add(GC.GetTotalMemory(forceFullCollection: true));
                }
            }
        }, Batches * Each);
        // A free list that is not near a P is not seen by it: a few hundred records more may be made.
        Assert.True(records[^1] - records[0] <= 2 * Each, $"records: {string.Join(" ", records)}");
        Assert.True(bytes[^1] - bytes[0] < 1_000_000, $"bytes: {string.Join(" ", bytes)}");
    }

    [Theory, InlineData(1), InlineData(2)]
    public void Schedule_ManyParks_G0IsAlwaysAsDeep(int procs)
    {
        Weaving.Required();
        using var _ = new Procs(procs);
        Assert_Constant(() =>
        {
            var (there, back) = (new Chan<int>(), new Chan<int>());
            Go(() =>
            {
                foreach (var v in there)
                    back.Send(v);
                back.Close();
            });
            for (var i = 0; i < 200_000; i++)
            {
                there.Send(i);
                back.Receive();
            }
            there.Close();
            back.Receive();
        }, 200_000);
    }

    [Fact]
    public void Schedule_ParksWithMovedStacks_G0IsAlwaysAsDeep()
    {
        Weaving.Required();
        using var _ = new Procs(2);
        Assert_Constant(() =>
        {
            var done = new WaitGroup();
            var door = new Chan<int>();
            for (var i = 0; i < 20; i++)
                done.Go(() => Deep(50_000, door));
            for (var i = 0; i < 20; i++)
                door.Send(i);
            done.Wait();
        }, 20);
    }

    private static int Deep(int n, Chan<int> door) => n == 0 ? door.Receive() : 1 + Deep(n - 1, door);
}
