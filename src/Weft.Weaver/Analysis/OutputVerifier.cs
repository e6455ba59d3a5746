using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace Weft.Weaver.Analysis;

/// <summary>
/// Runs the stack typer over woven code: depths and types at joins and calls, the rules of protected regions. The JIT checks the
/// same rules but not the types, and only what it compiles.
/// </summary>
internal static class OutputVerifier
{
    /// <summary>What is wrong with the methods that the weaver has written, one line each.</summary>
    public static List<string> Verify(ModuleDefinition module)
    {
        var facts = new TypeFacts(module);
        return [.. module.GetAllTypes().SelectMany(t => t.Methods).Where(IsOurs).Select(m => Verify(m, facts)).OfType<string>()];
    }

    public static string? Verify(MethodDefinition m, TypeFacts facts)
    {
        var flow = new Flow(m.Body);
        var typer = new StackTyper(flow, new Variables(m.Body, TypeMap.Self(m.DeclaringType)), facts);
        if (typer.Run())
            return null;
        var at = Math.Min(typer.ErrorAt, flow.Code.Length - 1);
        return $"{m.FullName}: {typer.Error} at {(at < 0 ? "the start" : $"[{at}] {flow.Code[at]}")}";
    }

    static bool IsOurs(MethodDefinition m)
        => m.HasBody && (m.Name.StartsWith('<') && m.IsSpecialName || m.DeclaringType.Name == "<Weft>" || m.DeclaringType.BaseType?.FullName == Abi.Namespace + ".Frame");
}
