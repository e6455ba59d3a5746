// The assembly that a command is about, and its woven form.
//
// A woven assembly is taken as it is. Another one is woven into a folder of its own, by the same engine as in a build; the references
// are what lies beside it, what -r adds, the runtime's folder, and, where nobody else has it, the Weft that this tool was built with.

using System.Runtime.InteropServices;
using Mono.Cecil;
using Weft.Weaver;

namespace Weft.Cli;

internal sealed class Subject : IDisposable
{
    string? folder;

    Subject(string path, IReadOnlyList<string> references, bool isLibrary)
    {
        Path = path;
        References = references;
        IsLibrary = isLibrary;
        try
        {
            using var module = ModuleDefinition.ReadModule(path);
            IsWoven = module.Assembly.CustomAttributes.Any(a => a.AttributeType.FullName == "Weft.Runtime.WovenAttribute");
            KnowsWeft = module.AssemblyReferences.Any(r => r.Name == "Weft");
            IsLibrary |= module.EntryPoint is null;
        }
        catch (BadImageFormatException e)
        {
            throw new CommandException(ExitCode.CannotWeave, $"{path} is no .NET assembly: {e.Message}");
        }
    }

    public string Path { get; }

    public IReadOnlyList<string> References { get; }

    public bool IsLibrary { get; }

    public bool IsWoven { get; }

    public bool KnowsWeft { get; }

    public static Subject Of(string path, string[] references, bool isLibrary)
    {
        var full = System.IO.Path.GetFullPath(path);
        if (!File.Exists(full))
            throw new CommandException(ExitCode.NotFound, $"There is no file {full}.");
        foreach (var r in references)
            if (!File.Exists(r) && !Directory.Exists(r))
                throw new CommandException(ExitCode.NotFound, $"There is no reference {r}.");
        return new Subject(full, [.. references, System.IO.Path.GetDirectoryName(full)!, RuntimeEnvironment.GetRuntimeDirectory()], isLibrary);
    }

    /// <summary>The woven form, and what the weaver said.</summary>
    public (string Path, WeaveResult Result) Weave()
    {
        folder ??= Directory.CreateTempSubdirectory("weft-").FullName;
        var output = System.IO.Path.Combine(folder, System.IO.Path.GetFileName(Path));
        var result = WeaverEngine.Weave(new WeaveOptions { Input = Path, Output = output, References = References, IsLibrary = IsLibrary, IsThirdParty = !KnowsWeft });
        if (result.Diagnostics.FirstOrDefault(d => d.Severity == Severity.Error) is { } error)
            throw new CommandException(ExitCode.CannotWeave, $"{error.Id}: {error.Message}");
        return (output, result);
    }

    public void Dispose()
    {
        if (folder is not null)
            Directory.Delete(folder, recursive: true);
    }
}
