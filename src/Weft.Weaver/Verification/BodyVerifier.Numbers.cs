// Instructions that compute: comparisons, arithmetic, conversions.

using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Verification;

internal sealed partial class BodyVerifier
{
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
}
