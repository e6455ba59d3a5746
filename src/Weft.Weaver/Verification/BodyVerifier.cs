// Types the evaluation stack of one body, instruction by instruction, and checks each against ECMA-335 III.
//
// This is the weaver's adversary, so it shares no typing with it (StackTyper): that one asks what a value is, leniently, this one asks
// whether it may be there. Reachable code only, as in the JIT. A fault is reported once and the pass goes on with what the instruction
// should have left, so that one fault does not hide the next.
//
// Not checked, since C# itself ignores it: `readonly` on references, initialisation of `this` in constructors, whether a returned
// reference outlives its method. Unmanaged pointers are numbers.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Verification;

internal sealed partial class BodyVerifier
{
    readonly MethodDefinition method;
    readonly TypeFacts facts;
    readonly TypeRelations relations;
    readonly Members members;
    readonly Flow flow;
    readonly Variables variables;
    readonly Regions regions;
    readonly Slot[]?[] before;
    readonly Queue<int> work = new();
    readonly List<Slot> stack = [];
    readonly HashSet<Finding> findings = [];
    int at;

    BodyVerifier(MethodDefinition method, TypeFacts facts)
    {
        this.method = method;
        this.facts = facts;
        relations = new TypeRelations(facts, method);
        members = new Members(facts, relations, method, Report);
        flow = new Flow(method.Body);
        variables = new Variables(method.Body, TypeMap.Self(method.DeclaringType));
        regions = new Regions(flow, (fault, message, i) =>
        {
            at = i;
            Report(fault, message);
        });
        before = new Slot[]?[flow.Code.Length];
    }

    /// <summary>All that is wrong with the body.</summary>
    public static IReadOnlyCollection<Finding> Verify(MethodDefinition method, TypeFacts facts)
    {
        try
        {
            var verifier = new BodyVerifier(method, facts);
            verifier.Run();
            return verifier.findings;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return [new Finding(method.FullName, Fault.Verifier, $"{e.GetType().Name}: {e.Message}", "")];
        }
    }

    void Report(Fault fault, string message)
    {
        var i = Math.Min(at, flow.Code.Length - 1);
        findings.Add(new Finding(method.FullName, fault, message, i < 0 ? "" : $"[{i}] {Show(flow.Code[i])}"));
    }

    static string Show(Instruction i) => i.Operand is Instruction or Instruction[] ? i.OpCode.Name : $"{i.OpCode.Name} {i.Operand}".TrimEnd();

    void Run()
    {
        if (flow.Code.Length == 0)
        {
            Report(Fault.EndOfBody, "an empty body");
            return;
        }
        regions.CheckShape();
        CheckPrefixTargets();
        foreach (var v in method.Body.Variables)
            members.Type(v.VariableType);
        foreach (var h in method.Body.ExceptionHandlers)
            if (h.CatchType is not null)
                members.Type(h.CatchType);
        Reach(0, []);
        while (work.TryDequeue(out var i))
            Step(i);
        foreach (var (i, local) in Assigned.Violations(flow, variables))
        {
            at = i;
            Report(Fault.Unassigned, $"local {local} is read before it is written");
        }
    }

    // Brings a stack to an instruction, and an exception to the handlers of a try that begins there.
    void Reach(int i, Slot[] arriving)
    {
        if (i < 0 || i >= flow.Code.Length)
        {
            Report(Fault.EndOfBody, "control runs off the end");
            return;
        }
        foreach (var r in flow.Regions)
        {
            if (r.Start != i)
                continue;
            if (arriving.Length != 0 && !r.Contains(at))
                Report(Fault.StackDepth, "a try is entered with values on the stack");
            foreach (var h in flow.Handlers)
                if (h.Region == r)
                    Reach(h.Start, Entry(h));
        }
        if (before[i] is not { } known)
        {
            before[i] = arriving;
            work.Enqueue(i);
            return;
        }
        if (known.Length != arriving.Length)
        {
            Report(Fault.StackDepth, $"{known.Length} and {arriving.Length} values meet");
            return;
        }
        Slot[]? joined = null;
        for (var k = 0; k < known.Length; k++)
        {
            if (relations.Join(known[k], arriving[k]) is not { } j)
            {
                Report(Fault.Join, $"{known[k]} and {arriving[k]} meet");
                return;
            }
            if (j.Kind != known[k].Kind || (j.Type is null) != (known[k].Type is null) || (j.Type is not null && !TypeRelations.Same(j.Type, known[k].Type!)))
                (joined ??= [.. known])[k] = j;
        }
        if (joined is not null)
        {
            before[i] = joined;
            work.Enqueue(i);
        }
    }

    Slot[] Entry(HandlerRange h) => h.Handler.HandlerType switch
    {
        ExceptionHandlerType.Catch => [new Slot(SlotKind.Reference, h.Handler.CatchType)],
        ExceptionHandlerType.Filter => [new Slot(SlotKind.Reference, facts.System.Object)],
        _ => [],
    };

    void Step(int i)
    {
        at = i;
        stack.Clear();
        stack.AddRange(before[i]!);
        var instruction = flow.Code[i];
        Execute(instruction, i);
        switch (instruction.OpCode.Code)
        {
            case Code.Leave or Code.Leave_S:
                stack.Clear();
                regions.CheckLeave(i, flow.Successors(i)[0]);
                break;
            case Code.Ret:
                if (stack.Count != 0)
                    Report(Fault.StackDepth, "values are left on the stack at ret");
                regions.CheckRet(i);
                return;
            case Code.Endfinally:
                regions.CheckEndfinally(i);
                return; // the leaves have reached its targets
            case Code.Endfilter:
                regions.CheckEndfilter(i);
                if (stack.Count != 0)
                    Report(Fault.StackDepth, "values are left on the stack at endfilter");
                return;
            case Code.Throw:
                return;
            case Code.Rethrow:
                regions.CheckRethrow(i);
                return;
        }
        var after = stack.ToArray();
        foreach (var s in flow.Successors(i))
        {
            at = i;
            if (s >= 0 && instruction.OpCode.Code is not (Code.Leave or Code.Leave_S))
                regions.CheckBranch(i, s);
            Reach(s, after);
        }
        if (flow.Successors(i).Length == 0)
            Report(Fault.EndOfBody, "control runs off the end");
    }

    // No branch and no region border between a prefix and its instruction; and the instruction must be one that takes it.
    void CheckPrefixTargets()
    {
        var entered = new HashSet<int>();
        for (var i = 0; i < flow.Code.Length; i++)
            if (flow.Code[i].OpCode.FlowControl is FlowControl.Branch or FlowControl.Cond_Branch)
                foreach (var s in flow.Code[i].Operand is Instruction[] table ? table.Select(flow.IndexOf) : [flow.IndexOf((Instruction)flow.Code[i].Operand)])
                    entered.Add(s);
        for (var i = 0; i < flow.Code.Length; i++)
        {
            if (flow.Code[i].OpCode.OpCodeType != OpCodeType.Prefix)
                continue;
            at = i;
            if (entered.Contains(i + 1) || flow.Regions.Exists(r => r.Start == i + 1 || r.End == i + 1) || flow.Handlers.Exists(h => h.Start == i + 1 || h.End == i + 1))
                Report(Fault.Prefix, "control comes between a prefix and its instruction");
            var k = i + 1;
            while (k < flow.Code.Length && flow.Code[k].OpCode.OpCodeType == OpCodeType.Prefix)
                k++;
            var next = k < flow.Code.Length ? flow.Code[k].OpCode.Code : Code.Nop;
            var takes = flow.Code[i].OpCode.Code switch
            {
                Code.Constrained => next is Code.Callvirt or Code.Call or Code.Ldftn,
                Code.Tail => next is Code.Call or Code.Callvirt or Code.Calli,
                Code.Readonly => next is Code.Ldelema or Code.Call or Code.Callvirt,
                Code.Volatile => next is (>= Code.Ldind_I1 and <= Code.Stind_R8) or Code.Stind_I or Code.Ldobj or Code.Stobj or Code.Ldfld or Code.Stfld or Code.Ldsfld or Code.Stsfld or Code.Cpblk or Code.Initblk,
                Code.Unaligned => next is (>= Code.Ldind_I1 and <= Code.Stind_R8) or Code.Stind_I or Code.Ldobj or Code.Stobj or Code.Ldfld or Code.Stfld or Code.Cpblk or Code.Initblk,
                _ => true,
            };
            if (!takes)
                Report(Fault.Prefix, $"'{flow.Code[i].OpCode.Name}' before '{(k < flow.Code.Length ? flow.Code[k].OpCode.Name : "the end")}'");
        }
    }

    void Push(Slot s) => stack.Add(s);

    void Push(TypeReference t) => stack.Add(relations.Of(t));

    void PushInt32() => Push(new Slot(SlotKind.Int32, facts.System.Int32));

    void PushNative() => Push(new Slot(SlotKind.NativeInt, facts.System.IntPtr));

    void PushReference(TypeReference t) => Push(new Slot(SlotKind.Reference, t));

    void PushByRef(TypeReference t) => Push(new Slot(SlotKind.ByRef, t));

    Slot Pop()
    {
        if (stack.Count == 0)
        {
            Report(Fault.StackUnderflow, "the stack is empty");
            return Slot.Null;
        }
        var s = stack[^1];
        stack.RemoveAt(stack.Count - 1);
        return s;
    }

    void PopTo(TypeReference to, string what)
    {
        var s = Pop();
        if (!relations.Fits(s, to))
            Report((s.Kind, relations.Of(to).Kind) is (SlotKind.NativeInt, SlotKind.ByRef) or (SlotKind.ByRef, SlotKind.NativeInt) ? Fault.Pointer : Fault.Assignment, $"{s} is no {TypeRelations.Bare(to).FullName}, {what}");
    }

    Slot PopKind(string what, params ReadOnlySpan<SlotKind> kinds)
    {
        var s = Pop();
        if (!kinds.Contains(s.Kind))
            Report(Fault.Operand, $"{s} where {what} is needed");
        return s;
    }

    // A reference to memory of this type; an unmanaged pointer is believed.
    void PopAddress(TypeReference of)
    {
        var s = Pop();
        if (s.Kind == SlotKind.NativeInt)
            return;
        if (s.Kind != SlotKind.ByRef)
            Report(Fault.Operand, $"{s} where a reference to {of.FullName} is needed");
        else if (!relations.SameMemory(s.Type!, of) && !(relations.IsReference(of) && relations.IsReference(s.Type!) && relations.IsSubtype(s.Type!, of)))
            Report(Fault.Assignment, $"{s} is no {of.FullName}&");
    }
}
