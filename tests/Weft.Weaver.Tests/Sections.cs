// What a corpus prints, cut up by pass and construct. The lines are those of tests/Corpus/Passes.cs: "== pass N", and names "construct.case" that
// are not indented.

namespace Weft.Weaver.Tests;

internal sealed class Sections
{
    readonly Dictionary<(int Pass, string Construct), string> text = [];

    Sections(int passes) => Passes = passes;

    public int Passes { get; }

    public IEnumerable<string> Constructs => text.Keys.Where(k => k.Construct.Length > 0).Select(k => k.Construct).Distinct();

    /// <summary>What a construct's cases have printed in a pass.</summary>
    public string Of(int pass, string construct) => text.GetValueOrDefault((pass, construct), "");

    /// <summary>Runs the program; if it fails, that is part of the last section.</summary>
    public static Sections Run(Subject program, int passes, params (string Name, string Value)[] environment)
    {
        var (output, exitCode) = program.Run(["--passes", $"{passes}"], environment);
        var sections = new Sections(passes);
        var (pass, construct) = (0, "");
        foreach (var line in exitCode == 42 ? output.Split('\n') : [.. output.Split('\n'), $"  exit code {exitCode}"])
        {
            if (line.StartsWith("== pass ", StringComparison.Ordinal))
                (pass, construct) = (int.Parse(line["== pass ".Length..], System.Globalization.CultureInfo.InvariantCulture), "");
            else if (line.Length > 0 && line[0] is >= 'a' and <= 'z' && line.IndexOf('.') is > 0 and var dot && !line.Contains(' '))
                construct = line[..dot];
            else if (line == "done")
                construct = "";
            sections.text[(pass, construct)] = sections.Of(pass, construct) + line + "\n";
        }
        return sections;
    }
}
