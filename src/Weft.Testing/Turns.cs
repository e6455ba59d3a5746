// Turns: who runs in a controlled bubble: one goroutine at a time, chosen by a strategy. Under the bubble's lock.
//
// Those who can run lie in the order in which they became runnable, which is the same in every run, since only one runs and all else happens at
// rest. Contenders are goroutines that have found a Monitor taken: they can go on once another has run.

namespace Weft.Testing;

[NotWoven]
internal sealed class Turns(Strategy strategy, int maxSteps)
{
    private readonly List<G> _ready = [];
    private readonly List<G> _contenders = [];
    private readonly HashSet<G> _away = []; // their threads are blocked
    private bool _isTaken;
    private G? _chosen;

    internal Strategy Strategy => strategy;

    internal int MaxSteps => maxSteps;

    /// <summary>Scheduling points passed so far.</summary>
    internal int Steps { get; private set; }

    internal bool IsStuck => Steps > maxSteps;

    internal void Add(G g) => _ready.Add(g);

    /// <summary>The runner comes to a point. False: another was chosen, and it is to yield.</summary>
    internal bool GoesOn(G g)
    {
        Steps++;
        if (IsStuck)
            return false;
        if (_ready.Count == 0)
            return true;
        var next = strategy.Choose(g, _ready);
        if (next == g)
            return true;
        _chosen = next;
        return false;
    }

    /// <summary>The runner yields: because another was chosen, or by its own wish; then another runs if there is one.</summary>
    internal void Yield(G g)
    {
        if (_chosen is null && !IsStuck)
        {
            Steps++;
            strategy.Yielded(g);
            if (_ready.Count > 0)
                _chosen = strategy.Choose(null, _ready);
        }
        _ready.Add(g);
    }

    internal void Leave(G g) => _away.Add(g);

    internal bool IsSomebodyAway => _away.Count > 0;

    internal bool ComeBack(G g) => _away.Remove(g);

    internal void Contend(G g)
    {
        Steps++;
        _contenders.Add(g);
        _isTaken = false;
    }

    /// <summary>Somebody has run: contenders may try again. Returns how many.</summary>
    internal int Revive()
    {
        var n = _contenders.Count;
        _ready.AddRange(_contenders);
        _contenders.Clear();
        return n;
    }

    internal void Release() => _isTaken = false;

    /// <summary>Gives the turn, if nobody has it, to one who can run.</summary>
    internal G? TryTake()
    {
        if (_isTaken || _ready.Count == 0)
            return null;
        var next = _chosen ?? strategy.Choose(null, _ready);
        _chosen = null;
        _ready.Remove(next);
        _isTaken = true;
        return next;
    }
}
