// SignalCase: a case that becomes ready by itself and stays ready: a deadline, a token, a task.
//
// It joins a select in two phases, so that a loser is withdrawn and never consumed: nothing is taken from a deadline, a token or a task
// by waiting for it. The gate guards `_select`: a signal claims the select under it, and Withdraw clears it under it; so a callback that
// comes late cannot decide a select that has long gone on to something else.
//
//     Enqueue   gate: ready already -> claim the select for ourselves; else record it.   Then Watch: the callback may come at once.
//     Fire      gate: if a select is recorded, claim it.                                 Then wake it.
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

    /// <summary>Which signal it stands for; changes only while no select waits.</summary>
    private protected int number;

    private protected SignalCase()
    {
    }

    /// <summary>Has it come? Once true it stays so while a select waits.</summary>
    private protected abstract bool IsReady { get; }

    /// <summary>Sees to it that <see cref="Fire"/> is called when it comes. Without locks; it may have come already.</summary>
    private protected abstract void Watch();

    /// <summary>Undoes <see cref="Watch"/>; a call of <see cref="Fire"/> may still come and does nothing.</summary>
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
        if (IsReady)
            Fire(number);
        else
            Watch();
    }

    /// <summary>It has come: decides the select that waits, if any, and wakes it. Any thread, without locks.</summary>
    /// <param name="of">The <see cref="number"/> of what has come.</param>
    private protected void Fire(int of = 0)
    {
        _gate.Lock();
        var select = _select;
        var won = select is not null && number == of && select.TryWin(_index);
        _gate.Unlock();
        if (won)
            select!.Wake(M.Current);
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
