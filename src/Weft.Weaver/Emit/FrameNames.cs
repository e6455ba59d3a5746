using Mono.Cecil;

namespace Weft.Weaver.Emit;

/// <summary>
/// Names frame classes: unspeakable, and unique among overloads. Explicit implementations have dots in their names, which the runtime takes for
/// the end of a namespace when it looks a nested class up by name, as it does for the attribute by which traces find the method.
/// </summary>
internal sealed class FrameNames
{
    readonly Dictionary<TypeDefinition, int> counts = [];

    public string Next(MethodDefinition m)
    {
        var n = counts.GetValueOrDefault(m.DeclaringType);
        counts[m.DeclaringType] = n + 1;
        var arity = m.GenericParameters.Count;
        return $"<{m.Name.Replace('.', '-')}>g{n}" + (arity == 0 ? "" : "`" + arity);
    }
}
