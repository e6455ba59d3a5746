// Calls, delegates, function addresses. ECMA-335 III.3.19, 4.2, 4.21, I.8.9.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Verification;

internal sealed partial class BodyVerifier
{
    void Call(Instruction instruction, int i)
    {
        var m = (MethodReference)instruction.Operand;
        var isVirtual = instruction.OpCode.Code == Code.Callvirt;
        var definition = members.Method(m);
        var constraint = ConstraintOf(i);
        Arguments(m);

        if (definition is not null)
        {
            if (isVirtual && definition.IsStatic)
                Report(Fault.Call, $"callvirt of the static {m.Name}");
            if (!isVirtual && definition.IsAbstract && constraint is null)
                Report(Fault.Call, $"call of the abstract {m.Name}");
            if (definition.HasThis != m.HasThis)
                Report(Fault.Call, $"{m.Name} is {(definition.HasThis ? "an instance" : "a static")} method");
        }
        if (m.HasThis)
        {
            if (constraint is null)
                Receiver(m.DeclaringType, isValueAllowed: false);
            else
                ConstrainedReceiver(constraint, m);
        }
        else if (constraint is not null && definition is { IsVirtual: false })
        {
            Report(Fault.Prefix, $"'constrained.' before a call of {m.Name}, which is not virtual");
        }
        Result(TypeMap.Inflate(m.GetElementMethod().ReturnType, m));
    }

    TypeReference? ConstraintOf(int i)
    {
        for (var k = i - 1; k >= 0 && flow.Code[k].OpCode.OpCodeType == OpCodeType.Prefix; k--)
            if (flow.Code[k].OpCode.Code == Code.Constrained)
                return (TypeReference)flow.Code[k].Operand;
        return null;
    }

    void ConstrainedReceiver(TypeReference constraint, MethodReference m)
    {
        var s = Pop();
        if (s.Kind != SlotKind.ByRef || !relations.SameMemory(s.Type!, constraint))
            Report(s.Kind == SlotKind.NativeInt ? Fault.Pointer : Fault.Assignment, $"{s} is no {constraint.FullName}&, the constrained receiver");
        if (!relations.IsSubtype(constraint, m.DeclaringType) && !members.IsStackOnly(constraint))
            Report(Fault.Constraint, $"{constraint.FullName} does not have {m.FullName}");
    }

    void Arguments(MethodReference m)
    {
        var open = m.GetElementMethod();
        for (var k = open.Parameters.Count - 1; k >= 0; k--)
            if (open.Parameters[k].ParameterType is SentinelType)
                Pop();
            else
                PopTo(TypeMap.Inflate(open.Parameters[k].ParameterType, m), $"argument {k} of {open.Name}");
    }

    void Result(TypeReference type)
    {
        if (TypeRelations.Bare(type).MetadataType != MetadataType.Void)
            Push(type);
    }

    void CallIndirect(CallSite site)
    {
        PopKind("a function", SlotKind.NativeInt);
        for (var k = site.Parameters.Count - 1; k >= 0; k--)
            PopTo(site.Parameters[k].ParameterType, $"argument {k} of calli");
        if (site.HasThis && !site.ExplicitThis)
            PopKind("a receiver", SlotKind.Reference, SlotKind.ByRef);
        Result(site.ReturnType);
    }

    void LoadFunction(Instruction instruction)
    {
        var m = (MethodReference)instruction.Operand;
        var isVirtual = instruction.OpCode.Code == Code.Ldvirtftn;
        var definition = members.Method(m);
        if (isVirtual)
        {
            Receiver(m.DeclaringType, isValueAllowed: false, isBoxAllowed: true); // C# makes delegates so of methods of structs that implement an interface
            if (definition is { IsStatic: true })
                Report(Fault.Call, $"ldvirtftn of the static {m.Name}");
        }
        Push(new Slot(SlotKind.NativeInt, facts.System.IntPtr, m, isVirtual));
    }

    void NewObject(MethodReference m)
    {
        var definition = members.Method(m);
        if (m.DeclaringType is not ArrayType && definition is not null)
        {
            if (definition is not { IsConstructor: true, IsStatic: false })
                Report(Fault.Call, $"newobj of {m.Name}");
            if (definition.DeclaringType.IsAbstract)
                Report(Fault.Call, $"newobj of the abstract {m.DeclaringType.FullName}");
            if (facts.IsDelegate(definition.DeclaringType) && m.Parameters.Count == 2)
            {
                NewDelegate(m);
                return;
            }
        }
        Arguments(m);
        if (m.DeclaringType is ArrayType)
            PushReference(m.DeclaringType);
        else
            Push(m.DeclaringType);
    }

    void NewDelegate(MethodReference constructor)
    {
        var function = PopKind("a function", SlotKind.NativeInt);
        var target = PopKind("a receiver", SlotKind.Reference);
        PushReference(constructor.DeclaringType);
        if (function.Function is not { } m)
        {
            Report(Fault.Pointer, "a delegate over a number");
            return;
        }
        if (facts.Definition(constructor.DeclaringType)?.Methods.FirstOrDefault(x => x.Name == "Invoke") is not { } invoke)
            return;
        var ofDelegate = (constructor.DeclaringType as GenericInstanceType)?.GenericArguments;
        var wanted = invoke.Parameters.Select(p => TypeMap.Inflate(p.ParameterType, ofDelegate, null)).ToList();
        var open = m.GetElementMethod();
        var given = open.Parameters.Select(p => TypeMap.Inflate(p.ParameterType, m)).ToList();
        if (m.HasThis && given.Count == wanted.Count - 1)
            given.Insert(0, facts.IsValueType(m.DeclaringType) ? new ByReferenceType(m.DeclaringType) : m.DeclaringType); // open over its receiver
        else if (m.HasThis)
            CheckTarget(target, m.DeclaringType, m);
        else if (given.Count == wanted.Count + 1)
        {
            CheckTarget(target, given[0], m); // closed over its first argument
            given.RemoveAt(0);
        }
        var result = TypeMap.Inflate(open.ReturnType, m);
        var wantedResult = TypeMap.Inflate(invoke.ReturnType, ofDelegate, null);
        if (given.Count != wanted.Count || !given.Zip(wanted).All(p => Converts(p.Second, p.First)) || !Converts(result, wantedResult))
            Report(Fault.Delegate, $"{m.FullName} is no {constructor.DeclaringType.FullName}");
    }

    void CheckTarget(Slot target, TypeReference owner, MethodReference m)
    {
        if (target.Type is not null && !(relations.IsReference(owner) || facts.IsValueType(owner) ? relations.IsSubtype(target.Type, owner) : TypeRelations.Same(target.Type, owner)))
            Report(Fault.Delegate, $"{target} is no receiver of {m.FullName}");
    }

    // Same memory, or a reference that is good for the other.
    bool Converts(TypeReference from, TypeReference to)
    {
        from = TypeRelations.Bare(from);
        to = TypeRelations.Bare(to);
        if (from.MetadataType == MetadataType.Void || to.MetadataType == MetadataType.Void)
            return from.MetadataType == to.MetadataType;
        if (from is ByReferenceType x && to is ByReferenceType y)
            return relations.SameMemory(x.ElementType, y.ElementType);
        return TypeRelations.Same(from, to) || relations.SameMemory(from, to) || (relations.IsReference(from) && relations.IsReference(to) && relations.IsSubtype(from, to));
    }
}
