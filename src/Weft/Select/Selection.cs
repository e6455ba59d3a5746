// Selection: a select in progress, and its frame while it is parked.
//
// What wins: `_decided` moves from open to decided once, by one compare-exchange, made by whoever can complete a case: a partner or close
// under the lock of that case's channel (WaitQueue.Dequeue), a signal under its gate (SignalCase.Fire). The winner notes the case, does the
// transfer, and wakes the select. All others find it decided and pass it by. A select that has not queued itself yet needs no word: it
// decides alone.
//
//     look      cases in random order, each that may be ready under its own lock only. Most selects end here.
//     pass 1    all locks, in the order of ids: look again. This makes "none is ready" true of one instant, for TryWait.
//     pass 2    queue a sudog for each channel case; unlock; record the signal cases. Park.
//     pass 3    woken: withdraw the other cases, each in constant time under its own lock. They can do nothing any more, so no two locks
//               are needed together.
//
// Random: uniform among those that are ready, by a shuffle. Ordered selects look in the order of the cases, and always under all locks, so
// that a case is never passed over by one that comes later in the list. Once parked, the first partner wins in both.
//
// One object for each goroutine, cached in the G, and one for each select of async code: it holds copies of the cases while it runs and
// of nothing in between. User code never runs while it is in use: wakes and handlers come last.
//
// Cases on nil channels are left out; if none are left it waits for ever, or for the token.

using System.Diagnostics;

namespace Weft.Runtime;

[NotWoven]
internal sealed partial class Selection : Frame, IAsyncWaiter
{
    /// <summary>Go's limit, reflect.Select's.</summary>
    internal const int MaxCases = 65536;

    /// <summary>Nothing was ready (<see cref="TryNow"/>).</summary>
    internal const int None = -1;

    /// <summary>The goroutine is Parking, all is queued.</summary>
    internal const int Parked = -2;

    private const int Open = -1;

    /// <summary>Whose it is; null for async code.</summary>
    internal readonly G? g;

    private readonly SelectOperation? _operation;

    /// <summary><see cref="Open"/>, or the place of the case that has won.</summary>
    private int _decided = Open;

    // The live cases, their channels, and where in the caller's list they were.
    private SelectCase?[] _cases = new SelectCase?[8];
    private Hchan?[] _chans = new Hchan?[8];
    private int[] _at = new int[8];
    private int _count, _given, _signals;
    private bool _ordered;

    // The token of Wait(..., token): a case after all others.
    private CancelledCase? _tokenCase;
    private int _tokenAt = Open;

    internal Selection(G g) => this.g = g;

    internal Selection(SelectOperation operation) => _operation = operation;

    internal static Selection Of(G g) => g.selection ??= new Selection(g);

    /// <summary>Claims the select for its case at <paramref name="index"/>. Under the lock of that case.</summary>
    internal bool TryWin(int index) => Volatile.Read(ref _decided) == Open && Interlocked.CompareExchange(ref _decided, index, Open) == Open;

    /// <summary>Wakes it, claimed before; without locks.</summary>
    internal void Wake(M? m)
    {
        if (g is { } waiter)
            Proc.goready(waiter, m);
        else
            Sudog.Tell(this);
    }

    /// <inheritdoc/>
    public void Complete() => _operation!.Complete();

    internal Selection Begin(bool ordered)
    {
        Debug.Assert(_count == 0 && _decided == Open);
        _ordered = ordered;
        _given = 0;
        return this;
    }

    /// <summary>Adds a case of the caller's list.</summary>
    internal Selection Add(SelectCase @case, string name)
    {
        if (@case is null)
        {
            Clear();
            throw new ArgumentNullException(name);
        }
        var at = _given++;
        var chan = @case.Hchan;
        if (chan is null)
            _signals++;
        else if (chan.isNil)
            return this;
        else if (SynctestBubble.On)
            RequireBubble(chan);
        if (_count == _cases.Length)
            Enlarge();
        _cases[_count] = @case;
        _chans[_count] = chan;
        _at[_count++] = at;
        return this;
    }

    internal Selection Add(SelectCase[] cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        if (cases.Length > MaxCases)
            throw new ArgumentException($"A select has at most {MaxCases} cases.", nameof(cases));
        foreach (var c in cases)
            Add(c, nameof(cases));
        return this;
    }

    /// <summary>Ends the wait with an exception when the token is cancelled. After the caller's cases.</summary>
    internal Selection Add(CancellationToken token)
    {
        if (token.IsCancellationRequested)
        {
            Clear();
            throw new OperationCanceledException(token);
        }
        if (!token.CanBeCanceled)
            return this;
        _tokenCase ??= new CancelledCase(token);
        _tokenCase.Token = token;
        _tokenAt = _given;
        return Add(_tokenCase, nameof(token));
    }

    /// <summary>Runs a case that is ready and returns its index, or returns <see cref="None"/>.</summary>
    internal int TryNow()
    {
        var index = Look(out var waiter);
        if (index == None)
        {
            LockAll();
            index = LookLocked(out waiter);
            UnlockAll();
        }
        return End(index, waiter);
    }

    /// <summary>Runs a case that is ready and returns its index; or queues all and returns <see cref="Parked"/>.</summary>
    internal int NowOrPark()
    {
        var index = Look(out var waiter);
        if (index != None)
            return End(index, waiter);
        Prepare();
        LockAll();
        index = LookLocked(out waiter);
        if (index != None)
        {
            UnlockAll();
            return End(index, waiter);
        }
        if (g is not null)
            Proc.gopark_begin(g, _given == 0 ? WaitReason.SelectNoCases : SynctestBubble.On && IsDurable ? WaitReason.SelectDurable : WaitReason.Select);
        // In random order too: of two cases on one channel the partner meets the first.
        for (var k = 0; k < _count; k++)
        {
            var i = _ordered ? k : _poll[k];
            if (_chans[i] is not null)
                _cases[i]!.Enqueue(this, i);
        }
        // Once the locks are gone somebody may decide. Nobody touches what is queued here before this goroutine is woken, and that is
        // after it has left its stack; async code is told at the end (SelectOperation).
        UnlockAll();
        for (var i = 0; _signals > 0 && i < _count && Volatile.Read(ref _decided) == Open; i++)
            if (_chans[i] is null)
                _cases[i]!.Enqueue(this, i);
        return Parked;
    }

    /// <summary>On the waiter, woken: withdraws the losers and ends the case that has fired.</summary>
    internal int Finish()
    {
        var fired = _decided;
        for (var i = 0; i < _count; i++)
            if (i != fired && _cases[i] != _cases[fired])
                _cases[i]!.Withdraw(this);
        var sent = _cases[fired]!.Finish(this);
        var index = _at[fired];
        var token = index == _tokenAt ? _tokenCase!.Token : default;
        Clear();
        token.ThrowIfCancellationRequested();
        return sent ? index : throw new ChanClosedException();
    }

    public override void Resume(G g)
    {
        parent = null; // as a sudog's
        g.SetResult(Finish());
    }

    /// <summary>The end of a select that did not wait.</summary>
    private int End(int index, Sudog? waiter)
    {
        var at = index < 0 ? index : _at[index];
        var token = index >= 0 && at == _tokenAt ? _tokenCase!.Token : default;
        Clear();
        token.ThrowIfCancellationRequested();
        waiter?.Wake(g is null ? M.Current : g.m);
        return at;
    }

    /// <summary>Without the lot of the locks: a case that is ready, done under its own.</summary>
    private int Look(out Sudog? waiter)
    {
        waiter = null;
        if (_ordered)
            return None;
        Shuffle();
        for (var k = 0; k < _count; k++)
        {
            var i = _poll[k];
            var c = _cases[i]!;
            if (!c.LooksReady)
                continue;
            if (_chans[i] is not { } chan)
                return i;
            chan.@lock.Lock();
            var attempt = c.TryLocked(out waiter);
            chan.@lock.Unlock();
            if (attempt == Attempt.Done)
                return i;
            if (attempt == Attempt.Closed)
                throw Closed();
        }
        return None;
    }

    /// <summary>Under all locks.</summary>
    private int LookLocked(out Sudog? waiter)
    {
        waiter = null;
        for (var k = 0; k < _count; k++)
        {
            var i = _ordered ? k : _poll[k];
            var attempt = _cases[i]!.TryLocked(out waiter);
            if (attempt == Attempt.Done)
                return i;
            if (attempt != Attempt.Closed)
                continue;
            UnlockAll();
            throw Closed();
        }
        return None;
    }

    private void Prepare()
    {
        try
        {
            for (var i = 0; i < _count; i++)
                _cases[i]!.Prepare(this);
        }
        catch
        {
            Clear();
            throw;
        }
    }

    /// <summary>All cases belong to the bubble of the goroutine.</summary>
    private bool IsDurable
    {
        get
        {
            if (g!.bubble is not { } bubble)
                return false;
            for (var i = 0; i < _count; i++)
                if (!_cases[i]!.BelongsTo(bubble, g))
                    return false;
            return true;
        }
    }

    private void RequireBubble(Hchan chan)
    {
        try
        {
            chan.RequireBubble(g, "select on a bubble's channel");
        }
        catch
        {
            Clear();
            throw;
        }
    }

    private ChanClosedException Closed()
    {
        Clear();
        return new ChanClosedException();
    }

    private void Enlarge()
    {
        Array.Resize(ref _cases, _count * 2);
        Array.Resize(ref _chans, _count * 2);
        Array.Resize(ref _at, _count * 2);
    }

    /// <summary>Lets go of the cases; ready for the next select.</summary>
    private void Clear()
    {
        if (_cases.Length > KeptCases)
        {
            _cases = new SelectCase?[8];
            _chans = new Hchan?[8];
            _at = new int[8];
            _poll = _order = [];
        }
        else
        {
            Array.Clear(_cases, 0, _count);
            Array.Clear(_chans, 0, _count);
        }
        if (_tokenAt != Open)
        {
            _tokenAt = Open;
            _tokenCase!.Token = default;
        }
        _count = _signals = 0;
        _decided = Open;
    }
}
