// Which methods can suspend: a least fixpoint over the call graph.
//
// A method is hot if it holds a call that can suspend and at which the method itself can be suspended (the call is not pinned).
// It starts from the calls that are known to suspend (primitives, delegates, twins of references) and from recursion, since a
// method on a cycle of the call graph needs the prologue's stack check, from methods that return with a lock taken or given back,
// since the count of what a goroutine holds is kept by hot code only, and from those that call foreign code, since only hot code leaves its
// processor to others meanwhile. It is monotone: pins depend on a body alone, never on
// what else is hot, so nothing is ever taken back and the order of work does not matter.
//
// A slot or contract is hot when one body behind it is; its callers then are, and all its bodies get an entry. One of an assembly that is not woven
// (TargetKind.Unwoven) is called in so many places that it takes more: in a library, and for the members of Object, a body that is certain to suspend,
// and not only for a delegate that it calls. So these are found first. In a library it takes nothing at all for the members of OpenTypes.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Weft.Weaver.Analysis;

/// <summary>A call and what it reaches.</summary>
internal sealed record Call(MethodDefinition Caller, Instruction Instruction, CallTarget Target);

internal sealed class Suspension
{
    readonly TypeFacts facts;
    readonly Targets targets;
    readonly Hierarchy hierarchy;
    readonly Eligibility eligibility;
    readonly Dictionary<MethodDefinition, List<Call>> callsIn = [];
    readonly Dictionary<MethodDefinition, List<Call>> callsOf = [];
    readonly Dictionary<MethodDefinition, MethodAnalysis> analyses = [];
    readonly HashSet<MethodDefinition> hot = [];
    readonly HashSet<MethodDefinition> hotNodes = [];
    readonly Queue<MethodDefinition> work = new();
    readonly HashSet<TypeDefinition> opened = [];
    bool isCertain = true, isLibrary;

    public Suspension(TypeFacts facts, Targets targets, Hierarchy hierarchy, Eligibility eligibility)
    {
        this.facts = facts;
        this.targets = targets;
        this.hierarchy = hierarchy;
        this.eligibility = eligibility;
        Methods = [.. facts.Module.GetAllTypes().SelectMany(t => t.Methods)];
    }

    /// <summary>All methods in metadata order.</summary>
    public IReadOnlyList<MethodDefinition> Methods { get; }

    /// <summary>Does the method get a hot body?</summary>
    public bool IsHot(MethodDefinition m) => hot.Contains(m);

    /// <summary>Can a call of this slot suspend? A slot of a woven reference always can.</summary>
    public bool IsHotSlot(MethodDefinition root) => hotNodes.Contains(root) || root.Module != facts.Module;

    /// <summary>Types of assemblies that are not woven whose members suspend in classes of this one.</summary>
    public IEnumerable<TypeReference> Opened => opened;

    /// <summary>Can a call of this interface method suspend?</summary>
    public bool IsHotContract(MethodDefinition contract) => hotNodes.Contains(contract);

    public IReadOnlyList<Call> CallsIn(MethodDefinition m) => callsIn.GetValueOrDefault(m) ?? [];

    /// <summary>The calls of a method, a slot or a contract.</summary>
    public IReadOnlyList<Call> CallsOf(MethodDefinition node) => callsOf.GetValueOrDefault(node) ?? [];

    public bool Suspends(CallTarget t) => t.Suspends || (!t.IsHarmless && t.Kind switch
    {
        TargetKind.Direct => hot.Contains(t.Definition),
        TargetKind.Virtual or TargetKind.Interface or TargetKind.Static or TargetKind.Unwoven => hotNodes.Contains(t.Definition),
        _ => false,
    });

    /// <summary>
    /// Is it worth a remark that the call stays plain? A stream is not, if no class that is known here waits in it; nor is Goroutine.Exit, for which
    /// nobody waits.
    /// </summary>
    public bool IsWorthTelling(CallTarget t)
        => t.Kind == TargetKind.Unwoven ? hotNodes.Contains(t.Definition)
        : !t.IsPrimitive || !t.Definition.CustomAttributes.Any(a => a.AttributeType.FullName == "System.Diagnostics.CodeAnalysis.DoesNotReturnAttribute");

    /// <summary>
    /// Can the call suspend for all that is known, and not only because its target is unknown? So it is where some type that the receiver can
    /// be has a hot implementation.
    /// </summary>
    public bool IsCertain(Call call)
    {
        var t = call.Target;
        if (t.Kind == TargetKind.Delegate)
            return false;
        if (t.Kind is not (TargetKind.Interface or TargetKind.Unwoven) || t.Definition.Module == facts.Module)
            return Suspends(t);
        var a = Analysis(call.Caller);
        if (a.Error is not null || a.Flow.TryIndexOf(call.Instruction) is not (>= 0 and var at) || a.Typer.Before(at) is not { } stack)
            return false;
        var receiver = stack[^StackTyper.PopCount(t.Callee.GetElementMethod(), isNew: false)].Type;
        return facts.Definition(receiver) is { } known && known.Module == facts.Module
            && hierarchy.ImplementationsOf(t.Definition).Where(i => i.Body is not null).Select(i => (i.Type, Body: i.Body!))
                .Concat(hierarchy.MembersOf(t.Definition).Select(m => (Type: m.DeclaringType, Body: m)))
                .Any(i => IsHot(i.Body) && (Inherits(i.Type, known) || Inherits(known, i.Type)));

        bool Inherits(TypeDefinition type, TypeDefinition from)
        {
            for (TypeReference? b = type; b is not null; b = facts.Base(b))
                if (facts.Definition(b) is { } d && (d == from || d.Interfaces.Any(x => facts.Definition(x.InterfaceType) == from)))
                    return true;
            return false;
        }
    }

    public MethodAnalysis Analysis(MethodDefinition m)
    {
        if (!analyses.TryGetValue(m, out var a))
            analyses[m] = a = new MethodAnalysis(m, facts);
        return a;
    }

    public void Solve(bool isLibrary, MethodDefinition? entryPoint)
    {
        this.isLibrary = isLibrary;
        foreach (var m in Methods)
            Collect(m);
        // Bodies that have a twin already: written by hand, or inherited from a woven reference.
        foreach (var i in hierarchy.Implementations.SelectMany(x => x))
            if (i.Body is not null && targets.Sibling(i.Body) is { Suspends: true })
                ActivateContract(i.Contract);
        foreach (var m in Methods)
            foreach (var call in CallsIn(m))
                if (call.Target.Kind is TargetKind.Redirect or TargetKind.Sibling)
                    Heat(call);
        Spread();

        isCertain = false;
        if (isLibrary)
            OpenPublicSurface();
        foreach (var m in Methods)
            foreach (var call in CallsIn(m))
                Heat(call);
        foreach (var m in Recursive())
            Heat(m);
        foreach (var m in Methods)
            if ((CallsIn(m).Sum(c => c.Target.Holds) != 0 || CallsForeignCode(m)) && eligibility.Of(m) is null && Analysis(m).Error is null)
                Heat(m);
        if (entryPoint is not null && eligibility.Of(entryPoint) is null && Analysis(entryPoint).Error is null)
            Heat(entryPoint);
        Spread();
    }

    void Spread()
    {
        while (work.TryDequeue(out var node))
            foreach (var call in callsOf.GetValueOrDefault(node) ?? [])
                Heat(call);
    }

    void Collect(MethodDefinition m)
    {
        if (!m.HasBody)
            return;
        var list = new List<Call>();
        foreach (var i in m.Body.Instructions)
        {
            if (targets.Of(i) is not { } target)
                continue;
            var call = new Call(m, i, target);
            list.Add(call);
            if (!callsOf.TryGetValue(target.Definition, out var callers))
                callsOf[target.Definition] = callers = [];
            callers.Add(call);
        }
        if (list.Count > 0)
            callsIn[m] = list;
    }

    // What an unknown assembly may implement or override can suspend there.
    void OpenPublicSurface()
    {
        foreach (var m in Methods)
        {
            var type = m.DeclaringType;
            if (!m.IsVirtual || !targets.CanHaveTwin(m) || !facts.IsVisibleOutside(type))
                continue;
            if (type.IsInterface && (Hierarchy.IsContract(m) || m is { IsStatic: true, HasOverrides: false }))
                Activate(m);
            else if (facts.IsOpen(type) && m.IsNewSlot && Hierarchy.IsOverridable(m) && (m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly) && hierarchy.IsRegular(m))
                ActivateSlot(m);
        }
    }

    // The stub that marshals is part of the call, which its callers announce.
    bool CallsForeignCode(MethodDefinition m) => !Foreign.MayBlock(m) && CallsIn(m).Any(c => c.Target.Kind == TargetKind.Foreign);

    bool IsUnpinned(Call call)
    {
        if (eligibility.Of(call.Caller) is not null)
            return false;
        var a = Analysis(call.Caller);
        if (a.Error is not null)
            return false;
        return a.IsReachable(a.Flow.IndexOf(call.Instruction)) && a.PinOf(call) is null;
    }

    void Heat(Call call)
    {
        if (!hot.Contains(call.Caller) && Suspends(call.Target) && IsUnpinned(call))
            Heat(call.Caller);
    }

    void Heat(MethodDefinition m)
    {
        if (targets.Sibling(m) is not null || !hot.Add(m))
            return; // with a twin written by hand it needs no other
        work.Enqueue(m);
        if (m.IsVirtual && SlotWithTwins(m) is { } root)
            ActivateSlot(root);
        else if (m is { IsVirtual: true, IsNewSlot: false, IsStatic: false } && hierarchy.SlotOf(m) is { DeclaringType.IsInterface: false } slot && slot.Module != facts.Module && hierarchy.IsRegular(slot))
            ActivateUnwoven(slot);
        ActivateCovered(m);
        foreach (var contract in hierarchy.ContractsOf(m))
            ActivateContract(contract);
    }

    void ActivateContract(MethodDefinition contract)
    {
        if (targets.IsUnwoven(contract))
            ActivateUnwoven(contract);
        else
            Activate(contract);
    }

    void ActivateUnwoven(MethodDefinition member)
    {
        var isTold = isCertain || targets.MaySuspend(member.DeclaringType);
        if (isTold || IsWatched(member))
            Activate(member);
        if (isTold && !IsOfObject(member))
            opened.Add(member.DeclaringType);
    }

    // Is any hot body behind it reason enough?
    bool IsWatched(MethodDefinition member) => !isLibrary && !IsOfObject(member);

    bool IsOfObject(MethodDefinition member) => member.DeclaringType == facts.Definition(facts.System.Object);

    /// <summary>The slot of the method if twins can mirror it: rooted here or in a woven reference.</summary>
    public MethodDefinition? SlotWithTwins(MethodDefinition m)
    {
        if (!m.IsVirtual || m.IsStatic || m.DeclaringType.IsInterface || (m.IsNewSlot && !Hierarchy.IsOverridable(m)))
            return null;
        var root = hierarchy.SlotOf(m);
        if (!hierarchy.IsRegular(root))
            return null;
        return root.Module == facts.Module || HandWritten.WayInto(root) is not null ? root : null;
    }

    /// <summary>May a class that is not of this assembly have an override of the slot?</summary>
    public bool IsOpenSlot(MethodDefinition root) => root.Module != facts.Module || hierarchy.MembersOf(root).Append(root).Any(m => facts.IsOpen(m.DeclaringType));

    void ActivateSlot(MethodDefinition root)
    {
        if (!Activate(root))
            return;
        ActivateCovered(root);
        foreach (var member in hierarchy.MembersOf(root))
            foreach (var contract in hierarchy.ContractsOf(member))
                ActivateContract(contract);
    }

    void ActivateCovered(MethodDefinition m)
    {
        foreach (var covered in hierarchy.CoveredBy(m))
            if (SlotWithTwins(covered) is { } root)
                ActivateSlot(root);
    }

    bool Activate(MethodDefinition node)
    {
        if (!hotNodes.Add(node))
            return false;
        work.Enqueue(node);
        return true;
    }

    // Twice: first over all calls, cheaply; then, among what was found, over those calls only at which the caller can be left.
    List<MethodDefinition> Recursive()
    {
        var candidates = Methods.Where(m => callsIn.ContainsKey(m) && eligibility.Of(m) is null).ToList();
        var known = candidates.ToHashSet();
        candidates = Cycles.NodesOnCycles(candidates, m => CallsIn(m).SelectMany(Reached).Where(known.Contains));
        known = [.. candidates];
        return Cycles.NodesOnCycles(candidates, m => CallsIn(m).Where(IsUnpinned).SelectMany(Reached).Where(known.Contains));
    }

    IEnumerable<MethodDefinition> Reached(Call call) => call.Target.Kind switch
    {
        TargetKind.Direct => [call.Target.Definition],
        TargetKind.Virtual => hierarchy.ReachedBy(call.Target.Definition),
        TargetKind.Unwoven when !IsWatched(call.Target.Definition) => [],
        TargetKind.Interface or TargetKind.Unwoven => hierarchy.ImplementationsOf(call.Target.Definition).Where(i => i.Body is not null)
            .SelectMany(i => hierarchy.ReachedBy(i.Body!).Append(i.Body!)).Concat(hierarchy.BodiesOf(call.Target.Definition)).Concat(hierarchy.ReachedBy(call.Target.Definition)),
        TargetKind.Static => hierarchy.BodiesOf(call.Target.Definition),
        _ => [],
    };
}
