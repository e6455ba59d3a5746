namespace Weft.Tests;

/// <summary>Rows chan/powser1.go and chan/powser2.go: see <see cref="Powser"/>.</summary>
public sealed class PowserTests
{
    [Fact]
    public void Powser1() => Coefficients(() => new ChanSeries());

    [Fact]
    public void Powser2() => Coefficients(() => new InterfaceSeries());

    private static Ratio R(int n, int d) => new(n, d);

    private static void Coefficients(Func<Series> make)
    {
        Weaving.Required();
        using var cancel = new CancellationTokenSource();
        var p = new Powser(make, cancel.Token);
        // Four at once, for thousands of goroutines.
        Bounded.Wait(Enumerable.Range(0, Chaos.On ? 1 : 4).Select(_ => Run(() =>
        {
            var n = Chaos.On ? 5 : 10;
            Series Ones() => p.Repeat(1);
            Assert.Equal([.. Enumerable.Repeat((Ratio)1, n)], p.First(Ones(), n));
            Assert.Equal([.. Enumerable.Repeat((Ratio)0, n)], p.First(p.Add(Ones(), p.Repeat(-1)), n));
            Assert.Equal([.. Enumerable.Range(1, n).Select(i => (Ratio)i)], p.First(p.Multiply(Ones(), Ones()), n));
            Assert.Equal([.. Enumerable.Range(1, n).Select(i => (Ratio)i)], p.First(p.Differentiate(Ones()), n));
            Assert.Equal([.. Enumerable.Range(0, n).Select(i => i == 0 ? 0 : R(1, i))], p.First(p.Integrate(0, Ones()), n));
            // 1 / (1 - x)
            Assert.Equal([.. Enumerable.Repeat((Ratio)1, n)], p.First(p.Reciprocal(p.Polynomial(1, -1)), n));
            // 1 / (1 + x) squared
            Assert.Equal([.. Enumerable.Range(1, n).Select(i => (Ratio)(i % 2 == 0 ? -i : i))], p.First(p.Multiply(p.Reciprocal(p.Polynomial(1, 1)), p.Reciprocal(p.Polynomial(1, 1))), n));
            var factorial = 1;
            Assert.Equal([.. Enumerable.Range(0, n).Select(i => R(1, factorial *= i == 0 ? 1 : i))], p.First(p.Exp(p.Polynomial(0, 1)), n));
            // Ones of x + x x: Fibonacci's numbers.
            Ratio[] fibonacci = [1, 1, 2, 3, 5, 8, 13, 21, 34, 55];
            Assert.Equal(fibonacci[..Math.Min(n, 7)], p.First(p.Substitute(Ones(), p.Polynomial(0, 1, 1)), Math.Min(n, 7)));
            Ratio[] tangent = [0, 1, 0, R(1, 3), 0, R(2, 15), 0, R(17, 315), 0, R(62, 2835)];
            Assert.Equal(tangent[..n], p.First(p.Tangent(), n));
        })), 60);
        Assert.InRange(p.Started, Chaos.On ? 100 : 1500, int.MaxValue);
        cancel.Cancel();
        Bounded.Until(() => p.Running == 0, "all series end");
    }
}
