// What is promised of stack traces: the methods, in order, in Debug code with the lines.
//
// A method that throws again what it has caught is there twice when the handler was moved out of its place, once for each throw, as with
// `await`; so neighbours of one name count as one, with the first line. In Release code the compiler itself knows the lines of calls only
// roughly.

//
// What is expected was printed by code of which nothing is inlined. Where the JIT compiles Release code in full, frames may be missing: those of
// methods that became part of their callers, or that left by a tail call. None may be new, or in another place; and those of some methods
// must be there, which are marked for it.

using System.Globalization;
using System.Text.RegularExpressions;
using Weft.Fuzz.Generation;

namespace Weft.Fuzz;

internal static partial class Traces
{
    const string Mark = "   at ";

    public static string Normal(string output, bool optimised, bool exits)
    {
        var lines = new List<string>();
        var last = "";
        foreach (var compared in output.Split('\n'))
        {
            var line = compared;
            if (!line.StartsWith(Mark, StringComparison.Ordinal))
            {
                lines.Add(line);
                last = "";
                continue;
            }
            line = Twin().Replace(line, "$1$2($3) in ");
            line = IteratorClass().Replace(Iterator().Replace(line, "$1.$2()"), "$1.$2()");
            if (exits)
                line = Lambda().Replace(line, "$1$2");
            var method = InFile().Replace(line, "");
            if (method == last)
                continue;
            last = method;
            lines.Add(optimised ? method : line);
        }
        return string.Join('\n', lines);
    }

    /// <summary>The JIT neither inlines the method nor leaves it by a tail call. It is told by its name, which is all that a trace has of it.</summary>
    public static bool AlwaysHasFrame(Method m) => m.Shape == Shape.Plain && AlwaysHasFrame($".{m.Name}(");

    static bool AlwaysHasFrame(string frame) => Numbered().Match(frame) is { Success: true } m && int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) % 3 == 0;

    /// <summary>What is expected of code in which methods were inlined: each trace without the frames that the actual one may do without.</summary>
    public static string Inlined(string expected, string actual)
    {
        List<List<string>> all = Sections(expected), sections = Sections(actual);
        for (var i = 0; i < Math.Min(all.Count, sections.Count); i++)
            if (MayBe(all[i][1..], sections[i][1..]))
                all[i] = [all[i][0], .. sections[i][1..]];
        return string.Join('\n', all.SelectMany(s => s).Skip(1));
    }

    static bool MayBe(List<string> full, List<string> inlined)
    {
        var at = -1;
        foreach (var frame in inlined)
            if ((at = full.IndexOf(frame, at + 1)) < 0)
                return false;
        return Lasting(full).SequenceEqual(Lasting(inlined));

        // Two frames of one method count as one if nothing that lasts is between them, as in what is compared.
        static IEnumerable<string> Lasting(List<string> frames)
        {
            var last = "";
            foreach (var f in frames.Where(AlwaysHasFrame))
                if (f != last)
                    yield return last = f;
        }
    }

    // Each line that is not of a trace, with the trace that follows it; in front one that no output has.
    static List<List<string>> Sections(string output)
    {
        var sections = new List<List<string>> { new() { "" } };
        foreach (var line in output.Split('\n'))
            if (line.StartsWith(Mark, StringComparison.Ordinal))
                sections[^1].Add(line);
            else
                sections.Add([line]);
        return sections;
    }

    public static string Without(string output) => string.Join('\n', output.Split('\n').Where(l => !l.StartsWith(Mark, StringComparison.Ordinal)));

    // As the runtime shows an iterator, and the methods that its finally blocks are; and as its twin shows itself.
    [GeneratedRegex(@"(\w+)(?:\[[^\]]*\])?\([^()]*\)\+<?(MoveNext|<>m__Finally\d+)(?:>g)?\(\)")]
    private static partial Regex Iterator();

    [GeneratedRegex(@"<(\w+)>d__\d+(?:`\d+)?(?:\[[^\]]*\])?\.(MoveNext|<>m__Finally\d+)\(\)")]
    private static partial Regex IteratorClass();

    // What is expected of a program that exits comes from one with other catch clauses, to which the compiler gives other closures.
    [GeneratedRegex(@"(<>c(?:__DisplayClass)?)[\d_]*\b|(<\w+>b__)[\d_]+")]
    private static partial Regex Lambda();

    // A body that runs and has not been suspended yet, under the name of the twin.
    [GeneratedRegex(@"<(\w+|<>m__Finally\d+)>[vgb](\[[^\]]*\])?\(([^()]*?)(?:, )?G g\) in ")]
    private static partial Regex Twin();

    // A method of its own, neither a local function nor an iterator's.
    [GeneratedRegex(@"\.M(\d+)[\[(]")]
    private static partial Regex Numbered();

    [GeneratedRegex(@" in \S+:line \d+$")]
    private static partial Regex InFile();
}
