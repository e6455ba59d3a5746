// What ordinary code has seldom: pointers, references that methods return, enumerators that are ref structs, handlers of strings, long argument lists.

namespace Weft.Fuzz.Generation;

internal sealed partial class Generator
{
    string? Fixed(int depth)
    {
        if (!fn.AllowsRefs)
            return null;
        var t = r.Of([Ty.Int, Ty.Long, Ty.Ints[1]]);
        var (p, a) = (Name("q"), Name("arr"));
        unsafes++;
        var made = Pointers(t, p, a, depth);
        unsafes--;
        return made;
    }

    string Pointers(Ty t, string p, string a, int depth)
    {
        string Use() => $"{p}[1] += {E(t, 2)}; *{p} = {E(t, 2)}; {Block(fn with { NoYield = true }, 1, depth)} c.L({Site()}, {p}[0]); c.L({Site()}, *({p} + 1));";
        return r.Below(3) switch
        {
            0 when !fn.InFinally && !fn.InCatch && !fn.InOthersCatch => $"unsafe {{ {t}* {p} = stackalloc {t}[2]; {Use()} }}",
            1 => $"unsafe {{ var {a} = new {t}[2]; fixed ({t}* {p} = {a}) {{ {Use()} }} {a}[0] = {E(t, 2)}; }}",
            _ => $"unsafe {{ var {a} = {E(Ty.String, 2)} ?? \"abc\"; fixed (char* {p} = {a}) {{ {Block(fn with { NoYield = true }, 1, depth)} c.L({Site()}, {a}.Length > 0 ? {p}[0] : 'q'); }} }}",
        };
    }

    /// <summary>Loops over sequences that do not come from the class library.</summary>
    string? Enumerations(int depth)
    {
        var e = AType(1);
        if (e.Kind == Kind.Parameter && r.Chance(50))
            return null;
        var x = Name("x");
        var inner = fn with { InLoop = true };
        var array = Paren(E(Ty.Array(e), 2));
        switch (r.Below(5))
        {
            case 0 when fn.AllowsRefs:
                return $"foreach (ref var {x} in new Refs<{e}>(c, {array})) {{ if (!c.Step()) break; {In(inner with { NoYield = true }, () => Statements(Few, depth), new Var(x, e, Capturable: false))} }}";
            case 1 when fn.AllowsRefs:
                return $"foreach (var {x} in new Refs<{e}>(c, {array})) {{ if (!c.Step()) break; {In(inner with { NoYield = true }, () => Statements(Few, depth), new Var(x, e, Writable: false))} }}";
            case 2:
                var (a, b) = (Name("x"), Name("x"));
                return $"foreach (var ({a}, {b}) in {E(Ty.Array(Ty.Tuple(e, Ty.Int)), 2)} ?? []) {{ if (!c.Step()) break; {In(inner, () => Statements(Few, depth), new Var(a, e, Writable: false), new Var(b, Ty.Int, Writable: false))} }}";
            case 3:
                return $"{{ var {x}i = ((IEnumerable<{e}>){array})?.GetEnumerator(); try {{ while ({x}i is not null && c.Step() && {x}i.MoveNext()) {{ var {x} = {x}i.Current; {In(inner with { NoYield = true }, () => Statements(Few, depth), new Var(x, e))} }} }} finally {{ {x}i?.Dispose(); }} }}";
            default:
                return $"foreach (var {x} in new Walk<{e}>(c, {array})) {{ if (!c.Step()) break; {In(inner, () => Statements(Few, depth), new Var(x, e, Writable: false))} }}";
        }
    }

    /// <summary>Things to dispose of that are structs.</summary>
    string? Disposals(int depth)
    {
        var v = Name("u");
        if (r.Chance(50))
            return $"using (var {v} = new ResValue(c, {Site()})) {Block(Few, depth)}";
        return fn.AllowsRefs && Place(Ty.Int, 1) is { } place ? $"{{ using var {v} = new ResRef(c, ref {place}); {In(fn with { NoYield = true }, () => Statements(Few, depth))} }}" : null;
    }

    /// <summary>A try whose finally block throws, leaves an inner loop, or starts a try of its own.</summary>
    string Finals(int depth)
    {
        var (i, l) = (Name("i"), Name("l"));
        var closed = fn with { InFinally = true, InLoop = false, InCatch = false, NoYield = true };
        var end = r.Below(4) switch
        {
            0 => $"if ({E(Ty.Bool, 2)}) throw {AnException()};",
            1 => $"try {{ {In(closed, () => Statements(1, depth))} if ({E(Ty.Bool, 1)}) throw {AnException()}; }} catch (Boom {l}b) {{ c.X({Site()}, {l}b); }} finally {{ c.L({Site()}, {E(Ty.Int, 2)}); }}",
            2 => $"for (var {i}f = 0; {i}f < 3; {i}f++) {{ if (c.S({i}f) == 1) continue; if ({E(Ty.Bool, 1)}) break; {In(closed, () => Statements(1, depth))} }}",
            _ => In(closed, () => Statements(Few, depth)),
        };
        var leave = r.Below(5) switch
        {
            0 => $"if ({i} == 1) goto {l};",
            1 => "continue;",
            2 => $"if ({E(Ty.Bool, 2)}) break;",
            3 when !fn.InFinally => Leave() ?? "",
            _ => $"if ({E(Ty.Bool, 2)}) throw {AnException()};",
        };
        var inner = fn with { InLoop = true, NoYield = fn.NoYield || fn.Shape is Shape.Iterator or Shape.AsyncIterator };
        return $"try {{ for (var {i} = 0; {i} < 3 && c.Step(); {i}++) {{ try {{ {In(inner, () => Statements(Few, depth), new Var(i, Ty.Int, Writable: false))} {In(inner, () => leave)} }} finally {{ {end} }} }} {l}: ; }} catch (Exception {l}e) {{ c.X({Site()}, {l}e); {Statements1(depth)} }}";
    }

    /// <summary>Expressions with more on the stack than usual, or of a shape that is rare.</summary>
    string? Rare(Ty t, int depth)
    {
        if (t.Kind == Kind.Span)
            return null;
        switch (r.Below(14))
        {
            case 0:
                Ty a = AType(0), b = AType(1);
                return $"Gen.Many<{a}, {b}, {t}>(c, {E(a, depth)}, {E(Ty.Long, depth)}, {E(t, depth)}, {(r.Chance(50) && Place(b, depth) is { } p ? "in " + p : E(b, depth))}, {E(Ty.Double, depth)}, {E(Ty.String, depth)}, {E(t, depth)}, {E(Ty.Decimal, depth)})";
            case 1:
                return $"Gen.{r.Of(["LastS", "LastA", "LastL"])}<{t}>(c, {string.Join(", ", Enumerable.Range(0, 1 + r.Below(4)).Select(_ => E(t, depth)))})";
            case 2 or 3 when Place(t, depth) is { } place:
                return r.Below(3) switch
                {
                    0 => $"Gen.Ref(c, ref {place})",
                    1 => $"Gen.RefRead(c, in {place})",
                    _ => $"(Gen.Ref(c, ref {place}) = {E(t, depth)})",
                };
            case 4 or 5 when Place(t, depth) is { } deep:
                return $"Gen.Deep(c, ref {deep}, {E(t, depth)}, {r.Of(["0", "1", "3", "9"])})";
            case 6 when Place(t, depth) is { } other:
                var x = new Var(Name("p"), t, Writable: true, Capturable: false);
                return $"Gen.ByRef<{t}>(c, ref {other}, (Ctx c, ref {t} {x.Name}) => {{ if (!c.Step()) return {x.Name}; {InLambda(new Fn { Return = t, Rank = fn.Rank, Pure = fn.Pure }, false, () => Statements(1, 1) + $"{x.Name} = {E(t, depth)};" + Finish(), x)} }})";
            case 7 when t.Equals(Ty.String):
                return $"c.Say($\"{string.Concat(Enumerable.Range(0, 1 + r.Below(3)).Select(_ => r.Of(["", " ", "-"]) + Hole(depth)))}\")";
            case 8 when t.Equals(Ty.String) && fn.AllowsRefs:
                return $"c.SayRef($\"{string.Concat(Enumerable.Range(0, 1 + r.Below(3)).Select(_ => r.Of(["", " ", "-"]) + $"{{{Paren(E(r.Of([Ty.Int, Ty.String, Ty.Bool]), depth))}}}"))}\")";
            case 9 when t.Equals(Ty.Int):
                return r.Below(3) switch
                {
                    0 => $"((Func<Ctx, int, int>)({Paren(E(Ty.String, depth))}.Weigh))(c, {E(Ty.Int, depth)})",
                    1 => $"({E(Ty.Array(Ty.Int), depth)} ?? []).Select(x => c.S(x)).Sum(x => x % 10)",
                    _ => $"({E(Ty.Array(Ty.String), depth)} ?? []).OrderBy(x => c.S(x ?? \"\"), StringComparer.Ordinal).Count()",
                };
            case 10:
                return $"{Paren(E(Ty.Array(t), depth))}.Twist(c, {E(t, depth)})";
            case 11 when t.Kind == Kind.Array:
                return $"({E(t, depth)} ?? []).{r.Of(["Reverse()", "Select(x => c.S(x))", "Where(x => c.Step())", "Concat(c.V(c.V(" + E(t, depth) + ") ?? []))"])}.ToArray()";
            case 12 when t.Kind is Kind.Int or Kind.Bool or Kind.Struct:
                return $"(({E(Ty.Nullable(t), depth)})?.{(t.Kind == Kind.Struct ? "Copy(c, " + E(Ty.Int, depth) + ")" : "CompareTo(default)")} is null ? {E(t, depth)} : {E(t, depth)})";
            default:
                return $"(c.S({E(Ty.Int, depth)}), {E(t, depth)}, c.V({E(Ty.Int, depth)})).Item2";
        }
    }

    /// <summary>More patterns.</summary>
    string Patterns(int depth)
    {
        var (a, b) = (Name("x"), Name("x"));
        return r.Below(5) switch
        {
            0 => $"(c.V({E(Ty.Tuple(Ty.Int, Ty.String), depth)}) is (> 2, \"a\" or null) or (0, _))",
            1 => $"({E(Ty.Array(Ty.Int), depth)} is [> 0, .. var {a}] && {a}.Length < c.S(3))",
            2 => $"({E(Ty.Object, depth)} is not (int or string) and not null)",
            3 => $"({E(Ty.String, depth)} is {{ Length: > 1 and var {a} }} && {In(fn, () => E(Ty.Bool, depth), new Var(a, Ty.Int))})",
            _ => $"({E(Ty.Nullable(Ty.Int), depth)} is {{ }} {a} && {E(Ty.Object, depth)} is string {b} && {In(fn, () => E(Ty.Bool, depth), new Var(a, Ty.Int), new Var(b, Ty.String))})",
        };
    }
}
