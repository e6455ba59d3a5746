// Delegates with several targets: a loop over them, one for each type of delegate that is called here, so that each target may suspend in turn.
//
//   R <D.Invoke>m<TD...>(D<TD> d, A a)
//   {
//       Delegate[] list = d.GetInvocationList();
//       for (int i = 0; ; ) { R r = ((D<TD>)list[i])(a); if (++i >= list.Length) return r; }
//   }
//
// It is written as a plain method before the analysis, and then woven like any other: its frame is what remembers how far it is. Helpers call it.
// The order, the result of the last one, and that a target that throws is the last, are those of a plain call.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Emit;

internal sealed class Multicasts(TypeFacts facts, Homes homes)
{
    readonly Dictionary<MethodDefinition, MethodDefinition> loops = [];

    ModuleDefinition Module => facts.Module;

    /// <summary>The loop for an Invoke, if it is called somewhere.</summary>
    public MethodDefinition? LoopOf(MethodDefinition invoke) => loops.GetValueOrDefault(invoke);

    /// <summary>Writes the loops that the assembly needs.</summary>
    public void Declare(Targets targets)
    {
        foreach (var m in Module.GetAllTypes().SelectMany(t => t.Methods).Where(m => m.HasBody && !Eligibility.IsExempted(m)).ToList())
            foreach (var i in m.Body.Instructions)
                if (i is { OpCode.Code: Code.Callvirt, Operand: MethodReference { Name: "Invoke" } } && targets.Of(i) is { Kind: TargetKind.Delegate } target && !loops.ContainsKey(target.Definition))
                    loops.Add(target.Definition, Emit(target.Definition));
    }

    MethodDefinition Emit(MethodDefinition invoke)
    {
        var type = invoke.DeclaringType;
        var loop = new MethodDefinition($"<{type.FullName}.{invoke.Name}>m", MethodAttributes.Assembly | MethodAttributes.Static | MethodAttributes.HideBySig | MethodAttributes.SpecialName, facts.System.Void);
        TypeReference Here(TypeReference t) => TypeMap.Map(t, p => loop.GenericParameters[p.Position], Module.ImportReference);
        Refs.CopyParameters(type, loop, Module, p => loop.GenericParameters[p.Position]);
        var self = TypeMap.Instance(Module.ImportReference(type), loop.GenericParameters);
        loop.ReturnType = Here(invoke.ReturnType);
        loop.Parameters.Add(new ParameterDefinition("d", ParameterAttributes.None, self));
        foreach (var p in invoke.Parameters)
            loop.Parameters.Add(new ParameterDefinition(p.Name, p.Attributes & (ParameterAttributes.In | ParameterAttributes.Out), Here(p.ParameterType)));
        homes.Of(type).Methods.Add(loop);

        var il = new Assembler(loop);
        loop.Body.InitLocals = true;
        var delegateType = Known.Type(Module, "System", "Delegate");
        var list = il.Local(new ArrayType(delegateType));
        var index = il.Local(facts.System.Int32);
        var next = new Label();
        il.Emit(OpCodes.Ldarg, loop.Parameters[0]);
        il.Emit(OpCodes.Callvirt, new MethodReference("GetInvocationList", new ArrayType(delegateType), delegateType) { HasThis = true });
        il.Emit(OpCodes.Stloc, list);
        il.Mark(next);
        il.Emit(OpCodes.Ldloc, list);
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Ldelem_Ref);
        il.Emit(OpCodes.Castclass, self);
        foreach (var p in loop.Parameters.Skip(1))
            il.Emit(OpCodes.Ldarg, p);
        il.Emit(OpCodes.Callvirt, Refs.Foreign(Module, invoke, self));
        var result = loop.ReturnType.MetadataType == MetadataType.Void ? null : il.Local(loop.ReturnType);
        if (result is not null)
            il.Emit(OpCodes.Stloc, result);
        il.Emit(OpCodes.Ldloc, index);
        il.LoadInt(1);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Dup);
        il.Emit(OpCodes.Stloc, index);
        il.Emit(OpCodes.Ldloc, list);
        il.Emit(OpCodes.Ldlen);
        il.Emit(OpCodes.Conv_I4);
        il.Emit(OpCodes.Blt, next);
        if (result is not null)
            il.Emit(OpCodes.Ldloc, result);
        il.Emit(OpCodes.Ret);
        il.Finish();
        return loop;
    }
}
