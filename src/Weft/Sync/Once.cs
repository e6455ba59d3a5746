// Once, OnceValue: a thing that is done once, and its result.
//
// `done` is set when the function has ended, however it ended: by an exception and by Goroutine.Exit too, as in Go. The mutex is what others wait
// on meanwhile; so a function that calls Do of its own Once waits for ever, as in Go.
//
// Plain blocking code, woven like anybody's.

using System.Runtime.ExceptionServices;

namespace Weft;

/// <summary>Does something once, whoever asks and how many at a time: Go's <c>sync.Once</c>.</summary>
/// <example><code>
/// var once = new Once();
/// for (var i = 0; i &lt; 3; i++)
///     once.Do(() => Console.WriteLine("only once"));
/// </code></example>
public sealed class Once
{
    private readonly GoMutex _mutex = new();
    private bool _done;

    /// <summary>Calls <paramref name="body"/> if this is the first call; else waits until that has ended.</summary>
    /// <remarks>
    /// An exception goes to the first caller; the thing counts as done all the same. What the body wrote is visible to all who return. A body that
    /// calls <see cref="Do"/> of the same object waits for ever.
    /// </remarks>
    /// <param name="body">What to do.</param>
    public void Do(Action body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (!Volatile.Read(ref _done))
            DoSlow(body);
    }

    /// <summary>A function that calls <paramref name="body"/> once: Go's <c>sync.OnceFunc</c>. If that throws, every call throws the same.</summary>
    /// <param name="body">What to do; let go of once it is done.</param>
    public static Action Func(Action body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var once = new OnceValue<bool>(WithResult(body));
        return () => _ = once.Value;
    }

    // On its own: the closure of a method is one object, and the function above would keep the body alive.
    private static Func<bool> WithResult(Action body) => () =>
    {
        body();
        return true;
    };

    /// <summary>A function that calls <paramref name="body"/> once and returns its result ever after: Go's <c>sync.OnceValue</c>.</summary>
    /// <param name="body">What to do; let go of once it is done.</param>
    /// <typeparam name="T">The type of the result.</typeparam>
    public static Func<T> Value<T>(Func<T> body)
    {
        var once = new OnceValue<T>(body);
        return () => once.Value;
    }

    private void DoSlow(Action body)
    {
        _mutex.Lock();
        try
        {
            if (!_done)
            {
                try
                {
                    body();
                }
                finally
                {
                    Volatile.Write(ref _done, true);
                }
            }
        }
        finally
        {
            _mutex.Unlock();
        }
    }
}

/// <summary>A value that is computed when it is first asked for, once: Go's <c>sync.OnceValue</c>.</summary>
/// <remarks>Unlike <see cref="Lazy{T}"/>, a goroutine that waits for the value gives its thread back.</remarks>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="body">Computes the value; let go of once it has. An exception of it is thrown to everybody who asks.</param>
public sealed class OnceValue<T>(Func<T> body)
{
    private readonly Once _once = new();
    private Func<T>? _body = body ?? throw new ArgumentNullException(nameof(body));
    private T _value = default!;
    private ExceptionDispatchInfo? _error;

    /// <summary>The value.</summary>
    /// <exception cref="GoroutineExitedException">The function ended its goroutine instead of returning.</exception>
    public T Value
    {
        get
        {
            _once.Do(Compute);
            _error?.Throw();
            return _value;
        }
    }

    private void Compute()
    {
        var hasEnded = false;
        try
        {
            _value = _body!();
            hasEnded = true;
        }
        catch (Exception e) when (!Runtime.GoexitException.IsIn(e)) // for the plain form
        {
            _error = ExceptionDispatchInfo.Capture(e);
            hasEnded = true;
        }
        finally
        {
            _body = null;
            if (!hasEnded)
                _error = ExceptionDispatchInfo.Capture(new GoroutineExitedException());
        }
    }
}
