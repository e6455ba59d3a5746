// What a call becomes in a hot body.

using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weft.Weaver.Analysis;

internal enum TargetKind
{
    /// <summary>A static method that [TwinOf] names.</summary>
    Redirect,

    /// <summary>A twin beside the callee that exists already: hand-written, or in a woven reference.</summary>
    Sibling,

    /// <summary>Foreign code, which may block its thread.</summary>
    Foreign,

    /// <summary>One body of this assembly.</summary>
    Direct,

    /// <summary>A slot whose root is in this assembly, or in a woven reference and overridden here.</summary>
    Virtual,

    /// <summary>An interface method that has, or can get, a shadow.</summary>
    Interface,

    /// <summary>A static interface method, of whatever a type parameter stands for.</summary>
    Static,

    /// <summary>A slot, or an interface method, of an assembly that is not woven.</summary>
    Unwoven,

    /// <summary>The Invoke of a delegate type.</summary>
    Delegate,
}

/// <summary>A call that is hot if what it reaches can suspend.</summary>
/// <param name="Kind">How the hot call is made.</param>
/// <param name="Callee">The method as the call names it.</param>
/// <param name="Definition">Its definition.</param>
/// <param name="Twin">The twin, where it exists already.</param>
/// <param name="Suspends">Known to suspend, whatever this assembly does.</param>
/// <param name="Constraint">The type parameter that the call is constrained to; the receiver is then the address of one.</param>
/// <param name="IsReceiverKnown">False: the address cannot be made again, so that no method of a struct may suspend on it.</param>
/// <param name="Holds">Takes (1) or gives back (-1) something thread-affine, and counts it in the G.</param>
internal sealed record CallTarget(TargetKind Kind, MethodReference Callee, MethodDefinition Definition, MethodDefinition? Twin, bool Suspends, int Holds = 0, GenericParameter? Constraint = null, bool IsReceiverKnown = true)
{
    /// <summary>The method that is looked up by the receiver's type.</summary>
    public MethodDefinition Member(TypeFacts facts) => Kind is TargetKind.Virtual or TargetKind.Unwoven ? facts.Definition(Callee)! : Definition;

    /// <summary>How many of the arguments the callee does not see: a receiver that is the address of what a type parameter stands for.</summary>
    public int Hidden => Constraint is null || Kind == TargetKind.Static ? 0 : 1;

    /// <summary>A blocking primitive, so that leaving the call plain is worth a warning.</summary>
    public bool IsPrimitive => Suspends && (Kind == TargetKind.Redirect || (Kind == TargetKind.Sibling && Twin!.Name == Definition.Name));

    /// <summary>Can the callee, a woven method, ask its caller's frame for the references that it was passed?</summary>
    public bool AsksForReferences => Kind != TargetKind.Redirect && !IsPrimitive && !IsHarmless;

    /// <summary>Takes the G but never suspends: no check follows, and it may stand anywhere.</summary>
    public bool IsHarmless => Kind is TargetKind.Redirect or TargetKind.Sibling or TargetKind.Foreign && !Suspends;
}

/// <summary>Finds the target of a call instruction.</summary>
internal sealed class Targets(TypeFacts facts, HandWritten hand, Hierarchy hierarchy)
{
    readonly Dictionary<MethodDefinition, HandTwin?> siblings = [];

    /// <summary>The target; null if the call stays as it is whatever happens elsewhere.</summary>
    public CallTarget? Of(Instruction call)
    {
        if (call.OpCode.Code is not (Code.Call or Code.Callvirt) || call.Operand is not MethodReference callee)
            return null;
        var definition = facts.Definition(callee);
        if (hand.Redirect(callee, definition) is { } redirect)
            return new CallTarget(TargetKind.Redirect, callee, definition ?? redirect.Method, redirect.Method, redirect.Suspends, redirect.Holds);
        if (definition is null)
            return null;
        if (Foreign.MayBlock(definition) && Sibling(definition) is null)
            return new CallTarget(TargetKind.Foreign, callee, definition, null, Suspends: false);
        if (!CanHaveTwin(definition))
            return null;
        if (call.Previous is { OpCode.Code: Code.Constrained, Operand: TypeReference receiver } && receiver is not GenericParameter && facts.IsValueType(receiver))
            return OfStruct(callee, definition, receiver);

        var type = definition.DeclaringType;
        var isContract = type.IsInterface && definition.IsVirtual; // the others are methods like those of classes
        if ((isContract || facts.IsDelegate(type)) && (IsProtectedElsewhere(type) || IsProtectedElsewhere(definition)))
            return null;
        if (facts.IsDelegate(type))
            return definition.Name == "Invoke" && !IsOfRefStructs(callee) ? new CallTarget(TargetKind.Delegate, callee, definition, null, Suspends: true) : null;
        var constraint = (call.Previous is { OpCode.Code: Code.Constrained } prefix ? prefix.Operand : null) as GenericParameter;
        if (isContract)
            return definition.IsStatic ? OfStatic(callee, definition, constraint) : call.OpCode.Code == Code.Callvirt ? OfInterface(callee, definition, constraint) : null;
        if (Sibling(definition) is { } sibling)
        {
            var twin = sibling.Method;
            if (call.OpCode.Code == Code.Callvirt && Hierarchy.IsOverridable(definition) && twin is { IsVirtual: false, IsStatic: false } && !Abi.Has(twin, "TwinAttribute"))
                return OfVirtual(callee, definition, constraint); // the twin of one body, where the slot has none
            if (call.OpCode.Code == Code.Call && Hierarchy.IsOverridable(definition))
            {
                // A base call: to the body, and not by the slot again. Without a body it does not suspend.
                if (HandWritten.BodyOf(definition) is { } body)
                    twin = body;
                else if (HandWritten.SlotOf(definition) is not null)
                    return null;
            }
            return new CallTarget(TargetKind.Sibling, callee, definition, twin, sibling.Suspends, Constraint: constraint);
        }
        if (call.OpCode.Code == Code.Callvirt && Hierarchy.IsOverridable(definition))
            return OfVirtual(callee, definition, constraint);
        return definition.Module == facts.Module ? new CallTarget(TargetKind.Direct, callee, definition, null, Suspends: false, Constraint: constraint) : null;
    }

    bool IsOfRefStructs(MethodReference callee)
        => (callee.DeclaringType is GenericInstanceType type && type.GenericArguments.Any(facts.IsStackBound)) || (callee is GenericInstanceMethod method && method.GenericArguments.Any(facts.IsStackBound));

    /// <summary>A helper could not call the member: only types that derive from its own can.</summary>
    public bool IsProtectedElsewhere(MethodDefinition member) => member.Module != facts.Module && (member.IsFamily || member.IsFamilyAndAssembly || member.IsFamilyOrAssembly);

    /// <summary>A helper could not name the type: only classes that derive from the one around it can.</summary>
    public bool IsProtectedElsewhere(TypeDefinition type)
    {
        if (type.Module != facts.Module)
            for (var t = type; t is not null; t = t.DeclaringType)
                if (t.IsNestedFamily || t.IsNestedFamilyAndAssembly || t.IsNestedFamilyOrAssembly)
                    return true;
        return false;
    }

    // An interface method, or an override of one of object's, called on a struct of a known type: its own method.
    CallTarget? OfStruct(MethodReference callee, MethodDefinition definition, TypeReference receiver)
    {
        var type = facts.Definition(receiver);
        var body = definition.IsStatic ? null : hierarchy.ImplementationsOf(definition).FirstOrDefault(i => i.Type == type)?.Body
            ?? type?.Methods.FirstOrDefault(m => m.IsVirtual && m.Name == definition.Name && TypeMap.SameSignature(m, definition));
        if (body is null || body.DeclaringType != type || !CanHaveTwin(body))
            return null;
        var twin = Sibling(body);
        if (twin is null && body.Module != facts.Module)
            return null;
        var named = receiver is GenericInstanceType ? Renaming.MethodOn(body, receiver, body.Name) : facts.Module.ImportReference(body);
        if (callee is GenericInstanceMethod g)
        {
            var instance = new GenericInstanceMethod(named);
            foreach (var a in g.GenericArguments)
                instance.GenericArguments.Add(a);
            named = instance;
        }
        return new CallTarget(twin is null ? TargetKind.Direct : TargetKind.Sibling, named, body, twin?.Method, twin?.Suspends ?? false);
    }

    CallTarget? OfInterface(MethodReference callee, MethodDefinition definition, GenericParameter? constraint)
    {
        if (definition.Module == facts.Module)
            return new CallTarget(TargetKind.Interface, callee, definition, null, Suspends: false, Constraint: constraint);
        if (hand.ForeignShadow(definition.DeclaringType) is not { } shadow || HandWritten.ShadowMethod(shadow, definition) is not { } method)
            return OfUnwoven(callee, definition, definition, constraint);
        return new CallTarget(TargetKind.Interface, callee, definition, method, hand.IsImplementedElsewhere(shadow), Constraint: constraint);
    }

    // Nobody but the runtime knows what it leads to. It can be looked up for interfaces that are not woven, too.
    CallTarget? OfStatic(MethodReference callee, MethodDefinition definition, GenericParameter? constraint)
        => constraint is null ? null : new CallTarget(TargetKind.Static, callee, definition, null, hand.IsInWovenReference(definition), Constraint: constraint);

    CallTarget? OfVirtual(MethodReference callee, MethodDefinition definition, GenericParameter? constraint)
    {
        var root = hierarchy.SlotOf(definition);
        if (!hierarchy.IsRegular(root))
            return null;
        if (root.Module == facts.Module)
            return new CallTarget(TargetKind.Virtual, callee, root, null, Suspends: false, Constraint: constraint);
        // An override here of a woven reference's method: the twin's slot is the reference's.
        return HandWritten.WayInto(root) is not null ? new CallTarget(TargetKind.Virtual, callee, root, null, Suspends: true, Constraint: constraint) : OfUnwoven(callee, definition, root, constraint);
    }

    /// <summary>Is the interface method one that has no shadow and gets none?</summary>
    public bool IsUnwoven(MethodDefinition contract)
        => contract.Module != facts.Module && (hand.ForeignShadow(contract.DeclaringType) is not { } shadow || HandWritten.ShadowMethod(shadow, contract) is null);

    /// <summary>See <see cref="HandWritten.MaySuspend"/>.</summary>
    public bool MaySuspend(TypeDefinition type) => hand.MaySuspend(type);

    CallTarget? OfUnwoven(MethodReference callee, MethodDefinition definition, MethodDefinition root, GenericParameter? constraint)
        => IsOfRefStructs(callee) || IsProtectedElsewhere(definition) || IsProtectedElsewhere(definition.DeclaringType) ? null
            : new CallTarget(TargetKind.Unwoven, callee, root, null, hand.MaySuspend(root.DeclaringType), Constraint: constraint);

    /// <summary>The twin that a method of a reference, or a hand-written one of this assembly, has already.</summary>
    public HandTwin? Sibling(MethodDefinition definition)
    {
        if (!siblings.TryGetValue(definition, out var found))
            siblings[definition] = found = hand.Sibling(definition);
        return found;
    }

    /// <summary>
    /// Could a twin have this signature? Its parameters must be allowed on any method, its result must travel through the G. A delegate's own
    /// type parameters may stand for ref structs (Func and Action of the class library allow it), and so may those of interfaces that are not
    /// woven (IComparer); there the call's arguments decide. Types of COM have no members but those that COM knows.
    /// </summary>
    public bool CanHaveTwin(MethodDefinition m)
    {
        if (m.DeclaringType.IsImport)
            return false;
        var isOpen = facts.IsDelegate(m.DeclaringType) || (m.DeclaringType.IsInterface && m.Module != facts.Module);
        return !IsBound(m.ReturnType)
            && !m.Parameters.Any(p => facts.IsRefStruct(TypeMap.Strip(p.ParameterType) is ByReferenceType r ? r.ElementType : p.ParameterType))
            && !m.Parameters.Any(p => TypeMap.Strip(p.ParameterType) is GenericParameter && IsBound(p.ParameterType))
            && m.CallingConvention != MethodCallingConvention.VarArg;

        bool IsBound(TypeReference t) => facts.IsStackBound(t) && !(isOpen && TypeMap.Strip(t) is GenericParameter);
    }
}
