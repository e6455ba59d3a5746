// Statements.

using System.Text;

namespace Weft.Fuzz.Generation;

internal sealed partial class Generator
{
    /// <summary>Some statements in the scope that is open; what they declare stays visible.</summary>
    string Statements(int n, int depth)
    {
        var b = new StringBuilder();
        for (var i = 0; i < n; i++)
            b.Append(Statement(depth)).Append('\n');
        return b.ToString();
    }

    string Block(int n, int depth, params Var[] more) => Block(fn, n, depth, more);

    string Block(Fn inner, int n, int depth, params Var[] more) => "{ " + In(inner, () => Statements(n, depth), more) + " }";

    int Few => 1 + r.Below(3);

    string Statement(int depth)
    {
        if (depth <= 0 || budget < 0)
            return Choose(("local", 3, Local), ("assign", 5, Assign), ("log", 5, Log), ("calls", 3, CallSomething), ("element", 2, AssignElement));
        return Choose(
            ("local", 10, Local),
            ("assign", 8, Assign),
            ("element", 4, AssignElement),
            ("log", 8, Log),
            ("calls", 6, CallSomething),
            ("if", 5, () => If(depth - 1)),
            ("switches", 4, () => Switch(depth - 1)),
            ("loops", 6, () => Loop(depth - 1)),
            ("try", 8, () => Try(depth - 1)),
            ("using", 3, () => Using(depth - 1)),
            ("lock", 3, () => Lock(depth - 1)),
            ("goto", 2, () => Goto(depth - 1)),
            ("localfunction", 3, () => LocalFunction(depth - 1)),
            ("leave", 3, Leave),
            ("refs", 4, () => References(depth - 1)),
            ("spans", 3, () => Spans(depth - 1)),
            ("deconstruct", 2, Deconstruct),
            ("go", 4, () => Goroutines(depth - 1)),
            ("yields", 8, YieldOrAwait),
            ("block", 1, () => r.Chance(50) ? Block(Few, depth - 1) : $"{r.Of(["checked", "unchecked"])} {Block(Few, depth - 1)}"),
            ("exit", 8, () => exits ? $"c.Quit({E(Ty.Bool, 1)});" : null),
            ("select", 2, () => Select(depth - 1)),
            ("sync", 3, () => Synchronised(depth - 1)),
            ("fixed", 2, () => Fixed(depth - 1)),
            ("enumerations", 3, () => Enumerations(depth - 1)),
            ("disposals", 2, () => Disposals(depth - 1)),
            ("finals", 3, () => Finals(depth - 1)),
            ("throws", 1, () => $"if ({E(Ty.Bool, 1)}) throw {AnException()};"));
    }

    string AnException() => r.Below(4) switch
    {
        0 => $"new Bang({E(Ty.Int, 1)})",
        1 => $"new InvalidOperationException({E(Ty.String, 1)})",
        _ => $"new Boom({E(Ty.Int, 1)})",
    };

    string Local()
    {
        var t = AType();
        var v = new Var(Name("v"), t);
        var value = E(t, 3);
        scope.Add(v);
        return $"{(r.Chance(70) || t.Kind is Kind.Func ? t.Name : "var")} {v.Name} = {(r.Chance(70) || t.Kind is Kind.Func ? value : $"({t}){Paren(value)}")};";
    }

    string? Assign()
    {
        if (AVar(v => v.Writable && v.Type.Kind != Kind.Span) is not { } v)
            return null;
        if (r.Chance(15) && AVar(w => w.Writable && w.Type.Equals(v.Type)) is { } w && !w.Name.Equals(v.Name, StringComparison.Ordinal))
            return r.Chance(50) && v.Type.Kind != Kind.Parameter ? $"c.Swap(ref {v.Name}, ref {w.Name});" : $"({v.Name}, {w.Name}) = ({E(v.Type, 2)}, {v.Name});";
        return v.Type.Kind switch
        {
            Kind.String when r.Chance(50) => $"{v.Name} = Ctx.Cut({v.Name} + {E(r.Of([Ty.String, Ty.Int]), 2)});",
            Kind.Int when r.Chance(40) => $"{v.Name} {r.Of(["+=", "-=", "*=", "^=", "|=", "&="])} {E(v.Type, 2)};",
            Kind.String or Kind.Class when r.Chance(20) => $"{v.Name} ??= {E(v.Type, 2)};",
            _ => $"{v.Name} = {E(v.Type, 3)};",
        };
    }

    string? AssignElement()
    {
        var t = AType(1);
        if (Place(t, 1) is not { } place)
            return null;
        return t.Kind is Kind.Int or Kind.Float && r.Chance(50) ? $"{place} {r.Of(["+=", "-=", "*="])} {E(t, 2)};" : $"{place} = {E(t, 3)};";
    }

    string Log() => $"c.L({Site()}, {E(AType(1), 3)});";

    /// <summary>Everything plain that can be seen.</summary>
    string LogScope() => string.Concat(Visible.Where(v => v.Type.IsPlain).TakeLast(6).Select(v => $"c.L({Site()}, {v.Name});"));

    string? CallSomething()
    {
        var all = methods.Where(Callable).ToList();
        if (all.Count == 0)
            return null;
        var m = r.Of(all);
        return CallOf(m, 2) is { } call ? m.Return.Kind == Kind.Void || r.Chance(20) ? $"{call};" : $"c.L({Site()}, {call});" : null;
    }

    string If(int depth)
    {
        if (r.Chance(20))
        {
            var x = Name("x");
            return $"if (c.V({E(Ty.Object, 2)}) is int {x} && {x} > {E(Ty.Int, 1)}) {Block(fn, Few, depth, new Var(x, Ty.Int))} else {Block(Few, depth)}";
        }
        return $"if ({E(Ty.Bool, 3)}) {Block(Few, depth)}{(r.Chance(50) ? $" else {Block(Few, depth)}" : "")}";
    }

    string Switch(int depth)
    {
        var inner = fn; // a break of its own, so that of the loop is out of reach: Leave uses continue and goto only through loops
        string Body() => $"{Block(inner with { InLoop = false }, Few, depth)} break;";
        switch (r.Below(3))
        {
            case 0:
                return $"switch (Ctx.At({E(Ty.Int, 2)}, 5)) {{ case 0: {Block(inner with { InLoop = false }, 1, depth)} goto case 2; case 1: {Body()} case 2: {Body()} case 3: {Body()} default: {Body()} }}";
            case 1:
                return $"switch (c.V({E(Ty.String, 2)})) {{ case \"a\": case \"bc\": {Body()} case \"def\": {Body()} case \"xyz\": {Body()} case null: {Body()} default: {Body()} }}";
            default:
                var (i, s) = (Name("x"), Name("x"));
                return $"switch (c.V({E(Ty.Object, 2)})) {{ case int {i} when c.V({In(fn, () => E(Ty.Bool, 2), new Var(i, Ty.Int))}): {Block(inner with { InLoop = false }, Few, depth, new Var(i, Ty.Int))} break; "
                    + $"case string {{ Length: < 3 }} {s}: {Block(inner with { InLoop = false }, Few, depth, new Var(s, Ty.String))} break; case null: {Body()} default: {Body()} }}";
        }
    }

    string Loop(int depth)
    {
        var inner = fn with { InLoop = true };
        switch (r.Below(8))
        {
            case 0:
                return $"while (c.Step() && {E(Ty.Bool, 2)}) {Block(inner, Few, depth)}";
            case 1:
                return $"do {Block(inner, Few, depth)} while (c.Step() && {E(Ty.Bool, 2)});";
            case 2:
                var e = AType(1);
                var source = r.Chance(50) ? Ty.Array(e) : Ty.List(e);
                var x = Name("x");
                return $"foreach (var {x} in {E(source, 2)} ?? []) {{ if (!c.Step()) break; {In(inner, () => Statements(Few, depth), new Var(x, e, Writable: false))} }}";
            case 3 when methods.Where(m => m.Shape == Shape.Iterator && m.TypeParameters.Length == 0 && Callable(m)).ToList() is { Count: > 0 } all:
                var m = r.Of(all);
                if (CallOf(m, 1) is not { } call)
                    goto default;
                var y = Name("x");
                return $"foreach (var {y} in {call[..^".Count()".Length]}) {{ if (!c.Step()) break; {In(inner, () => Statements(Few, depth), new Var(y, m.Return, Writable: false))} }}";
            case 4 when fn.AllowsRefs || true:
                var (ch, z) = (Name("ch"), Name("x"));
                var t = APlainType();
                var values = string.Concat(Enumerable.Range(0, Few).Select(_ => $"{ch}.Send({E(t, 1)});"));
                return $"var {ch} = new Chan<{t}>(4); {values} {ch}.Close(); foreach (var {z} in {ch}) {{ if (!c.Step()) break; {In(inner, () => Statements(Few, depth), new Var(z, t, Writable: false))} }}";
            case 5:
                var ch2 = Name("x");
                return $"foreach (var {ch2} in {E(Ty.String, 2)} ?? \"\") {{ if (!c.Step()) break; {In(inner, () => Statements(Few, depth), new Var(ch2, Ty.Ints[^1], Writable: false))} }}";
            default:
                var i = Name("i");
                return $"for (var {i} = 0; {i} < {2 + r.Below(3)} && c.Step(); {r.Of([i + "++", $"{i} += c.S(1)"])}) {Block(inner, Few, depth, new Var(i, Ty.Int, Writable: r.Chance(20)))}";
        }
    }

    string Goto(int depth)
    {
        var label = Name("l");
        if (r.Chance(50))
            return $"{label}: {Block(Few, depth)} if (c.Step() && {E(Ty.Bool, 2)}) goto {label};";
        return $"{{ {In(fn, () => Statements(1, depth))} if ({E(Ty.Bool, 2)}) goto {label}; {Block(Few, depth)} {label}: ; }}";
    }

    string? Leave()
    {
        var ways = new List<string>();
        if (fn.InLoop)
            ways.AddRange(["break;", "continue;"]);
        if (!fn.InFinally)
            ways.Add(fn.Shape is Shape.Iterator or Shape.AsyncIterator ? "yield break;" : fn.Return.Kind == Kind.Void ? "return;" : $"return {E(fn.Return, 2)};");
        if (fn.InCatch && !fn.InFinally)
            ways.Add("throw;");
        return ways.Count == 0 ? null : $"if ({E(Ty.Bool, 2)}) {r.Of(ways)}";
    }

    string? YieldOrAwait()
    {
        if (fn.NoYield || fn.IsLambda || fn.InFinally && fn.Shape == Shape.Iterator)
            return null;
        if (fn.Shape == Shape.Iterator)
            return $"yield return {E(fn.Return, 2)};";
        if (fn.Shape == Shape.AsyncIterator && r.Chance(50))
            return fn.InFinally ? null : $"yield return {E(fn.Return, 2)};";
        if (fn.Shape is not (Shape.Async or Shape.AsyncIterator))
            return null;
        var v = new Var(Name("v"), AType(0));
        var value = E(v.Type, 2);
        scope.Add(v);
        return r.Chance(30) ? $"await Task.Yield(); {v.Type} {v.Name} = {value};" : $"{v.Type} {v.Name} = await Gen.Later(c, {value});";
    }

    string Deconstruct()
    {
        Var a = new(Name("v"), AType(0)), b = new(Name("v"), AType(0));
        var value = E(Ty.Tuple(a.Type, b.Type), 2);
        scope.AddRange([a, b]);
        return $"({a.Type} {a.Name}, {b.Type} {b.Name}) = {value};";
    }
}
