// SingleFlight: calls with the same key at the same time are one call, as golang.org/x/sync/singleflight.
//
// Plain blocking code, woven like anybody's; what is under the monitor never blocks.

using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Weft.Runtime;

namespace Weft;

/// <summary>Makes one call of those with the same key that come while it is in progress: Go's <c>singleflight.Group</c>.</summary>
/// <typeparam name="TKey">The type of the key.</typeparam>
/// <typeparam name="T">The type of the result.</typeparam>
/// <example><code>
/// var flights = new SingleFlight&lt;string, int&gt;();
/// var (length, shared) = flights.Do("key", () => "key".Length);
/// Console.WriteLine($"{length} {shared}");      // 3 False
/// </code></example>
public sealed class SingleFlight<TKey, T> where TKey : notnull
{
    private readonly Dictionary<TKey, Call> _calls;

    /// <summary>Makes a group of calls.</summary>
    /// <param name="comparer">Tells which keys are the same.</param>
    public SingleFlight(IEqualityComparer<TKey>? comparer = null) => _calls = new(comparer);

    /// <summary>Calls <paramref name="body"/>, or waits for the call with that key that is in progress and returns what that returns.</summary>
    /// <param name="key">The key.</param>
    /// <param name="body">What to call.</param>
    /// <returns>The result, and whether more than one caller have it.</returns>
    /// <exception cref="GoroutineExitedException">The call that was waited for has ended its goroutine. An exception of it is thrown to all.</exception>
    public (T Value, bool Shared) Do(TKey key, Func<T> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (Join(key, out var call))
        {
            call.Done.Wait();
            call.Error?.Throw();
            return (call.Value, true);
        }
        Run(key, call, body);
        return (call.Value, call.IsShared);
    }

    /// <summary>As <see cref="Do"/>, for async code. The call runs in a goroutine.</summary>
    /// <param name="key">The key.</param>
    /// <param name="body">What to call.</param>
    public async Task<(T Value, bool Shared)> DoAsync(TKey key, Func<T> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (!Join(key, out var call))
        {
            await Goroutine.Run(() => Run(key, call, body)).ConfigureAwait(false);
            return (call.Value, call.IsShared);
        }
        await call.Done.WaitAsync().ConfigureAwait(false);
        call.Error?.Throw();
        return (call.Value, true);
    }

    /// <summary>The next call with that key is made, though one may be in progress.</summary>
    /// <param name="key">The key.</param>
    [NotWoven]
    public void Forget(TKey key)
    {
        lock (_calls)
            _calls.Remove(key);
    }

    private void Run(TKey key, Call call, Func<T> body)
    {
        var hasEnded = false;
        try
        {
            call.Value = body();
            hasEnded = true;
        }
        catch (Exception e) when (!GoexitException.IsIn(e)) // for the plain form
        {
            call.Error = ExceptionDispatchInfo.Capture(e);
            hasEnded = true;
            throw;
        }
        finally
        {
            if (!hasEnded)
                call.Error = ExceptionDispatchInfo.Capture(new GoroutineExitedException());
            End(key, call);
        }
    }

    /// <summary>False: the call is the caller's to make.</summary>
    [NotWoven]
    private bool Join(TKey key, [NotNull] out Call? call)
    {
        lock (_calls)
        {
            if (_calls.TryGetValue(key, out call))
            {
                call.IsShared = true;
                return true;
            }
            _calls.Add(key, call = new Call());
            call.Done.Add(1);
            return false;
        }
    }

    [NotWoven]
    private void End(TKey key, Call call)
    {
        lock (_calls)
            if (_calls.TryGetValue(key, out var current) && current == call) // not if it was forgotten
                _calls.Remove(key);
        call.Done.Done();
    }

    private sealed class Call
    {
        internal readonly WaitGroup Done = new();
        internal T Value = default!;
        internal ExceptionDispatchInfo? Error;
        internal volatile bool IsShared;
    }
}
