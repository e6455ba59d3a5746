// Types of the evaluation stack before each instruction, by abstract interpretation.
//
// IL does not say what is on the stack; a site needs to know, since what lies beneath the arguments goes into the frame.
// One pass over the reachable code, again where a join widened a type. Joins follow ECMA-335 III.1.8.1.3 and are lenient where
// the CLR is: null joins anything that is a reference, two references join to their nearest common base, numbers of one kind
// are equal. What does not join, and what breaks the rules of protected regions, is an error: on input it makes the method
// stay plain, on output (OutputVerifier) it is a bug of the weaver.

using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weft.Weaver.Analysis;

internal sealed partial class StackTyper
{
    readonly Flow flow;
    readonly Variables variables;
    readonly TypeFacts facts;
    readonly StackType[]?[] before;
    readonly Queue<int> work = new();
    readonly List<StackType> stack = [];
    readonly bool?[] transient;
    int at;

    public StackTyper(Flow flow, Variables variables, TypeFacts facts)
    {
        this.flow = flow;
        this.variables = variables;
        this.facts = facts;
        before = new StackType[flow.Code.Length][];
        transient = new bool?[variables.Count];
    }

    /// <summary>What is wrong with the body, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>The instruction that is wrong.</summary>
    public int ErrorAt { get; private set; }

    /// <summary>The stack before an instruction, bottom first; null if the instruction cannot be reached.</summary>
    public StackType[]? Before(int i) => before[i];

    /// <summary>Is the variable a reference or a ref struct, so that its values have an origin?</summary>
    public bool IsTransient(int v)
        => transient[v] ??= TypeMap.Strip(variables.Types[v]) is var t && (t is ByReferenceType || (t is not (PointerType or PinnedType or GenericParameter) && facts.IsRefStruct(t)));

    /// <summary>
    /// The instruction that takes what <paramref name="producer"/> leaves in a slot of the stack, or -1. In the order of the code the first one that reaches down to it
    /// is it: what comes between may branch, but leaves what is beneath alone.
    /// </summary>
    public int ConsumerOf(int producer, int slot)
    {
        for (var i = producer + 1; i < flow.Code.Length; i++)
        {
            if (before[i] is not { } known || known.Length <= slot)
                return -1;
            if (known.Length - Pops(flow.Code[i], known.Length) <= slot)
                return i;
        }
        return -1;
    }

    /// <summary>How many values an instruction takes off the stack, three at most for those that are no calls.</summary>
    public static int Pops(Instruction i, int depth) => i.OpCode.StackBehaviourPop switch
    {
        StackBehaviour.Pop0 => 0,
        StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref => 1,
        StackBehaviour.Pop1_pop1 or StackBehaviour.Popi_pop1 or StackBehaviour.Popi_popi or StackBehaviour.Popi_popi8 or StackBehaviour.Popi_popr4
            or StackBehaviour.Popi_popr8 or StackBehaviour.Popref_pop1 or StackBehaviour.Popref_popi => 2,
        StackBehaviour.Varpop when i.Operand is IMethodSignature m
            => PopCount((m as MethodReference)?.GetElementMethod() ?? m, i.OpCode.Code == Code.Newobj) + (i.OpCode.Code == Code.Calli ? 1 : 0),
        StackBehaviour.PopAll or StackBehaviour.Varpop => depth,
        _ => 3,
    };

    /// <summary>How many values a call takes off the stack.</summary>
    public static int PopCount(IMethodSignature m, bool isNew) => m.Parameters.Count + (m.HasThis && !isNew ? 1 : 0);

    public bool Run()
    {
        if (flow.Code.Length == 0)
            return Fail("empty body");
        Flow(0, []);
        while (Error is null && work.TryDequeue(out var i))
            Step(i);
        return Error is null;
    }

    bool Fail(string error)
    {
        Error ??= error;
        ErrorAt = at;
        return false;
    }

    // Brings a stack to an instruction, and an exception object to the handlers of a try that begins there.
    void Flow(int i, StackType[] arriving)
    {
        if (i < 0 || i >= flow.Code.Length)
        {
            Fail("control runs off the end");
            return;
        }
        foreach (var r in flow.Regions)
            if (r.Start == i)
            {
                if (arriving.Length != 0 && !(at >= r.Start && at < r.End))
                    Fail("a try is entered with values on the stack");
                foreach (var h in flow.Handlers)
                    if (h.Region == r)
                        Flow(h.Start, HandlerEntry(h));
            }
        if (arriving is [.. var below, { Kind: StackKind.ManagedPointer } top] && IsReceiverJoin(i))
            arriving = [.. below, top with { Origin = -1 - i }];
        if (before[i] is not { } known)
        {
            before[i] = arriving;
            work.Enqueue(i);
            return;
        }
        if (known.Length != arriving.Length)
        {
            Fail($"stack depths {known.Length} and {arriving.Length} meet");
            return;
        }
        StackType[]? joined = null;
        for (var k = 0; k < known.Length; k++)
        {
            if (Join(known[k], arriving[k]) is not { } j)
            {
                Fail($"{known[k]} and {arriving[k]} meet on the stack");
                return;
            }
            if (j != known[k])
                (joined ??= [.. known])[k] = j;
        }
        if (joined is null)
            return;
        before[i] = joined;
        work.Enqueue(i);
    }

    /// <summary>
    /// Does the receiver of a constrained call arrive here in the two forms that C# gives it: `&amp;t` where T is a struct, the address of a copy
    /// where it is a class, which another assignment of t shall not change?
    /// </summary>
    public bool IsReceiverJoin(int i)
        => i >= 5 && flow.Code[i - 5].OpCode.Code == Code.Box && (flow.Code[i - 4].OpCode.Code is Code.Brtrue or Code.Brtrue_S) && flow.Code[i - 4].Operand == flow.Code[i]
            && flow.Code[i - 3].OpCode.Code == Code.Ldobj && variables.Of(flow.Code[i - 2]) is (var copy, Access.Store) && variables.Of(flow.Code[i - 1]) == (copy, Access.Address);

    StackType[] HandlerEntry(HandlerRange h) => h.Handler.HandlerType switch
    {
        ExceptionHandlerType.Catch => [new StackType(StackKind.Reference, h.Handler.CatchType)],
        ExceptionHandlerType.Filter => [new StackType(StackKind.Reference, facts.System.Object)],
        _ => [],
    };

    // The old value itself when nothing widened, so that the caller sees "no change".
    StackType? Join(StackType a, StackType b)
    {
        if (a.Kind != b.Kind)
        {
            if (a.Kind is StackKind.Int32 or StackKind.NativeInt or StackKind.Pointer or StackKind.ManagedPointer
                && b.Kind is StackKind.Int32 or StackKind.NativeInt or StackKind.Pointer or StackKind.ManagedPointer)
                return a.Kind > b.Kind ? a : b;
            return IsBoxedParameter(a, b) ? new StackType(StackKind.Reference, facts.System.Object) : null;
        }
        switch (a.Kind)
        {
            case StackKind.Reference when a.Type is null:
                return b;
            case StackKind.Reference when b.Type is null:
                return a;
            case StackKind.Reference when a.IsBoxed || b.IsBoxed:
                return a.IsBoxed == b.IsBoxed && TypeMap.Same(a.Type!, b.Type!) || a.Type!.FullName == "System.Object" ? a : new StackType(StackKind.Reference, facts.System.Object);
            case StackKind.Reference:
                var joined = facts.Join(a.Type!, b.Type!);
                return TypeMap.Same(joined, a.Type!) ? a : new StackType(StackKind.Reference, joined);
            case StackKind.Float when b.Type!.MetadataType == MetadataType.Double && a.Type!.MetadataType == MetadataType.Single:
                return b;
            case StackKind.Value:
                return !TypeMap.Same(a.Type!, b.Type!) ? null : a.Origin == b.Origin ? a : a with { Origin = 0 };
            case StackKind.ManagedPointer when a.Origin != b.Origin:
                return a with { Origin = 0 };
            default:
                return a;
        }
    }

    // A parameter that is constrained to a class is a reference without a box.
    static bool IsBoxedParameter(StackType a, StackType b)
        => (a.Kind == StackKind.Reference && b is { Type: GenericParameter, IsBoxed: false }) || (b.Kind == StackKind.Reference && a is { Type: GenericParameter, IsBoxed: false });

    void Step(int i)
    {
        at = i;
        stack.Clear();
        stack.AddRange(before[i]!);
        var instruction = flow.Code[i];
        Execute(instruction, i);
        if (Error is not null)
            return;

        var code = instruction.OpCode.Code;
        switch (code)
        {
            case Code.Leave or Code.Leave_S:
                stack.Clear();
                break;
            case Code.Ret:
                if (stack.Count != 0)
                    Fail("values are left on the stack at ret");
                if (flow.Regions.Exists(r => r.Contains(i)) || flow.InHandler(i))
                    Fail("ret inside a protected region");
                return;
            case Code.Endfinally:
                // Its targets were reached by the leaves; the handler's own stack is empty.
                return;
        }
        var after = stack.ToArray();
        foreach (var s in flow.Successors(i))
        {
            if (s < 0)
            {
                Fail("control runs off the end");
                return;
            }
            if (code is not (Code.Leave or Code.Leave_S or Code.Endfilter))
                CheckTransfer(i, s);
            Flow(s, code == Code.Endfilter ? before[s] ?? after : after);
        }
    }

    // Only `leave` crosses a region's border outward; inward one goes through the first instruction of a try alone.
    void CheckTransfer(int from, int to)
    {
        foreach (var r in flow.Regions)
        {
            if (r.Contains(from) && !r.Contains(to))
                Fail("a branch leaves a try");
            if (!r.Contains(from) && r.Contains(to) && to != r.Start)
                Fail("a branch enters the middle of a try");
        }
        foreach (var h in flow.Handlers)
            if (h.Contains(from) != h.Contains(to))
                Fail("a branch crosses the border of a handler");
    }
}
