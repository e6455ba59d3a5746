// ErrGroup: goroutines with a common fate, as golang.org/x/sync/errgroup.
//
// The first error is kept and cancels the token; all errors are kept for those who ask. What a goroutine throws because of that very
// cancellation is a consequence, not an error, unless it is all there is.
//
// Plain blocking code, woven like anybody's; the parts under `_errors` never block.

using System.Runtime.ExceptionServices;
using Weft.Runtime;

namespace Weft;

/// <summary>
/// Goroutines that work on one thing, with the first error of any of them: Go's <c>errgroup.Group</c>.
/// </summary>
/// <remarks>A group is used for one <see cref="Wait"/>. Not to be confused with <see cref="WaitGroup"/>, whose goroutines must not fail.</remarks>
/// <example><code>
/// var group = new ErrGroup(limit: 4);
/// foreach (var n in new[] { 1, 2, 3 })
///     group.Go(() =>
///     {
///         if (n == 2) throw new FormatException("two");
///     });
/// try
/// {
///     group.Wait();
/// }
/// catch (FormatException e)
/// {
///     Console.WriteLine(e.Message);      // two
/// }
/// </code></example>
public sealed class ErrGroup
{
    private readonly GoSemaphore? _limit;
    private readonly WaitGroup _running = new();
    private readonly CancellationTokenSource _source;
    private readonly List<Exception> _errors = [];
    private ExceptionDispatchInfo? _first;

    /// <summary>Makes a group.</summary>
    /// <param name="limit">How many goroutines run at a time; 0: as many as there are.</param>
    public ErrGroup(int limit = 0) : this(limit, default)
    {
    }

    /// <summary>Makes a group whose token is cancelled with another one, too.</summary>
    /// <param name="limit">How many goroutines run at a time; 0: as many as there are.</param>
    /// <param name="token">The other one.</param>
    public ErrGroup(int limit, CancellationToken token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        _limit = limit == 0 ? null : new GoSemaphore(limit);
        _source = CancellationTokenSource.CreateLinkedTokenSource(token);
        Token = _source.Token;
    }

    /// <summary>Cancelled when a goroutine has failed, and when <see cref="Wait"/> returns.</summary>
    public CancellationToken Token { get; }

    /// <summary>Runs <paramref name="body"/> in a new goroutine, once the limit allows it; blocks until then.</summary>
    /// <param name="body">What to run. An exception that leaves it is an error of the group.</param>
    [GoStatement]
    public void Go(Action body)
    {
        ArgumentNullException.ThrowIfNull(body);
        _limit?.Acquire();
        Start(body);
    }

    /// <summary>As <see cref="Go(Action)"/>, for an async body: its goroutine waits for its task.</summary>
    /// <param name="body">What to run.</param>
    [GoStatement]
    public void Go(Func<Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Go(() => Goroutine.Await(body()));
    }

    /// <summary>Runs <paramref name="body"/> in a new goroutine if the limit allows that now.</summary>
    /// <param name="body">What to run.</param>
    /// <returns>False if it does not.</returns>
    [GoStatement]
    public bool TryGo(Action body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (_limit is not null && !_limit.TryAcquire())
            return false;
        Start(body);
        return true;
    }

    /// <summary>Blocks until all goroutines have ended; throws the first error, if there was one, as it was thrown.</summary>
    public void Wait()
    {
        _running.Wait();
        _source.Cancel();
        _first?.Throw();
    }

    /// <summary>Blocks until all goroutines have ended; throws all errors.</summary>
    /// <exception cref="AggregateException">There were errors; the first one is the first.</exception>
    public void WaitAll()
    {
        _running.Wait();
        _source.Cancel();
        ThrowAll();
    }

    /// <summary>As <see cref="Wait"/>, for async code.</summary>
    public async Task WaitAsync()
    {
        await _running.WaitAsync().ConfigureAwait(false);
        await _source.CancelAsync().ConfigureAwait(false);
        _first?.Throw();
    }

    private void Start(Action body)
    {
        _running.Add(1);
        Goroutine.Go(() =>
        {
            try
            {
                body();
            }
            catch (Exception e) when (!GoexitException.IsIn(e)) // for the plain form
            {
                Fail(e);
            }
            finally
            {
                _limit?.Release();
                _running.Done();
            }
        });
    }

    [NotWoven]
    private void Fail(Exception e)
    {
        lock (_errors)
        {
            if (_first is not null && e is OperationCanceledException canceled && canceled.CancellationToken == Token)
                return;
            _errors.Add(e);
            _first ??= ExceptionDispatchInfo.Capture(e);
        }
        _source.Cancel();
    }

    [NotWoven]
    private void ThrowAll()
    {
        lock (_errors)
            if (_errors.Count > 0)
                throw new AggregateException(_errors);
    }
}
