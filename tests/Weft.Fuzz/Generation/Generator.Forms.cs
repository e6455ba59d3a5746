// Still more constructs that have a shape of their own: kinds of delegates, operators, conversions, argument lists, things that the compiler calls by a pattern.

namespace Weft.Fuzz.Generation;

internal sealed partial class Generator
{
    void MakeForm(int rank)
    {
        var n = Name("W");
        var t = AType(1);
        budget = 24;
        scope.Clear();
        fn = new Fn { Return = Ty.Void, Rank = rank, Pure = true };
        Var a = new("a", Ty.Int), x = new("x", t);
        string I(int depth = 2) => In(fn, () => E(Ty.Int, depth), a);
        string X(int depth = 2) => In(fn, () => E(t, depth), a, x);
        string S() => In(fn with { Return = t }, () => Statements(Few, 1), a, x);
        string L(string e) => $"c.L({Site()}, {e});";

        var (body, around, beside) = r.Below(14) switch
        {
            // Delegates that are closed over what is no receiver: of extension methods, also of null and with large results, of structs in their boxes, of delegates.
            0 => ($"Func<{t}, int, (int, {t}, long, string)> f = c.{n}Four<{t}>; var q = f(x, {I()}); {L("q.Item1")} {L("q.Item4")} var s = new {n}s<{t}> {{ N = a, X = x }}; Func<Ctx, int, int> add = s.Add; {L($"add(c, {I()})")} {L("add(c, 2)")} {L("s.N")} "
                + $"add += new {n}s<int> {{ N = 3 }}.Add; add += new Func<Ctx, int, int>(add); {L("add(c, 1)")} Func<Ctx, string, int> on = ((string)null).{n}None; {L("on(c, \"u\")")} {n}i p = s; Func<Ctx, {t}> give = p.Give<{t}>; Func<Ctx, {t}, {t}> two = {n}e<{t}>; {L("two(c, x)")} c.Z(1); Action<int> wait = Thread.Sleep; wait(0); return give(c);",
                $"public interface {n}i {{ A Give<A>(Ctx c); }} public struct {n}s<A> : {n}i {{ public int N; public A X; public int Add(Ctx c, int a) {{ N += c.S(a); return c.S(N); }} public B Give<B>(Ctx c) {{ N += c.S(1); return (B)(object)X; }} }} "
                + $"public static class {n}x {{ public static (int, A, long, string) {n}Four<A>(this Ctx c, A x, int a) => (c.S(a), c.S(x), a, typeof(A).Name); public static int {n}None(this string s, Ctx c, string t) => (s is null ? c.S(7) : 0) + c.S(t).Length; }}",
                $"static A {n}e<A>(Ctx c, A x) {{ c.S(1); return c.E(x); }}"),
            // goto case, in a loop, with a try around.
            1 => ($"for (var i = 0; i < 4 && c.Step(); i++) {{ try {{ switch (c.S(i + (a & 1))) {{ case 0: {L("0")} goto case 2; case 1: x = {X()}; goto default; case 2 when a > 3: {L($"{I()}")} break; case 2: if (c.S(i) > 1) goto done; goto case 1; default: {L("9")} if (i == 2) continue; break; }} }} finally {{ {L("c.S(i)")} }} }} done: return x;", "", ""),
            // Operators: true and false with && and ||, checked ones, conversions, increments of what the indexer gives.
            2 => ($"{n}o p = new(c, a), q = {I()}; q.C = c; if (p && q) {L("1")} if (p || q) {L("2")} {L("((int)(p & q))")} {L("(p++).N")} p -= q; {L("-p")} checked {{ try {{ {L("((int)(p + q))")} }} catch (OverflowException e) {{ c.X({Site()}, e); }} }} var all = new[] {{ p, q }}; all[c.S(1)]++; {L("all[1].N")} return x;",
                $"public struct {n}o {{ public int N; public Ctx C; public {n}o(Ctx c, int n) {{ C = c; N = n; }} int W(int n) {{ if (C is not null) C.S(n); else Yield(); return n; }} public static bool operator true({n}o p) => p.W(p.N) > 2; public static bool operator false({n}o p) => p.W(p.N) < 1; "
                + $"public static {n}o operator &({n}o p, {n}o q) {{ p.W(1); return new(p.C, p.N & q.W(q.N)); }} public static {n}o operator |({n}o p, {n}o q) => new(p.C, p.W(p.N) | q.N); public static {n}o operator +({n}o p, {n}o q) => new(p.C, unchecked(p.W(p.N) + q.N)); public static {n}o operator checked +({n}o p, {n}o q) => new(p.C, checked(p.W(p.N) + q.W(int.MaxValue))); "
                + $"public static {n}o operator -({n}o p, {n}o q) => new(p.C, p.N - p.W(q.N)); public static int operator -({n}o p) => p.W(-(p.N & 255)); public static {n}o operator ++({n}o p) {{ p.W(2); return new(p.C, unchecked(p.N + 1)); }} public static implicit operator {n}o(int n) => new(null, n & 1023); public static explicit operator int({n}o p) => p.W(p.N); }}", ""),
            // Argument lists: named ones in another order, optional ones, params of arrays and of spans.
            3 => ($"{L($"{n}e(c, b: {I()}, a: c.S(a))")} {L($"{n}e(c, {I()})")} {L($"{n}f(c, c.S(1), {I()}, c.E(a))")} {L($"{n}f(c)")} {L($"{n}g(c, {I()}, c.S(2))")} {L($"{n}h(c, [c.S(1), .. {n}k(c, 2), {I()}])")} return {n}m(c, y: {X()}, x: c.S(x));", "",
                $"static int {n}e(Ctx c, int a, int b = 7, string s = \"s\") => c.S(a * 3 + b) + c.S(s).Length; static int {n}f(Ctx c, params int[] all) {{ var sum = 0; foreach (var e in all) sum = sum * 3 + c.S(e); return sum; }} static int {n}g(Ctx c, params ReadOnlySpan<int> all) {{ var sum = all.Length; foreach (var e in all) sum = sum * 3 + e; return sum; }} "
                + $"static int {n}h(Ctx c, List<int> all) => c.S(all.Count) + all[^1]; static IEnumerable<int> {n}k(Ctx c, int n) {{ for (var i = 0; i < n; i++) yield return c.S(i); }} static {t} {n}m(Ctx c, {t} x, {t} y) => c.V(true) ? c.S(x) : y;"),
            // Ranges and indices, also of a type of one's own.
            4 => ($"var p = new {n}r(c, [{I()}, a, 3, c.S(4)]); {L("p[^1]")} {L("p[1..^c.S(1)].Length")} p[^c.S(2)] += {I()}; {L("p[2]")} var all = new[] {{ x, {X()}, x }}; var part = all[c.S(1)..]; part[^1] = {X(1)}; {L("\"abcdef\"[c.S(1)..^c.S(2)]")} {L("p is [> 0, .. var rest] && rest.Length > c.S(1)")} return all[^c.S(1)];",
                $"public sealed class {n}r(Ctx c, int[] all) {{ public int Length => c.S(all.Length); public int this[int i] {{ get => c.S(all[i]); set => all[i] = c.S(value); }} public {n}r Slice(int from, int count) {{ c.S(from); return new(c, all.AsSpan(from, count).ToArray()); }} }}", ""),
            // Collections that the compiler fills: by Add, by an indexer, with spreads; objects with nested initialisers.
            5 => ($"var p = new {n}c(c) {{ c.S(a), {{ {I()}, c.S(2) }}, a }}; {L("p.Sum")} var q = new {n}c(c) {{ [c.S(1)] = {I()}, [2] = c.S(a), In = {{ Sum = c.S(3) }} }}; {L("q.Sum + q.In.Sum")} List<{t}> all = [x, .. Enumerable.Repeat(c.S(x), c.S(2)), {X()}]; {t}[] more = [.. all, c.S(x)]; {L("more.Length")} return more[c.S(1)];",
                $"public sealed class {n}c(Ctx c) : IEnumerable<int> {{ public int Sum; {n}c inner; public {n}c In => inner ??= new {n}c(c); public void Add(int n) => Sum = Sum * 2 + c.S(n); public void Add(int n, int m) {{ Sum += c.S(n); Sum -= c.S(m); }} public int this[int i] {{ set => Sum += c.S(i) * value; }} public IEnumerator<int> GetEnumerator() {{ yield return Sum; }} IEnumerator IEnumerable.GetEnumerator() => GetEnumerator(); }}", ""),
            // Deconstruction and assignment to several places: what is evaluated when.
            6 => ($"var all = new int[4]; var p = new {n}d {{ C = c }}; (all[c.S(1)], p.V, var k) = (c.S(a), {I()}, c.E(2)); {L("all[1] + p.V + k")} (all[c.S(2)], all[1]) = (all[1], c.S(all[2])); var (i, (j, _)) = p; {L("i * 3 + j")} foreach (var (u, v) in new[] {{ (a, x), (c.S(3), {X()}) }}) {{ {L("u")} x = c.S(v); }} (p.V, (k, x)) = (k, (p.V, {X()})); {L("p is (> 1, var (z, _)) && z > c.S(0)")} return x;",
                $"public sealed class {n}d {{ public Ctx C; int v; public int V {{ get => C.S(v); set => v = C.S(value); }} public void Deconstruct(out int i, out (int, string) j) {{ i = V; C.S(1); j = (C.S(i) + 1, \"d\"); }} }}", ""),
            // Nullable values: lifted operators, ??, ??=, conditional access.
            7 => ($"int? p = c.V(a) > 3 ? null : c.S(a); p ??= c.S(4); {L("p + c.S((int?)null)")} {L("p > c.S(2)")} {n}n q = c.V(a) > 2 ? null : new {n}n {{ C = c, Next = new {n}n {{ C = c, V = {I()} }} }}; {L("q?.Me(1)?.Next?.V")} {L($"q?.Me(2)?[c.S(1)] ?? {I()}")} q?.Me(3).Set(c.S(5)); q ??= new {n}n {{ C = c, V = c.S(9) }}; q.Next ??= q.Me(4); {L("q.Next.V")} S0? s = c.V(a) > 5 ? null : default(S0); {L("s?.Copy(c, 1) is null")} {L("(s ?? c.S(default(S0))).Copy(c, 3).F0")} return x;".Replace("S0", structs[0].Name, StringComparison.Ordinal).Replace(".F0", structs[0].Fields[0].Type.Equals(Ty.Int) ? ".F0" : ".ToString()", StringComparison.Ordinal),
                $"public sealed class {n}n {{ public Ctx C; public int V; public {n}n Next; public {n}n Me(int k) {{ C.S(k); return V > 90 ? null : this; }} public int this[int i] => C.S(i) + V; public void Set(int v) => V = C.S(v); }}", ""),
            // Resources that are released by waiting; sequences that are enumerated by a pattern.
            8 => ($"{L($"Await({n}e(c, {I()}))")} foreach (var e in new {n}q(c, 3)) {{ {L("e")} if (e > c.S(1)) break; }} foreach (var e in c.S(new {n}v(2, {I()}))) {L("e")} return x;",
                $"public readonly struct {n}q(Ctx c, int n) {{ public E GetEnumerator() => new E(c, n); public struct E(Ctx c, int n) : IDisposable {{ int at = -1; public int Current => c.S(at); public bool MoveNext() {{ at += c.S(1); return at < n && c.Step(); }} public void Dispose() => c.L({Site()}, c.S(at)); }} }} "
                + $"public record struct {n}v(int A, int B); public static class {n}y {{ public static IEnumerator<int> GetEnumerator(this {n}v p) {{ Yield(); yield return p.A; Yield(); yield return p.B; }} }} public sealed class {n}z(Ctx c) : IAsyncDisposable {{ public async ValueTask DisposeAsync() {{ await Task.Yield(); c.L({Site()}, c.S(1)); }} }} "
                + $"public sealed class {n}w(Ctx c, int n) {{ public {n}w GetAsyncEnumerator() => this; public int Current => c.S(n); public async ValueTask<bool> MoveNextAsync() {{ await Task.Yield(); return n-- > 0 && c.Step(); }} }}",
                $"static async Task<int> {n}e(Ctx c, int a) {{ await using var z = new {n}z(c); var sum = 0; await foreach (var e in new {n}w(c, 3)) {{ sum += c.S(e); if (sum > (a & 7)) break; }} return sum; }}"),
            // Queries, anonymous types, lazily evaluated.
            9 => ($"var q = from e in new[] {{ a, {I()}, c.S(3), 4 }} let f = c.S(e) % 5 where f != 1 orderby f, c.S(e) descending select new {{ e, f, x }}; foreach (var p in q) {{ if (!c.Step()) break; {L("p.f")} }} var g = from e in Enumerable.Range(0, 4) group c.S(e) by e % 2 into h from k in h where c.S(k) > 0 select h.Key * 10 + k; {L("g.Sum()")} var z = q.FirstOrDefault(); return z is null ? {X(1)} : c.S(z.x);", "", ""),
            // Throw as an expression, a switch without an arm, exceptions in initialisers and in arguments.
            10 => ($"try {{ {L($"c.V(a) > 40 ? throw {AnException()} : {I()}")} string s = c.V(a) > 2 ? null : \"s\"; s = c.S(s) ?? throw new Boom(c.S(3)); {L("s")} }} catch (Boom e) {{ c.X({Site()}, e); }} try {{ {L($"c.S({I()} & 3) switch {{ 0 => c.S(1), 1 => c.E(2), 2 when c.V(false) => 3 }}")} }} catch (SwitchExpressionException e) {{ {L("(e.UnmatchedValue)")} }} try {{ _ = new {n}t(c, c.S(a), c.Throw(c.S(2), 1)); }} catch (Boom e) {{ c.X({Site()}, e); }} return x;",
                $"public sealed class {n}t(Ctx c, int n, int m) {{ readonly int k = c.Throw(n & 7, m); public int K => k; }}", ""),
            // Primary constructors, required and init members, the field keyword, extension members.
            11 => ($"var p = new {n}p(c, a) {{ V = {I()}, R = c.S(2) }}; {L("p.V + p.R")} p.Grow(c.S(3)); {L("p.Doubled + p.N")} {L($"{n}p.Start(c).N")} p.V = c.S(1); {L("(p with { R = c.S(5) }).V")} return x;",
                $"public record class {n}p(Ctx C, int A) {{ public int V {{ get => C.S(field); set {{ field = C.S(value) + field; }} }} public required int R {{ get; init {{ field = C.S(value); }} }} public int N => C.S(A); public void Grow(int n) => V += C.S(n); public override string ToString() => \"p\"; }} "
                + $"public static class {n}b {{ extension({n}p p) {{ public int Doubled {{ get {{ p.C.S(1); return p.V * 2; }} }} public static {n}p Start(Ctx c) => new(c, c.S(8)) {{ R = c.S(1) }}; }} }}", ""),
            // Generic classes with constraints and `new()`; static ones that are made when they are needed.
            12 => ($"{L($"{n}g<{n}u, {t}>.Make(c, x, {I()}).N")} {L($"{n}g<{n}v, int>.Make(c, a, 2).N")} {L($"{n}g<{n}v, {t}>.First.N")} return {n}g<{n}v, {t}>.Keep(c, x);",
                $"public interface {n}h {{ int N {{ get; set; }} }} public class {n}u : {n}h {{ public int N {{ get; set; }} public {n}u() => N = 1; }} public struct {n}v : {n}h {{ int n; public int N {{ get {{ Yield(); return n; }} set {{ Yield(); n = value; }} }} }} "
                + $"public static class {n}g<A, B> where A : {n}h, new() {{ public static readonly A First = Started(); static A Started() {{ Yield(); return new A {{ N = 4 }}; }} public static A Make(Ctx c, B b, int n) {{ var made = new A {{ N = c.S(n) }}; made.N += c.S(1); made.N++; return made; }} public static B Keep(Ctx c, B b) {{ var kept = new Dictionary<int, B> {{ [Make(c, b, 3).N] = c.S(b), [c.S(7)] = b }}; foreach (var (k, v) in kept) {{ c.L({Site()}, c.S(k)); b = v; }} return b; }} }}", ""),
            // Closures over loop variables, in structs and in each other, called later.
            _ => ($"var later = new List<Func<int>>(); for (var i = 0; i < 3; i++) {{ var j = c.S(i); foreach (var e in new[] {{ a, j }}) later.Add(() => c.S(e) + i * 10 + j++); }} var sum = 0; foreach (var f in later) {{ if (!c.Step()) break; sum = sum * 3 + f() + f(); }} {L("sum")} Func<int, Func<int, Func<{t}>>> deep = p => {{ p += c.S(1); return q => () => {{ {S()} {L("p + q")} return x; }}; }}; return deep(c.S(a))({I()})();", "", ""),
        };
        types.AppendLine(around);
        members.AppendLine($"public static {t} {n}(Ctx c, int a, {t} x) {{ if (!c.Step()) return default; {body} }}");
        members.AppendLine(beside);
        methods.Add(new Method(n, null, t, [new Parameter("a", Ty.Int), new Parameter("x", t)], rank, Pure: true) { Home = home });
    }
}
