// Calls: of methods by all ways of passing, of delegates, lambdas.

namespace Weft.Fuzz.Generation;

internal sealed partial class Generator
{
    bool Callable(Method m) => m.Rank < fn.Rank && (!fn.Pure || m.Pure);

    string? Call(Ty t, int depth)
    {
        var all = methods.Where(m => Callable(m) && (m.Shape is Shape.Iterator or Shape.AsyncIterator ? t.Equals(Ty.Int) : m.Return.Equals(t) || m.TypeParameters.Contains(m.Return))).ToList();
        for (var tries = Math.Min(3, all.Count); tries > 0; tries--)
            if (CallOf(r.Of(all), depth, t) is { } call)
                return call;
        return null;
    }

    /// <summary>A call for its result; of an iterator, for the number of its elements.</summary>
    string? CallOf(Method m, int depth, Ty? wanted = null)
    {
        var binding = new Dictionary<Ty, Ty>();
        foreach (var x in m.TypeParameters)
        {
            var bound = x.Equals(m.Return) && m.Shape is not (Shape.Iterator or Shape.AsyncIterator) && wanted is not null ? wanted : AType(1);
            if (!bound.Meets(x.Constraint))
                return null;
            binding[x] = bound;
        }
        var receiver = "";
        if (m.Owner is { } owner)
            receiver = (r.Chance(70) && AVar(v => v.Type.Equals(owner)) is { } v ? v.Name : Paren(E(owner, depth))) + ".";
        else
            receiver = m.Home + ".";
        var arguments = new List<string>();
        foreach (var parameter in m.Parameters)
        {
            var p = parameter with { Type = parameter.Type.With(binding) };
            var a = p.Mode switch
            {
                "ref" => Place(p.Type, depth) is { } place ? "ref " + place : null,
                "out" => Place(p.Type, depth) is { } place && r.Chance(70) ? "out " + place : "out _",
                "in" => r.Chance(50) && Place(p.Type, depth) is { } place ? "in " + place : E(p.Type, depth),
                _ => E(p.Type, depth),
            };
            if (a is null)
                return null;
            arguments.Add(a);
        }
        if (arguments.Count > 1 && r.Chance(15))
        {
            arguments = [.. arguments.Select((a, i) => $"{m.Parameters[i].Name}: {a}")];
            arguments.Reverse();
        }
        var call = $"{receiver}{m.Name}{(binding.Count > 0 ? $"<{string.Join(", ", m.TypeParameters.Select(x => binding[x]))}>" : "")}({string.Join(", ", arguments.Prepend("c"))})";
        return m.Shape switch
        {
            Shape.Async => $"Await({call})",
            Shape.Iterator => $"{call}.Count()",
            Shape.AsyncIterator => $"Gen.Drain({call}).Count()",
            _ => call,
        };
    }

    string CallStatement(Method m, int depth)
        => m.Return.Kind == Kind.Void ? $"{CallOf(m, depth) ?? "Yield()"};" : $"c.L({Site()}, {CallOf(m, depth) ?? "0"});";

    string? Invoke(Ty t, int depth)
    {
        if (AVar(v => v.Type.Kind == Kind.Func && v.Type.Args[^1].Equals(t)) is not { } f)
            return null;
        var arguments = f.Type.Args[..^1].Select(a => E(a, depth));
        var invoke = r.Chance(20) && !f.Type.Name.StartsWith("local", StringComparison.Ordinal) ? ".Invoke" : "";
        return $"(c.Step() ? {f.Name}{invoke}({string.Join(", ", arguments)}) : {Literal(t)})";
    }

    string? LambdaCall(Ty t, int depth)
    {
        if (t.Kind is Kind.Span)
            return null;
        var f = r.Chance(50) ? Ty.Func(t) : Ty.Func(AType(0), t);
        return $"(({f}){Paren(Lambda(f, depth))})({string.Join(", ", f.Args[..^1].Select(a => E(a, depth)))})";
    }

    /// <summary>A lambda of a type; it stands alone, and wants a cast where the type is not known.</summary>
    string Lambda(Ty f, int depth)
    {
        var parameters = f.Args[..^1].Select(a => new Var(Name("p"), a)).ToArray();
        var head = $"({string.Join(", ", parameters.Select(p => $"{p.Type} {p.Name}"))}) => ";
        var inner = new Fn { Return = f.Args[^1], Rank = fn.Rank, Pure = fn.Pure };
        if (depth <= 0 || r.Chance(60))
            return head + InLambda(inner, false, () => E(f.Args[^1], Math.Max(depth, r.Below(2))), parameters);
        return $"{head}{{ if (!c.Step()) return default; {InLambda(inner, false, () => Statements(1 + r.Below(2), 1) + Finish(), parameters)} }}";
    }

    string? OwnFunction(Ty t, int depth) => r.Below(4) switch
    {
        0 => $"(({t}){Paren(Lambda(t, depth))} + ({t}){Paren(Lambda(t, depth))})",
        _ => Paren($"({t}){Paren(Lambda(t, depth))}"),
    };

    /// <summary>The end of a body.</summary>
    string Finish() => fn.Shape switch
    {
        Shape.Iterator or Shape.AsyncIterator => $"yield return {E(fn.Return, 1)};",
        _ => fn.Return.Kind == Kind.Void ? "" : $"return {E(fn.Return, 2)};",
    };

    string? GenericCall(Ty t, int depth)
    {
        if (t.Kind is Kind.Span)
            return null;
        return r.Below(6) switch
        {
            0 => $"new Box<{t}>(c, {E(t, depth)}).Get(c)",
            1 => $"new Box<{t}>(c, {E(t, depth)}).Swap(c, {E(t, depth)})",
            2 => $"Gen.Twice<{t}>(c, {E(t, depth)}, {Lambda(Ty.Func(t, t), depth)})",
            3 => $"((IGet<{t}>)new Box<{t}>(c, {E(t, depth)})).Got(c)",
            4 => $"Gen.Pick<{t}>(c, {E(Ty.Bool, depth)}, {E(t, depth)}, {E(t, depth)})",
            _ => $"Gen.Of<Cell<{t}>, {t}>(c, new Cell<{t}> {{ Value = {E(t, depth)} }})",
        };
    }
}
