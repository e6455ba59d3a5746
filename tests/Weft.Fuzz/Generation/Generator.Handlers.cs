// Protected regions: try, using, lock. And the places that references and spans are kept in.

namespace Weft.Fuzz.Generation;

internal sealed partial class Generator
{
    string Try(int depth)
    {
        var hasFinally = r.Chance(50);
        var clauses = hasFinally && r.Chance(40) ? 0 : 1 + r.Below(2);
        // An iterator yields only where there is no catch clause.
        var body = Block(fn with { NoYield = fn.NoYield || fn.Shape is Shape.Iterator or Shape.AsyncIterator && clauses > 0 }, Few, depth);
        var made = $"try {body}";
        for (var i = 0; i < clauses; i++)
            made += Catch(depth, isLast: i == clauses - 1);
        if (hasFinally)
            made += $" finally {Block(fn with { InFinally = true, InLoop = false, InCatch = false, NoYield = fn.NoYield || fn.Shape is Shape.Iterator or Shape.AsyncIterator }, Few, depth)}";
        return made;
    }

    string Catch(int depth, bool isLast)
    {
        var inner = fn with { InCatch = true, NoYield = fn.NoYield || fn.Shape is Shape.Iterator or Shape.AsyncIterator };
        var e = Name("e");
        // What a filter sees stays as it is while the exception travels: no variables.
        var filter = r.Below(5) switch
        {
            0 => $" when (Ctx.Odd({e}, {r.Below(2)}))",
            1 => $" when (c.S(Ctx.Odd({e}, {r.Below(2)})))",
            _ => "",
        };
        var type = isLast ? r.Of(["Exception", "Exception", "Boom"]) : r.Of(["Bang", "InvalidOperationException", "Boom"]);
        if (isLast && filter.Length == 0 && r.Chance(15))
            return $" catch {Block(inner, Few, depth)}";
        if (!isLast && filter.Length == 0 && type == "Boom")
            filter = $" when (Ctx.Odd({e}, 1))";
        var rest = In(inner, () => Statements(Few, depth));
        var end = fn.InFinally || r.Chance(75) ? "" : r.Below(3) switch
        {
            0 => " throw;",
            1 => $" throw new InvalidOperationException(\"again\", {e});",
            _ => $" if ({E(Ty.Bool, 1)}) throw {e};",
        };
        return $" catch ({type} {e}){filter} {{ c.X({Site()}, {e}); {rest}{end} }}";
    }

    string Using(int depth) => r.Chance(60)
        ? $"using (new Res(c, {Site()}, {(r.Chance(60) ? "true" : "false")})) {Block(Few, depth)}"
        : $"{{ using var {Name("u")} = new Res(c, {E(Ty.Int, 1)}, true); {In(fn, () => Statements(Few, depth))} }}";

    string Lock(int depth) => r.Chance(60)
        ? $"lock (c.Mon) {Block(fn with { NoYield = true }, Few, depth)}"
        : fn.AllowsRefs || fn.IsLambda ? $"lock (c.Gate) {Block(fn with { NoYield = true }, Few, depth)}" : $"lock (new object()) {Block(fn with { NoYield = true }, Few, depth)}";

    string LocalFunction(int depth)
    {
        var name = Name("Fn");
        var t = AType(1);
        var parameter = new Var(Name("p"), AType(1));
        var isStatic = r.Chance(25);
        var inner = new Fn { Return = t, Rank = fn.Rank, Pure = fn.Pure };
        var body = InLambda(inner, isStatic, () => Statements(Few, depth) + Finish(), parameter);
        scope.Add(new Var(name, Ty.Func(Ty.Int, parameter.Type, t), Writable: false) with { Type = new Ty("local " + name, Kind.Func, parameter.Type, t) });
        // It is called with its Ctx, so that a static one has it too.
        var call = In(fn, () => $"c.L({Site()}, {name}({E(parameter.Type, 1)}));");
        return isStatic
            ? $"{t} {name}({parameter.Type} {parameter.Name}) {{ return {name}s(c, {parameter.Name}); }} static {t} {name}s(Ctx c, {parameter.Type} {parameter.Name}) {{ if (!c.Step()) return default; {body} }} {call}"
            : $"{t} {name}({parameter.Type} {parameter.Name}) {{ if (!c.Step()) return default; {body} }} {call}";
    }

    string? References(int depth)
    {
        if (!fn.AllowsRefs || fn.IsLambda && r.Chance(70))
            return null;
        var t = AType(1);
        if (Place(t, 1) is not { } place)
            return null;
        var v = new Var(Name("r"), t, Writable: true, Capturable: false);
        var isConditional = r.Chance(10);
        var made = isConditional && Place(t, 1) is { } other
            ? $"ref {t} {v.Name} = ref (c.S(true) ? ref {place} : ref {other});"
            : $"ref {t} {v.Name} = ref {place};";
        var use = r.Below(3) switch
        {
            0 => "",
            1 => $" {v.Name} = {E(t, 2)};",
            _ => $" c.Pass(in {v.Name});",
        };
        if (r.Chance(50))
            return $"{{ {made}{use} {In(fn, () => Statements(Few, depth), v)} {(t.IsPlain ? $"c.L({Site()}, {v.Name});" : "")} }}";
        scope.Add(v);
        return made + use;
    }

    string? Spans(int depth)
    {
        if (!fn.AllowsRefs)
            return null;
        var e = r.Of([Ty.Int, Ty.Long, r.Of(Ty.Ints), Ty.String, r.Of(structs)]);
        var array = AVar(v => v.Type.Kind == Kind.Array && v.Type.Args[0].Equals(e));
        var isUnmanaged = e.Kind == Kind.Int;
        var value = r.Below(4) switch
        {
            0 when isUnmanaged && fn is { InFinally: false, InCatch: false, InOthersCatch: false } => $"stackalloc {e}[{1 + r.Below(4)}]",
            1 when array is not null => array.Name,
            2 when array is not null => $"{array.Name}.AsSpan(0, Math.Min({array.Name}.Length, 1))",
            _ => $"[{E(e, 1)}, {E(e, 1)}]",
        };
        var v = new Var(Name("s"), Ty.Span(e), Writable: false, Capturable: false);
        var i = Name("x");
        var rest = r.Below(3) switch
        {
            0 => $"foreach (ref var {i} in {v.Name}) {{ {In(fn, () => Statements(1, depth), v, new Var(i, e, Writable: true, Capturable: false))} }}",
            1 => $"{v.Name}[0] = {E(e, 2)};",
            _ => $"foreach (var {i} in {v.Name}) {{ {In(fn, () => Statements(1, depth), v, new Var(i, e, Writable: false))} }}",
        };
        return $"{{ scoped {v.Type} {v.Name} = {value}; {In(fn, () => Statements(1, depth), v)} {rest} {(e.IsPlain ? $"foreach (var {i}z in {v.Name}) c.L({Site()}, {i}z);" : "")} }}";
    }

    /// <summary>Goroutines: one after the other over everything, or beside each other over nothing.</summary>
    string? Goroutines(int depth)
    {
        switch (r.Below(3))
        {
            case 0:
                var w = Name("w");
                var inner = new Fn { Return = Ty.Void, Rank = fn.Rank, Pure = true };
                return $"{{ var {w} = new WaitGroup(); {w}.Go(() => Gen.Guard(c, c => {{ {InLambda(inner, false, () => Statements(Few, depth))} }})); {w}.Wait(); }}";
            case 1:
                var (ws, n) = (Name("w"), 2 + r.Below(2));
                var copies = AVar(v => v.Type.IsPlain) is { } v ? new Var(Name("v"), v.Type) : null;
                var made = $"{{ var {ws} = new WaitGroup(); {(copies is null ? "" : $"var {copies.Name} = {AVar(x => x.Type.Equals(copies.Type))!.Name};")}";
                for (var i = 0; i < n; i++)
                    made += $" var {ws}c{i} = c.Fork(); {ws}.Go(() => Gen.Guard({ws}c{i}, c => {{ {Alone(copies, depth)} }}));";
                return $"{made} {ws}.Wait(); {string.Concat(Enumerable.Range(0, n).Select(i => $"c.Join({ws}c{i});"))} }}";
            default:
                var t = APlainType();
                var (ch, x) = (Name("ch"), Name("x"));
                var producer = new Fn { Return = Ty.Void, Rank = 0, Pure = true };
                var sends = InLambda(producer, true, () => string.Concat(Enumerable.Range(0, 2 + r.Below(2)).Select(_ => $"{ch}.Send({E(t, 2)});")));
                return $"{{ var {ch} = new Chan<{t}>({r.Below(2)}); var {ch}c = c.Fork(); Go(() => Gen.Guard({ch}c, c => {{ try {{ {sends} }} finally {{ {ch}.Close(); }} }})); "
                    + $"foreach (var {x} in {ch}) {{ {In(fn with { InLoop = false, InFinally = true, InCatch = false, NoYield = true }, () => Statements(1, depth), new Var(x, t, Writable: false))} }} }}";
        }
    }

    string Alone(Var? copy, int depth)
    {
        var saved = scope.ToArray();
        scope.Clear();
        if (copy is not null)
            scope.Add(copy with { Writable = false });
        var outer = fn;
        fn = new Fn { Return = Ty.Void, Rank = outer.Rank, Pure = true, IsLambda = true };
        var made = Statements(Few, depth) + LogScope();
        scope.Clear();
        scope.AddRange(saved);
        fn = outer;
        return made;
    }
}
