// Expressions of all types, and what they have in common.

namespace Weft.Fuzz.Generation;

internal sealed partial class Generator
{
    /// <summary>Any type that a variable can have; deeper ones are made of others.</summary>
    Ty AType(int depth = 2) => typeParameters.Count > 0 && r.Chance(20) ? r.Of(typeParameters) : r.Below(depth > 0 ? 22 : 13) switch
    {
        0 or 1 or 2 or 3 => Ty.Int,
        4 => Ty.Long,
        5 => r.Of(Ty.Ints),
        6 => r.Of(Ty.Floats),
        7 => Ty.Bool,
        8 or 9 => Ty.String,
        10 => r.Of(enums),
        11 => Ty.Decimal,
        12 or 13 => r.Of(structs),
        14 when classes.Count > 0 => r.Of(classes),
        15 => Ty.Tuple([.. Enumerable.Range(0, 2 + r.Below(2)).Select(_ => AType(depth - 1))]),
        16 => Ty.Array(AType(depth - 1)),
        17 => Ty.List(AType(depth - 1)),
        18 => Ty.Nullable(r.Of([Ty.Int, Ty.Long, Ty.Bool, r.Of(structs)])),
        19 => Ty.Func(AType(0), AType(0)),
        20 => Ty.Func(AType(0)),
        21 => Ty.Object,
        _ => Ty.Int,
    };

    Ty APlainType() => AType(0) is { IsPlain: true } t ? t : Ty.Int;

    /// <summary>An expression of a type, no deeper than so much.</summary>
    string E(Ty t, int depth)
    {
        if (depth <= 0 || --budget < 0)
            return Leaf(t);
        var made = Choose(
            ("leaf", 6, () => Leaf(t)),
            ("wait", 10, () => Waiting(t, depth - 1)),
            ("call", 8, () => Call(t, depth - 1)),
            ("own", 10, () => Own(t, depth - 1)),
            ("conditional", 3, () => $"({E(Ty.Bool, depth - 1)} ? {E(t, depth - 1)} : {E(t, depth - 1)})"),
            ("switch", 2, () => SwitchExpression(t, depth - 1)),
            ("assignment", 2, () => AVar(v => v.Writable && v.Type.Equals(t) && !v.Type.Name.StartsWith("Span", StringComparison.Ordinal)) is { } v ? $"({v.Name} = {E(t, depth - 1)})" : null),
            ("member", 5, () => Member(t, depth - 1)),
            ("invoke", 3, () => Invoke(t, depth - 1)),
            ("lambdacall", 1, () => LambdaCall(t, depth - 1)),
            ("coalesce", 2, () => Coalesce(t, depth - 1)),
            ("throw", 1, () => $"({E(Ty.Bool, depth - 1)} ? {E(t, depth - 1)} : throw new Boom({r.Below(50)}))"),
            ("byref", 2, () => ByReference(t, depth - 1)),
            ("tasks", 2, () => Tasks(t, depth - 1)),
            ("rare", 5, () => Rare(t, depth - 1)),
            ("unbox", 1, () => t.Kind is Kind.Parameter or Kind.Span ? null : $"({t})(object){Paren(E(t, depth - 1))}"),
            ("generic", 2, () => GenericCall(t, depth - 1)));
        return made.Length > 0 ? made : Leaf(t);
    }

    static string Paren(string e) => "(" + e + ")";

    string Waiting(Ty t, int depth) => t.Kind == Kind.Span ? E(t, depth) : $"c.{Way()}({E(t, depth)})";

    // Most often a yield; the others cost a goroutine or a thread.
    string Way() => r.Below(20) switch { < 12 => "S", < 15 => "E", 15 => "Z", 16 => "M", 17 => "A", _ => "V" };

    string Leaf(Ty t)
    {
        if (r.Chance(75) && AVar(v => v.Type.Equals(t)) is { } v)
            return v.Name;
        return Literal(t);
    }

    /// <summary>A value made of nothing.</summary>
    string Literal(Ty t) => t.Kind switch
    {
        Kind.Bool => r.Chance(50) ? "true" : "false",
        Kind.Int when t.Name == "int" => r.Of(["0", "1", "2", "3", "5", "7", "-1", "10", "100", "c.V(int.MaxValue)", "c.V(int.MinValue)"]),
        Kind.Int when t.Name == "char" => $"'{(char)('a' + r.Below(26))}'",
        Kind.Int => $"c.V(({t}){r.Below(120)})",
        Kind.Float => $"{r.Below(20)}.{r.Below(4) * 25}{(t.Name == "float" ? "f" : "")}",
        Kind.Decimal => $"{r.Below(20)}.{r.Below(10)}m",
        Kind.String => r.Of(["\"\"", "\"a\"", "\"bc\"", "\"def\"", "\"xyz\""]),
        Kind.Enum => $"{t}.{(char)('A' + r.Below(4))}",
        Kind.Struct => t.Fields.Count == 0 || r.Chance(15) ? $"default({t})" : NewStruct(t, 0),
        Kind.Class => $"new {t}(c, {E(Ty.Int, 0)})",
        Kind.Tuple => $"({string.Join(", ", t.Args.Select(a => Leaf(a)))})",
        Kind.Array => $"new {Sized(t, 1 + r.Below(3))}",
        Kind.List => $"new {t} {{ {Leaf(t.Args[0])} }}",
        Kind.Nullable => r.Chance(40) ? $"default({t})" : $"({t}){Paren(Literal(t.Args[0]))}",
        Kind.Func => $"({t}){Paren(Lambda(t, 0))}",
        Kind.Object => $"(object){Paren(Literal(r.Of([Ty.Int, Ty.String, Ty.Long, r.Of(enums)])))}",
        Kind.Span => $"new {t.Args[0]}[2]",
        _ => $"default({t})",
    };

    static string Sized(Ty array, int n)
    {
        var (element, rest) = (array.Args[0].Name, "");
        for (; element.EndsWith("[]", StringComparison.Ordinal); element = element[..^2])
            rest += "[]";
        return $"{element}[{n}]{rest}";
    }

    string NewStruct(Ty t, int depth) => r.Chance(30) && !t.IsReadOnly
        ? $"new {t} {{ {string.Join(", ", t.Fields.Where(_ => r.Chance(70)).Select(f => $"{f.Name} = {E(f.Type, depth)}"))} }}"
        : $"new {t}({string.Join(", ", t.Fields.Select(f => E(f.Type, depth)))})";

    /// <summary>What only this type has.</summary>
    string? Own(Ty t, int depth) => t.Kind switch
    {
        Kind.Bool => Truth(depth),
        Kind.Int or Kind.Float or Kind.Decimal => Number(t, depth),
        Kind.String => Text(depth),
        Kind.Enum => $"({t})({E(Ty.Int, depth)} & 3)",
        Kind.Struct => OwnStruct(t, depth),
        Kind.Class => OwnClass(t, depth),
        Kind.Tuple => $"({string.Join(", ", t.Args.Select(a => E(a, depth)))})",
        Kind.Array => OwnArray(t, depth),
        Kind.List => r.Chance(50) ? $"new {t} {{ {E(t.Args[0], depth)}, {E(t.Args[0], depth)} }}" : $"(({t})[{Elements(t.Args[0], depth)}])",
        Kind.Nullable => $"({t})({E(t.Args[0], depth)})",
        Kind.Func => OwnFunction(t, depth),
        Kind.Object => $"(object){Paren(E(AType(1) is { Kind: not Kind.Span } x ? x : Ty.Int, depth))}",
        _ => null,
    };

    string OwnStruct(Ty t, int depth) => r.Below(3) switch
    {
        0 when !t.IsReadOnly && t.Fields.Count > 0 => $"c.V({E(t, depth)}) with {{ {t.Fields[0].Name} = {E(t.Fields[0].Type, depth)} }}",
        1 => $"({E(t, depth)} + {E(t, depth)})",
        _ => NewStruct(t, depth),
    };

    string OwnClass(Ty t, int depth) => r.Chance(50)
        ? $"new {t}(c, {E(Ty.Int, depth)}) {{ {string.Join(", ", t.Fields.Where(_ => r.Chance(50)).Select(f => $"{f.Name} = {E(f.Type, depth)}"))} }}"
        : $"new {t}(c, {E(Ty.Int, depth)})";

    string OwnArray(Ty t, int depth) => r.Below(3) switch
    {
        0 => $"new {t} {{ {string.Join(", ", Enumerable.Range(0, 1 + r.Below(3)).Select(_ => E(t.Args[0], depth)))} }}",
        1 => $"(({t})[{Elements(t.Args[0], depth)}])",
        _ => $"c.Same(new {Sized(t, 2)}, {E(t.Args[0], depth)})",
    };

    string Elements(Ty e, int depth)
    {
        var items = Enumerable.Range(0, 1 + r.Below(3)).Select(_ => E(e, depth)).ToList();
        if (r.Chance(40) && AVar(v => v.Type.Kind is Kind.Array or Kind.List && v.Type.Args[0].Equals(e)) is { } v)
            items.Insert(r.Below(items.Count + 1), $"..({v.Name} ?? [])");
        return string.Join(", ", items);
    }

    /// <summary>A part of something: a field, an element, a property.</summary>
    string? Member(Ty t, int depth)
    {
        var ways = new List<Func<string>>();
        foreach (var v in Visible)
            switch (v.Type.Kind)
            {
                case Kind.Struct or Kind.Class:
                    foreach (var f in v.Type.Fields.Where(f => f.Type.Equals(t)))
                        ways.Add(() => $"{v.Name}.{f.Name}");
                    break;
                case Kind.Array or Kind.Span when v.Type.Args[0].Equals(t):
                    ways.Add(() => $"{v.Name}[Ctx.At({E(Ty.Int, depth)}, {v.Name}.Length)]");
                    break;
                case Kind.List when v.Type.Args[0].Equals(t):
                    ways.Add(() => $"{v.Name}[Ctx.At({E(Ty.Int, depth)}, {v.Name}.Count)]");
                    break;
                case Kind.Tuple when Array.FindIndex(v.Type.Args, a => a.Equals(t)) is >= 0 and var i:
                    ways.Add(() => $"{v.Name}.Item{i + 1}");
                    break;
            }
        return ways.Count == 0 ? null : r.Of(ways)();
    }

    /// <summary>A place that a reference can be made to.</summary>
    string? Place(Ty t, int depth)
    {
        var ways = new List<Func<string>>();
        foreach (var v in Visible)
        {
            if (v.Writable && v.Type.Equals(t))
                ways.Add(() => v.Name);
            if (v.Type.Kind == Kind.Class || v.Type is { Kind: Kind.Struct, IsReadOnly: false } && v.Writable)
                foreach (var f in v.Type.Fields.Where(f => f.Type.Equals(t)))
                    ways.Add(() => $"{v.Name}.{f.Name}");
            if (v.Type.Kind is Kind.Array or Kind.Span && v.Type.Args[0].Equals(t))
                ways.Add(() => $"{v.Name}[Ctx.At({E(Ty.Int, depth)}, {v.Name}.Length)]");
        }
        return ways.Count == 0 ? null : r.Of(ways)();
    }

    string? ByReference(Ty t, int depth) => r.Below(3) switch
    {
        0 when t.Equals(Ty.Int) && Place(t, depth) is { } p => $"c.Inc(ref {p})",
        1 when t.Kind != Kind.Span => $"c.Pass<{t}>({(r.Chance(50) && Place(t, depth) is { } q ? "in " + q : E(t, depth))})",
        2 when t.Equals(Ty.Bool) && AType(1) is var x && Place(x, depth) is { } q => $"c.Try({E(x, depth)}, out {q})",
        _ => null,
    };

    string? Coalesce(Ty t, int depth) => t.Kind switch
    {
        Kind.String or Kind.Class or Kind.Object => $"({E(t, depth)} ?? {E(t, depth)})",
        Kind.Int or Kind.Bool or Kind.Struct => $"({E(Ty.Nullable(t), depth)} ?? {E(t, depth)})",
        _ => null,
    };

    string SwitchExpression(Ty t, int depth)
    {
        switch (r.Below(3))
        {
            case 0:
                return $"(c.V({E(Ty.Int, depth)}) switch {{ 0 or 1 => {E(t, depth)}, > 5 and < 50 => {E(t, depth)}, var {Name("x")} when c.V({E(Ty.Bool, depth)}) => {E(t, depth)}, _ => {E(t, depth)} }})";
            case 1:
                var (i, s) = (Name("x"), Name("x"));
                return $"(c.V({E(Ty.Object, depth)}) switch {{ int {i} => {In(fn, () => E(t, depth), new Var(i, Ty.Int))}, string {{ Length: > 1 }} {s} => {In(fn, () => E(t, depth), new Var(s, Ty.String))}, null => {E(t, depth)}, _ => {E(t, depth)} }})";
            default:
                return $"((c.V({E(Ty.Int, depth)}), c.V({E(Ty.Bool, depth)})) switch {{ (0, true) => {E(t, depth)}, (_, false) => {E(t, depth)}, _ => {E(t, depth)} }})";
        }
    }
}
