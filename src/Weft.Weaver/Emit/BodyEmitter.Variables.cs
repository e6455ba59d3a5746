// The copy's variables: its own arguments and locals, or fields of the frame where they stay there (FrameLayout).

using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Emit;

internal abstract partial class BodyEmitter
{
    // By type: a value that is on the stack when the frame must come beneath it.
    readonly Dictionary<string, VariableDefinition> spilled = [];

    protected void Load(int variable)
    {
        if (!Plan.Layout.StaysInFrame(variable))
        {
            LoadOwn(variable);
            return;
        }
        LoadFrame();
        Il.Emit(OpCodes.Ldfld, FieldOf(Plan.Layout.SlotOf(variable)));
    }

    protected void LoadAddress(int variable)
    {
        if (!Plan.Layout.StaysInFrame(variable))
        {
            LoadAddressOfOwn(variable);
            return;
        }
        LoadFrame();
        Il.Emit(OpCodes.Ldflda, FieldOf(Plan.Layout.SlotOf(variable)));
    }

    protected void Store(int variable)
    {
        if (!Plan.Layout.StaysInFrame(variable))
        {
            StoreOwn(variable);
            return;
        }
        var type = Renaming.Type(Plan.Layout.Slots[Plan.Layout.SlotOf(variable)].Type);
        if (!spilled.TryGetValue(TypeMap.StorageKey(type), out var value))
            spilled[TypeMap.StorageKey(type)] = value = Il.Local(type);
        Il.Emit(OpCodes.Stloc, value);
        LoadFrame();
        Il.Emit(OpCodes.Ldloc, value);
        Il.Emit(OpCodes.Stfld, FieldOf(Plan.Layout.SlotOf(variable)));
    }
}
