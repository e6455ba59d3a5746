// GoRWMutex: Go's sync.RWMutex, with writers preferred as there: its operations. How they work is in GoRWMutex.Protocol.cs.

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
public sealed partial class GoRWMutex : ILocker, IBlocker
{
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

    /// <summary>Locks for writing, unless that is not possible in that time. Readers that waited behind this writer then go on.</summary>
    /// <param name="timeout">How long to wait: zero is <see cref="TryLock()"/>, <see cref="Timeout.InfiniteTimeSpan"/> is <see cref="Lock()"/>.</param>
    /// <param name="token">Ends the wait.</param>
    /// <returns>True if it is now locked for writing.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; the lock was not taken.</exception>
    public bool TryLock(TimeSpan timeout, CancellationToken token = default)
    {
        token.ThrowIfCancellationRequested();
        return TimeLimit.IsNone(timeout) ? TryLock() : TryLockFree() || Blocking.PlainWithin(this, WaitReason.RWMutexLock, timeout, token, Write);
    }

    /// <summary>Hot form of <see cref="TryLock(TimeSpan, CancellationToken)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public bool TryLock(TimeSpan timeout, CancellationToken token, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        token.ThrowIfCancellationRequested();
        return TimeLimit.IsNone(timeout) ? TryLock() : TryLockFree() || Blocking.HotWithin(this, g, WaitReason.RWMutexLock, timeout, token, Write);
    }

    /// <summary>Locks for reading, unless that is not possible in that time.</summary>
    /// <param name="timeout">How long to wait: zero is <see cref="TryRLock()"/>, <see cref="Timeout.InfiniteTimeSpan"/> is <see cref="RLock()"/>.</param>
    /// <param name="token">Ends the wait.</param>
    /// <returns>True if it is now locked for reading.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; the lock was not taken.</exception>
    public bool TryRLock(TimeSpan timeout, CancellationToken token = default)
    {
        token.ThrowIfCancellationRequested();
        return TimeLimit.IsNone(timeout) ? TryRLock() : TryEnter() || Blocking.PlainWithin(this, WaitReason.RWMutexRLock, timeout, token, Read);
    }

    /// <summary>Hot form of <see cref="TryRLock(TimeSpan, CancellationToken)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public bool TryRLock(TimeSpan timeout, CancellationToken token, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        token.ThrowIfCancellationRequested();
        return TimeLimit.IsNone(timeout) ? TryRLock() : TryEnter() || Blocking.HotWithin(this, g, WaitReason.RWMutexRLock, timeout, token, Read);
    }

    /// <summary>As <see cref="TryLock(TimeSpan, CancellationToken)"/>, for async code.</summary>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="token">Ends the wait; nothing is locked then.</param>
    public ValueTask<bool> TryLockAsync(TimeSpan timeout, CancellationToken token = default)
    {
        if (token.IsCancellationRequested)
            return ValueTask.FromCanceled<bool>(token);
        if (TimeLimit.IsNone(timeout))
            return new(TryLock());
        return TryLockFree() ? new(true) : Blocking.AsyncWithin(this, WaitReason.RWMutexLock, timeout, token, Write);
    }

    /// <summary>As <see cref="TryRLock(TimeSpan, CancellationToken)"/>, for async code.</summary>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="token">Ends the wait; nothing is locked then.</param>
    public ValueTask<bool> TryRLockAsync(TimeSpan timeout, CancellationToken token = default)
    {
        if (token.IsCancellationRequested)
            return ValueTask.FromCanceled<bool>(token);
        if (TimeLimit.IsNone(timeout))
            return new(TryRLock());
        return TryEnter() ? new(true) : Blocking.AsyncWithin(this, WaitReason.RWMutexRLock, timeout, token, Read);
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
