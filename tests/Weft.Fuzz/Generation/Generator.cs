// A random C# program from a seed.
//
// It is well defined and ends: methods call only those of a lower rank, or themselves with a smaller number; loops and methods use up fuel;
// goroutines hand over to each other in a fixed order, but for those that share nothing. What a filter (`when`) sees does not change while an
// exception travels, since a woven program may run a finally block before the filter further out (docs/weaver.md).
//
// Each program likes some constructs and shuns others (Mood): a uniform mixture would hardly ever have a lot of one thing.

using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Weft.Fuzz.Generation;

internal sealed partial class Generator(ulong seed)
{
    readonly Rng r = new(seed);
    readonly StringBuilder types = new();
    readonly StringBuilder members = new();
    readonly List<Method> methods = [];
    readonly List<Ty> structs = [], classes = [], enums = [], typeParameters = [];
    readonly List<Var> statics = [], scope = [];
    readonly Dictionary<string, int> moods = [];

    // Classes of the library, which others may derive from.
    readonly List<Ty> far = [];

    // The class that static methods go to.
    string home = "P";

    // Goroutines of this program exit.
    bool exits;

    Fn fn = new() { Return = Ty.Void, Rank = 0 };
    int names, sites;

    // Blocks that allow pointers around the place, where nothing may be awaited.
    int unsafes;

    // What is left for the member that is being made: beyond it, everything stays small.
    int budget;

    /// <summary>The program's source, one statement a line: stack traces are compared.</summary>
    public static string Program(ulong seed, string name) => CSharpSyntaxTree.ParseText(new Generator(seed).Make(name), Compiler.Parsing).GetRoot().NormalizeWhitespace(eol: "\n").ToFullString();

    string Make(string name)
    {
        exits = r.Chance(25);
        var library = r.Chance(45) ? Library() : "";
        MakeTypes();
        MakeStatics();
        for (var rank = 3; rank <= 7; rank++)
        {
            for (var i = r.Below(2) + 1; i > 0; i--)
                MakeMethod(rank);
            if (rank is 4 or 6)
                MakeClass(rank);
            if (r.Chance(60))
                MakeTemplate(rank);
        }
        return $$"""
            // Seed {{seed}}.
            using System; using System.Collections; using System.Collections.Generic; using System.Linq; using System.Text; using System.Threading; using System.Threading.Tasks; using System.Runtime.CompilerServices;
            using Weft; using static Weft.Goroutine;
            {{(library.Length > 0 ? $"namespace Fuzz.{name} {{ {library} }}" : "")}}
            namespace Fuzz.{{name}}
            {
            {{types}}
            public static class P
            {
            public static string Run() { var c = Ctx.Begin(); try { Main(c); } catch (Exception e) { c.X(0, e); } return c.Result(); }
            {{members}}
            {{Main()}}
            }
            }
            """;
    }

    // Types and methods of another assembly: woven, or not.
    string Library()
    {
        home = r.Chance(65) ? "LW" : "LP";
        MakeTypes();
        for (var rank = 1; rank <= 2; rank++)
        {
            MakeMethod(rank);
            MakeTemplate(rank);
        }
        MakeClass(2);
        far.AddRange(classes.Where(c => !c.Fields.Exists(f => f.Name == "G")));
        var made = $"{types} public static class {home} {{ {members} }}";
        types.Clear();
        members.Clear();
        home = "P";
        return made;
    }

    string Main()
    {
        fn = new Fn { Return = Ty.Void, Rank = 10 };
        budget = 60;
        scope.Clear();
        scope.AddRange(statics);
        return $"static void Main(Ctx c) {{ {string.Concat(statics.Select(s => $"{s.Name} = {(s.Name.Contains(".TS", StringComparison.Ordinal) ? Literal(s.Type) : $"default({s.Type})")};"))}\n{Calls()}{Statements(4, 3)}\n{LogScope()} }}";

        // Each method once at least.
        string Calls() => string.Concat(methods.Where(m => m.Owner is null).Select(m => $"try {{ {CallStatement(m, 2)} }} catch (Exception e) {{ c.X({Site()}, e); }}\n"));
    }

    // Small things.

    string Name(string prefix) => prefix + names++;

    int Site() => ++sites;

    int Mood(string what)
    {
        if (!moods.TryGetValue(what, out var mood))
            moods[what] = mood = r.Of([0, 1, 4, 4, 4, 4, 16]);
        return mood;
    }

    /// <summary>One of several ways, by weight and mood; a way that cannot be gone here says null.</summary>
    string Choose(params (string Name, int Weight, Func<string?> Make)[] ways)
    {
        var left = ways.Select(w => (w.Make, Weight: w.Weight * Mood(w.Name))).Where(w => w.Weight > 0).ToList();
        while (left.Count > 0)
        {
            var at = r.Below(left.Sum(w => w.Weight));
            var i = 0;
            while (at >= left[i].Weight)
                at -= left[i++].Weight;
            if (left[i].Make() is { } made)
                return made;
            left.RemoveAt(i);
        }
        return "";
    }

    /// <summary>Makes something in a scope of its own, perhaps under other rules.</summary>
    string In(Fn inner, Func<string> make, params Var[] more)
    {
        var (count, outer) = (scope.Count, fn);
        fn = inner;
        scope.AddRange(more);
        var made = make();
        scope.RemoveRange(count, scope.Count - count);
        fn = outer;
        return made;
    }

    /// <summary>The inside of a lambda: what cannot be captured is out of sight.</summary>
    string InLambda(Fn inner, bool isStatic, Func<string> make, params Var[] more)
    {
        var (saved, outer) = (scope.ToArray(), fn);
        scope.Clear();
        scope.AddRange(saved.Where(v => v.Capturable && (!isStatic || statics.Contains(v))));
        scope.AddRange(more);
        fn = inner with { IsLambda = true, InLoop = false, InFinally = false, InCatch = false, InOthersCatch = false };
        var made = make();
        scope.Clear();
        scope.AddRange(saved);
        fn = outer;
        return made;
    }

    IEnumerable<Var> Visible => fn.Pure ? scope.Where(v => !statics.Contains(v)) : scope;

    Var? AVar(Func<Var, bool> wanted)
    {
        var all = Visible.Where(wanted).ToList();
        if (all.Count == 0)
            return null;
        // The newest are likelier to be interesting.
        return r.Chance(50) ? all[^(r.Below(Math.Min(3, all.Count)) + 1)] : r.Of(all);
    }
}
