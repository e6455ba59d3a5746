// SignalCase: a case that becomes ready by itself and stays ready: a deadline, a token, a task.
//
// It joins a select in two phases, so that a loser is withdrawn and never consumed: nothing is taken from a deadline, a token or a task
// by waiting for it. The gate guards `_select`: a signal claims the select under it, and Withdraw clears it under it; so a callback that
// comes late cannot decide a select that has long gone on without this case.
//
// It may have gone on with the case: the same object, which stands for another deadline, or another token, by then. `_number` counts what
// the case has stood for. Who comes late asks whether it has come, and says of which one he has found that (Tell); the gate turns him away
// if the select waits for another. The question is not asked under the gate, because a clock may be the user's code.
//
//     Enqueue   gate: ready already -> claim the select for ourselves; else record it.   Then Watch: the callback may come at once.
//     Tell      gate: if a select is recorded, and for what has come, claim it.          Then wake it.
//     Withdraw  gate: clear the record.                                                  Then Unwatch.
//
// Ready is monotone, so the select need not hold the gates together with the channels' locks: a signal that comes after it was looked
// at claims the select a moment later.

using Weft.Runtime;

namespace Weft;

/// <summary>A case of a <see cref="Select"/> that becomes ready without a channel, and stays ready.</summary>
public abstract class SignalCase : SelectCase
{
    private RuntimeLock<Ranks.Signal> _gate;
    private Selection? _select;
    private int _index;

    private int _number;

    private protected SignalCase()
    {
    }

    /// <summary>Has it come? Once true it stays so while a select waits.</summary>
    private protected abstract bool IsReady { get; }

    /// <summary>Sees to it that <see cref="Tell"/> is called when it comes. Without locks; it may have come already.</summary>
    private protected abstract void Watch();

    /// <summary>Undoes <see cref="Watch"/>; a call of <see cref="Tell"/> may still come and does nothing.</summary>
    private protected abstract void Unwatch();

    internal sealed override Hchan? Hchan => null;

    internal sealed override bool LooksReady => IsReady;

    internal sealed override Attempt TryLocked(out Sudog? waiter)
    {
        waiter = null;
        return IsReady ? Attempt.Done : Attempt.Wait;
    }

    internal sealed override void Prepare(Selection select)
    {
        if (Volatile.Read(ref _select) is { } other && other != select)
            throw InUse();
    }

    internal sealed override void Enqueue(Selection select, int index)
    {
        _gate.Lock();
        if (_select is not null)
        {
            _gate.Unlock(); // the same case twice
            return;
        }
        _select = select;
        _index = index;
        _gate.Unlock();
        if (!Tell())
            Watch();
    }

    /// <summary>The case stands for something else from now on, which is in its fields already. While no select waits.</summary>
    private protected void Renew() => Volatile.Write(ref _number, _number + 1); // pairs with Tell

    /// <summary>If it has come: decides the select that waits, if any, and wakes it. Any thread, without locks, perhaps late.</summary>
    internal bool Tell()
    {
        var number = Volatile.Read(ref _number); // before IsReady reads the fields; pairs with Renew
        if (!IsReady)
            return false;
        _gate.Lock();
        var select = _select;
        var won = select is not null && number == _number && select.TryWin(_index);
        _gate.Unlock();
        if (won)
            select!.Wake(M.Current);
        return true;
    }

    internal sealed override void Withdraw(Selection select)
    {
        _gate.Lock();
        var mine = _select == select;
        if (mine)
            _select = null;
        _gate.Unlock();
        if (mine)
            Unwatch();
    }

    internal sealed override bool Finish(Selection select)
    {
        Withdraw(select);
        return true;
    }
}
