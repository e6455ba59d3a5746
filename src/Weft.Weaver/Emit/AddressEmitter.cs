// Address: a suspended activation says where the references point that it has passed to its callee.
//
//   override ref byte Address(int argument)                // counted from the last one
//   {
//             switch (this.pc >> 1) { entry, s_1, ... }
//   s_k:      switch (argument) { a_0, a_1, ... }
//   a_n:      return ref this.v                            // by recipe, out of the fields; or this.parent.Address(m)
//   none:     return base.Address(argument)                // never reached
//   }
//
// Only frames of methods that pass references have one. The recipes are those of ResumeEmitter.Repeat, told of fields instead of locals.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Emit;

internal static class AddressEmitter
{
    public static void Emit(HotMethod plan, FrameEmitter frame, Abi abi, TypeFacts facts)
    {
        var sites = plan.Sites.Values.Where(s => Array.Exists(s.Arguments, a => a is not null)).ToList();
        if (sites.Count == 0)
            return;
        var method = new MethodDefinition("Address", MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig, new ByReferenceType(facts.System.Byte));
        var argument = new ParameterDefinition("argument", ParameterAttributes.None, facts.System.Int32);
        method.Parameters.Add(argument);
        frame.Type.Methods.Add(method);

        var il = new Assembler(method);
        var none = new Label();
        var heads = sites.ToDictionary(s => s.Number, _ => new Label());
        This();
        il.Emit(OpCodes.Ldfld, abi.FramePc);
        il.LoadInt(1);
        il.Emit(OpCodes.Shr);
        il.Emit(OpCodes.Switch, Enumerable.Range(0, sites[^1].Number + 1).Select(n => heads.GetValueOrDefault(n, none)).ToArray());
        il.Mark(none);
        This();
        il.Emit(OpCodes.Ldarg, argument);
        il.Emit(OpCodes.Call, abi.FrameAddress);
        il.Emit(OpCodes.Ret);
        foreach (var s in sites)
        {
            il.Mark(heads[s.Number]);
            var arms = Array.ConvertAll(s.Arguments, a => a is null ? none : new Label());
            il.Emit(OpCodes.Ldarg, argument);
            il.Emit(OpCodes.Switch, arms);
            il.Emit(OpCodes.Br, none);
            for (var n = 0; n < arms.Length; n++)
                if (s.Arguments[n] is { } recipe)
                {
                    il.Mark(arms[n]);
                    Make(recipe);
                    il.Emit(OpCodes.Ret);
                }
        }
        il.Finish();

        void This() => il.Emit(OpCodes.Ldarg, method.Body.ThisParameter);

        void Make(Recipe recipe) => RecipeEmitter.Emit(recipe, plan, il, abi.FrameTyped, frame.Renaming, v => Field(OpCodes.Ldfld, v), v => Field(OpCodes.Ldflda, v), n =>
        {
            This();
            il.Emit(OpCodes.Ldfld, abi.FrameParent);
            il.LoadInt(n);
            il.Emit(OpCodes.Callvirt, abi.FrameAddress);
        });

        void Field(OpCode op, int variable)
        {
            This();
            il.Emit(op, frame.Field(plan.Layout.SlotOf(variable)));
        }
    }
}
