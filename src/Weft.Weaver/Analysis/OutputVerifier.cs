using Mono.Cecil;

namespace Weft.Weaver.Analysis;

/// <summary>
/// Runs the stack typer over what was just written, in every weave: cheap, and enough to leave a method plain rather than wrong. Tests
/// verify the whole output, strictly: Verification.
/// </summary>
internal static class OutputVerifier
{
    /// <summary>What is wrong with a body, or null.</summary>
    public static string? Verify(MethodDefinition m, TypeFacts facts)
    {
        var flow = new Flow(m.Body);
        var typer = new StackTyper(flow, new Variables(m.Body, TypeMap.Self(m.DeclaringType)), facts);
        if (typer.Run())
            return null;
        var at = Math.Min(typer.ErrorAt, flow.Code.Length - 1);
        return $"{m.FullName}: {typer.Error} at {(at < 0 ? "the start" : $"[{at}] {flow.Code[at]}")}";
    }
}
