// The copy's sites: the questions before the call, the call, the check after it, and the cold block that saves the activation (see the head of BodyEmitter.cs).

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Emit;

internal abstract partial class BodyEmitter
{
    // Arguments of calls that a question precedes; beyond that number they are used again.
    const int MostTemporaries = 256;

    readonly Dictionary<string, Stack<VariableDefinition>> temporaries = [];
    int temporaryCount;

    void EmitSite(Site site)
    {
        var cold = new Label();
        if (calls.QuestionsBefore(site.Target) is [_, ..] questions)
            EmitQuestions(site, questions, cold);
        else
            EmitHotCall(site, cold);
        AfterSite(site);
        Cold(site.Region, () =>
        {
            Il.Mark(cold);
            if (ResultOf(site) is not null)
                Il.Emit(OpCodes.Pop);
            EmitSave(site);
        });
    }

    void EmitHotCall(Site site, Label cold)
    {
        LoadG();
        var (op, twin) = calls.Of(site.Target, Flow.Code[site.Index]);
        Il.Emit(op, Renaming.Method(twin));
        LoadG();
        Il.Emit(OpCodes.Ldfld, Abi.Unwind);
        Il.Emit(OpCodes.Brtrue, cold);
    }

    void EmitQuestions(Site site, MethodReference[] questions, Label cold)
    {
        Label plain = new(), done = new();
        var target = site.Target;
        var arguments = PutAside(target);
        foreach (var q in questions)
        {
            if (arguments is [var receiver, ..])
                Il.Emit(OpCodes.Ldloc, receiver);
            Il.Emit(OpCodes.Call, Renaming.Method(q));
            Il.Emit(OpCodes.Brtrue, plain);
        }
        LoadArguments();
        EmitHotCall(site, cold);
        Il.Emit(OpCodes.Br, done);
        Il.Mark(plain);
        LoadArguments();
        if (target.Constraint is { } type)
            Il.Emit(OpCodes.Constrained, Renaming.Type(type));
        Il.Emit(target.Kind == TargetKind.Static ? OpCodes.Call : OpCodes.Callvirt, Renaming.Method(target.Callee));
        Il.Mark(done);

        void LoadArguments()
        {
            foreach (var a in arguments)
                Il.Emit(OpCodes.Ldloc, a);
        }
    }

    // The arguments from the stack, in order; they stay there where no receiver is asked.
    VariableDefinition[] PutAside(CallTarget target)
    {
        if (target.Kind == TargetKind.Static)
            return [];
        var receiver = target.Constraint is { } t ? new ByReferenceType(t) : target.Callee.DeclaringType;
        var types = target.Callee.GetElementMethod().Parameters.Select(p => TypeMap.Inflate(p.ParameterType, target.Callee)).Prepend(receiver);
        var arguments = types.Select(t => Temporary(Renaming.Type(TypeMap.Strip(t)))).ToArray();
        foreach (var a in arguments.Reverse())
        {
            Il.Emit(OpCodes.Stloc, a);
            if (temporaryCount > MostTemporaries)
                FreeTemporaries(a.VariableType).Push(a);
        }
        return arguments;
    }

    // One for each use, as long as there are not too many: the JIT knows more of a local that is written once.
    VariableDefinition Temporary(TypeReference type)
    {
        if (FreeTemporaries(type).TryPop(out var free))
            return free;
        temporaryCount++;
        return Il.Local(type);
    }

    Stack<VariableDefinition> FreeTemporaries(TypeReference type)
    {
        var key = TypeMap.StorageKey(type);
        if (!temporaries.TryGetValue(key, out var free))
            temporaries[key] = free = [];
        return free;
    }

    /// <summary>What the callee returns, in the original method's types; null for nothing.</summary>
    protected static TypeReference? ResultOf(Site site)
    {
        var result = TypeMap.Inflate(site.Target.Callee.GetElementMethod().ReturnType, site.Target.Callee);
        result = TypeMap.Strip(result);
        return result.MetadataType == MetadataType.Void ? null : result;
    }

    /// <summary>Saves the activation at a site and gives it up. The values beneath the arguments are on the stack.</summary>
    protected void EmitSave(Site site)
    {
        foreach (var v in Plan.Layout.SavedAt(site))
            Load(v);
        Il.LoadInt(site.Pc);
        LoadFrame();
        LoadG();
        Il.Emit(OpCodes.Call, Save(site));
        Leave(site);
    }
}
