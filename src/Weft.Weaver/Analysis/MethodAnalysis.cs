// All that is known of one body: flow, types, liveness; and whether it may suspend at a given call.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Lowering;

namespace Weft.Weaver.Analysis;

/// <summary>Why a call that could suspend stays plain.</summary>
/// <param name="Rule">The diagnostic, or null where none is due: whoever takes a lock keeps the thread.</param>
/// <param name="Reason">The rest of a sentence that begins with "because".</param>
internal sealed record Pin(string? Rule, string Reason);

internal sealed class MethodAnalysis
{
    readonly TypeFacts facts;
    readonly bool?[] stackBound;

    readonly bool isFinal;

    /// <summary>Analyses the compiled body.</summary>
    public MethodAnalysis(MethodDefinition method, TypeFacts facts)
        : this(method, method.Body, facts)
    {
    }

    /// <summary>Analyses a lowered body: what could be moved out of handlers has been.</summary>
    public MethodAnalysis(MethodDefinition method, MethodBody body, TypeFacts facts)
    {
        this.facts = facts;
        Method = method;
        isFinal = body != method.Body;
        try
        {
            Flow = new Flow(body);
            Variables = new Variables(body, TypeMap.Self(method.DeclaringType));
            Typer = new StackTyper(Flow, Variables, facts);
            Error = Typer.Run() ? null : $"{Typer.Error} at IL_{Flow.Code[Math.Min(Typer.ErrorAt, Flow.Code.Length - 1)].Offset:x4}";
            Liveness = new Liveness(Flow, Variables, Typer);
            stackBound = new bool?[Variables.Count];
            Strings = isFinal ? null : new InterpolatedStrings(Flow, Variables, Typer);
            Pointers = new Pointers(Flow, Variables, Typer, facts, IsStackBound);
        }
        catch (Exception e)
        {
            Error = $"{e.GetType().Name}: {e.Message}";
            Flow = null!;
            Variables = null!;
            Typer = null!;
            Liveness = null!;
            Pointers = null!;
            stackBound = null!;
        }
    }

    public MethodDefinition Method { get; }

    public Flow Flow { get; }

    public Variables Variables { get; }

    public StackTyper Typer { get; }

    public Liveness Liveness { get; }

    public Pointers Pointers { get; }

    /// <summary>Interpolated strings that lowering can turn into something that a frame holds; null once that is done.</summary>
    public InterpolatedStrings? Strings { get; }

    /// <summary>Why nothing can be said about the body, or null; nothing else here is to be asked then.</summary>
    public string? Error { get; }

    public bool IsReachable(int i) => Typer.Before(i) is not null;

    /// <summary>The values under a call's arguments, bottom first.</summary>
    public StackType[] Beneath(int call)
    {
        var before = Typer.Before(call)!;
        return before[..^StackTyper.PopCount(((MethodReference)Flow.Code[call].Operand).GetElementMethod(), isNew: false)];
    }

    /// <summary>Variables that the method's entry must keep: arguments, for locals are zero there.</summary>
    public IEnumerable<int> LiveAtEntry() => Liveness.LiveIn(0).Members().Where(Variables.IsArgument);

    /// <summary>May locals be read before they are written? Then the twin must zero them as the original does.</summary>
    public bool NeedsZeroedLocals
        => Liveness.LiveIn(0).Members().Any(v => !Variables.IsArgument(v)) || Flow.Code.Any(i => i.OpCode.Code == Code.Localloc);

    /// <summary>
    /// May the address of a local become a pointer, which no collector follows? C# allows it without `fixed`, since a local does not move.
    /// </summary>
    public bool MakesPointers
        => Flow.Code.Where((c, i) => c.OpCode.Code switch
        {
            Code.Conv_U or Code.Conv_I or Code.Conv_U8 or Code.Conv_I8 => Typer.Before(i) is [.., { Kind: StackKind.ManagedPointer }],
            Code.Call => c.Operand is MethodReference { Name: "AsPointer", DeclaringType.FullName: "System.Runtime.CompilerServices.Unsafe" },
            Code.Calli => c.Operand is CallSite { CallingConvention: not MethodCallingConvention.Default },
            _ => false,
        }).Any();

    /// <summary>Variables whose address is used.</summary>
    public IEnumerable<int> AddressTaken() => Flow.Code.Select(Variables.Of).Where(v => v.Access == Access.Address).Select(v => v.Variable);

    /// <summary>Is the variable of a type that a frame cannot hold?</summary>
    public bool IsStackBound(int variable) => stackBound[variable] ??= facts.IsStackBound(Variables.Types[variable]);

    bool IsStackBound(int variable, int at) => IsStackBound(variable) && Strings?.CanLower(variable, at) != true;

    /// <summary>The arguments of a call, `this` first.</summary>
    public StackType[] Arguments(int call) => Typer.Before(call)![Beneath(call).Length..];

    /// <summary>Why the method cannot suspend in this call, or null if it can.</summary>
    public Pin? PinOf(Call callee)
    {
        var call = Flow.IndexOf(callee.Instruction);
        foreach (var h in Flow.Handlers)
            if (h.Contains(call) && HandlerLowering.Obstacle(Flow, h) is { } obstacle)
                return new Pin(Rules.InHandler, obstacle);
        for (var p = call - 1; p >= 0 && Flow.Code[p].OpCode.OpCodeType == OpCodeType.Prefix; p--)
            if (Flow.Code[p].OpCode.Code == Code.Constrained && callee.Target is { Constraint: null, Kind: not (TargetKind.Direct or TargetKind.Sibling) } or { IsHarmless: true })
                return new Pin(Rules.Constrained, $"it is a constrained call on {((TypeReference)Flow.Code[p].Operand).FullName}");
        if (Liveness.PinnedLocal(call) >= 0)
            return new Pin(Rules.Fixed, "it stands inside 'fixed'");
        foreach (var t in Beneath(call))
            if ((t.Kind is StackKind.ManagedPointer or StackKind.Pointer || (t.Type is not null && facts.IsStackBound(t.Type))) && Pointers.Of(t) is null)
                return new Pin(Rules.LivePointer, $"a {Describe(t.Type)} is in use around it");
        foreach (var v in Liveness.LiveAcross(call).Members())
            if (IsStackBound(v, call) && Variables.Types[v] is not PinnedType && Pointers.OfVariable(v, call) is null)
                return IsLockScope(Variables.Types[v]) ? new Pin(null, "it stands inside 'lock'") : new Pin(Rules.LivePointer, $"'{Variables.Name(v)}' is a {Describe(Variables.Types[v])} and is used after it");
        if (callee.Target.AsksForReferences)
            foreach (var a in Arguments(call).Skip(callee.Target.Hidden))
                if (a.Kind == StackKind.ManagedPointer && Pointers.Of(a) is null)
                    return new Pin(Rules.LivePointer, $"it is passed a {Describe(a.Type)} that cannot be made again");
        return isFinal && Flow.InHandler(call) ? new Pin(Rules.InHandler, "it stands in a catch, finally or fault block") : null;
    }

    // What `lock` makes of a System.Threading.Lock.
    static bool IsLockScope(TypeReference t) => t is { Name: "Scope", DeclaringType.FullName: "System.Threading.Lock" };

    string Describe(TypeReference? t) => TypeMap.Strip(t ?? facts.System.Object) switch
    {
        ByReferenceType r => $"reference to {r.ElementType.Name}",
        PointerType p => $"pointer to {p.ElementType.Name}",
        FunctionPointerType => "function pointer",
        var u => $"ref struct {u.Name}",
    };
}
