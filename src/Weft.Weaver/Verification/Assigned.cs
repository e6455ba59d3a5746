// Locals that are read before they are written, in a body that does not ask for zeroed locals.
//
// Which locals are certainly written before each instruction: intersection over all ways there. A handler is entered from anywhere in its
// try, so it knows what the try's beginning knew. Taking the address counts as writing, as with `out`.
//
// What a hot body hands to Save may be junk: a frame holds what liveness takes for live, and that takes any way through a finally for
// possible. The way that is gone then does not read it.

using System.Collections;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Verification;

internal static class Assigned
{
    /// <summary>Pairs of an instruction and the local that it reads too early.</summary>
    public static IEnumerable<(int At, int Local)> Violations(Flow flow, Variables variables)
    {
        var locals = variables.Count - variables.ArgumentCount;
        if (flow.Body.InitLocals || locals == 0)
            yield break;
        var before = new BitArray?[flow.Code.Length];
        var work = new Queue<int>();
        Reach(0, new BitArray(locals));
        while (work.TryDequeue(out var i))
        {
            var after = before[i]!;
            var (v, access) = variables.Of(flow.Code[i]);
            if (v >= variables.ArgumentCount && access is Access.Store or Access.Address)
                after = new BitArray(after) { [v - variables.ArgumentCount] = true };
            // What a finally was entered with is less than what the leave to its target knew.
            foreach (var s in flow.Code[i].OpCode.Code == Code.Endfinally ? [] : flow.Successors(i))
                if (s >= 0 && s < before.Length)
                    Reach(s, after);
        }
        for (var i = 0; i < flow.Code.Length; i++)
            if (before[i] is { } known && variables.Of(flow.Code[i]) is (var v, Access.Load) && v >= variables.ArgumentCount && !known[v - variables.ArgumentCount] && !IsSaved(flow, i))
                yield return (i, v - variables.ArgumentCount);

        void Reach(int i, BitArray arriving)
        {
            foreach (var r in flow.Regions)
                if (r.Start == i)
                    foreach (var h in flow.Handlers)
                        if (h.Region == r)
                            Reach(h.Start, arriving);
            if (before[i] is not { } known)
            {
                before[i] = arriving;
                work.Enqueue(i);
                return;
            }
            var both = new BitArray(known).And(arriving);
            for (var k = 0; k < locals; k++)
                if (both[k] != known[k])
                {
                    before[i] = both;
                    work.Enqueue(i);
                    return;
                }
        }
    }

    static bool IsSaved(Flow flow, int i)
    {
        while (i < flow.Code.Length && (flow.Code[i].OpCode.Name.StartsWith("ld", StringComparison.Ordinal) && flow.Code[i].OpCode.StackBehaviourPop == StackBehaviour.Pop0))
            i++;
        return i < flow.Code.Length && flow.Code[i] is { OpCode.Code: Code.Call, Operand: MethodReference m } && m.Name.StartsWith("Save", StringComparison.Ordinal)
            && m.Parameters.Count > 0 && Abi.IsG(m.Parameters[^1].ParameterType);
    }
}
