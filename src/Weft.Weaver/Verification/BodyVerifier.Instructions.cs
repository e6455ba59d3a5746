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
}
