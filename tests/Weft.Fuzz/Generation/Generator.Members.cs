// Types and members of the program.

namespace Weft.Fuzz.Generation;

internal sealed partial class Generator
{
    void MakeTypes()
    {
        var e = new Ty("E" + enums.Count, Kind.Enum);
        enums.Add(e);
        types.AppendLine($"public enum {e} : {r.Of(["int", "byte", "long"])} {{ A, B, C, D }}");
        for (var (i, n) = (structs.Count, structs.Count + 2 + r.Below(2)); i < n; i++)
        {
            var isRecord = r.Chance(30);
            var s = new Ty("S" + i, Kind.Struct) { IsReadOnly = !isRecord && r.Chance(25) };
            for (var (f, m) = (0, r.Chance(15) ? 9 : 1 + r.Below(4)); f < m; f++)
                s.Fields.Add(($"F{f}", f == 0 ? Ty.Int : i > 0 && r.Chance(25) ? r.Of(structs) : r.Of([Ty.String, Ty.String, Ty.Long, Ty.Bool, r.Of(Ty.Ints), Ty.Decimal, Ty.Double, e, Ty.Array(Ty.Int)])));
            structs.Add(s);
            types.AppendLine(MakeStruct(s, isRecord));
        }
    }

    string MakeStruct(Ty s, bool isRecord)
    {
        var fields = string.Concat(s.Fields.Select(f => $"public {(s.IsReadOnly ? "readonly " : "")}{f.Type} {f.Name}; "));
        var constructor = $"public {s}({string.Join(", ", s.Fields.Select(f => $"{f.Type} p{f.Name}"))}) {{ {(r.Chance(20) ? "Yield(); " : "")}{string.Concat(s.Fields.Select(f => $"{f.Name} = p{f.Name}; "))} }} ";
        var adds = string.Join(", ", s.Fields.Select((f, i) => i % 2 == 0 ? "a." + f.Name : "b." + f.Name));
        var plus = $"public static {s} operator +({(r.Chance(30) ? "in " : "")}{s} a, {s} b) {{ {(r.Chance(50) ? "Yield(); " : "")}return new {s}({adds}); }} ";
        var text = isRecord ? "" : $"public override string ToString() => \"{s}(\" + {string.Join(" + \",\" + ", s.Fields.Select(f => f.Name))} + \")\"; ";
        var body = fields + constructor + plus + text;
        // Methods that change the struct they are called on.
        if (!s.IsReadOnly)
        {
            body += $"public int Next(Ctx c, int n) {{ if (!c.Step()) return 0; {s.Fields.First(f => f.Type.Equals(Ty.Int)).Name} += c.S(n); {StructBody(s)} }} ";
            methods.Add(new Method("Next", s, Ty.Int, [new Parameter("n", Ty.Int)], 0, Pure: true));
        }
        body += $"public {(s.IsReadOnly || r.Chance(50) ? "readonly " : "")}{s} Copy(Ctx c, int n) {{ var t = this; c.S(n); return n > 2 ? this : t; }} ";
        methods.Add(new Method("Copy", s, s, [new Parameter("n", Ty.Int)], 0, Pure: true));
        return $"public {(s.IsReadOnly ? "readonly " : "")}{(isRecord ? "record " : "")}struct {s} {{ {body}}}";
    }

    string StructBody(Ty s)
    {
        budget = 15;
        scope.Clear();
        foreach (var f in s.Fields)
            scope.Add(new Var("this." + f.Name, f.Type, Writable: true, Capturable: false));
        return In(new Fn { Return = Ty.Int, Rank = 0, Pure = true }, () => Statements(Few, 1) + Finish(), new Var("n", Ty.Int));
    }

    void MakeStatics()
    {
        for (var i = 0; i < 3; i++)
            AddStatic("ST" + i, AType(1), "public static");
        AddStatic("TS0", Ty.Int, "[ThreadStatic] public static");
        AddStatic("TS1", Ty.String, "[ThreadStatic] public static");
        AddStatic("VO0", Ty.Int, "public static volatile");
        scope.Clear();

        void AddStatic(string name, Ty t, string modifiers)
        {
            members.AppendLine($"{modifiers} {t} {name};");
            statics.Add(new Var("P." + name, t, Writable: name[0] != 'V'));
        }
    }

    void MakeMethod(int rank)
    {
        var shape = r.Below(11) switch { 0 or 1 => Shape.Iterator, 2 => Shape.Async, 3 => Shape.RefReturn, 4 when r.Chance(60) => Shape.AsyncIterator, _ => Shape.Plain };
        var pure = shape is Shape.Async or Shape.AsyncIterator || r.Chance(50);
        for (var x = r.Chance(25) ? 1 + r.Below(2) : 0; x > 0; x--)
            typeParameters.Add(new Ty(Name("X"), Kind.Parameter) { Constraint = r.Of(["", "", "class", "struct"]) });
        var parameters = Enumerable.Range(0, r.Below(4)).Select(_ => new Parameter(Name("a"), AType(), shape == Shape.Plain ? r.Of(["", "", "", "ref", "in", "out"]) : "")).ToList();
        var result = shape == Shape.Plain && r.Chance(10) ? Ty.Void : AType();
        if (shape == Shape.RefReturn)
            parameters.Add(new Parameter(Name("a"), result, "ref"));
        var m = new Method(Name("M"), null, result, [.. parameters], rank, pure, shape) { Home = home, TypeParameters = [.. typeParameters] };
        members.AppendLine(MakeBody(m, "public static "));
        methods.Add(m);
        typeParameters.Clear();
    }

    string MakeBody(Method m, string modifiers)
    {
        budget = 50;
        scope.Clear();
        scope.AddRange(statics);
        // Before the parameters are in scope: none may be read until all of these are set.
        var outs = string.Concat(m.Parameters.Where(p => p.Mode == "out").Select(p => $"{p.Name} = {Literal(p.Type)}; "));
        foreach (var p in m.Parameters)
            scope.Add(new Var(p.Name, p.Type, Writable: p.Mode != "in", Capturable: p.Mode.Length == 0));
        var type = m.Shape switch { Shape.Iterator => $"IEnumerable<{m.Return}>", Shape.Async => $"async Task<{m.Return}>", Shape.AsyncIterator => $"async IAsyncEnumerable<{m.Return}>", Shape.RefReturn => "ref " + m.Return, _ => m.Return.Name };
        var last = m.Parameters.LastOrDefault()?.Name;
        var leave = m.Shape switch { Shape.Iterator or Shape.AsyncIterator => "yield break", Shape.RefReturn => "return ref " + last, _ => m.Return.Kind == Kind.Void ? "return" : "return default" };
        fn = new Fn { Return = m.Return, Rank = m.Rank, Pure = m.Pure, Shape = m.Shape };
        if (m.Shape == Shape.RefReturn)
            fn = fn with { InFinally = true }; // it leaves at its end only
        var body = Statements(2 + r.Below(5), 3) + LogScope() + (m.Shape == Shape.RefReturn ? $"return ref {last};" : Finish());
        var generic = m.TypeParameters.Length == 0 ? "" : $"<{string.Join<Ty>(", ", m.TypeParameters)}>";
        if (Traces.AlwaysHasFrame(m))
            modifiers = "[MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)] " + modifiers;
        var where = string.Concat(m.TypeParameters.Where(x => x.Constraint.Length > 0).Select(x => $" where {x} : {x.Constraint}"));
        return $"{modifiers}{type} {m.Name}{generic}({string.Join(", ", m.Parameters.Select(p => p.ToString()).Prepend("Ctx c"))}){where} {{ {outs}if (!c.Step()) {leave};\n{body} }}";
    }

    void MakeClass(int rank)
    {
        // A class of the library, perhaps, that has no fields of generic types.
        var (basis, derived) = (new Ty(Name("C"), Kind.Class), new Ty(Name("C"), Kind.Class));
        var isOthers = far.Count > 0 && r.Chance(60);
        if (isOthers)
            basis = r.Of(far);
        for (var (i, n) = (0, isOthers ? 0 : 1 + r.Below(3)); i < n; i++)
            basis.Fields.Add(($"F{i}", i == 0 ? Ty.Int : AType(1)));
        derived.Fields.AddRange(basis.Fields);
        derived.Fields.Add(("G", AType(1)));
        var virtuals = isOthers ? methods.Where(m => m.Owner == basis && m.Name[0] == 'V' && m.Name != "Value").ToList() : Enumerable.Range(0, 1 + r.Below(2)).Select(_ => new Method(Name("V"), basis, AType(1),
            [.. Enumerable.Range(0, r.Below(3)).Select(_ => new Parameter(Name("a"), AType(1), r.Of(["", "", "ref"])))], rank, Pure: true)).ToList();
        if (!isOthers)
            types.AppendLine($"public class {basis} {{ public readonly Ctx Owner; {Fields(basis, 0)} public {basis}(Ctx c, int n) {{ Owner = c; F0 = n; {(r.Chance(30) ? "c.S(n);" : "")} }} "
            + string.Concat(virtuals.Select(v => MakeMember(v, "public virtual ", basis))) + Property(basis) + ShowText(basis) + "}");
        types.AppendLine($"public {(r.Chance(50) ? "sealed " : "")}class {derived} : {basis}, IGet<int> {{ {Fields(derived, basis.Fields.Count)} public {derived}(Ctx c, int n) : base(c, {(r.Chance(50) ? "c.S(n)" : "n")}) {{ }} "
            + string.Concat(virtuals.Where(_ => r.Chance(80)).Select(v => MakeMember(v, "public override ", derived, overridden: v))) + "public int Get(Ctx c) => c.S(F0); " + ShowText(derived) + "}");
        classes.Add(derived);
        if (!isOthers)
        {
            classes.Add(basis);
            methods.AddRange(virtuals);
        }
        methods.AddRange(virtuals.Select(v => v with { Owner = derived }));
        if (!isOthers)
            methods.Add(new Method("Value", basis, Ty.Int, [new Parameter("value", Ty.Int)], rank, Pure: true));

        string Fields(Ty t, int from) => string.Concat(t.Fields.Skip(from).Select(f => $"public {f.Type} {f.Name}; "));
        string ShowText(Ty t) => $"public override string ToString() => \"{t}:\" + F0; ";
        string Property(Ty t) => "public int Prop { get { Owner.S(1); return F0; } set { F0 = Owner.S(value) - F0; } } public int Value(Ctx c, int value) { Prop = value; Prop += c.S(2); Prop++; return Prop; } ";
    }

    string MakeMember(Method v, string modifiers, Ty owner, Method? overridden = null)
    {
        budget = 15;
        scope.Clear();
        foreach (var f in owner.Fields)
            scope.Add(new Var("this." + f.Name, f.Type));
        foreach (var p in v.Parameters)
            scope.Add(new Var(p.Name, p.Type, Writable: true, Capturable: p.Mode.Length == 0));
        fn = new Fn { Return = v.Return, Rank = v.Rank, Pure = true };
        var first = overridden is null || r.Chance(50) ? "" : $"c.L({Site()}, base.{v.Name}({string.Join(", ", v.Parameters.Select(p => $"{(p.Mode == "ref" ? "ref " : "")}{p.Name}").Prepend("c"))})); ";
        return $"{modifiers}{v.Return} {v.Name}({string.Join(", ", v.Parameters.Select(p => p.ToString()).Prepend("Ctx c"))}) {{ if (!c.Step()) return default; {first}{Statements(1 + r.Below(3), 2)}{Finish()} }} ";
    }
}
