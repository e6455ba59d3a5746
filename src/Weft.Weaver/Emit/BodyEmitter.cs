// What the twin and Resume have in common: a copy of the original body, with sites.
//
//   original                       copy
//   ----------------------------   -----------------------------------------------------------------
//   .try {                         .try {
//                                      [dispatch]                       // Resume only
//     ...                              ...
//     call R Callee(args)              ldarg g
//                                      call R <Callee>g(args, G)        // stack: beneath..., R
//                                      ldarg g; ldfld unwind
//                                      brtrue cold_k
//     ...                              ...                              // the way it always goes falls through
//   }                              cold_k:                              // at the end of the try: `leave` must get out of it
//                                      pop                              // R means nothing while unwinding
//                                      <live variables>, pc
//                                      call R Save(beneath..., live..., pc, f, G)
//                                      [stloc result]; leave epilogue
//                                  }
//   finally {                      finally {
//                                      ldarg g; ldfld unwind; ldc 1; bne go; endfinally
//     ...                          go: ...
//   }                              }
//
// Where there are questions to ask before the call (Questions.cs), the ways part at the site:
//
//   call R I.M(args)               a, b := args                     // in locals, the receiver first
//                                  ldloc a; call question; brtrue plain
//                                  a, b; ldarg g; call hot
//                                  ldarg g; ldfld unwind; brtrue cold_k; br done
//                                  plain: a, b; callvirt I.M        // has not suspended
//                                  done:
//
// Catch clauses let Goroutine.Exit pass (src/Weft/Runtime/GoexitException.cs):
//
//   catch T { ... leave X }        filter { isinst T; ldarg g; call catches; endfilter }     // where T can be its type
//                                  { castclass T; ...; ldarg g; call CheckExit; leave X }
//   filter { f } { ... leave X }   filter { dup; ldarg g; call catches; brtrue f; pop; ldc 0; endfilter; f }
//                                  { ...; ldarg g; call CheckExit; leave X }
//
// Not at a `leave` inside a finally body: an exit that runs it is still on its way.
//
// A go statement notes its place: `ldarg g; ldstr "method\nfile:line"; call gostmt` before the call.
//
// Outside of a try the cold block stands at the end of the body and ends with `ret`.
// Regions are rebuilt around the copy: a region's end is marked after the cold blocks that belong to it.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;
using Weft.Weaver.Lowering;

namespace Weft.Weaver.Emit;

internal abstract partial class BodyEmitter
{
    readonly Dictionary<int, Label> labels = [];
    readonly Dictionary<Region, (Label Start, Label End)> tries = [];
    readonly Dictionary<HandlerRange, (Label Start, Label End)> handlers = [];
    readonly Dictionary<ExceptionHandler, Label> filters = [];
    readonly Dictionary<Region, List<Action>> coldInTry = [];
    readonly List<Action> coldAtEnd = [];
    readonly Dictionary<int, SequencePoint> points = [];
    readonly HotCalls calls;
    bool isBehindCold;

    protected BodyEmitter(HotMethod plan, MethodDefinition target, Renaming renaming, HotCalls calls, Abi abi)
    {
        Plan = plan;
        Renaming = renaming;
        Abi = abi;
        this.calls = calls;
        Il = new Assembler(target);
        var info = plan.Method.DebugInformation;
        if (info.HasSequencePoints)
        {
            foreach (var p in info.SequencePoints)
                points[p.Offset] = p;
            Il.Source = info.SequencePoints[0].Document;
        }
    }

    protected HotMethod Plan { get; }

    protected Renaming Renaming { get; }

    protected Abi Abi { get; }

    protected Assembler Il { get; }

    protected Flow Flow => Plan.Analysis.Flow;

    protected Variables Variables => Plan.Analysis.Variables;

    protected bool ReturnsVoid => TypeMap.Strip(Plan.Method.ReturnType).MetadataType == MetadataType.Void;

    protected abstract void LoadG();

    // Where a variable is an argument or a local of the copy.
    protected abstract void LoadOwn(int variable);
    protected abstract void StoreOwn(int variable);
    protected abstract void LoadAddressOfOwn(int variable);

    /// <summary>A field of the frame, as this body names it.</summary>
    protected abstract FieldReference FieldOf(int slot);

    /// <summary>Checks, dispatch: what runs before the body.</summary>
    protected abstract void Prologue();

    /// <summary>The part of the prologue that stands in the body, before this instruction; false if there is none.</summary>
    protected virtual bool PrologueAt(int i) => false;

    /// <summary>The first code inside of a try.</summary>
    protected virtual void EnterTry(Region r)
    {
    }

    /// <summary>`ret`, with the result on the stack.</summary>
    protected abstract void Return();

    /// <summary>A call of Save has left its result on the stack: give up the activation.</summary>
    protected abstract void Leave(Site site);

    /// <summary>The `f` argument of Save; the frame itself where variables stay in it.</summary>
    protected abstract void LoadFrame();

    protected abstract MethodReference Save(Site site);

    /// <summary>Code behind the call of a site.</summary>
    protected virtual void AfterSite(Site site)
    {
    }

    /// <summary>Blocks at the very end of the body.</summary>
    protected virtual void Tail()
    {
    }

    /// <summary>Where the code of the original instruction begins in the copy; a try's head if one begins there.</summary>
    protected Label LabelOf(int i)
    {
        if (!labels.TryGetValue(i, out var l))
            labels[i] = l = new Label();
        return l;
    }

    /// <summary>The head of a try, for dispatch into it.</summary>
    protected Label HeadOf(Region r) => tries[r].Start;

    // Where a branch at `from` goes to. Several tries may begin with one instruction, and a loop go back to it from within: Resume has code
    // between their beginnings, so that the way is to the beginning of the innermost one that is not left.
    Label LabelTo(int i, int from)
        => Flow.Regions.Where(r => r.Start == i && r.Contains(from)).MinBy(r => r.End - r.Start) is { } within ? tries[within].Start : LabelOf(i);

    /// <summary>The source line of an instruction.</summary>
    protected SequencePoint? PointAt(int i)
    {
        for (; i >= 0; i--)
            if (points.TryGetValue(Flow.Code[i].Offset, out var p) && !p.IsHidden)
                return p;
        return null;
    }

    /// <summary>Queues a block that runs rarely.</summary>
    protected void Cold(Region? region, Action emit) => (region is null ? coldAtEnd : coldInTry[region]).Add(emit);

    public void Emit()
    {
        foreach (var r in Flow.Regions)
        {
            tries[r] = (new Label(), new Label());
            coldInTry[r] = [];
        }
        foreach (var h in Flow.Handlers)
            handlers[h] = (new Label(), new Label());

        Il.Hide();
        Prologue();
        for (var i = 0; i < Flow.Code.Length; i++)
        {
            Close(i);
            Open(i);
            isBehindCold |= PrologueAt(i);
            var own = points.GetValueOrDefault(Flow.Code[i].Offset);
            // What stands before this may have lines of its own, and a trace takes the last one that is not hidden.
            if (isBehindCold && (own is null || own.IsHidden) && PointAt(i) is { } line)
            {
                Il.Point(line);
                Il.Emit(OpCodes.Nop);
            }
            isBehindCold = false;
            if (own is not null)
                Il.Point(own);
            Copy(i);
        }
        Close(Flow.Code.Length);
        Flush(coldAtEnd);
        Tail();
        Protect();
        Il.Finish();
        CopyScopes();
    }

    void NoteGoStatement(int i)
    {
        LoadG();
        var type = Plan.Method.DeclaringType.FullName.Replace('/', '.');
        var line = PointAt(i) is { } p ? $"\n{p.Document.Url}:{p.StartLine}" : "";
        Il.Emit(OpCodes.Ldstr, $"{type}.{Plan.Method.Name}{line}");
        Il.Emit(OpCodes.Call, Abi.GoStatement);
    }

    void Flush(List<Action> blocks)
    {
        foreach (var b in blocks)
        {
            Il.Hide();
            b();
        }
    }

    void Copy(int i)
    {
        var instruction = Flow.Code[i];
        var (variable, access) = Variables.Of(instruction);
        if (access != Access.None)
        {
            switch (access)
            {
                case Access.Load:
                    Load(variable);
                    break;
                case Access.Store:
                    Store(variable);
                    break;
                default:
                    LoadAddress(variable);
                    break;
            }
            return;
        }
        if (Plan.MarkerOf(i) is var marker
            && (marker == Marker.CheckExit || (marker != Marker.EnterHandler && instruction.OpCode.Code is Code.Leave or Code.Leave_S && EndsHandler(i))))
        {
            LoadG();
            Il.Emit(OpCodes.Call, Abi.CheckExit);
        }
        if (marker == Marker.IsExiting)
        {
            LoadG();
            Il.Emit(OpCodes.Call, Abi.IsExiting);
            return;
        }
        if (instruction.Operand is MethodReference callee && calls.IsGoStatement(callee) && !Abi.Has(Plan.Method, "GoStatementAttribute"))
            NoteGoStatement(i);
        if (Plan.Sites.TryGetValue(i, out var site))
        {
            EmitSite(site);
            return;
        }
        if (Plan.Harmless.TryGetValue(i, out var target))
        {
            LoadG();
            var (op, twin) = calls.Of(target, instruction);
            Il.Emit(op, Renaming.Method(twin));
            return;
        }
        if (Plan.IsDropped(i))
            return;
        if (Plan.Kept.TryGetValue(i, out var kept))
        {
            for (var k = kept.Length - 1; k >= 0; k--)
                Store(kept[k]);
            foreach (var k in kept)
                Load(k);
            if (i > 0 && Flow.Code[i - 1].OpCode.Code == Code.Readonly)
                Il.Emit(OpCodes.Readonly);
        }
        if (instruction.Operand is MethodReference { Name: "GetCurrentMethod", DeclaringType.FullName: "System.Reflection.MethodBase" } current)
        {
            EmitCurrentMethod(current.DeclaringType);
            return;
        }
        switch (instruction.OpCode.Code)
        {
            case Code.Ret:
                Return();
                return;
            case Code.Tail:
                // A site is followed by its check, and in Resume a `ret` is not a `ret`.
                return;
        }
        switch (instruction.Operand)
        {
            case Instruction to:
                Il.Emit(LongForm(instruction.OpCode), LabelTo(Flow.IndexOf(to), i));
                break;
            case Instruction[] table:
                Il.Emit(instruction.OpCode, Array.ConvertAll(table, t => LabelTo(Flow.IndexOf(t), i)));
                break;
            default:
                Il.Emit(instruction.OpCode, Renaming.Operand(instruction.Operand));
                break;
        }
    }

    // MethodBase.GetMethodFromHandle(the original): the copy is not what the program means by the current method
    void EmitCurrentMethod(TypeReference methodBase)
    {
        var fromHandle = new MethodReference("GetMethodFromHandle", methodBase, methodBase);
        foreach (var name in new[] { "RuntimeMethodHandle", "RuntimeTypeHandle" })
            fromHandle.Parameters.Add(new ParameterDefinition(Known.Type(Plan.Method.Module, "System", name, isValue: true)));
        Il.Emit(OpCodes.Ldtoken, Plan.Method);
        Il.Emit(OpCodes.Ldtoken, Plan.Method.DeclaringType);
        Il.Emit(OpCodes.Call, fromHandle);
    }

    static OpCode LongForm(OpCode op) => op.Code switch
    {
        Code.Br_S => OpCodes.Br,
        Code.Brfalse_S => OpCodes.Brfalse,
        Code.Brtrue_S => OpCodes.Brtrue,
        Code.Beq_S => OpCodes.Beq,
        Code.Bge_S => OpCodes.Bge,
        Code.Bgt_S => OpCodes.Bgt,
        Code.Ble_S => OpCodes.Ble,
        Code.Blt_S => OpCodes.Blt,
        Code.Bne_Un_S => OpCodes.Bne_Un,
        Code.Bge_Un_S => OpCodes.Bge_Un,
        Code.Bgt_Un_S => OpCodes.Bgt_Un,
        Code.Ble_Un_S => OpCodes.Ble_Un,
        Code.Blt_Un_S => OpCodes.Blt_Un,
        Code.Leave_S => OpCodes.Leave,
        _ => op,
    };
}
