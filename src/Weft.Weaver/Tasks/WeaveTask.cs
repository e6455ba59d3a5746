// The MSBuild task: translates properties into WeaveOptions and diagnostics into MSBuild's, and decides nothing itself.
//
// Invariants: on failure the output is gone, so that no later step of the build takes an older weave for this one; a
// diagnostic is reported under the settings that the user already has for the compiler (NoWarn, TreatWarningsAsErrors,
// WarningsAsErrors, WarningsNotAsErrors), in the order of precedence that the compiler gives them.
//
// Rejected: leaving those settings to MSBuild, which knows NoWarn and WarningsAsErrors for a task's warnings, but applies
// TreatWarningsAsErrors to the compiler alone.

using Microsoft.Build.Framework;

namespace Weft.Weaver.Tasks;

/// <summary>Weaves the assembly of one project; see build/Weft.targets.</summary>
public sealed class WeaveTask : Microsoft.Build.Utilities.Task
{
    /// <summary>The assembly as the compiler made it.</summary>
    [Required]
    public string Input { get; set; } = "";

    /// <summary>Where the woven assembly goes.</summary>
    [Required]
    public string Output { get; set; } = "";

    /// <summary>Implementation assemblies of all references.</summary>
    public ITaskItem[] References { get; set; } = [];

    /// <summary>Whether code that is not known yet will call the assembly.</summary>
    public bool IsLibrary { get; set; }

    /// <summary>Key pair for the strong name, or nothing.</summary>
    public string? KeyFile { get; set; }

    /// <summary>Ids that are not reported at all.</summary>
    public string? NoWarn { get; set; }

    /// <summary>Whether a warning fails the build.</summary>
    public string? TreatWarningsAsErrors { get; set; }

    /// <summary>Ids whose warnings fail the build.</summary>
    public string? WarningsAsErrors { get; set; }

    /// <summary>Ids whose warnings never fail the build.</summary>
    public string? WarningsNotAsErrors { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        var result = WeaverEngine.Weave(new WeaveOptions
        {
            Input = Input,
            Output = Output,
            References = [.. References.Select(r => r.GetMetadata("FullPath"))],
            IsLibrary = IsLibrary,
            StrongNameKeyFile = string.IsNullOrEmpty(KeyFile) ? null : KeyFile,
        });

        var noWarn = Ids(NoWarn);
        var errors = Ids(WarningsAsErrors);
        var notErrors = Ids(WarningsNotAsErrors);
        var allAreErrors = string.Equals(TreatWarningsAsErrors, "true", StringComparison.OrdinalIgnoreCase);
        foreach (var d in result.Diagnostics)
        {
            if (d.Severity != Severity.Error && noWarn.Contains(d.Id))
                continue;
            var fails = d.Severity == Severity.Error ||
                (d.Severity == Severity.Warning && !notErrors.Contains(d.Id) && (allAreErrors || errors.Contains(d.Id)));
            Report(d, fails);
        }

        if (Log.HasLoggedErrors)
        {
            File.Delete(Output);
            return false;
        }

        var s = result.Statistics;
        Log.LogMessage(
            MessageImportance.Low,
            "Weft: {0} of {1} methods woven, {2} suspension points, {3} pinned, {4} ms.",
            s.Twins, s.Methods, s.Sites, s.Pinned, s.Milliseconds);
        return true;
    }

    private void Report(WeaveDiagnostic d, bool fails)
    {
        if (fails)
            Log.LogError(null, d.Id, null, d.File, d.Line, d.Column, 0, 0, "{0}", d.Message);
        else if (d.Severity == Severity.Warning)
            Log.LogWarning(null, d.Id, null, d.File, d.Line, d.Column, 0, 0, "{0}", d.Message);
        else
            Log.LogMessage(null, d.Id, null, d.File, d.Line, d.Column, 0, 0, MessageImportance.Normal, "{0}", d.Message);
    }

    private static HashSet<string> Ids(string? list) =>
        new((list ?? "").Split([';', ',', ' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);
}
