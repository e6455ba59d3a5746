// Arithmetic, comparisons, text.

namespace Weft.Fuzz.Generation;

internal sealed partial class Generator
{
    string Number(Ty t, int depth)
    {
        if (t.Kind == Kind.Decimal)
            return r.Below(4) switch
            {
                0 => $"(decimal){Paren(E(Ty.Int, depth))}",
                1 => $"({E(t, depth)} * 0.5m)",
                _ => $"({E(t, depth)} {r.Of(["+", "-"])} {E(t, depth)})",
            };
        if (t.Kind == Kind.Float)
            return r.Below(5) switch
            {
                0 => $"({t}){Paren(E(r.Of(Ty.Ints), depth))}",
                1 => $"({t})Math.Round({E(Ty.Double, depth)}, 2)",
                _ => $"({t})({E(t, depth)} {r.Of(["+", "-", "*", "/"])} {E(t, depth)})",
            };
        var isSigned = t.Name is "sbyte" or "short" or "int" or "long" or "nint";
        switch (r.Below(16))
        {
            case 0:
                return $"unchecked(({t})({E(t, depth)} << ({E(Ty.Int, depth)} & 7)))";
            case 1:
                return $"unchecked(({t})({E(t, depth)} {r.Of([">>", ">>>"])} ({E(Ty.Int, depth)} & 7)))";
            case 2:
                return $"unchecked(({t})({E(t, depth)} {r.Of(["/", "%"])} ({E(t, depth)} | 1)))";
            case 3:
                return $"unchecked(({t})({E(t, depth)} {r.Of(["/", "%"])} c.V({E(t, depth)})))";
            case 4 or 5:
                return $"checked(({t})(c.V({E(t, depth)}) {r.Of(["+", "-", "*"])} {E(t, depth)}))";
            case 6:
                return $"unchecked(({t})({(isSigned ? r.Of(["-", "~"]) : "~")}{Paren(E(t, depth))}))";
            case 7:
                return $"unchecked(({t}){Paren(E(r.Of(Ty.Ints), depth))})";
            case 8:
                return $"unchecked(({t})c.V({E(Ty.Double, depth)}))";
            case 9 when AVar(v => v.Writable && v.Type.Equals(t)) is { } v:
                return r.Below(3) switch { 0 => $"{v.Name}++", 1 => $"--{v.Name}", _ => $"({v.Name} {r.Of(["+=", "-=", "^=", "|="])} {E(t, depth)})" };
            case 10 when t.Equals(Ty.Int):
                return r.Below(3) switch { 0 => $"{Paren(E(Ty.String, depth))}.Length", 1 => $"(int){Paren(E(r.Of(enums), depth))}", _ => $"{Paren(E(Ty.Array(AType(0)), depth))}.Length" };
            case 11 when t.Equals(Ty.Int):
                return $"Math.{r.Of(["Max", "Min"])}({E(Ty.Int, depth)}, {E(Ty.Int, depth)})";
            case 12 when Place(t, depth) is { } p:
                return $"({p} {r.Of(["+=", "-=", "^=", "&="])} {E(t, depth)})";
            default:
                return $"unchecked(({t})({E(t, depth)} {r.Of(["+", "-", "*", "&", "|", "^"])} {E(t, depth)}))";
        }
    }

    string Truth(int depth)
    {
        switch (r.Below(13))
        {
            case 11 or 12:
                return Patterns(depth);
            case 0:
                return $"!{Paren(E(Ty.Bool, depth))}";
            case 1 or 2:
                return $"({E(Ty.Bool, depth)} {r.Of(["&&", "||", "&", "|", "^"])} {E(Ty.Bool, depth)})";
            case 3:
                return $"(c.V({E(Ty.Int, depth)}) is > 3 and < 40 or 42)";
            case 4:
                return $"({E(Ty.String, depth)} {r.Of(["==", "!="])} {E(Ty.String, depth)})";
            case 5:
                var x = Name("x");
                return $"(c.V({E(Ty.Object, depth)}) is {r.Of(["int", "string", "long"])} {x} && {E(Ty.Bool, depth)})";
            case 6:
                var (a, b) = (Name("x"), Name("x"));
                return $"({E(Ty.Array(Ty.Int), depth)} is [var {a}, .., var {b}] && {In(fn, () => E(Ty.Bool, depth), new Var(a, Ty.Int), new Var(b, Ty.Int))})";
            case 7:
                var t = Ty.Tuple(Ty.Int, Ty.String);
                return $"({E(t, depth)} == {E(t, depth)})";
            case 8 when AVar(v => v.Type.Kind is Kind.Class or Kind.Struct && v.Type.Fields.Any(f => f.Type.Equals(Ty.Int))) is { } v:
                return $"({v.Name} is {{ {v.Type.Fields.First(f => f.Type.Equals(Ty.Int)).Name}: > 2 }})";
            default:
                var n = r.Chance(50) ? Ty.Int : r.Of([.. Ty.Ints, .. Ty.Floats, Ty.Decimal]);
                return $"({E(n, depth)} {r.Of(["<", "<=", ">", ">=", "==", "!="])} {E(n, depth)})";
        }
    }

    string Text(int depth)
    {
        switch (r.Below(8))
        {
            case 0 or 1:
                return $"Ctx.Cut({E(Ty.String, depth)} + {E(r.Of([Ty.String, Ty.Int, Ty.Long, Ty.Decimal, r.Of(enums), Ty.Object]), depth)})";
            case 2:
                return $"Ctx.Cut(string.Concat({E(Ty.String, depth)}, {E(Ty.String, depth)}, {E(Ty.String, depth)}))";
            case 3:
                return $"{Paren(E(r.Of([Ty.Int, Ty.Long, Ty.Bool, r.Of(enums)]), depth))}.ToString()";
            case 4:
                return $"Ctx.Cut({E(Ty.String, depth)})";
            default:
                var holes = Enumerable.Range(0, 1 + r.Below(3)).Select(_ => r.Of(["", " ", "-", ", "]) + Hole(depth));
                return $"Ctx.Cut($\"{string.Concat(holes)}\")";
        }
    }

    string Hole(int depth)
    {
        var t = r.Of([Ty.Int, Ty.String, Ty.Long, Ty.Bool, Ty.Double, r.Of(enums), Ty.Nullable(Ty.Int), r.Of(Ty.Ints)]);
        var format = t.Equals(Ty.Int) || t.Equals(Ty.Long) ? r.Of(["", "", ",4", ":X4", ",-3:D2"]) : t.Equals(Ty.Double) ? ":F2" : r.Of(["", "", ",5"]);
        return $"{{{Paren(E(t, depth))}{format}}}";
    }
}
