// Dispatch helpers: a static method for each call of a delegate or an interface method in a hot body. It is called when the site's questions
// (Questions.cs) have been answered with no.
//
//   R <I.M>g<TI..., TM...>(I<TI> self, A a, G g)
//   {
//             self is I.<g><TI> s ? s.<M>g<TM>(a, g) : { Unshadowed<I.<g><TI>>.Add(self); self.M<TM>(a) }
//             // Where I is variant, a shadow counts if Variants<I<TI>, I.<g><TI>>.Agree(self), and else is as good as none.
//             // Where there are implementations that have no shadow: <I.M>k<TI..., TM...> in the place of the shadow in Unshadowed,
//             // and <I.M>d(self, a, g), which looks for one, in the place of the last arm (Contracts). Where M is of an assembly that is not woven
//             // there is no shadow to ask, and that arm is left.
//   }
//   R <I.M>c<T, TI..., TM...>(ref T self, A a, G g)           // a constrained call; the JIT decides the tests
//   {
//             default(T) == null -> as above
//             own != null        -> calli instance R(A, G) own on ref self          // a struct's method; own, boxed: <I.M>o<T, TI..., TM...>
//             boxed != null      -> calli instance R(A, G) boxed on (I<TI>)self     // a default body gets the struct in a box, as it does plainly
//             else               -> self.M<TM>(a)
//   }
//   R <I.M>c<T, TI..., TM...>(A a, G g)                       // M is static
//   {
//             own != null ? calli R(A, G) own : T.M<TM>(a)
//   }
//   R <I.M>c<T, TI..., TM...>(ref T self, A a, G g)           // I is a class, or M has a body and cannot be implemented
//   {
//             ((I<TI>)self).<M>g<TM>(a, g)
//   }
//   R <D.Invoke>g<TD...>(D<TD> d, A a, G g)
//   {
//             e = Delegates.Find(d)
//             e == null     -> d(a)
//             e.isStatic    -> e.fn != null    ? calli R(A, G) e.fn
//                              e.bound != null ? calli R(object, A, G) e.bound on Delegates.Target(d)      // an extension method, a struct's
//                                              : <D.Invoke>m(d, a, g)                                      // several targets: Multicasts
//             else          -> calli instance R(A, G) e.fn on Delegates.Target(d)
//   }
//
// They forward in tail position and need no frame. The JIT inlines them.
// Rejected: one helper for all calls of a method: the JIT learns for each method whom it calls, so all sites together would look as if none
// had a usual callee, and be guarded against that of another; a simulation made of such calls took a quarter longer.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Emit;

internal sealed class Helpers(TypeFacts facts, Abi abi, Homes homes, Multicasts multicasts, Twins twins, Contracts contracts, Questions questions)
{
    readonly Dictionary<Instruction, MethodDefinition> helpers = [];
    readonly Dictionary<Instruction, MethodDefinition> constrained = [];

    ModuleDefinition Module => facts.Module;

    /// <summary>The helper for the call at a site of the original method, with the call's generic arguments.</summary>
    public MethodReference For(CallTarget target, Instruction site)
    {
        var known = target.Constraint is null ? helpers : constrained;
        if (!known.TryGetValue(site, out var helper))
            known[site] = helper = Emit(target, target.Constraint is not null);
        var first = target.Constraint is { } t ? [t] : Array.Empty<TypeReference>();
        var arguments = first.Concat(((target.Callee.DeclaringType as GenericInstanceType)?.GenericArguments ?? Enumerable.Empty<TypeReference>()))
            .Concat((target.Callee as GenericInstanceMethod)?.GenericArguments ?? Enumerable.Empty<TypeReference>()).ToArray();
        return Refs.Instance(helper, arguments);
    }

    MethodDefinition Emit(CallTarget target, bool isConstrained)
    {
        var method = target.Member(facts);
        var type = method.DeclaringType;
        var first = isConstrained ? 1 : 0;
        var arity = type.GenericParameters.Count;
        var helper = new MethodDefinition($"<{type.FullName}.{method.Name}>{(isConstrained ? 'c' : 'g')}{helpers.Count + constrained.Count}", MethodAttributes.Assembly | MethodAttributes.Static | MethodAttributes.HideBySig | MethodAttributes.SpecialName, facts.System.Void);
        TypeReference Rename(GenericParameter p) => helper.GenericParameters[first + (p.Type == GenericParameterType.Type ? p.Position : arity + p.Position)];
        TypeReference Here(TypeReference t) => TypeMap.Map(t, Rename, Module.ImportReference);
        if (isConstrained)
            helper.GenericParameters.Add(new GenericParameter("T", helper));
        Refs.CopyParameters(type, helper, Module, Rename);
        Refs.CopyParameters(method, helper, Module, Rename);
        var self = TypeMap.Instance(Module.ImportReference(type), helper.GenericParameters.Skip(first).Take(arity));
        if (isConstrained)
            helper.GenericParameters[0].Constraints.Add(new GenericParameterConstraint(self));
        var ofMethod = helper.GenericParameters.Skip(first + arity).ToArray();
        helper.ReturnType = Here(method.ReturnType);
        if (target.Kind != TargetKind.Static)
            helper.Parameters.Add(new ParameterDefinition("self", ParameterAttributes.None, isConstrained ? new ByReferenceType(helper.GenericParameters[0]) : self));
        foreach (var p in method.Parameters)
            helper.Parameters.Add(new ParameterDefinition(p.Name, p.Attributes & (ParameterAttributes.In | ParameterAttributes.Out), Here(p.ParameterType)));
        helper.Parameters.Add(new ParameterDefinition("g", ParameterAttributes.None, abi.G));
        homes.Of(method).Methods.Add(helper);

        var il = new Assembler(helper);
        var plain = Refs.Foreign(Module, method, self, ofMethod);
        if (target.Kind is TargetKind.Direct or TargetKind.Sibling or TargetKind.Virtual)
            EmitBoxed(il, helper, Refs.Foreign(Module, target.Twin ?? (target.Kind == TargetKind.Virtual ? twins.Entry(method) : twins.Body(method))!, self, ofMethod));
        else if (target.Kind == TargetKind.Static)
            EmitStatic(il, helper, plain, method);
        else if (target.Kind == TargetKind.Delegate)
            EmitDelegate(il, helper, plain, multicasts.LoopOf(method) is { } loop ? twins.Body(loop) : null);
        else
            EmitInterface(il, helper, plain, target, method, ofMethod, isConstrained ? helper.GenericParameters[0] : null);
        il.Finish();
        return helper;
    }

    void EmitInterface(Assembler il, MethodDefinition helper, MethodReference plain, CallTarget target, MethodDefinition method, GenericParameter[] ofMethod, GenericParameter? constraint)
    {
        var hasFallback = questions.HasFallback(target, method);
        var ofType = helper.GenericParameters.Skip(constraint is null ? 0 : 1).Take(method.DeclaringType.GenericParameters.Count).ToArray();
        var hot = questions.ShadowOf(target, method);
        var shadow = hot is null ? null : TypeMap.Instance(Module.ImportReference(hot.DeclaringType), ofType);
        var unshadowed = questions.KeyOf(target, method, ofType, ofMethod);
        Label plainly = new(), isStruct = new();
        if (constraint is not null)
        {
            var nothing = il.Local(constraint);
            il.Body.InitLocals = true;
            il.Emit(OpCodes.Ldloc, nothing);
            il.Emit(OpCodes.Box, constraint);
            il.Emit(OpCodes.Brtrue, isStruct);
        }
        if (shadow is not null)
            IfShadowed();
        Self();
        if (hasFallback)
        {
            Twins.Forward(il, helper, OpCodes.Call, Refs.Instance(contracts.FallbackOf(method), ofType.Concat(ofMethod)), withG: true, skip: 1);
        }
        else
        {
            il.Emit(OpCodes.Call, abi.AddUnshadowed(unshadowed));
            if (constraint is not null)
                il.Emit(OpCodes.Br, plainly);
        }
        if (constraint is not null)
        {
            il.Mark(isStruct);
            foreach (var (known, inBox) in questions.EntriesOf(target, method, helper.GenericParameters))
                IfFound(known, inBox ? Self : () => il.Emit(OpCodes.Ldarg, helper.Parameters[0]));
        }
        il.Mark(plainly);
        Twins.Forward(il, helper, OpCodes.Callvirt, plain, withG: false, prefix: constraint);

        void IfShadowed()
        {
            var isVariant = method.DeclaringType.GenericParameters.Any(p => p.IsCovariant || p.IsContravariant);
            Label miss = new(), disagree = new();
            Self();
            il.Emit(OpCodes.Isinst, shadow);
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Brfalse, miss);
            if (isVariant)
            {
                Self();
                il.Emit(OpCodes.Call, abi.VariantsAgree(TypeMap.Instance(Module.ImportReference(method.DeclaringType), ofType), shadow));
                il.Emit(OpCodes.Brfalse, disagree);
            }
            Twins.Forward(il, helper, OpCodes.Callvirt, Refs.Foreign(Module, hot!, shadow, ofMethod), withG: true, skip: 1);
            if (isVariant)
            {
                il.Mark(disagree);
                il.Emit(OpCodes.Pop);
                Self();
                il.Emit(OpCodes.Call, abi.AddUnshadowed(unshadowed));
                Twins.Forward(il, helper, OpCodes.Callvirt, plain, withG: false, prefix: constraint);
            }
            il.Mark(miss);
            il.Emit(OpCodes.Pop);
        }

        void Self()
        {
            il.Emit(OpCodes.Ldarg, helper.Parameters[0]);
            if (constraint is null)
                return;
            il.Emit(OpCodes.Ldobj, constraint);
            il.Emit(OpCodes.Box, constraint);
        }

        void IfFound(FieldReference known, Action receiver)
        {
            var entry = il.Local(abi.HotEntry);
            var none = new Label();
            il.Emit(OpCodes.Ldsfld, known);
            il.Emit(OpCodes.Stloc, entry);
            il.Emit(OpCodes.Ldloc, entry);
            il.Emit(OpCodes.Brfalse, none);
            Contracts.EmitIndirect(il, abi, helper, receiver, null, skip: 1, entry);
            il.Mark(none);
        }
    }

    void EmitStatic(Assembler il, MethodDefinition helper, MethodReference plain, MethodDefinition method)
    {
        var entry = il.Local(abi.HotEntry);
        var none = new Label();
        il.Emit(OpCodes.Ldsfld, contracts.Own(method, helper.GenericParameters));
        il.Emit(OpCodes.Stloc, entry);
        il.Emit(OpCodes.Ldloc, entry);
        il.Emit(OpCodes.Brfalse, none);
        Contracts.EmitIndirect(il, abi, helper, null, null, skip: 0, entry);
        il.Mark(none);
        Twins.Forward(il, helper, OpCodes.Call, plain, withG: false, prefix: helper.GenericParameters[0]);
    }

    static void EmitBoxed(Assembler il, MethodDefinition helper, MethodReference twin)
    {
        il.Emit(OpCodes.Ldarg, helper.Parameters[0]);
        il.Emit(OpCodes.Ldobj, helper.GenericParameters[0]);
        il.Emit(OpCodes.Box, helper.GenericParameters[0]);
        Twins.Forward(il, helper, twin.HasThis ? OpCodes.Callvirt : OpCodes.Call, twin, withG: true, skip: 1);
    }

    void EmitDelegate(Assembler il, MethodDefinition helper, MethodReference plain, MethodDefinition? loop)
    {
        var entry = il.Local(abi.HotEntry);
        Label miss = new(), isStatic = new(), isOther = new(), several = new();
        il.Emit(OpCodes.Ldarg, helper.Parameters[0]);
        il.Emit(OpCodes.Call, abi.FindDelegate);
        il.Emit(OpCodes.Stloc, entry);
        il.Emit(OpCodes.Ldloc, entry);
        il.Emit(OpCodes.Brfalse, miss);
        il.Emit(OpCodes.Ldloc, entry);
        il.Emit(OpCodes.Ldfld, abi.HotEntryIsStatic);
        il.Emit(OpCodes.Brtrue, isStatic);
        Contracts.EmitIndirect(il, abi, helper, Target, null, skip: 1, entry);
        il.Mark(isStatic);
        il.Emit(OpCodes.Ldloc, entry);
        il.Emit(OpCodes.Ldfld, abi.HotEntryFunction);
        il.Emit(OpCodes.Brfalse, isOther);
        Contracts.EmitIndirect(il, abi, helper, null, null, skip: 1, entry);
        il.Mark(isOther);
        il.Emit(OpCodes.Ldloc, entry);
        il.Emit(OpCodes.Ldfld, abi.HotEntryBound);
        il.Emit(OpCodes.Brfalse, several);
        Contracts.EmitIndirect(il, abi, helper, Target, facts.System.Object, skip: 1, entry, abi.HotEntryBound);
        il.Mark(several);
        if (loop is not null)
            Twins.Forward(il, helper, OpCodes.Call, Refs.Instance(loop, helper.GenericParameters), withG: true);
        il.Mark(miss);
        Twins.Forward(il, helper, OpCodes.Callvirt, plain, withG: false);

        void Target()
        {
            il.Emit(OpCodes.Ldarg, helper.Parameters[0]);
            il.Emit(OpCodes.Call, abi.DelegateTarget);
        }
    }
}
