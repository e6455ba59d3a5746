// What can suspend, what keeps its thread, what is left alone. The first and the last come from the woven form, the second from the
// weaver's remarks, which a woven assembly no longer has.

using Mono.Cecil;
using Mono.Cecil.Rocks;
using Spectre.Console;
using Weft.Weaver;

namespace Weft.Cli;

internal static class Report
{
    public static ExitCode Run(Subject subject, bool strict, bool all, IAnsiConsole console)
    {
        using var _ = subject;
        if (subject.IsWoven)
            throw new CommandException(ExitCode.CannotWeave, $"{Path.GetFileName(subject.Path)} is woven already; a report is made from the compiled assembly, which a build leaves in obj/.../unwoven.");
        var (path, result) = subject.Weave();
        using var module = ModuleDefinition.ReadModule(path);
        var methods = module.GetAllTypes().SelectMany(t => t.Methods).Where(m => m.HasBody && !WovenMethods.IsOurs(m)).ToList();
        var pinned = result.Diagnostics.Where(d => d.Id.StartsWith("WEFT1", StringComparison.Ordinal)).ToList();
        var pinnedMethods = pinned.Select(d => d.Method).ToHashSet();

        console.WriteLine("can suspend:");
        foreach (var m in methods.Where(WovenMethods.IsSuspendable))
            console.WriteLine("  " + m.FullName);
        console.WriteLine();
        console.WriteLine("keeps its thread:");
        foreach (var d in pinned)
            console.WriteLine($"  {(d.File is null ? d.Method : $"{d.File}({d.Line},{d.Column})")}: {(d.Severity == Severity.Warning ? "warning" : "info")} {d.Id}: {d.Message}");
        console.WriteLine();
        var rest = methods.Where(m => !WovenMethods.IsSuspendable(m) && !pinnedMethods.Contains(m.FullName)).ToList();
        if (all)
        {
            console.WriteLine("left alone:");
            foreach (var m in rest)
                console.WriteLine("  " + m.FullName);
            console.WriteLine();
        }

        var warnings = pinned.Count(d => d.Severity == Severity.Warning);
        var s = result.Statistics;
        console.WriteLine($"{s.Methods} methods: {s.Twins} can suspend, at {s.Sites} calls; {pinned.Count} remarks, {warnings} of them warnings; {rest.Count} left alone");
        console.WriteLine($"{new FileInfo(subject.Path).Length} bytes compiled, {new FileInfo(path).Length} woven");
        return strict && warnings > 0 ? ExitCode.ProblemFound : ExitCode.Success;
    }
}
