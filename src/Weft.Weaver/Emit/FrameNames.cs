using Mono.Cecil;

namespace Weft.Weaver.Emit;

/// <summary>Names frame classes: unspeakable, and unique among overloads.</summary>
internal sealed class FrameNames
{
    readonly Dictionary<TypeDefinition, int> counts = [];

    public string Next(MethodDefinition m)
    {
        var n = counts.GetValueOrDefault(m.DeclaringType);
        counts[m.DeclaringType] = n + 1;
        var arity = m.GenericParameters.Count;
        return $"<{m.Name}>g{n}" + (arity == 0 ? "" : "`" + arity);
    }
}
