// What is written another way before a method is woven, and in what order.

using Mono.Cecil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Lowering;

internal static class Lowerings
{
    /// <summary>The lowered body of a hot method; null where the compiled one is right as it stands.</summary>
    public static LoweredBody? Of(MethodDefinition m, Suspension suspension, TypeFacts facts, Abi abi)
    {
        var flow = suspension.Analysis(m).Flow;
        var calls = suspension.CallsIn(m).Where(c => suspension.Suspends(c.Target) && suspension.Analysis(m).IsReachable(flow.IndexOf(c.Instruction))).ToList();
        if (!calls.Exists(c => flow.InHandler(flow.IndexOf(c.Instruction))))
            return null;
        // Asked of the original calls: their receivers' types are known there.
        var certain = calls.Where(suspension.IsCertain).Select(c => c.Instruction.Offset).ToHashSet();
        var body = new LoweredBody(m, suspension.CallsIn(m));
        new HandlerLowering(body, facts.Module, abi, c => suspension.Suspends(c.Target), c => certain.Contains(c.Instruction.Offset)).Run();
        body.Finish();
        return body;
    }
}
