using Bench.Common;

namespace Weft.Bench;

/// <summary>What code costs that could suspend and hardly ever does, against the same source in an assembly that is not woven.</summary>
internal static class Woven
{
    private static readonly Calls s_woven = new();
    private static readonly Unwoven.Calls s_unwoven = new();
    private static readonly Dictionary<(string, int), uint> s_results = [];

    /// <summary>Each kind of call, woven and not.</summary>
    public static (string Name, Action Full, Action Small)[] Calls(string name, int rounds)
    {
        var all = new List<(string, Action, Action)>();
        Add("virtual", s_woven.Virtual, s_unwoven.Virtual);
        Add("interface", s_woven.Interface, s_unwoven.Interface);
        Add("delegate", s_woven.Delegate, s_unwoven.Delegate);
        Add("generic", s_woven.Generic, s_unwoven.Generic);
        return [.. all];

        void Add(string kind, Func<int, int> woven, Func<int, int> unwoven)
        {
            all.Add(($"{name}-{kind}", () => Agree(kind, rounds, (uint)woven(rounds)), () => Agree(kind, 10, (uint)woven(10))));
            all.Add(($"{name}-{kind}-unwoven", () => Agree(kind, rounds, (uint)unwoven(rounds)), () => Agree(kind, 10, (uint)unwoven(10))));
        }
    }

    public static void Simulation(int steps) => Agree("simulation", steps, new Network().Run(steps));

    public static void SimulationUnwoven(int steps) => Agree("simulation", steps, new Unwoven.Network().Run(steps));

    public static void Loop(int rounds) => Agree("loop", rounds, RareLoop.Run(rounds));

    public static void LoopParked(int rounds) => Agree("loop", rounds, RareLoop.RunParked(rounds));

    public static void LoopUnwoven(int rounds) => Agree("loop", rounds, Unwoven.RareLoop.Run(rounds));

    /// <summary>All that compute the same get the same; one at a time.</summary>
    private static void Agree(string what, int rounds, uint result)
    {
        s_results.TryAdd((what, rounds), result);
        Report.Check(s_results[(what, rounds)], result);
    }
}
