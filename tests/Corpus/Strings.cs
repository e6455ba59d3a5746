// Interpolated strings with suspension points in their holes.

using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Corpus;

internal static class Strings
{
    sealed class Loud : IFormatProvider, ICustomFormatter
    {
        public object? GetFormat(Type? type) => type == typeof(ICustomFormatter) ? this : null;

        public string Format(string? format, object? arg, IFormatProvider? provider) => $"<{format}:{arg}>";
    }

    enum Color
    {
        Red,
        Green,
    }

    struct Plain
    {
        public override readonly string ToString() => "plain";
    }

    public static void Holes()
    {
        var name = "n";
        Out($"a {S(1)} b {Echo("two")} c {S(3.5)}");
        Out($"{S("left"),-8}|{S("right"),8}|{S(1234.5),12:N2}|{S(255):x4}|{S(DateTime.UnixEpoch):yyyy}");
        Out($"{S(Color.Green)} {S<Color?>(null)} {S<object?>(null)} {S(new Plain())} {S('c')} {S(true)} {S((1, "t"))} {S(new int?(4))}");
        Out($"{name}{S(name)}{name.Length + S(1)}{$"inner {S(2)} {name}"}{(S(true) ? $"yes {S(1)}" : "no")}");
        Out($"{S("span").AsSpan(1)}{name.AsSpan(),3}{S(1)}");
        var big = new string('x', 1000);
        Out($"{big}{S(big.Length)}{big}{S(1)}".Length);
        for (var i = 0; i < 3; i++)
            name += $"{i}{S(i)}";
        Out(name);
        Out(Generic("g", 5) + Generic(6, Guid.Empty));
    }

    static string Generic<T, U>(T t, U u) => $"{t} {S(u)} {S(t)}{u,40}";

    public static void Culture()
    {
        var german = CultureInfo.GetCultureInfo("de-DE");
        Out(string.Create(german, $"{S(1.5)} {S(12345.678):N}"));
        Out(string.Create(new Loud(), $"{S(1):q} {S("s")} literal {S(DateTime.UnixEpoch),30:d}"));
        Out(FormattableString.Invariant($"{S(2.5)} {S("f")}"));
        FormattableString later = $"{S(1)}-{S("b")}";
        Out(later.ToString(CultureInfo.InvariantCulture));
    }

    public static void Handlers()
    {
        var b = new StringBuilder();
        b.Append($"{S(1)} {S("b")}").AppendLine(CultureInfo.InvariantCulture, $"{S(2.5)}");
        Out(b);
        Out(Mine(3, $"{S(1)} and {S("mine")}"));
        try
        {
            Out($"{S(1)} {Fail("in a hole")} {S(2)}");
        }
        catch (InvalidOperationException e)
        {
            Out($"{e.Message} {S(e.Message.Length)}");
        }
        finally
        {
            Out($"{S("finally")}{S(1)}");
        }
        Out(Passed($"{S(1)} passed"));
    }

    static string Passed(DefaultInterpolatedStringHandler h) => h.ToStringAndClear();

    static string Mine(int n, [InterpolatedStringHandlerArgument(nameof(n))] MyHandler h) => h.Text;

    [InterpolatedStringHandler]
    sealed class MyHandler(int literals, int holes, int n)
    {
        public string Text = $"{literals > 0} {holes} {n}: ";

        public void AppendLiteral(string s) => Text += s;

        public void AppendFormatted<T>(T value) => Text += $"[{S(value)}]";
    }
}
