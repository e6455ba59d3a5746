// Programs compiled into the same assemblies, woven and verified.
//
// A program is a namespace, and is told by it what is wrong with an assembly.

using Microsoft.CodeAnalysis;
using Weft.Weaver;
using Weft.Weaver.Verification;

namespace Weft.Fuzz;

/// <summary>A program: the namespace Fuzz.Name with a class P.</summary>
internal sealed record Subject(string Name, SyntaxTree Program)
{
    public string Namespace => "Fuzz." + Name;

    /// <summary>What of it goes to which assembly.</summary>
    public IReadOnlyList<(string Name, SyntaxTree Tree)> Parts { get; } = Compiler.Split(Program);

    /// <summary>Its goroutines may exit.</summary>
    public bool Exits { get; } = Program.ToString().Contains("c.Quit(", StringComparison.Ordinal);
}

internal sealed class Pack
{
    readonly Assemblies compiled, woven, exits;

    Pack(bool optimised, string folder)
    {
        Optimised = optimised;
        compiled = Folder("");
        woven = Folder("woven");
        exits = Folder("exits");

        Assemblies Folder(string name) => new(Directory.CreateDirectory(Path.Combine(folder, optimised ? "release" : "debug", name)).FullName);
    }

    public bool Optimised { get; }

    /// <summary>Programs that came through.</summary>
    public List<Subject> Sound { get; } = [];

    public Dictionary<Subject, Verdict> Verdicts { get; } = [];

    /// <summary>How often each remark was made.</summary>
    public Dictionary<string, int> Remarks { get; } = [];

    /// <summary>The assembly that a program is in, or that which says what it is to print.</summary>
    public string Assembly(Subject s, bool isWoven) => (isWoven ? woven : s.Exits ? exits : compiled).Programs;

    public static Pack Prepare(IReadOnlyList<Subject> subjects, bool optimised, string folder)
    {
        var pack = new Pack(optimised, folder);
        pack.Sound.AddRange(subjects);
        using (Cost.Of("compile"))
        {
            while (pack.Compile(pack.Sound, exits: false, pack.compiled))
            {
            }
            while (pack.Sound.Exists(s => s.Exits) && pack.Compile(pack.Sound.FindAll(s => s.Exits), exits: true, pack.exits))
            {
            }
        }
        if (pack.Sound.Count > 0)
            pack.Weave();
        return pack;
    }

    // Is it to be tried again, without programs that do not compile?
    bool Compile(List<Subject> subjects, bool exits, Assemblies to)
    {
        var errors = Compiler.Compile(subjects, Optimised, exits, to);
        foreach (var e in errors.GroupBy(e => e.Path))
            Fail(Sound.Find(s => s.Program.FilePath == e.Key) ?? throw new InvalidOperationException(e.First().Message), Failure.Compile, e.Select(x => x.Message));
        return errors.Count > 0 && Sound.Count > 0;
    }

    // Debug code is woven as a program, Release code as a library whose virtual methods anybody may override.
    void Weave()
    {
        try
        {
            Weave(compiled.Base, woven.Base, isLibrary: true, []);
            if (compiled.HasPlain)
                foreach (var file in new[] { compiled.Plain, Path.ChangeExtension(compiled.Plain, ".pdb") })
                    File.Copy(file, Path.Combine(woven.Folder, Path.GetFileName(file)));
            Weave(compiled.Programs, woven.Programs, isLibrary: Optimised, compiled.HasPlain ? [woven.Base, woven.Plain] : [woven.Base]);
        }
        catch (Exception e)
        {
            Blame(Failure.Weave, [e.ToString()]);
        }
    }

    void Weave(string from, string to, bool isLibrary, string[] libraries)
    {
        string[] references = [.. Compiler.References, .. libraries];
        WeaveResult result;
        using (Cost.Of("weave"))
            result = WeaverEngine.Weave(new WeaveOptions { Input = from, Output = to, References = references, IsLibrary = isLibrary });
        foreach (var d in result.Diagnostics)
            Remarks[d.Id] = Remarks.GetValueOrDefault(d.Id) + 1;
        Blame(Failure.Weave, result.Diagnostics.Where(d => d.Id is "WEFT1010" or "WEFT9001" || d.Severity == Severity.Error).Select(d => d.ToString()));
        using (Cost.Of("verify"))
            if (result.Woven)
                Blame(Failure.Verify, AssemblyVerifier.VerifyNew(from, to, references).Findings.Select(f => f.ToString()));
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
