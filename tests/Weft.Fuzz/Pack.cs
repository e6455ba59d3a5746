// Programs compiled into one assembly, woven and verified: reading the framework costs more than a program, so they share it.
//
// A program is a namespace, and is told by it what is wrong with the assembly.

using Microsoft.CodeAnalysis;
using Weft.Weaver;
using Weft.Weaver.Verification;

namespace Weft.Fuzz;

/// <summary>A program: the namespace Fuzz.Name with a class P.</summary>
internal sealed record Subject(string Name, SyntaxTree Program)
{
    public string Namespace => "Fuzz." + Name;
}

internal sealed class Pack
{
    Pack(bool optimised, string folder)
    {
        Optimised = optimised;
        Compiled = Path.Combine(folder, "Programs.dll");
        Woven = Path.Combine(folder, "woven", "Programs.dll");
    }

    public bool Optimised { get; }

    public string Compiled { get; }

    public string Woven { get; }

    /// <summary>Programs that came through.</summary>
    public List<Subject> Sound { get; } = [];

    public Dictionary<Subject, Verdict> Verdicts { get; } = [];

    /// <summary>How often each remark was made.</summary>
    public Dictionary<string, int> Remarks { get; } = [];

    public static Pack Prepare(IReadOnlyList<Subject> subjects, bool optimised, string folder)
    {
        folder = Path.Combine(folder, optimised ? "release" : "debug");
        Directory.CreateDirectory(Path.Combine(folder, "woven"));
        var pack = new Pack(optimised, folder);
        pack.Sound.AddRange(subjects);
        while (pack.Sound.Count > 0)
        {
            var errors = Compiler.Compile([.. pack.Sound.Select(s => s.Program)], optimised, pack.Compiled);
            if (errors.Count == 0)
                break;
            foreach (var e in errors.GroupBy(e => e.Path))
                pack.Fail(pack.Sound.Single(s => s.Program.FilePath == e.Key), Failure.Compile, e.Select(x => x.Message));
        }
        if (pack.Sound.Count > 0)
            pack.Weave();
        return pack;
    }

    void Weave()
    {
        try
        {
            var result = WeaverEngine.Weave(new WeaveOptions { Input = Compiled, Output = Woven, References = Compiler.References });
            foreach (var d in result.Diagnostics)
                Remarks[d.Id] = Remarks.GetValueOrDefault(d.Id) + 1;
            Blame(Failure.Weave, result.Diagnostics.Where(d => d.Id is "WEFT1010" or "WEFT9001" || d.Severity == Severity.Error).Select(d => d.ToString()));
            if (result.Woven)
                Blame(Failure.Verify, AssemblyVerifier.VerifyNew(Compiled, Woven, Compiler.References).Findings.Select(f => f.ToString()));
        }
        catch (Exception e)
        {
            Blame(Failure.Weave, [e.ToString()]);
        }
    }

    // What nobody can be blamed for is held against all.
    void Blame(Failure failure, IEnumerable<string> findings)
    {
        foreach (var f in findings.ToList())
        {
            var culprit = Sound.Find(s => f.Contains(s.Namespace + ".", StringComparison.Ordinal));
            foreach (var s in culprit is null ? Sound.ToList() : [culprit])
                Fail(s, failure, [f]);
        }
    }

    void Fail(Subject s, Failure failure, IEnumerable<string> details)
    {
        Verdicts.TryAdd(s, new Verdict(failure, Optimised, string.Join('\n', details.Take(8))));
        if (failure == Failure.Compile)
            Sound.Remove(s);
    }
}
