// Where a twin's prologue check stands: as late as it may (compilers call it shrink-wrapping).
//
//   int Of(int n)                       ldarg n; ldc 2; blt leaf
//     => n < 2 ? n : Of(n-1) + ...      <check>                          // every path to a hot call goes through it,
//                                       ...                              // every other path does without
//                               leaf:   ldarg n; ret
//
// The check is there for the calls of twins: a path without one needs no stack that its caller has not answered for. It moves over a
// branch if no hot call is reachable on one side, and on the other nothing but this branch leads to its new place. What it moves over runs
// again if the check suspends, for a frame of the entry begins at the beginning: so it must change nothing but locals, which are lost.
//
// It is also where a goroutine is preempted, and a loop has none of its own: `while (true) Poll();` lives on the check of Poll, which may hardly
// ever come to its hot call. So checks move in methods that call themselves, and only there: half of the activations of a recursion are its last
// ones, and the others are checked.

using Mono.Cecil.Cil;

namespace Weft.Weaver.Analysis;

internal sealed class ShrinkWrapping
{
    readonly MethodAnalysis analysis;
    readonly Func<int, bool> isHotCall;
    readonly int[] predecessors;

    ShrinkWrapping(MethodAnalysis analysis, Func<int, bool> isHotCall)
    {
        this.analysis = analysis;
        this.isHotCall = isHotCall;
        predecessors = new int[Flow.Code.Length];
        for (var i = 0; i < Flow.Code.Length; i++)
            foreach (var s in Flow.Successors(i))
                predecessors[s]++;
    }

    Flow Flow => analysis.Flow;

    /// <summary>The index of the instruction in front of which the check stands.</summary>
    public static int Of(MethodAnalysis analysis, Func<int, bool> isHotCall) => new ShrinkWrapping(analysis, isHotCall).Find();

    int Find()
    {
        for (var at = 0; ;)
        {
            if (BranchAfter(at) is not { } branch || Beyond(branch) is not { } next)
                return at;
            at = next;
        }
    }

    // The two-way branch that is reached from an instruction by others that may run twice, and by them alone.
    int? BranchAfter(int at)
    {
        for (var i = at; ; i = Flow.Successors(i)[0])
        {
            if (i != at && predecessors[i] > 1 || analysis.Typer.Before(i) is null || IsInRegion(i))
                return null;
            var code = Flow.Code[i].OpCode;
            if (code.FlowControl == FlowControl.Cond_Branch)
                return code.Code == Code.Switch ? null : i;
            if (code.FlowControl != FlowControl.Branch && !MayRunAgain(Flow.Code[i]))
                return null;
        }
    }

    int? Beyond(int branch)
    {
        var ways = Flow.Successors(branch);
        foreach (var (quiet, other) in new[] { (ways[0], ways[1]), (ways[1], ways[0]) })
            if (predecessors[other] == 1 && !IsInRegion(other) && analysis.Typer.Before(other) is [] && IsQuiet(quiet))
                return other;
        return null;
    }

    bool IsQuiet(int from)
    {
        var seen = new HashSet<int>();
        var open = new Stack<int>([from]);
        while (open.TryPop(out var i))
        {
            if (!seen.Add(i))
                continue;
            if (isHotCall(i) || IsInRegion(i))
                return false;
            foreach (var s in Flow.Successors(i))
                open.Push(s);
        }
        return true;
    }

    bool IsInRegion(int i) => Flow.Regions.Exists(r => r.Contains(i)) || Flow.InHandler(i);

    static bool MayRunAgain(Instruction i) => i.OpCode.Code switch
    {
        Code.Nop or Code.Pop or Code.Stloc or Code.Stloc_S or Code.Stloc_0 or Code.Stloc_1 or Code.Stloc_2 or Code.Stloc_3 => true,
        Code.Ldarga or Code.Ldarga_S or Code.Ldloca or Code.Ldloca_S or Code.Localloc => false,
        // What leaves nothing on the stack has stored somewhere.
        _ => i.OpCode.FlowControl == FlowControl.Next && i.OpCode.StackBehaviourPush != StackBehaviour.Push0,
    };
}
