// ILocker and LockScope: a lock seen as something to enter and leave.

using Weft.Runtime;

namespace Weft;

/// <summary>Something that can be locked and unlocked: Go's <c>sync.Locker</c>.</summary>
public interface ILocker
{
    /// <summary>Blocks until the lock is taken.</summary>
    void Lock();

    /// <summary>Lets the lock go.</summary>
    /// <exception cref="InvalidOperationException">It is not taken.</exception>
    void Unlock();
}

/// <summary>A lock that is held until this is disposed of; for <c>using</c>. Not bound to a thread: a goroutine may suspend inside.</summary>
/// <remarks>Dispose of it once: a second time lets go of a lock that somebody else may hold by then.</remarks>
[NotWoven] // letting go never suspends
public readonly struct LockScope : IDisposable
{
    private readonly ILocker? _locker;

    internal LockScope(ILocker locker) => _locker = locker;

    /// <summary>Lets the lock go.</summary>
    public void Dispose() => _locker?.Unlock();
}
