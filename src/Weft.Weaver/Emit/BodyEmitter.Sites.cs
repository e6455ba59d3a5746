// The copy's sites: the call, the question after it, and the cold block that saves the activation (see the head of BodyEmitter.cs).

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Emit;

internal abstract partial class BodyEmitter
{
    void EmitSite(Site site)
    {
        var cold = new Label();
        LoadG();
        var (op, twin) = calls.Of(site.Target, Flow.Code[site.Index]);
        Il.Emit(op, Renaming.Method(twin));
        LoadG();
        Il.Emit(OpCodes.Ldfld, Abi.Unwind);
        Il.Emit(OpCodes.Brtrue, cold);
        AfterSite(site);
        Cold(site.Region, () =>
        {
            Il.Mark(cold);
            if (ResultOf(site) is not null)
                Il.Emit(OpCodes.Pop);
            EmitSave(site);
        });
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
