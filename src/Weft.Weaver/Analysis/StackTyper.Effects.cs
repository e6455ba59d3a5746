// What each instruction takes off the evaluation stack, what it leaves there, and whether the types fit.

using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weft.Weaver.Analysis;

internal sealed partial class StackTyper
{
    void Push(StackType t) => stack.Add(t);

    void Push(TypeReference t) => stack.Add(facts.OnStack(t));

    // A field of something that itself cannot be named again has no origin either.
    void PushAddress(ByReferenceType t, int i, StackType owner = default)
        => Push(new StackType(StackKind.ManagedPointer, t, owner.Kind == StackKind.ManagedPointer && owner.Origin == 0 ? 0 : i + 1));

    void PushInt32() => Push(new StackType(StackKind.Int32, facts.System.Int32));

    void PushReference(TypeReference t) => Push(new StackType(StackKind.Reference, t));

    StackType Pop()
    {
        if (stack.Count == 0)
        {
            Fail("the stack is empty");
            return StackType.Null;
        }
        var t = stack[^1];
        stack.RemoveAt(stack.Count - 1);
        return t;
    }

    void Pop(int n)
    {
        for (; n > 0; n--)
            Pop();
    }

    void Execute(Instruction instruction, int i)
    {
        var (v, access) = variables.Of(instruction);
        switch (access)
        {
            case Access.Load:
                var loaded = facts.OnStack(variables.Types[v]);
                Push(IsTransient(v) ? loaded with { Origin = i + 1 } : loaded);
                return;
            case Access.Store:
                CheckAssign(Pop(), variables.Types[v]);
                return;
            case Access.Address:
                PushAddress(new ByReferenceType(TypeMap.Strip(variables.Types[v])), i);
                return;
        }

        var operand = instruction.Operand;
        switch (instruction.OpCode.Code)
        {
            case Code.Nop or Code.Break or Code.Constrained or Code.Volatile or Code.Unaligned or Code.Tail or Code.Readonly or Code.No:
            case Code.Br or Code.Br_S or Code.Endfinally or Code.Leave or Code.Leave_S or Code.Jmp:
                return;
            case Code.Ldnull:
                Push(StackType.Null);
                return;
            case >= Code.Ldc_I4_M1 and <= Code.Ldc_I4:
            case Code.Sizeof:
                PushInt32();
                return;
            case Code.Ldc_I8:
                Push(facts.System.Int64);
                return;
            case Code.Ldc_R4:
                Push(facts.System.Single);
                return;
            case Code.Ldc_R8:
                Push(facts.System.Double);
                return;
            case Code.Dup:
                var top = Pop();
                Push(top);
                Push(top);
                return;
            case Code.Pop:
            case Code.Brfalse or Code.Brfalse_S or Code.Brtrue or Code.Brtrue_S or Code.Switch or Code.Endfilter or Code.Throw or Code.Initobj:
                Pop();
                return;
            case Code.Rethrow:
                return;
            case >= Code.Beq_S and <= Code.Blt_Un_S:
            case >= Code.Beq and <= Code.Blt_Un:
                Pop(2);
                return;
            case Code.Call or Code.Callvirt or Code.Newobj:
                Call((MethodReference)operand, instruction.OpCode.Code == Code.Newobj);
                return;
            case Code.Calli:
                Pop();
                var site = (CallSite)operand;
                Pop(PopCount(site, isNew: false));
                PushResult(site.ReturnType);
                return;
            case Code.Ret:
                if (TypeMap.Strip(flow.Body.Method.ReturnType).MetadataType != MetadataType.Void)
                    CheckAssign(Pop(), flow.Body.Method.ReturnType);
                return;
            case >= Code.Ldind_I1 and <= Code.Ldind_U4:
                Pop();
                PushInt32();
                return;
            case Code.Ldind_I8:
                Pop();
                Push(facts.System.Int64);
                return;
            case Code.Ldind_I:
                Pop();
                Push(facts.System.IntPtr);
                return;
            case Code.Ldind_R4:
                Pop();
                Push(facts.System.Single);
                return;
            case Code.Ldind_R8:
                Pop();
                Push(facts.System.Double);
                return;
            case Code.Ldind_Ref:
                var address = Pop();
                PushReference(address.Type is ByReferenceType b ? b.ElementType : facts.System.Object);
                return;
            case >= Code.Stind_Ref and <= Code.Stind_R8:
            case Code.Stind_I or Code.Stobj or Code.Cpobj:
                Pop(2);
                return;
            case >= Code.Add and <= Code.Xor:
            case >= Code.Add_Ovf and <= Code.Sub_Ovf_Un:
                Arithmetic();
                return;
            case Code.Shl or Code.Shr or Code.Shr_Un:
                Pop();
                Push(Pop());
                return;
            case Code.Neg or Code.Not or Code.Ckfinite:
                Push(Pop());
                return;
            case Code.Ceq or Code.Cgt or Code.Cgt_Un or Code.Clt or Code.Clt_Un:
                Pop(2);
                PushInt32();
                return;
            case Code.Ldobj:
                Pop();
                Push((TypeReference)operand);
                return;
            case Code.Ldstr:
                PushReference(facts.System.String);
                return;
            case Code.Castclass or Code.Isinst:
                Pop();
                var cast = (TypeReference)operand;
                PushReference(instruction.OpCode.Code == Code.Isinst && facts.IsValueType(cast) ? facts.System.Object : cast);
                return;
            case Code.Unbox:
                Pop();
                PushAddress(new ByReferenceType((TypeReference)operand), i);
                return;
            case Code.Unbox_Any:
                Pop();
                Push((TypeReference)operand);
                return;
            case Code.Box:
                Pop();
                Push(new StackType(StackKind.Reference, (TypeReference)operand, IsBoxed: true));
                return;
            case Code.Ldfld:
                Pop();
                Push(FieldType((FieldReference)operand));
                return;
            case Code.Ldflda:
                var owner = Pop();
                if (owner.Kind == StackKind.Pointer)
                    Push(new PointerType(FieldType((FieldReference)operand)));
                else
                    PushAddress(new ByReferenceType(FieldType((FieldReference)operand)), i, owner);
                return;
            case Code.Stfld:
                CheckAssign(Pop(), FieldType((FieldReference)operand));
                Pop();
                return;
            case Code.Ldsfld:
                Push(FieldType((FieldReference)operand));
                return;
            case Code.Ldsflda:
                var place = new ByReferenceType(FieldType((FieldReference)operand));
                if (facts.IsShared((FieldReference)operand))
                    PushAddress(place, i);
                else
                    Push(place);
                return;
            case Code.Stsfld:
                CheckAssign(Pop(), FieldType((FieldReference)operand));
                return;
            case Code.Newarr:
                Pop();
                PushReference(new ArrayType((TypeReference)operand));
                return;
            case Code.Ldlen:
                Pop();
                Push(facts.System.IntPtr);
                return;
            case Code.Ldelema:
                Pop(2);
                PushAddress(new ByReferenceType((TypeReference)operand), i);
                return;
            case >= Code.Ldelem_I1 and <= Code.Ldelem_U4:
                Pop(2);
                PushInt32();
                return;
            case Code.Ldelem_I8:
                Pop(2);
                Push(facts.System.Int64);
                return;
            case Code.Ldelem_I:
                Pop(2);
                Push(facts.System.IntPtr);
                return;
            case Code.Ldelem_R4:
                Pop(2);
                Push(facts.System.Single);
                return;
            case Code.Ldelem_R8:
                Pop(2);
                Push(facts.System.Double);
                return;
            case Code.Ldelem_Ref:
                Pop();
                var array = Pop();
                PushReference((array.Type as ArrayType)?.ElementType ?? facts.System.Object);
                return;
            case Code.Ldelem_Any:
                Pop(2);
                Push((TypeReference)operand);
                return;
            case >= Code.Stelem_I and <= Code.Stelem_Ref:
            case Code.Stelem_Any or Code.Cpblk or Code.Initblk:
                Pop(3);
                return;
            case Code.Ldtoken:
                Push(new StackType(StackKind.Value, Core(operand switch
                {
                    FieldReference => "RuntimeFieldHandle",
                    MethodReference => "RuntimeMethodHandle",
                    _ => "RuntimeTypeHandle",
                })));
                return;
            case Code.Ldftn:
                Push(facts.System.IntPtr);
                return;
            case Code.Ldvirtftn:
                Pop();
                Push(facts.System.IntPtr);
                return;
            case Code.Localloc:
                Pop();
                Push(new StackType(StackKind.Pointer, new PointerType(facts.System.Void)));
                return;
            case Code.Mkrefany or Code.Refanyval or Code.Refanytype or Code.Arglist:
                Fail($"{instruction.OpCode.Name} is not supported");
                return;
            default:
                Convert(instruction.OpCode.Code, i);
                return;
        }
    }

    void Convert(Code code, int i)
    {
        var from = Pop();
        switch (code)
        {
            case Code.Conv_I8 or Code.Conv_U8 or Code.Conv_Ovf_I8 or Code.Conv_Ovf_U8 or Code.Conv_Ovf_I8_Un or Code.Conv_Ovf_U8_Un:
                Push(facts.System.Int64);
                break;
            case Code.Conv_R4:
                Push(facts.System.Single);
                break;
            case Code.Conv_R8 or Code.Conv_R_Un:
                Push(facts.System.Double);
                break;
            case Code.Conv_I or Code.Conv_U or Code.Conv_Ovf_I or Code.Conv_Ovf_U or Code.Conv_Ovf_I_Un or Code.Conv_Ovf_U_Un:
                // A number that was a pointer stays one, so that it pins.
                if (from.Kind is StackKind.ManagedPointer or StackKind.Pointer)
                    Push(new StackType(StackKind.Pointer, new PointerType(facts.System.Void)));
                else
                    Push(facts.System.IntPtr);
                break;
            case Code.Conv_I1 or Code.Conv_I2 or Code.Conv_I4 or Code.Conv_U1 or Code.Conv_U2 or Code.Conv_U4
                or Code.Conv_Ovf_I1 or Code.Conv_Ovf_I2 or Code.Conv_Ovf_I4 or Code.Conv_Ovf_U1 or Code.Conv_Ovf_U2 or Code.Conv_Ovf_U4
                or Code.Conv_Ovf_I1_Un or Code.Conv_Ovf_I2_Un or Code.Conv_Ovf_I4_Un
                or Code.Conv_Ovf_U1_Un or Code.Conv_Ovf_U2_Un or Code.Conv_Ovf_U4_Un:
                PushInt32();
                break;
            default:
                at = i;
                Fail($"unknown instruction {code}");
                break;
        }
    }

    // What comes out of a pointer and an offset is another pointer, and its making cannot be repeated by that of the first.
    void Arithmetic()
    {
        StackType b = Pop() with { Origin = 0 }, a = Pop() with { Origin = 0 };
        if (a.Kind == b.Kind && a.Kind == StackKind.ManagedPointer)
            Push(facts.System.IntPtr);
        else if (a.Kind == StackKind.Float)
            Push(b.Type?.MetadataType == MetadataType.Double ? b : a);
        else
            Push(a.Kind >= b.Kind || a.Kind == StackKind.Int64 ? a : b);
    }

    TypeReference Core(string name) => new("System", name, facts.Module, facts.System.CoreLibrary, valueType: true);
}
