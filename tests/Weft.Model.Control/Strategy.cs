// Strategy: who is next. Three of them, each a function of its seed alone:
//
//   random    goes on most of the time, else anyone who can, or anyone's oldest store; how often is drawn once for the execution
//   pct       probabilistic concurrency testing: random priorities for threads and for store buffers, lowered at a few random points, so that
//             a bug that needs d ordered events is found with a probability that does not depend on the number of other interleavings
//   dfs       all executions with at most so many deviations from going on: a switch, with or without the stores made visible first
//
// A seed is written `random:7`, `pct:7` or `dfs:12=1,30=2` (the deviations), and gives the same execution whenever it is given again.

namespace Weft.Model.Control;

/// <summary>Either a thread to run, or one whose oldest store becomes visible.</summary>
public readonly record struct Move(ModelThread? Run, ModelThread? Flush);

public abstract class Strategy
{
    /// <summary>The text that gives this execution again.</summary>
    public abstract string Seed { get; }

    /// <param name="e">The execution.</param>
    /// <param name="me">Who asks, and could go on; null if the running thread cannot.</param>
    public abstract Move Choose(Execution e, ModelThread? me);

    public static Strategy Parse(string seed)
    {
        var colon = seed.IndexOf(':', StringComparison.Ordinal);
        var (kind, rest) = colon < 0 ? ("random", seed) : (seed[..colon], seed[(colon + 1)..]);
        return kind switch
        {
            "random" => new RandomStrategy(uint.Parse(rest)),
            "pct" => new PctStrategy(uint.Parse(rest)),
            "dfs" => new DfsStrategy(rest.Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(d => d.Split('=')).ToDictionary(d => int.Parse(d[0]), d => int.Parse(d[1]))),
            _ => throw new ArgumentException($"no strategy {kind}"),
        };
    }

    private protected static Move Run(Execution e, ModelThread thread)
    {
        e.PassTime(thread);
        return new Move(thread, null);
    }

    private protected struct Rng(uint seed)
    {
        private ulong _state = seed * 0x9E3779B97F4A7C15UL + 0x2545F4914F6CDD1DUL;

        internal int Next(int n)
        {
            _state ^= _state << 13;
            _state ^= _state >> 7;
            _state ^= _state << 17;
            return (int)(_state * 0x2545F4914F6CDD1DUL >> 33) % n;
        }
    }
}

public sealed class RandomStrategy : Strategy
{
    private readonly uint _seed;
    private Rng _rng;
    private readonly int _rate;

    public RandomStrategy(uint seed)
    {
        _seed = seed;
        _rng = new Rng(seed);
        _rng.Next(2);
        _rate = 1 + _rng.Next(16);
    }

    public override string Seed => $"random:{_seed}";

    public override Move Choose(Execution e, ModelThread? me)
    {
        if (me is not null && _rng.Next(_rate) != 0)
            return new Move(me, null);
        var threads = e.Enabled();
        var buffers = e.Threads.Count(t => t.Stores.Count > 0);
        var i = _rng.Next(threads.Count + buffers);
        if (i < threads.Count)
            return Run(e, threads[i]);
        i -= threads.Count;
        foreach (var t in e.Threads)
            if (t.Stores.Count > 0 && i-- == 0)
                return new Move(null, t);
        throw new InvalidOperationException();
    }
}

public sealed class PctStrategy : Strategy
{
    private const int Changes = 3, Horizon = 600;

    private readonly uint _seed;
    private Rng _rng;
    private readonly List<(int Thread, int Buffer)> _priorities = [];
    private readonly int[] _changes;
    private int _step, _lowest;

    public PctStrategy(uint seed)
    {
        _seed = seed;
        _rng = new Rng(seed);
        _rng.Next(2);
        var horizon = 30 + _rng.Next(Horizon);
        _changes = [.. Enumerable.Range(0, Changes).Select(_ => _rng.Next(horizon))];
    }

    public override string Seed => $"pct:{_seed}";

    public override Move Choose(Execution e, ModelThread? me)
    {
        _step++;
        while (_priorities.Count < e.Threads.Count)
            _priorities.Add((_rng.Next(1 << 20), _rng.Next(1 << 20)));
        if (_changes.Contains(_step))
        {
            // Of the one that would run now: its thread, or what holds its stores back ends.
            var now = me ?? e.Running;
            _priorities[now.Id] = _rng.Next(4) == 0 ? (_priorities[now.Id].Thread, 1 << 21) : (--_lowest, _priorities[now.Id].Buffer);
        }
        Move best = default;
        var priority = int.MinValue;
        foreach (var t in e.Enabled())
        {
            if (_priorities[t.Id].Thread > priority)
                (best, priority) = (new Move(t, null), _priorities[t.Id].Thread);
        }
        foreach (var t in e.Threads)
        {
            if (t.Stores.Count > 0 && _priorities[t.Id].Buffer > priority)
                (best, priority) = (new Move(null, t), _priorities[t.Id].Buffer);
        }
        if (best.Run is not { } run)
            return best;
        if (run.State == ThreadState.Asleep)
            _priorities[run.Id] = (--_lowest, _priorities[run.Id].Buffer); // else one whose time is up again and again starves the others
        return Run(e, run);
    }
}

public sealed class DfsStrategy(Dictionary<int, int> deviations) : Strategy
{
    private ModelThread? _flushing, _then;

    /// <summary>How many options there were at each decision.</summary>
    public List<int> Options { get; } = [];

    public IReadOnlyDictionary<int, int> Deviations => deviations;

    public override string Seed => "dfs:" + string.Join(",", deviations.OrderBy(d => d.Key).Select(d => $"{d.Key}={d.Value}"));

    public override Move Choose(Execution e, ModelThread? me)
    {
        // A switch after the stores were made visible takes several moves.
        if (_flushing is not null)
        {
            if (_flushing.Stores.Count > 0)
                return new Move(null, _flushing);
            _flushing = null;
            return Run(e, _then!);
        }
        // Options: going on; then for each other thread a switch with, and if there is a difference without, my stores visible.
        var threads = e.Enabled();
        if (threads.Count == 0)
            return new Move(null, e.Threads.Find(t => t.Stores.Count > 0));
        var hasStores = me is { Stores.Count: > 0 };
        var others = me is null ? threads.Count : threads.Count - 1;
        var options = (me is null ? 0 : 1) + others * (hasStores ? 2 : 1);
        var chosen = deviations.GetValueOrDefault(Options.Count);
        Options.Add(options);
        if (chosen >= options)
            throw new InvalidOperationException($"decision {Options.Count - 1} has {options} options, not {chosen}: the scenario is not deterministic");
        if (me is not null && chosen-- == 0)
            return new Move(me, null);
        var lazily = hasStores && chosen % 2 == 1;
        var next = threads.Where(t => t != me).ElementAt(hasStores ? chosen / 2 : chosen);
        if (hasStores && !lazily)
        {
            (_flushing, _then) = (me, next);
            return new Move(null, me);
        }
        return Run(e, next);
    }

    /// <summary>Every execution with at most <paramref name="bound"/> deviations; each is made after the one before was run.</summary>
    public static IEnumerable<DfsStrategy> All(int bound)
    {
        var pending = new Stack<Dictionary<int, int>>();
        pending.Push([]);
        while (pending.TryPop(out var deviations))
        {
            var strategy = new DfsStrategy(deviations);
            yield return strategy;
            if (deviations.Count == bound)
                continue;
            var first = deviations.Count == 0 ? 0 : deviations.Keys.Max() + 1;
            for (var i = strategy.Options.Count - 1; i >= first; i--)
            {
                for (var option = strategy.Options[i] - 1; option > 0; option--)
                    pending.Push(new Dictionary<int, int>(deviations) { [i] = option });
            }
        }
    }
}
