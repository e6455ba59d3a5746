// What a call takes off the evaluation stack and what it leaves there, and whether a value may go where it goes.

using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weft.Weaver.Analysis;

internal sealed partial class StackTyper
{
    void NoteMaker(MethodReference m)
    {
        if (stack is [.., { Kind: StackKind.ManagedPointer or StackKind.Value } result] && Makers.IsMaker(m))
            stack[^1] = result with { Origin = at + 1 };
    }

    void Call(MethodReference m, bool isNew)
    {
        var open = m.GetElementMethod();
        if (open.CallingConvention == MethodCallingConvention.VarArg)
        {
            Fail("varargs call");
            return;
        }
        for (var k = open.Parameters.Count - 1; k >= 0; k--)
            CheckAssign(Pop(), TypeMap.Inflate(open.Parameters[k].ParameterType, m));
        if (isNew)
        {
            Push(m.DeclaringType is ArrayType ? new StackType(StackKind.Reference, m.DeclaringType) : facts.OnStack(m.DeclaringType));
            NoteMaker(m);
            return;
        }
        if (open.HasThis)
            Pop();
        PushResult(TypeMap.Inflate(open.ReturnType, m));
        NoteMaker(m);
    }

    void PushResult(TypeReference type)
    {
        if (TypeMap.Strip(type).MetadataType != MetadataType.Void)
            Push(type);
    }

    TypeReference FieldType(FieldReference f) => TypeMap.Inflate(f.FieldType, f);

    // Rough on purpose: kinds must fit, exact structs must be equal. Classes are not compared, the CLR does not either.
    void CheckAssign(StackType value, TypeReference to)
    {
        var target = facts.OnStack(to);
        if (Error is not null || target.Kind == value.Kind)
        {
            if (target.Kind == StackKind.Value && value.Kind == StackKind.Value && !TypeMap.Same(target.Type!, value.Type!)
                && target.Type is not GenericParameter && value.Type is not GenericParameter)
                Fail($"{value} is assigned to {to.FullName}");
            return;
        }
        var numbers = value.Kind is StackKind.Int32 or StackKind.NativeInt or StackKind.Pointer or StackKind.ManagedPointer
            && target.Kind is StackKind.Int32 or StackKind.NativeInt or StackKind.Pointer or StackKind.ManagedPointer;
        if (!numbers && !IsBoxedParameter(value, target) && !(to is PinnedType))
            Fail($"{value} is assigned to {to.FullName}");
    }
}
