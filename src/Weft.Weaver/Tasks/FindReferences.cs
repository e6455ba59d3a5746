// Which files <WeftWeaveReference> names: always run, also where nothing is to be woven, since items do not outlive a build.

using Microsoft.Build.Framework;

namespace Weft.Weaver.Tasks;

/// <summary>Finds the libraries to weave among those that go to the output folder; see build/Weft.targets.</summary>
public sealed class FindReferences : Microsoft.Build.Utilities.Task
{
    /// <summary>Names of assemblies, with or without .dll.</summary>
    [Required]
    public ITaskItem[] Names { get; set; } = [];

    /// <summary>What is copied to the output folder.</summary>
    public ITaskItem[] Copied { get; set; } = [];

    /// <summary>All that the compiler may have seen.</summary>
    public ITaskItem[] References { get; set; } = [];

    /// <summary>The items of <see cref="Copied"/> that are named.</summary>
    [Output]
    public ITaskItem[] Found { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        var found = new List<ITaskItem>();
        foreach (var name in Names.Select(n => NameOf(n.ItemSpec)).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var files = Copied.Where(c => IsNamed(c, name)).ToList();
            found.AddRange(files);
            if (files.Count > 0)
                continue;
            if (References.Any(r => IsNamed(r, name)))
                Log.LogError(null, Rules.ReferenceNotCopied, null, null, 0, 0, 0, 0,
                    "WeftWeaveReference '{0}': the library is not copied to the output folder of this project, so there is nothing to weave. Put the item into the project of the program.", name);
            else
                Log.LogError(null, Rules.NoSuchReference, null, null, 0, 0, 0, 0,
                    "WeftWeaveReference '{0}' matches no reference. The name is that of an assembly, which may differ from its package's.{1}", name, Similar(name));
        }
        Found = [.. found];
        return !Log.HasLoggedErrors;
    }

    static string NameOf(string item) => item.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? item[..^4] : item;

    static bool IsNamed(ITaskItem file, string name)
        => file.GetMetadata("Extension").Equals(".dll", StringComparison.OrdinalIgnoreCase) && file.GetMetadata("Filename").Equals(name, StringComparison.OrdinalIgnoreCase);

    string Similar(string name)
    {
        var last = name.Split('.')[^1];
        var near = Copied.Where(c => c.GetMetadata("Extension") == ".dll").Select(c => c.GetMetadata("Filename"))
            .Where(f => f.Contains(last, StringComparison.OrdinalIgnoreCase) || name.Contains(f, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).Take(3).ToList();
        return near.Count == 0 ? "" : $" Is it {string.Join(" or ", near)}?";
    }
}
