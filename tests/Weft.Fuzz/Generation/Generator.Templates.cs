// Constructs that have a shape of their own, with random code in their holes.

namespace Weft.Fuzz.Generation;

internal sealed partial class Generator
{
    void MakeTemplate(int rank)
    {
        if (r.Chance(40))
            Make("W", rank, FormOf);
        else if (r.Chance(55))
            Make("U", rank, ShapeOf);
        else
            MakeOther(rank);
    }

    // A method with an int and something else, a and x, in whose holes are int expressions (I), such of the type of x (X), and statements (S) that return one.
    Var a = new("a", Ty.Int), x = new("x", Ty.Int);

    string I(int depth = 2) => In(fn, () => E(Ty.Int, depth), a);

    string X(int depth = 2) => In(fn, () => E(x.Type, depth), a, x);

    string S() => In(fn with { Return = x.Type }, () => Statements(Few, 1), a, x);

    string L(string e) => $"c.L({Site()}, {e});";

    (string Name, Ty Type) Begin(string prefix, int rank, int size)
    {
        var name = Name(prefix);
        var t = AType(1);
        budget = size;
        scope.Clear();
        fn = new Fn { Return = Ty.Void, Rank = rank, Pure = true };
        x = new("x", t);
        return (name, t);
    }

    void End(string name, Ty t, int rank)
        => methods.Add(new Method(name, null, t, [new Parameter("a", Ty.Int), new Parameter("x", t)], rank, Pure: true) { Home = home });

    void Make(string prefix, int rank, Func<string, Ty, (string Body, string Around, string Beside)> parts)
    {
        var (n, t) = Begin(prefix, rank, 24);
        var (body, around, beside) = parts(n, t);
        types.AppendLine(around);
        members.AppendLine($"public static {t} {n}(Ctx c, int a, {t} x) {{ if (!c.Step()) return default; {body} }}");
        members.AppendLine(beside);
        End(n, t, rank);
    }

    void MakeOther(int rank)
    {
        var (name, t) = Begin("T", rank, 20);

        var body = r.Below(10) switch
        {
            // Delegates of all kinds: groups of static, instance and virtual methods, several targets, open and extension methods.
            0 => $"Func<Ctx, int, int> f = {name}a; f += new {name}b(a).V; f += (c, a) => {I()}; var g = f; g -= {name}a; c.L({Site()}, f(c, a)); c.L({Site()}, g(c, {I()})); "
                + $"Func<{name}b, Ctx, int, int> open = (Func<{name}b, Ctx, int, int>)Delegate.CreateDelegate(typeof(Func<{name}b, Ctx, int, int>), typeof({name}b).GetMethod(\"V\")); c.L({Site()}, open(new {name}c(a), c, a)); return x;",
            // A ref struct with a reference in it.
            1 => $"var n = a; var s = new {name}r(ref n, x); n += {I()}; c.L({Site()}, s.Take(c)); s.N += 2; c.L({Site()}, n); return s.X;",
            // An inline array: elements, a span of it, a copy.
            2 => $"{name}i b = default; for (var i = 0; i < 4; i++) b[i] = {X()}; var d = b; d[a & 3] = {X()}; foreach (var e in b) c.L({Site()}, e); Span<{t}> s = d; s[0] = {X(1)}; return {name}p(c, ref d[1], a);",
            // Events and their accessors.
            3 => $"var s = new {name}e(); Func<Ctx, {t}, {t}> h = (c, x) => {X()}; s.On += h; s.On += (c, x) => {X()}; s.On -= h; s.On += h; return s.Raise(c, x, a);",
            // Records: positional, derived, `with`, equality, deconstruction.
            4 => $"var p = new {name}d({I()}, {X()}, a); var q = p with {{ A = {I()}, X = {X()} }}; var (i, y) = q; c.L({Site()}, p.A == q.A); c.L({Site()}, q is {{ A: > 2 }}); c.L({Site()}, i); return y;",
            // Tries in each other, left in all ways.
            5 => $"for (var i = 0; i < 3 && c.Step(); i++) {{ try {{ try {{ a += {I()}; if (i == 1) continue; if (a > 50) break; if (a < -50) return {X()}; }} finally {{ c.L({Site()}, {I()}); try {{ c.Throw({r.Below(9)}, i); }} catch (Boom) when (i < 5) {{ x = {X()}; }} }} }} "
                + $"catch (Exception e) when (Ctx.Odd(e, {r.Below(2)})) {{ c.X({Site()}, e); if (c.S(i) == 2) throw; }} catch (DivideByZeroException e) {{ c.X({Site()}, e); }} }} return x;",
            // Recursion with a number that falls.
            6 => $"if (a <= 0 || a > 6) return {X(1)}; var y = {X()}; var z = {name}(c, x: y, a: a - c.S(1)); c.L({Site()}, a); return a % 2 == 0 ? z : {name}(c, a - 2, c.S(z));",
            // An indexer and an operator of a class, in compound assignments.
            7 => $"var s = new {name}x {{ C = c }}; s[c.S(1)] += {I()}; s[2]++; s[a & 3] ^= s[{I()} & 3]; s += a; c.L({Site()}, (int)s); return x;",
            // Generic methods that call each other over other types; a constraint that a struct meets.
            8 => $"c.L({Site()}, {name}g<{name}s, {t}>(c, new {name}s {{ N = a }}, x)); return {name}h(c, ({I()}, x)).Item2;",
            // Local functions that share variables and call each other.
            _ => $"var n = a; var y = x; int Even(int k) {{ n += c.S(1); if (!c.Step()) return k; return k <= 0 ? {In(fn, () => E(Ty.Int, 1), a)} : Odd(k - 1); }} int Odd(int k) {{ y = {In(fn, () => E(t, 1), a, x)}; return k <= 0 ? n : Even(c.S(k) - 1); }} c.L({Site()}, Even(a & 3)); c.L({Site()}, n); return y;",
        };
        members.AppendLine($"public static {t} {name}(Ctx c, int a, {t} x) {{ if (!c.Step()) return default; {body} }}");
        if (body.Contains(name + "a", StringComparison.Ordinal))
        {
            members.AppendLine($"public static int {name}a(Ctx c, int a) {{ return c.S({I()}); }}");
            types.AppendLine($"public class {name}b(int n) {{ public virtual int V(Ctx c, int a) {{ c.S(n); return {I()} + n; }} }} public sealed class {name}c(int n) : {name}b(n) {{ public override int V(Ctx c, int a) => base.V(c, c.S(a)) ^ 5; }}");
        }
        if (body.Contains(name + "r(", StringComparison.Ordinal))
            types.AppendLine($"public ref struct {name}r {{ public ref int N; public {t} X; public {name}r(ref int n, {t} x) {{ N = ref n; X = x; }} public int Take(Ctx c) {{ N += c.S(3); return c.E(N); }} }}");
        if (body.Contains(name + "i b", StringComparison.Ordinal))
        {
            types.AppendLine($"[InlineArray(4)] public struct {name}i {{ {t} e; }}");
            members.AppendLine($"public static {t} {name}p(Ctx c, ref {t} x, int a) {{ x = {In(fn, () => E(t, 2), a)}; return c.S(x); }}");
        }
        if (body.Contains(name + "e()", StringComparison.Ordinal))
            types.AppendLine($"public class {name}e {{ Func<Ctx, {t}, {t}> on; public event Func<Ctx, {t}, {t}> On {{ add {{ Yield(); on += value; }} remove {{ on -= value; Yield(); }} }} public {t} Raise(Ctx c, {t} x, int a) {{ x = c.S(x); return on?.Invoke(c, x) ?? {X(1)}; }} }}");
        if (body.Contains(name + "d(", StringComparison.Ordinal))
            types.AppendLine($"public abstract record {name}z(int A) {{ public override string ToString() => \"r\" + A; }} public record {name}d(int A, {t} X, int Z) : {name}z(A) {{ public void Deconstruct(out int i, out {t} y) {{ Yield(); i = A + Z; Yield(); y = X; }} public override string ToString() => base.ToString() + Z; }}");
        if (body.Contains(name + "x {", StringComparison.Ordinal))
            types.AppendLine($"public class {name}x {{ public Ctx C; int[] n = new int[4]; public int this[int i] {{ get {{ C.S(i); return n[i]; }} set {{ n[i] = C.S(value); }} }} public static {name}x operator +({name}x s, int k) {{ s[0] += k; Yield(); return s; }} public static explicit operator int({name}x s) => s[0] + s[1] * 3 + s[2] * 5 + s[3]; }}");
        if (body.Contains(name + "g<", StringComparison.Ordinal))
        {
            types.AppendLine($"public interface {name}n {{ int Next(Ctx c); int Twice(Ctx c) {{ var n = Next(c); return c.S(n) + Next(c); }} }} public struct {name}s : {name}n {{ public int N; public int Next(Ctx c) {{ N += c.S(1); return N; }} }}");
            members.AppendLine($"public static int {name}g<TA, TB>(Ctx c, TA m, TB v) where TA : struct, {name}n {{ var n = m.Next(c); c.L({Site()}, c.S(v)); n += m.Next(c); return n + {name}o(c, m) + m.Twice(c); }} "
                + $"static int {name}o<TA>(Ctx c, TA m) where TA : {name}n {{ c.S(1); return m.Next(c) + m.Next(c); }} public static (TA, TB) {name}h<TA, TB>(Ctx c, (TA, TB) p) {{ var q = (c.S(p.Item2), p.Item1); return (q.Item2, Gen.Pick(c, c.V(true), q.Item1, p.Item2)); }}");
        }
        End(name, t, rank);
    }
}
