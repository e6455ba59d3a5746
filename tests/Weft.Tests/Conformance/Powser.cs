// Power series as goroutines, after McIlroy's "Squinting at Power Series", which Go's chan/powser1 and powser2 are after too.
//
// A series is a demand channel and a data channel: whoever wants the next coefficient asks for it first, so that nothing is computed that
// nobody needs, and series may be defined by themselves. Series are infinite here. All goroutines end when the token is cancelled, with
// thousands of them waiting.

using System.Numerics;

namespace Weft.Tests;

/// <summary>A fraction in lowest terms.</summary>
internal readonly record struct Ratio
{
    internal Ratio(BigInteger numerator, BigInteger denominator)
    {
        var g = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        Numerator = numerator / g;
        Denominator = denominator / g;
    }

    internal BigInteger Numerator { get; }

    internal BigInteger Denominator { get; }

    public static implicit operator Ratio(int n) => new(n, 1);

    public static Ratio operator +(Ratio a, Ratio b) => new(a.Numerator * b.Denominator + b.Numerator * a.Denominator, a.Denominator * b.Denominator);

    public static Ratio operator -(Ratio a) => new(-a.Numerator, a.Denominator);

    public static Ratio operator *(Ratio a, Ratio b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Ratio operator /(Ratio a, Ratio b) => new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);
}

/// <summary>How a series asks and answers.</summary>
internal abstract class Series
{
    /// <summary>Consumer: asks for the next coefficient.</summary>
    internal abstract void Ask(CancellationToken end);

    /// <summary>Consumer: takes what it has asked for.</summary>
    internal abstract Ratio Take(CancellationToken end);

    /// <summary>Producer: waits until somebody asks.</summary>
    internal abstract void Asked(CancellationToken end);

    /// <summary>Producer: answers.</summary>
    internal abstract void Put(Ratio value, CancellationToken end);

    internal abstract SelectCase OnAsked();

    internal abstract (SelectCase Case, Func<Ratio> Value) OnTake();

    internal Ratio Get(CancellationToken end)
    {
        Ask(end);
        return Take(end);
    }
}

/// <summary>powser1: channels of the values' own type.</summary>
internal sealed class ChanSeries : Series
{
    private readonly Chan<int> _ask = new();
    private readonly Chan<Ratio> _data = new();

    internal override void Ask(CancellationToken end) => _ask.Send(0, end);

    internal override Ratio Take(CancellationToken end) => _data.Receive(end);

    internal override void Asked(CancellationToken end) => _ask.Receive(end);

    internal override void Put(Ratio value, CancellationToken end) => _data.Send(value, end);

    internal override SelectCase OnAsked() => _ask.OnReceive();

    internal override (SelectCase Case, Func<Ratio> Value) OnTake()
    {
        var on = _data.OnReceive();
        return (on, () => on.Value);
    }
}

/// <summary>powser2: through interfaces, of the values and of the channels.</summary>
internal sealed class InterfaceSeries : Series
{
    private readonly ISendChan<object> _asking, _giving;
    private readonly IReceiveChan<object> _asked, _given;

    internal InterfaceSeries()
    {
        Chan<object> ask = new(), data = new();
        (_asking, _asked, _giving, _given) = (ask, ask, data, data);
    }

    internal override void Ask(CancellationToken end) => _asking.Send(this, end);

    internal override Ratio Take(CancellationToken end) => (Ratio)_given.Receive(end);

    internal override void Asked(CancellationToken end) => _asked.Receive(end);

    internal override void Put(Ratio value, CancellationToken end) => _giving.Send(value, end);

    internal override SelectCase OnAsked() => _asked.OnReceive();

    internal override (SelectCase Case, Func<Ratio> Value) OnTake()
    {
        var on = _given.OnReceive();
        return (on, () => (Ratio)on.Value);
    }
}

/// <summary>Arithmetic on series.</summary>
internal sealed class Powser(Func<Series> make, CancellationToken end)
{
    private int _running;

    internal int Running => Volatile.Read(ref _running);

    private int _started;

    internal int Started => Volatile.Read(ref _started);

    private Series Start(Action<Series> produce) => Start(make(), produce);

    private Series Start(Series result, Action<Series> produce)
    {
        Interlocked.Increment(ref _running);
        Interlocked.Increment(ref _started);
        Go(() =>
        {
            try
            {
                produce(result);
            }
            catch (OperationCanceledException)
            {
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        });
        return result;
    }

    private void Answer(Series to, Ratio value)
    {
        to.Asked(end);
        to.Put(value, end);
    }

    internal List<Ratio> First(Series s, int n) => [.. Enumerable.Range(0, n).Select(_ => s.Get(end))];

    /// <summary>The coefficients given, then zeros.</summary>
    internal Series Polynomial(params Ratio[] coefficients) => Start(to =>
    {
        for (var i = 0; ; i++)
            Answer(to, i < coefficients.Length ? coefficients[i] : 0);
    });

    internal Series Repeat(Ratio value) => Start(to =>
    {
        while (true)
            Answer(to, value);
    });

    /// <summary>Passes on what comes; asks first, so that it can close a loop.</summary>
    private void Copy(Series from, Series to)
    {
        while (true)
        {
            to.Asked(end);
            to.Put(from.Get(end), end);
        }
    }

    internal Series Scale(Ratio c, Series f) => Start(to =>
    {
        while (true)
        {
            to.Asked(end);
            to.Put(c * f.Get(end), end);
        }
    });

    internal Series Add(Series f, Series g) => Start(to =>
    {
        while (true)
        {
            to.Asked(end);
            to.Put(f.Get(end) + g.Get(end), end);
        }
    });

    /// <summary>c + x f.</summary>
    internal Series Shift(Ratio c, Series f) => Start(to =>
    {
        Answer(to, c);
        Copy(f, to);
    });

    /// <summary>Two of one: each sees all coefficients, in its own time. What one has had and the other not is kept.</summary>
    internal (Series, Series) Split(Series from)
    {
        Series[] to = [make(), make()];
        Start(to[0], _ => Serve(from, to));
        return (to[0], to[1]);
    }

    private void Serve(Series from, Series[] to)
    {
        Queue<Ratio>[] kept = [new(), new()];
        var waits = new bool[2];
        var asked = false;
        SelectCase[] onAsked = [to[0].OnAsked(), to[1].OnAsked()];
        var (onTake, value) = from.OnTake();
        var never = Chan<int>.Nil.OnReceive();
        while (true)
        {
            // A consumer may ask while the other waits for what depends on the answer: so nobody is waited for but in the select.
            var i = Select.Wait([waits[0] ? never : onAsked[0], waits[1] ? never : onAsked[1], asked ? onTake : never], end);
            if (i == 2)
            {
                asked = false;
                kept[0].Enqueue(value());
                kept[1].Enqueue(value());
            }
            else
            {
                waits[i] = true;
            }
            for (var k = 0; k < 2; k++)
            {
                if (!waits[k] || kept[k].Count == 0)
                    continue;
                waits[k] = false;
                to[k].Put(kept[k].Dequeue(), end);
            }
            if ((waits[0] || waits[1]) && !asked)
            {
                from.Ask(end);
                asked = true;
            }
        }
    }

    /// <summary>f g = f0 g0 + x (f0 G + g0 F + x F G), where f = f0 + x F.</summary>
    internal Series Multiply(Series f, Series g) => Start(to =>
    {
        to.Asked(end);
        Ratio f0 = f.Get(end), g0 = g.Get(end);
        to.Put(f0 * g0, end);
        var (f1, f2) = Split(f);
        var (g1, g2) = Split(g);
        Copy(Add(Add(Scale(f0, g1), Scale(g0, f1)), Shift(0, Multiply(f2, g2))), to);
    });

    internal Series Differentiate(Series f) => Start(to =>
    {
        to.Asked(end);
        f.Get(end);
        for (var n = 1; ; n++)
        {
            to.Put(n * f.Get(end), end);
            to.Asked(end);
        }
    });

    internal Series Integrate(Ratio c, Series f) => Start(to =>
    {
        Answer(to, c);
        for (var n = 1; ; n++)
        {
            to.Asked(end);
            to.Put(f.Get(end) / n, end);
        }
    });

    /// <summary>1 / f = r, where r = 1 / f0 - x F r / f0.</summary>
    internal Series Reciprocal(Series f) => Start(to =>
    {
        to.Asked(end);
        var r0 = 1 / f.Get(end);
        to.Put(r0, end);
        var loop = make();
        var (r1, r2) = Split(Shift(r0, loop));
        Start(loop, l => Copy(Scale(-r0, Multiply(f, r1)), l));
        r2.Get(end);
        Copy(r2, to);
    });

    /// <summary>e to the power f, f0 = 0: x' = x f', x0 = 1.</summary>
    internal Series Exp(Series f)
    {
        var loop = make();
        var (x1, x2) = Split(Integrate(1, loop));
        Start(loop, l => Copy(Multiply(x1, Differentiate(f)), l));
        return x2;
    }

    /// <summary>f of g, g0 = 0: f0 + g F(g).</summary>
    internal Series Substitute(Series f, Series g) => Start(to =>
    {
        to.Asked(end);
        to.Put(f.Get(end), end);
        var (g1, g2) = Split(g);
        g1.Get(end); // its 0
        Copy(Multiply(g1, Substitute(f, g2)), to);
    });

    /// <summary>t' = 1 + t t.</summary>
    internal Series Tangent()
    {
        var loop = make();
        var (t1, rest) = Split(Integrate(0, loop));
        var (t2, t3) = Split(rest);
        Start(loop, l => Copy(Add(Polynomial(1), Multiply(t1, t2)), l));
        return t3;
    }
}
