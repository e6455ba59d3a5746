using static Weft.Model.Models;

namespace Weft.Model;

/// <summary>The machine beneath the scenarios: what it must be able to show, and what it must never show.</summary>
public sealed class MachineTests
{
    private static readonly int[] s_cells = new int[2];
    private static int s_r1, s_r2;

    private static int Load(int i, string site) => Memory.LoadVolatile(ref s_cells[i], site);

    private static void Store(int i, int value, string site) => Memory.StoreVolatile(ref s_cells[i], value, site);

    /// <summary>Two threads; says what both have read.</summary>
    private static Scenario Litmus(string name, Action one, Action other, Func<bool> never) => Scenario(name, procs: 0, () =>
    {
        s_cells[0] = s_cells[1] = 0;
        Thread("other", other);
        one();
    }, () => That(!never(), $"read {s_r1} and {s_r2}"));

    private static Scenario StoreThenLoad(bool barrier) => Litmus("store, then load", () =>
    {
        Store(0, 1, "x = 1");
        if (barrier)
            Memory.MemoryBarrier("barrier");
        s_r1 = Load(1, "r1 = y");
    }, () =>
    {
        Store(1, 1, "y = 1");
        if (barrier)
            Memory.MemoryBarrier("barrier");
        s_r2 = Load(0, "r2 = x");
    }, () => s_r1 == 0 && s_r2 == 0);

    // What a full barrier is for: without it both threads may read what was there before the other's store.
    [Fact]
    public void StoreThenLoad_NoBarrier_BothMayReadTheOld() =>
        Assert.NotNull(Explorer.Explore(StoreThenLoad(barrier: false), runs: 200, deviations: 2, dfsRuns: 1000).Seed);

    [Fact]
    public void StoreThenLoad_Barrier_OneReadsTheNew() => Holds(StoreThenLoad(barrier: true), runs: 500, deviations: 4, dfsRuns: 3000);

    // x86 keeps stores in order, and loads.
    [Fact]
    public void StoreStore_SeenInOrder_Always() => Holds(Litmus("message passing", () =>
    {
        Store(0, 1, "data = 1");
        Store(1, 1, "flag = 1");
    }, () =>
    {
        s_r1 = Load(1, "r1 = flag");
        s_r2 = Load(0, "r2 = data");
    }, () => s_r1 == 1 && s_r2 == 0), runs: 500, deviations: 4, dfsRuns: 3000);

    // A thread sees its own stores at once.
    [Fact]
    public void Load_OfOwnStore_SeesIt() => Holds(Litmus("own store", () =>
    {
        Store(0, 7, "x = 7");
        s_r1 = Load(0, "r1 = x");
    }, () => s_r2 = Load(0, "r2 = x"), () => s_r1 != 7), runs: 100);

    // Deviations from going on are tried one by one: two threads of three steps each have few executions with at most two of them.
    [Fact]
    public void Dfs_SmallScenario_EndsByItself()
    {
        var found = Explorer.Explore(StoreThenLoad(barrier: true), runs: 0, deviations: 3, dfsRuns: 100_000);
        Assert.Null(found.Seed);
        Assert.InRange(found.Executions, 20, 50_000);
    }

    [Fact]
    public void WakeUp_ThatNeverComes_IsReportedWithTheSchedule()
    {
        var found = Explorer.Explore(Scenario("nobody sends", procs: 1, () => new Chan<int>().Receive()), runs: 1, deviations: 0, dfsRuns: 1);
        Assert.NotNull(found.Report);
        Assert.Contains("a wake-up is lost", found.Report);
        Assert.Contains("WEFT_MODEL_SEED=random:1", found.Report);
        Assert.Contains("main       Done      at asleep in futex", found.Report);
        Assert.Contains("FutexSemaphore.semasleep CompareExchange", found.Report);
    }

    [Fact]
    public void Livelock_IsEnded()
    {
        var found = Explorer.Explore(Scenario("spins", procs: 0, () =>
        {
            while (Load(0, "reads") >= 0)
            {
            }
        }), runs: 1, deviations: 0, dfsRuns: 1);
        Assert.Contains("no end after", found.Report);
    }

    /// <summary>The same seed is the same execution, whatever ran before it.</summary>
    [Theory]
    [InlineData("random:3")]
    [InlineData("pct:5")]
    [InlineData("dfs:9=1,20=1")]
    public void Seed_GivenAgain_GivesTheSameExecution(string seed)
    {
        var scenario = Scenario("ping-pong", procs: 2, () =>
        {
            var ch = new Chan<int>();
            Go(() => ch.Send(1));
            ch.Receive();
        });
        var first = Explorer.Run(scenario, Strategy.Parse(seed));
        Explorer.Run(scenario, Strategy.Parse("random:99"));
        var again = Explorer.Run(scenario, Strategy.Parse(seed));
        Assert.Null(first.Failure);
        Assert.Equal(first.TraceHash(), again.TraceHash());
        Assert.Equal(seed, Strategy.Parse(seed).Seed);
    }
}
