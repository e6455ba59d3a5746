using Mono.Cecil;

namespace Weft.Cli;

/// <summary>Tells what the weaver has added from what was there, by docs/abi.md.</summary>
internal static class WovenMethods
{
    public static bool IsOurs(MethodDefinition m)
        => (m.IsSpecialName && m.Name is ['<', .., '>', 'g' or 'b' or 's' or 'v' or 'w']) || IsFrame(m.DeclaringType) || m.DeclaringType.Name == "<Weft>" || m.DeclaringType.Name.StartsWith("<g>", StringComparison.Ordinal);

    public static bool IsFrame(TypeDefinition t) => t.BaseType?.FullName == "Weft.Runtime.Frame";

    public static bool IsSuspendable(MethodDefinition m) => FrameOf(m) is not null;

    public static TypeDefinition? FrameOf(MethodDefinition m)
        => m.CustomAttributes.FirstOrDefault(a => a.AttributeType.FullName == "Weft.Runtime.WeftStateMachineAttribute")?.ConstructorArguments is [{ Value: TypeReference frame }] ? frame.Resolve() : null;

    /// <summary>The twin, the body behind its guard, and the methods of the frame.</summary>
    public static IEnumerable<MethodDefinition> Of(MethodDefinition m)
        => m.DeclaringType.Methods.Where(t => t.IsSpecialName && (t.Name == $"<{m.Name}>g" || t.Name == $"<{m.Name}>b" || t.Name == $"<{m.Name}>v") && t.Parameters.Count == m.Parameters.Count + 1
                && t.Parameters.Zip(m.Parameters).All(p => p.First.ParameterType.FullName == p.Second.ParameterType.FullName))
            .Concat(FrameOf(m)?.Methods.Where(f => f.Name.StartsWith("Save", StringComparison.Ordinal) || f.Name == "Resume") ?? []);
}
