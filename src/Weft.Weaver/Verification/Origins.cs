// Which method of the input a woven method is a copy of.
//
// Compilers write code that no verifier passes (`unsafe`, `stackalloc`, references kept in odd places), and a copy of such code has the
// same faults. They are not the weaver's; so a fault counts only if the method that it was copied from does not have it.

using Mono.Cecil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Verification;

internal sealed class Origins(TypeFacts facts)
{
    readonly Dictionary<TypeDefinition, MethodDefinition> ofFrames = [];
    readonly HashSet<TypeDefinition> indexed = [];

    /// <summary>The plain method; null for what the weaver wrote out of nothing.</summary>
    public MethodDefinition? Of(MethodDefinition m)
    {
        var type = m.DeclaringType;
        if (type.DeclaringType is { } outer && type.BaseType?.FullName == Abi.Namespace + ".Frame")
        {
            Index(outer);
            return ofFrames.GetValueOrDefault(type);
        }
        if (!m.IsSpecialName || m.Name is not ['<', .., '>', 'g' or 'b' or 'v'])
            return null;
        var name = m.Name[1..^2];
        return type.Methods.FirstOrDefault(p => p.Name == name && HandWritten.HasTwinSignature(p, m));
    }

    void Index(TypeDefinition outer)
    {
        if (!indexed.Add(outer))
            return;
        foreach (var m in outer.Methods)
            foreach (var a in m.CustomAttributes)
                if (a.AttributeType.Name == "WeftStateMachineAttribute" && a.ConstructorArguments is [{ Value: TypeReference frame }] && facts.Definition(frame) is { } definition)
                    ofFrames[definition] = m;
    }
}
