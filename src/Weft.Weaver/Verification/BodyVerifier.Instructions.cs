// What each instruction needs and leaves; calls are in BodyVerifier.Calls.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Verification;

internal sealed partial class BodyVerifier
{
    void Execute(Instruction instruction, int i)
    {
        var (v, access) = variables.Of(instruction);
        switch (access)
        {
            case Access.Load:
                Push(variables.Types[v]);
                return;
            case Access.Store:
                PopTo(variables.Types[v], "the variable's type");
                return;
            case Access.Address:
                if (TypeRelations.Bare(variables.Types[v]) is ByReferenceType)
                    Report(Fault.StackOnly, "the address of a reference");
                PushByRef(TypeRelations.Bare(variables.Types[v]));
                return;
        }

        var operand = instruction.Operand;
        if (operand is TypeReference named)
            members.Type(named);
        var code = instruction.OpCode.Code;
        switch (code)
        {
            case Code.Nop or Code.Break or Code.Constrained or Code.Volatile or Code.Unaligned or Code.Tail or Code.Readonly or Code.No:
            case Code.Br or Code.Br_S or Code.Leave or Code.Leave_S or Code.Rethrow or Code.Endfinally:
                return;
            case Code.Ldnull:
                Push(Slot.Null);
                return;
            case >= Code.Ldc_I4_M1 and <= Code.Ldc_I4 or Code.Sizeof:
                PushInt32();
                return;
            case Code.Ldc_I8:
                Push(facts.System.Int64);
                return;
            case Code.Ldc_R4 or Code.Ldc_R8:
                Push(facts.System.Double);
                return;
            case Code.Dup:
                var top = Pop();
                Push(top);
                Push(top);
                return;
            case Code.Pop:
                Pop();
                return;
            case Code.Brfalse or Code.Brfalse_S or Code.Brtrue or Code.Brtrue_S:
                PopKind("a number or a reference", SlotKind.Int32, SlotKind.Int64, SlotKind.NativeInt, SlotKind.Reference, SlotKind.ByRef);
                return;
            case Code.Switch or Code.Endfilter:
                PopKind("an int32", SlotKind.Int32);
                return;
            case >= Code.Beq_S and <= Code.Blt_Un_S or >= Code.Beq and <= Code.Blt_Un:
                Compare(isEquality: code is Code.Beq or Code.Beq_S or Code.Bne_Un or Code.Bne_Un_S);
                return;
            case Code.Ceq or Code.Cgt or Code.Cgt_Un or Code.Clt or Code.Clt_Un:
                Compare(isEquality: code is Code.Ceq or Code.Cgt_Un);
                PushInt32();
                return;
            case Code.Throw:
                PopKind("an exception", SlotKind.Reference);
                return;
            case Code.Ret:
                // What a frame answers is a reference to anything, which Frame.Typed gives its type again: the one place that is not checked.
                if (method is { Name: "Address", IsVirtual: true, ReturnType: ByReferenceType { ElementType.MetadataType: MetadataType.Byte } })
                    PopKind("a reference", SlotKind.ByRef);
                else if (TypeRelations.Bare(method.ReturnType).MetadataType != MetadataType.Void)
                    PopTo(method.ReturnType, "the result");
                return;
            case Code.Call or Code.Callvirt:
                Call(instruction, i);
                return;
            case Code.Newobj:
                NewObject((MethodReference)operand);
                return;
            case Code.Calli:
                CallIndirect((CallSite)operand);
                return;
            case Code.Ldftn or Code.Ldvirtftn:
                LoadFunction(instruction);
                return;
            case Code.Jmp or Code.Arglist or Code.Mkrefany or Code.Refanyval or Code.Refanytype:
                Rare(code, operand);
                return;
            case >= Code.Ldind_I1 and <= Code.Ldind_Ref:
                LoadIndirect(code);
                return;
            case >= Code.Stind_Ref and <= Code.Stind_R8 or Code.Stind_I:
                StoreIndirect(code);
                return;
            case Code.Ldobj:
                PopAddress((TypeReference)operand);
                Push((TypeReference)operand);
                return;
            case Code.Stobj:
                PopTo((TypeReference)operand, "what is stored");
                PopPlace((TypeReference)operand);
                return;
            case Code.Cpobj:
                PopAddress((TypeReference)operand);
                PopAddress((TypeReference)operand);
                return;
            case Code.Initobj:
                PopPlace((TypeReference)operand);
                return;
            case Code.Cpblk or Code.Initblk:
                Pop();
                Pop();
                Pop();
                return;
            case >= Code.Add and <= Code.Xor or >= Code.Add_Ovf and <= Code.Sub_Ovf_Un:
                Arithmetic(code);
                return;
            case Code.Shl or Code.Shr or Code.Shr_Un:
                PopKind("an int32", SlotKind.Int32, SlotKind.NativeInt);
                Push(PopKind("an integer", SlotKind.Int32, SlotKind.Int64, SlotKind.NativeInt));
                return;
            case Code.Not:
                Push(PopKind("an integer", SlotKind.Int32, SlotKind.Int64, SlotKind.NativeInt));
                return;
            case Code.Neg:
                Push(PopKind("a number", SlotKind.Int32, SlotKind.Int64, SlotKind.NativeInt, SlotKind.Float));
                return;
            case Code.Ckfinite:
                Push(PopKind("a float", SlotKind.Float));
                return;
            case Code.Ldstr:
                PushReference(facts.System.String);
                return;
            case Code.Castclass or Code.Isinst:
                PopKind("an object", SlotKind.Reference);
                PushReference((TypeReference)operand);
                return;
            case Code.Unbox:
                PopKind("an object", SlotKind.Reference);
                PushByRef((TypeReference)operand);
                return;
            case Code.Unbox_Any:
                PopKind("an object", SlotKind.Reference);
                Push((TypeReference)operand);
                return;
            case Code.Box:
                PopTo((TypeReference)operand, "what is boxed");
                if (members.IsStackOnly((TypeReference)operand) && operand is not GenericParameter)
                    Report(Fault.StackOnly, $"{((TypeReference)operand).FullName} is boxed");
                PushReference((TypeReference)operand);
                return;
            case Code.Ldfld or Code.Ldflda or Code.Stfld or Code.Ldsfld or Code.Ldsflda or Code.Stsfld:
                Field(code, (FieldReference)operand);
                return;
            case Code.Newarr:
                PopKind("a length", SlotKind.Int32, SlotKind.NativeInt);
                if (members.IsStackOnly((TypeReference)operand))
                    Report(Fault.StackOnly, $"an array of {((TypeReference)operand).FullName}");
                PushReference(new ArrayType((TypeReference)operand));
                return;
            case Code.Ldlen:
                PopArray();
                PushNative();
                return;
            case Code.Ldelema:
                Index();
                if (PopArray() is { } of && !TypeRelations.Same(of, (TypeReference)operand) && !relations.ElementsFit(of, (TypeReference)operand))
                    Report(Fault.Assignment, $"an array of {of.FullName}, not of {((TypeReference)operand).FullName}");
                PushByRef((TypeReference)operand);
                return;
            case >= Code.Ldelem_I1 and <= Code.Ldelem_Ref:
                LoadElement(code);
                return;
            case Code.Ldelem_Any:
                Index();
                if (PopArray() is { } element && !relations.ElementsFit(element, (TypeReference)operand) && !TypeRelations.Same(element, (TypeReference)operand))
                    Report(Fault.Assignment, $"an array of {element.FullName}, not of {((TypeReference)operand).FullName}");
                Push((TypeReference)operand);
                return;
            case >= Code.Stelem_I and <= Code.Stelem_Ref:
                StoreElement(code);
                return;
            case Code.Stelem_Any:
                PopTo((TypeReference)operand, "the element");
                Index();
                if (PopArray() is { } stored && !relations.ElementsFit((TypeReference)operand, stored) && !TypeRelations.Same(stored, (TypeReference)operand)
                    && !relations.ElementsFit(stored, (TypeReference)operand))
                    Report(Fault.Assignment, $"an array of {stored.FullName}, not of {((TypeReference)operand).FullName}");
                return;
            case Code.Ldtoken:
                Push(Handle(operand));
                return;
            case Code.Localloc:
                PopKind("a size", SlotKind.Int32, SlotKind.NativeInt);
                if (stack.Count != 0)
                    Report(Fault.StackDepth, "localloc with values on the stack");
                if (flow.InHandler(i))
                    Report(Fault.Region, "localloc in a handler");
                PushNative();
                return;
            default:
                Convert(code);
                return;
        }
    }

    // Like PopAddress, but written to: a place for a base class takes a derived one, not the other way round.
    void PopPlace(TypeReference of)
    {
        var s = Pop();
        if (s.Kind == SlotKind.NativeInt)
            return;
        if (s.Kind != SlotKind.ByRef)
            Report(Fault.Operand, $"{s} where a reference to {of.FullName} is needed");
        else if (!relations.SameMemory(s.Type!, of) && !(relations.IsReference(of) && relations.IsReference(s.Type!) && relations.IsSubtype(of, s.Type!)))
            Report(Fault.Assignment, $"{s} is no {of.FullName}&");
    }

    Slot Handle(object operand)
    {
        switch (operand)
        {
            case FieldReference f:
                members.Field(f);
                return Core("RuntimeFieldHandle");
            case MethodReference m:
                if (m is GenericInstanceMethod || !m.HasGenericParameters)
                    members.Method(m);
                return Core("RuntimeMethodHandle");
            default:
                return Core("RuntimeTypeHandle");
        }

        Slot Core(string name) => new(SlotKind.Value, new TypeReference("System", name, facts.Module, facts.System.CoreLibrary, valueType: true));
    }

    void Rare(Code code, object operand)
    {
        switch (code)
        {
            case Code.Jmp:
                if (stack.Count != 0)
                    Report(Fault.StackDepth, "values are left on the stack at jmp");
                return;
            case Code.Arglist:
                Push(new Slot(SlotKind.Value, new TypeReference("System", "RuntimeArgumentHandle", facts.Module, facts.System.CoreLibrary, valueType: true)));
                return;
            case Code.Mkrefany:
                PopAddress((TypeReference)operand);
                Push(new Slot(SlotKind.Value, facts.System.TypedReference));
                return;
            case Code.Refanyval:
                PopKind("a typed reference", SlotKind.Value);
                PushByRef((TypeReference)operand);
                return;
            default:
                PopKind("a typed reference", SlotKind.Value);
                Push(new Slot(SlotKind.Value, new TypeReference("System", "RuntimeTypeHandle", facts.Module, facts.System.CoreLibrary, valueType: true)));
                return;
        }
    }

    void Compare(bool isEquality)
    {
        Slot b = Pop(), a = Pop();
        var fits = a.Kind == b.Kind
            ? a.Kind switch
            {
                SlotKind.Value => false,
                SlotKind.Reference => isEquality,
                _ => true,
            }
            : (a.Kind, b.Kind) is (SlotKind.Int32, SlotKind.NativeInt) or (SlotKind.NativeInt, SlotKind.Int32);
        if (!fits)
            Report(a.Kind is SlotKind.ByRef or SlotKind.NativeInt && b.Kind is SlotKind.ByRef or SlotKind.NativeInt or SlotKind.Int32 ? Fault.Pointer : Fault.Operand, $"{a} is compared with {b}");
    }

    void Arithmetic(Code code)
    {
        Slot b = Pop(), a = Pop();
        var isBitwise = code is Code.And or Code.Or or Code.Xor or Code.Div_Un or Code.Rem_Un;
        if (a.Kind == b.Kind && a.IsNumber && !(isBitwise && a.Kind == SlotKind.Float))
            Push(a with { Function = null });
        else if ((a.Kind, b.Kind) is (SlotKind.Int32, SlotKind.NativeInt) or (SlotKind.NativeInt, SlotKind.Int32))
            PushNative();
        else if (a.Kind == SlotKind.ByRef || b.Kind == SlotKind.ByRef)
        {
            Report(Fault.Pointer, $"arithmetic on {a} and {b}");
            Push(a.Kind == b.Kind ? new Slot(SlotKind.NativeInt, facts.System.IntPtr) : a.Kind == SlotKind.ByRef ? a : b);
        }
        else
        {
            Report(Fault.Operand, $"arithmetic on {a} and {b}");
            Push(a.IsNumber ? a : new Slot(SlotKind.Int32, facts.System.Int32));
        }
    }

    void Convert(Code code)
    {
        var from = Pop();
        var isAddress = code is Code.Conv_I or Code.Conv_U or Code.Conv_I8 or Code.Conv_U8;
        if (!from.IsNumber && !(from.Kind == SlotKind.ByRef && isAddress))
            Report(Fault.Operand, $"{from} is converted to a number");
        switch (code)
        {
            case Code.Conv_I8 or Code.Conv_U8 or Code.Conv_Ovf_I8 or Code.Conv_Ovf_U8 or Code.Conv_Ovf_I8_Un or Code.Conv_Ovf_U8_Un:
                Push(facts.System.Int64);
                break;
            case Code.Conv_R4 or Code.Conv_R8 or Code.Conv_R_Un:
                Push(facts.System.Double);
                break;
            case Code.Conv_I or Code.Conv_U or Code.Conv_Ovf_I or Code.Conv_Ovf_U or Code.Conv_Ovf_I_Un or Code.Conv_Ovf_U_Un:
                PushNative();
                break;
            case Code.Conv_I1 or Code.Conv_I2 or Code.Conv_I4 or Code.Conv_U1 or Code.Conv_U2 or Code.Conv_U4
                or Code.Conv_Ovf_I1 or Code.Conv_Ovf_I2 or Code.Conv_Ovf_I4 or Code.Conv_Ovf_U1 or Code.Conv_Ovf_U2 or Code.Conv_Ovf_U4
                or Code.Conv_Ovf_I1_Un or Code.Conv_Ovf_I2_Un or Code.Conv_Ovf_I4_Un
                or Code.Conv_Ovf_U1_Un or Code.Conv_Ovf_U2_Un or Code.Conv_Ovf_U4_Un:
                PushInt32();
                break;
            default:
                Report(Fault.Operand, $"unknown instruction {code}");
                break;
        }
    }

    TypeReference MemoryOf(Code code) => code switch
    {
        Code.Ldind_I1 or Code.Ldind_U1 or Code.Stind_I1 or Code.Ldelem_I1 or Code.Ldelem_U1 or Code.Stelem_I1 => facts.System.SByte,
        Code.Ldind_I2 or Code.Ldind_U2 or Code.Stind_I2 or Code.Ldelem_I2 or Code.Ldelem_U2 or Code.Stelem_I2 => facts.System.Int16,
        Code.Ldind_I4 or Code.Ldind_U4 or Code.Stind_I4 or Code.Ldelem_I4 or Code.Ldelem_U4 or Code.Stelem_I4 => facts.System.Int32,
        Code.Ldind_I8 or Code.Stind_I8 or Code.Ldelem_I8 or Code.Stelem_I8 => facts.System.Int64,
        Code.Ldind_I or Code.Stind_I or Code.Ldelem_I or Code.Stelem_I => facts.System.IntPtr,
        Code.Ldind_R4 or Code.Stind_R4 or Code.Ldelem_R4 or Code.Stelem_R4 => facts.System.Single,
        Code.Ldind_R8 or Code.Stind_R8 or Code.Ldelem_R8 or Code.Stelem_R8 => facts.System.Double,
        _ => facts.System.Object,
    };

    void LoadIndirect(Code code)
    {
        if (code != Code.Ldind_Ref)
        {
            PopAddress(MemoryOf(code));
            Push(MemoryOf(code));
            return;
        }
        var s = PopKind("a reference", SlotKind.ByRef, SlotKind.NativeInt);
        if (s.Kind == SlotKind.ByRef && !relations.IsReference(s.Type!))
            Report(Fault.Assignment, $"{s} holds no object");
        PushReference(s.Kind == SlotKind.ByRef ? s.Type! : facts.System.Object);
    }

    void StoreIndirect(Code code)
    {
        if (code != Code.Stind_Ref)
        {
            PopTo(MemoryOf(code), "what is stored");
            PopPlace(MemoryOf(code));
            return;
        }
        var value = PopKind("an object", SlotKind.Reference);
        var place = PopKind("a reference", SlotKind.ByRef, SlotKind.NativeInt);
        if (place.Kind == SlotKind.ByRef && (!relations.IsReference(place.Type!) || value.Type is not null && !relations.IsSubtype(value.Type, place.Type!)))
            Report(Fault.Assignment, $"{value} is stored to {place}");
    }

    void Index() => PopKind("an index", SlotKind.Int32, SlotKind.NativeInt);

    // The array's element type; null for the null reference.
    TypeReference? PopArray()
    {
        var s = PopKind("an array", SlotKind.Reference);
        if (s.Kind != SlotKind.Reference || s.Type is null)
            return null;
        if (s.Type is ArrayType { IsVector: true } a)
            return a.ElementType;
        Report(Fault.Operand, $"{s} where an array is needed");
        return null;
    }

    void LoadElement(Code code)
    {
        Index();
        var element = PopArray();
        if (code == Code.Ldelem_Ref)
        {
            if (element is not null && !relations.IsReference(element))
                Report(Fault.Assignment, $"an array of {element.FullName} holds no objects");
            Push(element is null ? Slot.Null : new Slot(SlotKind.Reference, TypeRelations.Bare(element)));
            return;
        }
        if (element is not null && !relations.SameMemory(element, MemoryOf(code)))
            Report(Fault.Assignment, $"an array of {element.FullName}, not of {MemoryOf(code).FullName}");
        Push(MemoryOf(code));
    }

    void StoreElement(Code code)
    {
        if (code != Code.Stelem_Ref)
            PopTo(MemoryOf(code), "the element");
        else
            PopKind("an object", SlotKind.Reference); // the runtime checks each one
        Index();
        if (PopArray() is { } element && !(code == Code.Stelem_Ref ? relations.IsReference(element) : relations.SameMemory(element, MemoryOf(code))))
            Report(Fault.Assignment, $"an array of {element.FullName}, not of {MemoryOf(code).FullName}");
    }

    void Field(Code code, FieldReference f)
    {
        var definition = members.Field(f);
        var type = TypeMap.Inflate(f.FieldType, f);
        var isStatic = code is Code.Ldsfld or Code.Ldsflda or Code.Stsfld;
        var isAddress = code is Code.Ldflda or Code.Ldsflda;
        if (code is Code.Stfld or Code.Stsfld)
            PopTo(type, "the field's type");
        if (!isStatic)
            Receiver(f.DeclaringType, isValueAllowed: code == Code.Ldfld);
        if (definition is not null)
        {
            if (isStatic && !definition.IsStatic)
                Report(Fault.Call, $"{f.Name} is not static");
            var isOwn = method.IsConstructor && method.IsStatic == definition.IsStatic && definition.DeclaringType == method.DeclaringType;
            var isInitAccessor = method.ReturnType is RequiredModifierType { ModifierType.Name: "IsExternalInit" } && definition.DeclaringType == method.DeclaringType;
            if (definition.IsInitOnly && code is Code.Stfld or Code.Stsfld && !isOwn && !isInitAccessor)
                Report(Fault.InitOnly, $"{f.FullName} is written outside of a constructor");
        }
        if (code is Code.Stfld or Code.Stsfld)
            return;
        if (isAddress && TypeRelations.Bare(type) is ByReferenceType)
            Report(Fault.StackOnly, "the address of a reference");
        if (isAddress)
            PushByRef(TypeRelations.Bare(type));
        else
            Push(type);
    }

    // The object of an instance member: a reference to a class, the address of a struct.
    void Receiver(TypeReference owner, bool isValueAllowed)
    {
        var s = Pop();
        if (s.Kind == SlotKind.NativeInt)
            return;
        if (facts.IsValueType(owner))
        {
            if (s.Kind == SlotKind.ByRef ? !relations.SameMemory(s.Type!, owner) : !(isValueAllowed && s.Kind == SlotKind.Value && TypeRelations.Same(s.Type!, owner)))
                Report(Fault.Assignment, $"{s} is no receiver of {owner.FullName}");
        }
        else if (s.Kind != SlotKind.Reference || (s.Type is not null && !relations.IsSubtype(s.Type, owner)))
        {
            Report(Fault.Assignment, $"{s} is no receiver of {owner.FullName}");
        }
    }
}
