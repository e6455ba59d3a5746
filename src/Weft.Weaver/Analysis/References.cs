// Finds referenced assemblies among the paths that the build hands us, and nowhere else: no probing, so the output depends on
// the inputs alone. What is missing resolves to null, and what depends on it stays plain.

using Mono.Cecil;

namespace Weft.Weaver.Analysis;

internal sealed class References : IAssemblyResolver
{
    readonly Dictionary<string, string> paths = new(StringComparer.OrdinalIgnoreCase);
    readonly Dictionary<string, AssemblyDefinition?> loaded = new(StringComparer.OrdinalIgnoreCase);

    public References(IEnumerable<string> references)
    {
        foreach (var r in references)
        {
            if (Directory.Exists(r))
                foreach (var file in Directory.EnumerateFiles(r, "*.dll").Order(StringComparer.Ordinal))
                    paths.TryAdd(Path.GetFileNameWithoutExtension(file), file);
            else
                paths.TryAdd(Path.GetFileNameWithoutExtension(r), r);
        }
    }

    /// <summary>The assembly being woven: references to it from its references resolve to the very module in work.</summary>
    public void Add(AssemblyDefinition own) => loaded[own.Name.Name] = own;

    public AssemblyDefinition? Resolve(AssemblyNameReference name) => Resolve(name, new ReaderParameters());

    public AssemblyDefinition? Resolve(AssemblyNameReference name, ReaderParameters parameters)
    {
        if (loaded.TryGetValue(name.Name, out var found))
            return found;
        if (paths.TryGetValue(name.Name, out var path) && File.Exists(path))
        {
            parameters.AssemblyResolver = this;
            parameters.InMemory = true;
            parameters.ReadingMode = ReadingMode.Deferred;
            try
            {
                found = AssemblyDefinition.ReadAssembly(path, parameters);
            }
            catch (BadImageFormatException)
            {
                // A native library among the references.
            }
        }
        return loaded[name.Name] = found;
    }

    public void Dispose()
    {
        foreach (var a in loaded.Values)
            a?.Dispose();
    }
}
