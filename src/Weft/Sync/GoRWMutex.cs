// GoRWMutex: Go's sync.RWMutex, with writers preferred as there.
//
// Writers first take a mutex among themselves; so there is at most one that holds the lock or waits for readers to leave. The state word:
//     writer    one holds the lock, or waits for readers; no reader may enter
//     queued    readers wait for that writer
//     above     the readers inside
// A reader enters by adding itself. If it then sees a writer it takes itself off again and queues, under the lock; so the number may be too
// high for a moment, and whoever takes it to zero looks whether a writer waits. Unlock lets all queued readers in at once, then lets the
// next writer take the mutex: that one waits for them. Readers and writers alternate, whatever the traffic.
//
// Readers are queued, and let in, by one who has the lock and changes the word by compare-exchange with `writer` still set: so an Unlock that sees
// no `queued` need not take the lock.
//
// Go keeps two counters of readers that run into each other over the sign of a sum; a writer whose token fires could not be taken out of
// them. Here it leaves as if it had unlocked.

using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Runtime;

namespace Weft;

/// <summary>
/// A lock that many readers or one writer hold: Go's <c>sync.RWMutex</c>. Goroutines, plain threads and async code may contend for the same one.
/// </summary>
/// <remarks>
/// As soon as a writer waits, no more readers are let in; so a goroutine that holds it for reading must not lock it for reading again, since a writer
/// may have come in between and then both wait for ever. It cannot be upgraded. Neither form is bound to whoever locked it.
/// </remarks>
/// <example><code>
/// var cache = new Dictionary&lt;string, int&gt;();
/// var rw = new GoRWMutex();
/// using (rw.EnterScope())
///     cache["answer"] = 42;
/// using (rw.EnterReadScope())
///     Console.WriteLine(cache["answer"]);      // 42
/// </code></example>
public sealed class GoRWMutex : ILocker, IBlocker
{
    private const int Writer = 1, Queued = 2, Shift = 2, One = 1 << Shift;

    // Stages of a writer, and of a reader.
    internal const int Write = 1;
    private const int WriteAlone = 2, WriterIsIn = 3, Read = 4, ReaderIsIn = 5;
    private const int ReaderPlace = 2, WriterPlace = 3;

    private readonly GoMutex _writers = new();
    private RuntimeLock<Ranks.Wait> _lock;
    private int _state;
    private WaiterQueue _readers;
    private Waiter? _writer; // waits for the readers inside
    private ReadLocker? _readLocker;

    /// <summary>Locks for writing, blocking until there is no reader and no other writer.</summary>
    public void Lock()
    {
        if (!TryLockFree())
            Blocking.Plain(this, WaitReason.RWMutexLock, stage: Write);
    }

    /// <summary>Hot form of <see cref="Lock()"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void Lock(G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        if (!TryLockFree())
            Blocking.Hot(this, g, WaitReason.RWMutexLock, stage: Write);
        else if (Chaos.On)
            Chaos.Primitive(g);
    }

    /// <summary>Locks for writing, unless the token is cancelled before that is possible. Readers that waited behind this writer then go on.</summary>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled; the lock was not taken.</exception>
    public void Lock(CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (!TryLockFree())
            Blocking.Plain(this, WaitReason.RWMutexLock, token, Write);
    }

    /// <summary>Hot form of <see cref="Lock(CancellationToken)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void Lock(CancellationToken token, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        token.ThrowIfCancellationRequested();
        if (!TryLockFree())
            Blocking.Hot(this, g, WaitReason.RWMutexLock, token, stage: Write);
        else if (Chaos.On)
            Chaos.Primitive(g);
    }

    /// <summary>Locks for writing if nobody is inside; never blocks.</summary>
    /// <returns>True if it is now locked for writing.</returns>
    public bool TryLock()
    {
        if (!_writers.TryLock())
            return false;
        if (Interlocked.CompareExchange(ref _state, Writer, 0) == 0)
            return true;
        _writers.Unlock();
        return false;
    }

    /// <summary>Ends writing: lets in all readers that wait, then the next writer after them.</summary>
    /// <exception cref="InvalidOperationException">It is not locked for writing.</exception>
    public void Unlock() => Unlock(M.Current);

    /// <summary>Hot form of <see cref="Unlock()"/>.</summary>
    [Twin(Suspends = false), EditorBrowsable(EditorBrowsableState.Never)]
    public void Unlock(G g) => Unlock(g.m);

    /// <summary>Locks for reading, blocking while a writer holds the lock or waits for it.</summary>
    public void RLock()
    {
        if (!TryEnter())
            Blocking.Plain(this, WaitReason.RWMutexRLock, stage: Read);
    }

    /// <summary>Hot form of <see cref="RLock()"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void RLock(G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        if (!TryEnter())
            Blocking.Hot(this, g, WaitReason.RWMutexRLock, stage: Read);
        else if (Chaos.On)
            Chaos.Primitive(g);
    }

    /// <summary>Locks for reading, unless the token is cancelled before that is possible.</summary>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled; the lock was not taken.</exception>
    public void RLock(CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (!TryEnter())
            Blocking.Plain(this, WaitReason.RWMutexRLock, token, Read);
    }

    /// <summary>Hot form of <see cref="RLock(CancellationToken)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void RLock(CancellationToken token, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        token.ThrowIfCancellationRequested();
        if (!TryEnter())
            Blocking.Hot(this, g, WaitReason.RWMutexRLock, token, stage: Read);
        else if (Chaos.On)
            Chaos.Primitive(g);
    }

    /// <summary>Locks for reading unless a writer holds the lock or waits for it; never blocks.</summary>
    /// <returns>True if it is now locked for reading.</returns>
    public bool TryRLock()
    {
        var old = Volatile.Read(ref _state);
        while ((old & Writer) == 0)
        {
            var seen = Interlocked.CompareExchange(ref _state, old + One, old);
            if (seen == old)
                return true;
            old = seen;
        }
        return false;
    }

    /// <summary>Ends reading.</summary>
    /// <exception cref="InvalidOperationException">It is not locked for reading.</exception>
    public void RUnlock()
    {
        var now = Interlocked.Add(ref _state, -One);
        if ((now & Writer) != 0 || now < 0)
            RUnlockSlow(now, M.Current);
    }

    /// <summary>Hot form of <see cref="RUnlock()"/>.</summary>
    [Twin(Suspends = false), EditorBrowsable(EditorBrowsableState.Never)]
    public void RUnlock(G g)
    {
        var now = Interlocked.Add(ref _state, -One);
        if ((now & Writer) != 0 || now < 0)
            RUnlockSlow(now, g.m);
    }

    /// <summary>The reading side as a lock of its own: Go's <c>RLocker</c>.</summary>
    public ILocker RLocker => _readLocker ?? Interlocked.CompareExchange(ref _readLocker, new ReadLocker(this), null) ?? _readLocker;

    /// <summary>Locks for writing until the end of a <c>using</c>.</summary>
    public LockScope EnterScope()
    {
        Lock();
        return new LockScope(this);
    }

    /// <summary>Hot form of <see cref="EnterScope()"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public LockScope EnterScope(G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        if (!TryLockFree())
            return Blocking.Hot(this, g, WaitReason.RWMutexLock, scope: this, stage: Write) ? new LockScope(this) : default;
        return Chaos.On ? Chaos.Primitive(g, new LockScope(this)) : new LockScope(this);
    }

    /// <summary>Locks for reading until the end of a <c>using</c>.</summary>
    public LockScope EnterReadScope()
    {
        RLock();
        return new LockScope(RLocker);
    }

    /// <summary>Hot form of <see cref="EnterReadScope()"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public LockScope EnterReadScope(G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        var reading = RLocker;
        if (!TryEnter())
            return Blocking.Hot(this, g, WaitReason.RWMutexRLock, scope: reading, stage: Read) ? new LockScope(reading) : default;
        return Chaos.On ? Chaos.Primitive(g, new LockScope(reading)) : new LockScope(reading);
    }

    /// <summary>Locks for writing, for async code. Unlock it, or dispose of the result.</summary>
    /// <param name="token">Ends the wait; nothing is locked then.</param>
    public ValueTask<LockScope> LockAsync(CancellationToken token = default)
    {
        if (token.IsCancellationRequested)
            return ValueTask.FromCanceled<LockScope>(token);
        return TryLockFree() ? new(new LockScope(this)) : Blocking.Async(this, WaitReason.RWMutexLock, token, this, Write).ScopeTask;
    }

    /// <summary>Locks for reading, for async code. RUnlock it, or dispose of the result.</summary>
    /// <param name="token">Ends the wait; nothing is locked then.</param>
    public ValueTask<LockScope> RLockAsync(CancellationToken token = default)
    {
        if (token.IsCancellationRequested)
            return ValueTask.FromCanceled<LockScope>(token);
        return TryEnter() ? new(new LockScope(RLocker)) : Blocking.Async(this, WaitReason.RWMutexRLock, token, RLocker, Read).ScopeTask;
    }

    /// <summary>Readers inside, at this moment, and whether a writer is or waits.</summary>
    internal (int Readers, bool Writer, bool Queued) State => (_state >> Shift, (_state & Writer) != 0, (_state & Queued) != 0);

    private bool TryLockFree()
    {
        if (!_writers.TryLockFree())
            return false;
        if (Interlocked.CompareExchange(ref _state, Writer, 0) == 0)
            return true;
        _writers.Unlock();
        return false;
    }

    /// <summary>False: the reader is counted, and a writer was there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryEnter() => (Interlocked.Add(ref _state, One) & Writer) == 0;

    bool IBlocker.Step(Waiter w) => w.stage switch
    {
        Read => Enter(w),
        Write or WriteAlone => LockStep(w),
        _ => true, // was let in, or its token has fired
    };

    /// <summary>The reader has counted itself.</summary>
    private bool Enter(Waiter w)
    {
        _lock.Lock();
        int old, now;
        do
        {
            old = Volatile.Read(ref _state);
            if ((old & Writer) == 0)
            {
                _lock.Unlock();
                return true; // and it counts
            }
            now = old - One | Queued;
        }
        while (Interlocked.CompareExchange(ref _state, now, old) != old);
        w.Prepare();
        w.stage = ReaderIsIn;
        _readers.Add(w, ReaderPlace);
        // The writer may have taken this reader for one that is inside.
        var writer = now >> Shift == 0 ? TakeWriter() : null;
        _lock.Unlock();
        writer?.Ready(M.Current);
        return false;
    }

    internal bool LockStep(Waiter w)
    {
        if (w.stage == Write)
        {
            if (!_writers.Step(w))
                return false;
            if (w.cancelled)
                return true;
            w.stage = WriteAlone;
        }
        // No more readers from here on.
        if (Interlocked.Or(ref _state, Writer) >> Shift == 0)
            return true;
        _lock.Lock();
        if (Volatile.Read(ref _state) >> Shift == 0)
        {
            _lock.Unlock();
            return true;
        }
        w.Prepare();
        w.stage = WriterIsIn;
        _writer = w;
        Volatile.Write(ref w.place, WriterPlace);
        _lock.Unlock();
        return false;
    }

    /// <summary>Under the lock.</summary>
    private Waiter? TakeWriter()
    {
        var w = _writer;
        if (w is not null)
        {
            _writer = null;
            w.place = 0;
        }
        return w;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RUnlockSlow(int now, M? m)
    {
        if (now < 0)
        {
            Interlocked.Add(ref _state, One);
            throw new InvalidOperationException("sync: RUnlock of unlocked RWMutex");
        }
        if (now >> Shift != 0)
            return;
        _lock.Lock();
        var writer = Volatile.Read(ref _state) >> Shift == 0 ? TakeWriter() : null;
        _lock.Unlock();
        writer?.Ready(m);
    }

    private void Unlock(M? m)
    {
        var old = Volatile.Read(ref _state);
        while ((old & Queued) == 0)
        {
            if ((old & Writer) == 0)
                throw new InvalidOperationException("sync: Unlock of unlocked RWMutex");
            var seen = Interlocked.CompareExchange(ref _state, old & ~Writer, old);
            if (seen == old)
            {
                _writers.UnlockBy(m);
                return;
            }
            old = seen;
        }
        _lock.Lock();
        var readers = LetReadersIn();
        _lock.Unlock();
        WaiterQueue.ReadyAll(readers, m);
        _writers.UnlockBy(m);
    }

    /// <summary>Under the lock: the writer leaves, all queued readers come in.</summary>
    private Waiter? LetReadersIn()
    {
        var readers = _readers.TakeAll(out var count);
        int old;
        do
            old = Volatile.Read(ref _state);
        while (Interlocked.CompareExchange(ref _state, (old & ~(Writer | Queued)) + count * One, old) != old);
        return readers;
    }

    bool IBlocker.Withdraw(Waiter w, int ticket) => Withdraw(w, ticket);

    internal bool Withdraw(Waiter w, int ticket)
    {
        if (_writers.Withdraw(w, ticket))
            return true;
        _lock.Lock();
        var isWriter = WaiterQueue.IsQueued(w, WriterPlace, ticket);
        if (!isWriter && !WaiterQueue.IsQueued(w, ReaderPlace, ticket))
        {
            _lock.Unlock();
            return false;
        }
        Waiter? readers = null;
        if (isWriter)
        {
            TakeWriter();
            readers = LetReadersIn();
        }
        else
        {
            _readers.Remove(w);
            if (_readers.IsEmpty)
                Interlocked.And(ref _state, ~Queued);
        }
        w.cancelled = true;
        _lock.Unlock();
        var m = M.Current;
        WaiterQueue.ReadyAll(readers, m);
        if (isWriter)
            _writers.UnlockBy(m);
        w.Ready(m);
        return true;
    }

    private sealed class ReadLocker(GoRWMutex of) : ILocker
    {
        public void Lock() => of.RLock();

        [Twin]
        public void Lock(G g) => of.RLock(g);

        public void Unlock() => of.RUnlock();

        [Twin(Suspends = false)]
        public void Unlock(G g) => of.RUnlock(g);
    }
}
