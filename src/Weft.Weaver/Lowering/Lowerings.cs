// What is written another way before a method is woven, and in what order.

using Mono.Cecil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Lowering;

internal static class Lowerings
{
    /// <summary>The lowered body of a hot method; null where the compiled one is right as it stands.</summary>
    public static LoweredBody? Of(MethodDefinition m, Suspension suspension, TypeFacts facts, Abi abi)
    {
        var analysis = suspension.Analysis(m);
        var flow = analysis.Flow;
        var calls = suspension.CallsIn(m).Where(c => suspension.Suspends(c.Target) && analysis.IsReachable(flow.IndexOf(c.Instruction))).ToList();
        var sites = calls.ConvertAll(c => flow.IndexOf(c.Instruction));
        var hasStrings = analysis.Strings!.IsWanted(IsInUse, sites);
        // Asked of the original calls: their receivers' types, and what is live around them, are known there. A handler whose calls are all
        // pinned stays where it is.
        var suspending = calls.Where(c => analysis.PinOf(c) is null).Select(c => c.Instruction.Offset).ToHashSet();
        if (!hasStrings && !calls.Exists(c => suspending.Contains(c.Instruction.Offset) && flow.InHandler(flow.IndexOf(c.Instruction))))
            return null;
        var certain = calls.Where(suspension.IsCertain).Select(c => c.Instruction.Offset).ToHashSet();
        var body = new LoweredBody(m, suspension.CallsIn(m));
        // While indices are those of the original.
        analysis.Strings.Lower(body, IsInUse, sites, abi);
        new HandlerLowering(body, facts.Module, abi, c => suspending.Contains(c.Instruction.Offset), c => certain.Contains(c.Instruction.Offset)).Run();
        body.Finish();
        return body;

        bool IsInUse(int v, int i) => analysis.Liveness.LiveAcross(i)[v]
            || analysis.Beneath(i).Any(t => t.Origin > 0 && analysis.Variables.Of(flow.Code[t.Origin - 1]) == (v, Access.Address));
    }
}
