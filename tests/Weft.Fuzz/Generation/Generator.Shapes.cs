// More constructs that have a shape of their own: of dispatch, of exceptions, of recursion.

namespace Weft.Fuzz.Generation;

internal sealed partial class Generator
{
    (string Body, string Around, string Beside) ShapeOf(string n, Ty t)
    {
        unsafes++;
        var pointers = I();
        unsafes--;

        return r.Below(15) switch
        {
            // Overrides that return a more derived type, through two classes.
            0 => ($"{n}a p = c.V(a) % 2 == 0 ? new {n}b {{ N = a }} : new {n}c {{ N = a }}; var q = p.Me(c, {I()}); {L("q.N")} {n}b s = new {n}c {{ N = {I()} }}.Me(c, a); {L("s.N")} return x;",
                $"public class {n}a {{ public int N; public virtual {n}a Me(Ctx c, int a) {{ N += {I()}; return this; }} }} public class {n}b : {n}a {{ public override {n}b Me(Ctx c, int a) {{ base.Me(c, a); N ^= c.S(5); return this; }} }} "
                + $"public sealed class {n}c : {n}b {{ public override {n}c Me(Ctx c, int a) {{ var d = base.Me(c, a + 1); return c.S(N) > 3 ? this : new {n}c {{ N = d.N }}; }} }}", ""),
            // Generic virtual methods, of a class and of an interface.
            1 => ($"{n}i p = c.V(a) % 2 == 0 ? new {n}a() : new {n}b(); var y = p.Map<{t}, int>(c, x, (c, x) => {{ {In(fn with { Return = Ty.Int }, () => Statements(Few, 1), a, x)} return {I(1)}; }}); {L("y")} {L($"((" + n + $"a)p).Two(c, ({I()}, x)).Item1")} return ((" + n + "a)p).Pass(c, x);",
                $"public interface {n}i {{ B Map<A, B>(Ctx c, A v, Func<Ctx, A, B> f); }} public class {n}a : {n}i {{ public virtual B Map<A, B>(Ctx c, A v, Func<Ctx, A, B> f) {{ var b = f(c, c.S(v)); return c.S(b); }} public virtual A Pass<A>(Ctx c, A v) => c.S(v); public virtual (A, B) Two<A, B>(Ctx c, (A, B) p) where A : struct => (c.S(p.Item1), p.Item2); }} "
                + $"public class {n}b : {n}a {{ public override B Map<A, B>(Ctx c, A v, Func<Ctx, A, B> f) {{ try {{ return base.Map(c, v, f); }} finally {{ c.L({Site()}, c.S(1)); }} }} public override A Pass<A>(Ctx c, A v) {{ A[] all = [v, base.Pass(c, v)]; return all[c.S(1)]; }} }}", ""),
            // Default members of interfaces: called by each other, overridden in another interface, on a class and on a struct.
            2 => ($"{n}i p = new {n}a {{ N = a }}; {n}i q = new {n}s {{ N = {I()} }}; {L("p.Twice(c, a)")} {L("q.Twice(c, 2)")} {L("q.Next(c)")} {L($"{n}d(c, new {n}s {{ N = 4 }})")} {L($"{n}d(c, p)")} return x;",
                $"public interface {n}i {{ int Next(Ctx c); int Twice(Ctx c, int a) {{ var m = Next(c); return c.S(m) + Next(c) + {I(1)}; }} static int Zero(Ctx c) => c.S(0); int Prop {{ get => 1; }} }} public interface {n}j : {n}i {{ int {n}i.Twice(Ctx c, int a) => Next(c) - c.S(a); }} "
                + $"public class {n}a : {n}j {{ public int N; public int Next(Ctx c) {{ N += c.S(1); return N; }} }} public struct {n}s : {n}i {{ public int N; public int Next(Ctx c) {{ N += c.S(2); return N; }} }}",
                $"static int {n}d<A>(Ctx c, A v) where A : {n}i {{ var m = v.Twice(c, 1); c.S(m); return m + v.Next(c) + v.Prop + {n}i.Zero(c); }}"),
            // Static members of interfaces, operators among them.
            3 => ($"var p = {n}d<{n}s>(c, [new {n}s {{ N = a }}, {n}s.Make(c, {I()}), new {n}s {{ N = 3 }}]); {L("p.N")} return x;",
                $"public interface {n}i<A> where A : {n}i<A> {{ static abstract A Make(Ctx c, int n); static abstract A operator +(A a, A b); static virtual A Both(Ctx c, A a, A b) => a + A.Make(c, 2) + b; }} "
                + $"public struct {n}s : {n}i<{n}s> {{ public int N; public static {n}s Make(Ctx c, int n) => new() {{ N = c.S(n) }}; public static {n}s operator +({n}s a, {n}s b) {{ Yield(); return new {n}s {{ N = a.N * 3 + b.N }}; }} }}",
                $"static A {n}d<A>(Ctx c, A[] all) where A : {n}i<A> {{ var sum = A.Make(c, 1); foreach (var e in all) {{ if (!c.Step()) break; sum = c.S(sum) + e; }} return A.Both(c, sum, all[0]); }}"),
            // Function pointers.
            4 => ($"unsafe {{ delegate*<Ctx, int, int> f = &{n}e; {L($"f(c, {pointers})")} f = c.V(a) > 3 ? &{n}f : &{n}e; {L("f(c, c.S(a))")} }} return x;", "", $"static int {n}e(Ctx c, int a) => {I()}; static int {n}f(Ctx c, int a) {{ c.S(a); return a + {I()}; }}"),
            // Filters with an effect: each is asked once for each exception that reaches it.
            5 => ($"var asked = 0; bool Ask(int k, bool yes) {{ asked = asked * 10 + k; return yes; }} try {{ try {{ try {{ {S()} {n}e(c, {I()}); }} catch (Boom) when (Ask(1, false)) {{ x = {X()}; }} }} catch (Exception e) when (Ask(2, Ctx.Odd(e, {r.Below(2)}))) {{ c.X({Site()}, e); {L("asked")} if (c.S(a) > 4) throw; }} }} catch (Exception e) when (Ask(3, true)) {{ c.X({Site()}, e); }} {L("asked")} return x;",
                "", $"static void {n}e(Ctx c, int a) {{ c.S(a); if (a % 3 == 0) throw new Boom(a & 7); if (a % 3 == 1) throw new InvalidOperationException(\"f\" + a); c.E(a); }}"),
            // References and spans many activations deep; a stack that is moved.
            6 => ($"var m = a; int[] all = [1, 2, 3, a]; {L($"{n}d(c, {r.Of(["9", "60", "300"])}, ref m, ref all[1], all)")} {L("m")} {L("all[1] + all[3]")} return x;", "",
                $"static int {n}d(Ctx c, int k, ref int p, ref int q, int[] all) {{ if (k == 0) {{ p = c.S(p) + 1; return q; }} var here = k; p += k % 7 == 0 ? c.S(1) : 1; var below = {n}d(c, k - 1, ref k % 2 == 0 ? ref p : ref here, ref all[k & 3], all); q ^= here; if (k % 50 == 0) Yield(); return below + here; }}"),
            // Deep recursion in handlers, left by an exception.
            7 => ($"try {{ {L($"{n}d(c, {r.Of(["5", "40", "150"])}, a)")} }} catch (Boom e) {{ {L("e.Code")} }} return x;", "",
                $"static int {n}d(Ctx c, int k, int a) {{ if (k <= 0) {{ c.S(a); {(r.Chance(60) ? "throw new Boom(a & 15)" : "return a")}; }} try {{ if (k % 10 == 3) Yield(); return {n}d(c, k - 1, a) + 1; }} catch (Boom e) when (k % 8 == 5) {{ if (k > 20) throw; throw new Boom(e.Code + c.S(1)); }} finally {{ if (k % 20 == 1) c.L({Site()}, c.S(k)); }} }}"),
            // Several targets of a delegate, one of which throws; closures over variables of loops.
            8 => ($"Func<Ctx, int, int> f = null; var sum = 0; for (var i = 0; i < 3; i++) {{ var j = i; f += (c, a) => {{ sum += c.S(i * 10 + j); {(r.Chance(40) ? "if (j == 1 && a > 3) throw new Boom(j);" : "")} return {I(1)}; }}; }} try {{ {L("f(c, a)")} }} catch (Boom e) {{ c.X({Site()}, e); }} {L("sum")} Action<Ctx> g = c => {{ sum++; {In(fn, () => Statements(Few, 1), a, x)} }}; g += f is null ? null : c => sum += c.S(2); g(c); {L("sum")} return x;", "", ""),
            // Iterators with tries, left early, within each other.
            9 => ($"foreach (var e in {n}e(c, {I()}, x)) {{ {L("e")} if (c.S(e) > 2) break; }} var s = {n}e(c, 4, x).GetEnumerator(); s.MoveNext(); s.MoveNext(); s.Dispose(); {L($"{n}e(c, 3, x).Zip({n}e(c, a & 3, x), (p, q) => c.S(p) * q).Sum()")} return x;", "",
                $"static IEnumerable<int> {n}e(Ctx c, int a, {t} x) {{ try {{ for (var i = 0; i < 4; i++) {{ try {{ yield return c.S(i); if (i == (a & 3)) yield break; }} finally {{ c.L({Site()}, c.S(i)); }} if (i == 1) foreach (var e in {n}e(c, -1, x)) if (e > 0 || a < 0) yield return e + 1; else if (!c.Step()) break; }} }} finally {{ x = {X(1)}; c.L({Site()}, 9); }} }}"),
            // An interface implemented explicitly and once more in a derived class; variance.
            10 => ($"{n}i<object> p = new {n}b(); {n}i<string> q = (c.V(a) & 1) == 0 ? new {n}b() : new {n}a(); {L("p.Give(c, 1)")} {L("q.Give(c, a)")} {L("new " + n + "b().Base(c)")} return x;",
                $"public interface {n}i<out A> {{ A Give(Ctx c, int n); }} public class {n}a : {n}i<string> {{ string {n}i<string>.Give(Ctx c, int n) => c.S(\"a\" + n); public string Base(Ctx c) => (({n}i<string>)this).Give(c, 7); }} public class {n}b : {n}a, {n}i<string> {{ string {n}i<string>.Give(Ctx c, int a) {{ Yield(); return \"b\" + {I()}; }} }}", ""),
            // Asynchronous methods that wait in their handlers, and are waited for in handlers.
            11 => ($"try {{ {L($"Await({n}e(c, {I()}))")} }} catch (Boom e) {{ c.X({Site()}, e); {L($"Await({n}e(c, 1))")} }} finally {{ {L($"{n}e(c, 2).Result")} }} return x;", "",
                $"static async Task<int> {n}e(Ctx c, int a) {{ var n = 0; try {{ await Task.Yield(); n = c.S(a); if (a % 4 == 3) throw new Boom(n & 7); n += await Gen.Later(c, {I()}); }} catch (Boom e) when (e.Code < 6) {{ await Task.Yield(); n += c.S(e.Code); }} finally {{ n += await Gen.LaterValue(c, 2); c.L({Site()}, n); }} return n; }}"),
            // The class library calls back: comparers, projections, equality, formatting.
            12 => ($"var d = new Dictionary<{n}k, {t}>(); d[new {n}k(a)] = x; d[new {n}k({I()} & 7)] = {X()}; {L("d.Count")} var all = new List<{n}k> {{ new(3), new(1), new({I()} & 7) }}; all.Sort(); {L("string.Join(\",\", all)")} {L("all.Max()")} {L("all.Contains(new(1))")} return d.Values.First();",
                $"public readonly struct {n}k(int n) : IComparable<{n}k>, IEquatable<{n}k> {{ readonly int n = n; public int CompareTo({n}k o) {{ Yield(); return n.CompareTo(o.n); }} public bool Equals({n}k o) {{ Yield(); return n == o.n; }} public override bool Equals(object o) => o is {n}k k && Equals(k); public override int GetHashCode() {{ Yield(); return n & 3; }} public override string ToString() {{ Yield(); return \"k\" + n; }} }}", ""),
            // Generic classes in each other, with static fields and initialisers of their own.
            13 => ($"{n}a<{t}>.In<int>.Last = {I()}; var p = new {n}a<{t}> {{ V = x }}; {L($"p.Go<string>(c, \"g\", a)")} {L($"{n}a<{t}>.In<int>.Last")} {L($"{n}a<string>.Count")} return p.V;",
                $"public class {n}a<A> {{ public static int Count = Start(); static int Start() {{ Yield(); return 3; }} public A V; public class In<B> {{ public static B Last; public B Take(Ctx c, B b, ref A a) {{ a = c.S(a); (Last, b) = (b, Last); return c.S(b); }} }} public int Go<B>(Ctx c, B b, int a) {{ In<B>.Last = b; var i = new In<B>(); {L("Equals(i.Take(c, c.S(b), ref V), b)")} return c.S(Count) + {I()}; }} }}", ""),
            // Local functions: generic, iterating, with references, over captured structs.
            _ => ($"var p = (N: a, X: x); int k = {I()}; A Id<A>(A v) {{ p.N += c.S(1); return v; }} IEnumerable<int> Some() {{ for (var i = 0; i < 3; i++) {{ p.N += i; yield return c.S(k + i); }} }} void Set(ref int m, in int by) {{ m = c.S(m) + by; p.N -= c.E(1); }} {L("Id(k)")} Set(ref k, p.N); Set(ref p.N, k); foreach (var e in Some()) {L("e + p.N")} p.X = Id({X()}); {L("p.N")} return p.X;", "", ""),
        };
    }
}
