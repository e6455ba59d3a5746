// Strategy: who runs next in a controlled bubble, and whatever else a seed decides.
//
//     random:7     any of those who can run, at every point
//     pct:7        random priorities; at a few random points the runner's is lowered below all others (Burckhardt et al., 2010). Finds a bug that
//                  needs d ordered events with a probability that does not depend on what else goes on
//
// A seed is the whole of it: the same program under the same seed runs the same way.

using System.Globalization;

namespace Weft.Testing;

[NotWoven]
internal abstract class Strategy
{
    private ulong _state;

    /// <summary>As it is written to run it again.</summary>
    internal string Seed { get; }

    private protected Strategy(string kind, ulong seed)
    {
        Seed = string.Create(CultureInfo.InvariantCulture, $"{kind}:{seed}");
        _state = seed;
    }

    /// <summary>"random:7", "pct:7", or just "7", which is random.</summary>
    internal static Strategy Parse(string seed)
    {
        var colon = seed.IndexOf(':');
        var kind = colon < 0 ? "random" : seed[..colon].Trim();
        if (ulong.TryParse(seed.AsSpan(colon + 1), NumberStyles.None | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number))
        {
            if (kind == "random")
                return new RandomWalk(number);
            if (kind == "pct")
                return new Priorities(number);
        }
        throw new FormatException($"\"{seed}\" is no seed of a schedule; seeds look like random:7 or pct:7.");
    }

    internal static Strategy Of(ScheduleStrategy kind, ulong seed) => kind == ScheduleStrategy.Random ? new RandomWalk(seed) : new Priorities(seed);

    /// <summary>One of <paramref name="ready"/>, which is not empty, or the one that runs and could go on.</summary>
    internal abstract G Choose(G? running, List<G> ready);

    internal virtual void Started(G g)
    {
    }

    internal virtual void Ended(G g)
    {
    }

    /// <summary>It wants others to run.</summary>
    internal virtual void Yielded(G g)
    {
    }

    // SplitMix64: any seed is a good one.
    internal uint Random()
    {
        var z = _state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return (uint)((z ^ (z >> 31)) >> 32);
    }

    private protected int Random(int below) => (int)(((ulong)Random() * (uint)below) >> 32);

    private sealed class RandomWalk(ulong seed) : Strategy("random", seed)
    {
        internal override G Choose(G? running, List<G> ready)
        {
            var i = Random(running is null ? ready.Count : ready.Count + 1);
            return i < ready.Count ? ready[i] : running!;
        }
    }

    private sealed class Priorities : Strategy
    {
        private const int Changes = 3;

        private readonly Dictionary<G, long> _priorities = [];
        private readonly HashSet<int> _changes = [];
        private int _point;
        private long _lowest;

        internal Priorities(ulong seed) : base("pct", seed)
        {
            // How long a run is nobody knows before it: short ones and long ones have their seeds.
            var length = 8 << Random(8);
            for (var i = 0; i < Changes; i++)
                _changes.Add(Random(length));
        }

        internal override void Started(G g) => _priorities[g] = 1 + Random();

        internal override void Ended(G g) => _priorities.Remove(g);

        internal override void Yielded(G g) => _priorities[g] = --_lowest;

        internal override G Choose(G? running, List<G> ready)
        {
            if (running is not null && _changes.Contains(_point))
                _priorities[running] = --_lowest;
            _point++;
            var best = running ?? ready[0];
            foreach (var g in ready)
                if (_priorities[g] > _priorities[best])
                    best = g;
            return best;
        }
    }
}
