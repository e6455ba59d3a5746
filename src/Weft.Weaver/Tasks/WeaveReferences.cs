// Weaves referenced libraries: each from the file that the build would have copied, to a folder from where it is copied instead.
//
// A library that uses another one of them is woven after it, against its woven form, else it would miss its twins. What the weaver
// remarks about a library is nobody's who reads this build; errors are.

using Microsoft.Build.Framework;
using Mono.Cecil;

namespace Weft.Weaver.Tasks;

/// <summary>Weaves the libraries that <c>WeftWeaveReference</c> names; see build/Weft.targets.</summary>
public sealed class WeaveReferences : Microsoft.Build.Utilities.Task
{
    /// <summary>The libraries.</summary>
    [Required]
    public ITaskItem[] Libraries { get; set; } = [];

    /// <summary>Implementation assemblies of all references, Weft among them.</summary>
    public ITaskItem[] References { get; set; } = [];

    /// <summary>Where the woven libraries go.</summary>
    [Required]
    public string OutputFolder { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        var inputs = Libraries.Select(l => l.GetMetadata("FullPath")).ToList();
        var woven = new List<string>();
        foreach (var input in InOrder(inputs))
        {
            var output = Path.Combine(Path.GetFullPath(OutputFolder), Path.GetFileName(input));
            var result = WeaverEngine.Weave(new WeaveOptions
            {
                Input = input,
                Output = output,
                References = [.. woven, .. inputs.Except([input]), .. References.Select(r => r.GetMetadata("FullPath"))],
                IsThirdParty = true,
            });
            foreach (var d in result.Diagnostics)
                if (d.Severity == Severity.Error)
                    Log.LogError(null, d.Id, null, input, 0, 0, 0, 0, "{0}", d.Message);
                else if (d.Id == Rules.Failed)
                    Log.LogWarning(null, d.Id, null, input, 0, 0, 0, 0, "{0}", d.Message);
                else
                    Log.LogMessage(MessageImportance.Low, "{0}: {1} {2}: {3}", Path.GetFileName(input), d.Id, d.Method, d.Message);
            var s = result.Statistics;
            Log.LogMessage(MessageImportance.Normal, "Weft: {0}: {1} of {2} methods woven, {3} ms.", Path.GetFileName(input), s.Twins, s.Methods, s.Milliseconds);
            woven.Add(output);
        }
        if (!Log.HasLoggedErrors)
            return true;
        foreach (var output in woven)
            File.Delete(output);
        return false;
    }

    // Those that others use come first; in a circle, and between strangers, by name.
    static List<string> InOrder(List<string> files)
    {
        var uses = files.Order(StringComparer.OrdinalIgnoreCase).ToDictionary(f => f, f =>
        {
            using var module = ModuleDefinition.ReadModule(f);
            return module.AssemblyReferences.Select(r => r.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        });
        var order = new List<string>();
        var seen = new HashSet<string>();
        foreach (var f in uses.Keys)
            Visit(f);
        return order;

        void Visit(string file)
        {
            if (!seen.Add(file))
                return;
            foreach (var other in uses.Keys)
                if (uses[file].Contains(Path.GetFileNameWithoutExtension(other)))
                    Visit(other);
            order.Add(file);
        }
    }
}
