// The hot variant of a method.
//
//   R <Foo>g(A a, B b, G g)
//   {
//             ldloca guard; conv.u                     // an address on this stack
//             ldarg g; ldfld stackguard
//             blt.un more
//   enough:   ...                                      // BodyEmitter
//   more:     ldarg g; call morestack; brfalse enough
//             <arguments live at entry>, 0, null, g
//             call R Save(...); ret
//   epilogue: ldloc result; ret                        // for suspensions out of a try
//   }
//
// Where variables stay in the frame (FrameLayout) it is made before that, `f = new Frame(); f.a = a; ...`, and saves are given f in place of null.
//
// `guard` is never written or read. Its address costs one `lea`, and no zeroing when the body's own locals need none: then the
// twin does not ask for zeroed locals at all.
//
// The check may stand further down (ShrinkWrapping); it then suspends like one in front, for the entry, and what stands before it runs again.
//
// A method that has an argument which cannot leave the stack (a `ref`, the `this` of a struct) has no prologue check while that
// argument is live at entry; its callers have theirs.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Emit;

internal sealed class TwinEmitter : BodyEmitter
{
    readonly FrameEmitter frame;
    readonly MethodDefinition twin;
    readonly TypeReference frameHere;
    readonly ParameterDefinition g;
    readonly VariableDefinition?[] locals;
    readonly VariableDefinition? made;
    readonly Label more = new(), enough = new();
    readonly Label epilogue = new();
    VariableDefinition? result;
    bool needsEpilogue;

    public TwinEmitter(HotMethod plan, MethodDefinition twin, Renaming renaming, FrameEmitter frame, HotCalls calls, Abi abi)
        : base(plan, twin, renaming, calls, abi)
    {
        this.frame = frame;
        this.twin = twin;
        frameHere = frame.InTwin(twin);
        g = twin.Parameters[^1];
        locals = new VariableDefinition?[Variables.Count - Variables.ArgumentCount + plan.Extra.Count];
        for (var v = 0; v < locals.Length; v++)
            if (!plan.Layout.StaysInFrame(Variables.ArgumentCount + v))
                locals[v] = Il.Local(renaming.Type(plan.TypeOf(Variables.ArgumentCount + v)));
        if (plan.Layout.IsMadeFirst)
            made = Il.Local(frameHere);
        // The compiler may have proved that nothing is read before it is written (SkipLocalsInit); of a lowered body it has not.
        var isLowered = plan.Analysis.Flow.Body != plan.Method.Body;
        twin.Body.InitLocals = (isLowered || plan.Method.Body.InitLocals) && plan.Analysis.NeedsZeroedLocals;
    }

    protected override void LoadG() => Il.Emit(OpCodes.Ldarg, g);

    protected override void LoadOwn(int v)
    {
        if (Variables.IsArgument(v))
            Il.Emit(OpCodes.Ldarg, Argument(v));
        else
            Il.Emit(OpCodes.Ldloc, locals[v - Variables.ArgumentCount]!);
    }

    protected override void StoreOwn(int v)
    {
        if (Variables.IsArgument(v))
            Il.Emit(OpCodes.Starg, Argument(v));
        else
            Il.Emit(OpCodes.Stloc, locals[v - Variables.ArgumentCount]!);
    }

    protected override void LoadAddressOfOwn(int v)
    {
        if (Variables.IsArgument(v))
            Il.Emit(OpCodes.Ldarga, Argument(v));
        else
            Il.Emit(OpCodes.Ldloca, locals[v - Variables.ArgumentCount]!);
    }

    ParameterDefinition Argument(int v) => Variables.IsThis(v) ? twin.Body.ThisParameter : twin.Parameters[twin.HasThis ? v - 1 : v];

    protected override FieldReference FieldOf(int slot) => frame.Field(slot, frameHere);

    protected override VariableDefinition? LocalOf(VariableDefinition original) => locals[original.Index];

    protected override void Prologue()
    {
        if (made is not null)
            MakeFrame(made);
        if (Plan.CheckAt == 0)
            EmitCheck();
    }

    protected override bool PrologueAt(int i)
    {
        if (i == 0 || i != Plan.CheckAt)
            return false;
        Il.Hide();
        EmitCheck();
        return true;
    }

    void EmitCheck()
    {
        Il.Emit(OpCodes.Ldloca, Il.Local(Plan.Method.Module.TypeSystem.Int32));
        Il.Emit(OpCodes.Conv_U);
        LoadG();
        Il.Emit(OpCodes.Ldfld, Abi.StackGuard);
        Il.Emit(OpCodes.Blt_Un, more);
        Il.Mark(enough);
    }

    void MakeFrame(VariableDefinition made)
    {
        Il.Emit(OpCodes.Newobj, frame.Constructor(frameHere));
        Il.Emit(OpCodes.Stloc, made);
        for (var v = 0; v < Variables.ArgumentCount; v++)
            if (Plan.Layout.StaysInFrame(v))
            {
                LoadFrame();
                LoadOwn(v);
                Il.Emit(OpCodes.Stfld, FieldOf(Plan.Layout.SlotOf(v)));
            }
    }

    protected override void Return() => Il.Emit(OpCodes.Ret);

    protected override void LoadFrame()
    {
        if (made is null)
            Il.Emit(OpCodes.Ldnull);
        else
            Il.Emit(OpCodes.Ldloc, made);
    }

    protected override MethodReference Save(Site site) => Refs.On(frame.SaveFor(site), frameHere);

    protected override void Leave(Site site)
    {
        if (site.Region is null)
        {
            Il.Emit(OpCodes.Ret);
            return;
        }
        needsEpilogue = true;
        if (!ReturnsVoid)
            Il.Emit(OpCodes.Stloc, result ??= Il.Local(TypeMap.Strip(twin.ReturnType)));
        Il.Emit(OpCodes.Leave, epilogue);
    }

    protected override void Tail()
    {
        if (needsEpilogue)
        {
            Il.Hide();
            Il.Mark(epilogue);
            if (!ReturnsVoid)
                Il.Emit(OpCodes.Ldloc, result!);
            Il.Emit(OpCodes.Ret);
        }
        if (Plan.Entry is not { } entry)
            return;
        Il.Hide();
        Il.Mark(more);
        LoadG();
        Il.Emit(OpCodes.Call, Abi.MoreStack);
        Il.Emit(OpCodes.Brfalse, enough);
        EmitSave(entry);
    }
}
