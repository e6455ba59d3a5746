// Shadow interfaces: hot dispatch of interface methods that woven types alone take part in.
//
//   interface I { R M(A a); }                     // as it was: nothing that a mock or proxy could meet
//   interface I.<g> { R <M>g(A a, G g) => ((I)this).M(a); }       // nested; methods of I that can suspend
//
//   class C : I, I.<g>
//   {
//       R I.<g>.<M>g(A a, G g)                    // private, explicit
//       {
//             this.GetType() == typeof(C) -> hot
//             ldvirtftn this.I::M == ldvirtftn this.C::M -> hot      // only where C is open: an unwoven subclass may have
//             return ((I)this).M(a)                                 // implemented I once more, and inherits this entry
//   hot:      return <M>g(a, g)
//       }
//   }
//
// A type gets the shadow if one of its implementations is hot, or if a base class has it: else the base's entries would answer.
// Implementations that are not hot get a plain entry. The shadow's own bodies are for classes that were woven before the interface got the method.
// What has its body in an interface, and what is a struct's, is not in the shadow but looked up (Contracts).

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Emit;

internal sealed class Shadows(TypeFacts facts, Abi abi, HandWritten hand, Hierarchy hierarchy, Twins twins, Contracts contracts)
{
    readonly Dictionary<TypeDefinition, TypeDefinition> shadows = [];
    readonly Dictionary<MethodDefinition, MethodDefinition> methods = [];
    readonly HashSet<(TypeDefinition, string)> implemented = [];

    ModuleDefinition Module => facts.Module;

    /// <summary>The shadow's variant of an interface method that can suspend.</summary>
    public MethodDefinition MethodOf(MethodDefinition contract)
        => methods.TryGetValue(contract, out var own) ? own : HandWritten.ShadowMethod(hand.ForeignShadow(contract.DeclaringType)!, contract)!;

    TypeDefinition? ShadowOf(TypeDefinition contract)
        => shadows.TryGetValue(contract, out var own) ? own : contract.Module == Module ? null : hand.ForeignShadow(contract);

    /// <summary>Adds the method to the shadow of its interface.</summary>
    public void Declare(MethodDefinition contract)
    {
        var type = contract.DeclaringType;
        if (!shadows.TryGetValue(type, out var shadow))
        {
            var arity = type.GenericParameters.Count;
            shadow = new TypeDefinition("", Abi.ShadowName + (arity == 0 ? "" : "`" + arity), TypeAttributes.NestedPublic | TypeAttributes.Interface | TypeAttributes.Abstract);
            var ofType = shadow;
            Refs.CopyParameters(type, shadow, Module, p => ofType.GenericParameters[p.Position], variance: true);
            Known.MarkGenerated(shadow, Module);
            type.NestedTypes.Add(shadow);
            shadows[type] = shadow;
        }
        const MethodAttributes Slot = MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.NewSlot
            | MethodAttributes.HideBySig | MethodAttributes.SpecialName;
        var method = new MethodDefinition(Abi.TwinName(contract.Name), Slot, facts.System.Void);
        TypeReference Rename(GenericParameter p) => p.Type == GenericParameterType.Type ? shadow.GenericParameters[p.Position] : method.GenericParameters[p.Position];
        Refs.CopyParameters(contract, method, Module, Rename);
        method.ReturnType = TypeMap.Map(contract.ReturnType, Rename);
        foreach (var p in contract.Parameters)
            method.Parameters.Add(new ParameterDefinition(p.Name, p.Attributes & (ParameterAttributes.In | ParameterAttributes.Out), TypeMap.Map(p.ParameterType, Rename)));
        method.Parameters.Add(new ParameterDefinition("g", ParameterAttributes.None, abi.G));
        shadow.Methods.Add(method);
        methods[contract] = method;

        Known.HideFromTraces(method, Module);
        var il = new Assembler(method);
        EmitPlain(il, method, contract, TypeMap.Instance(type, shadow.GenericParameters));
        il.Finish();
    }

    // The plain call, or what is to be looked up. Through a shadow the object is not known to implement the interface.
    void EmitPlain(Assembler il, MethodDefinition from, MethodDefinition contract, TypeReference of)
    {
        il.Emit(OpCodes.Ldarg, from.Body.ThisParameter);
        if (from.DeclaringType.IsInterface)
            il.Emit(OpCodes.Castclass, of);
        var isLookedUp = contracts.HasFallback(contract);
        for (var i = 0; i < from.Parameters.Count - (isLookedUp ? 0 : 1); i++)
            il.Emit(OpCodes.Ldarg, from.Parameters[i]);
        if (isLookedUp)
            il.Emit(OpCodes.Call, Refs.Instance(contracts.FallbackOf(contract), ((of as GenericInstanceType)?.GenericArguments ?? Enumerable.Empty<TypeReference>()).Concat(from.GenericParameters)));
        else
            il.Emit(OpCodes.Callvirt, Refs.Foreign(Module, contract, of, from.GenericParameters));
        il.Emit(OpCodes.Ret);
    }

    /// <summary>Makes the types of this assembly implement the shadows of their interfaces.</summary>
    public void Implement()
    {
        var groups = hierarchy.Implementations.SelectMany(x => x).GroupBy(i => (i.Type, TypeMap.Key(i.Interface)))
            .OrderBy(g => Depth(g.Key.Type)).ThenBy(g => g.Key.Type.MetadataToken.RID).ToList();
        foreach (var group in groups)
        {
            var first = group.First();
            if (ShadowOf(first.Contract.DeclaringType) is not { } shadow)
                continue;
            if (first.Type.IsValueType)
                continue;
            var used = group.Where(i => IsInShadow(shadow, i.Contract)).ToList();
            if (used.Count == 0 || !(used.Exists(i => HotEntry(i) is not null) || BaseHasShadow(first.Type, group.Key.Item2)))
                continue;
            implemented.Add(group.Key);
            var arguments = (first.Interface as GenericInstanceType)?.GenericArguments.ToArray() ?? [];
            var instance = TypeMap.Instance(Module.ImportReference(shadow), arguments);
            if (first.Type.Interfaces.Any(i => TypeMap.Same(i.InterfaceType, instance)))
                continue; // by hand
            first.Type.Interfaces.Add(new InterfaceImplementation(instance));
            foreach (var i in used)
                if (!IsHidden(i) || !BaseImplements(first.Type, instance))
                    EmitEntry(i, shadow, instance);
        }
    }

    bool IsInShadow(TypeDefinition shadow, MethodDefinition contract)
        => contract.Module == Module ? methods.ContainsKey(contract) : HandWritten.ShadowMethod(shadow, contract) is not null;

    int Depth(TypeDefinition t)
    {
        var depth = 0;
        for (var b = facts.Base(t); b is not null; b = facts.Base(b))
            depth++;
        return depth;
    }

    bool BaseHasShadow(TypeDefinition type, string contract)
    {
        for (var b = facts.Base(TypeMap.Self(type)); b is not null; b = facts.Base(b))
            if (facts.Definition(b) is { } d && (implemented.Contains((d, contract)) || hand.IsInWovenReference(d)))
                return true;
        return false;
    }

    // An explicit implementation of a base class, which the type lists the interface of once more: the base's entry answers for it.
    static bool IsHidden(Implementation i) => i.Body is { IsPrivate: true } body && body.DeclaringType != i.Type;

    bool BaseImplements(TypeDefinition type, TypeReference shadow)
    {
        for (var b = facts.Base(TypeMap.Self(type)); b is not null; b = facts.Base(b))
        {
            var arguments = (b as GenericInstanceType)?.GenericArguments;
            if (facts.Definition(b) is { } d && d.Interfaces.Any(i => TypeMap.Same(TypeMap.Inflate(i.InterfaceType, arguments, null), shadow)))
                return true;
        }
        return false;
    }

    // The twin to call, and whether by its slot; null for a plain entry.
    (MethodReference Twin, OpCode Op)? HotEntry(Implementation i)
    {
        if (i.Body is not { } body || IsHidden(i))
            return null;
        var entry = twins.Entry(body);
        if (entry is null)
        {
            if (hand.Sibling(body)?.Method is not { } sibling || (!sibling.IsStatic && Hierarchy.IsOverridable(body)))
                return null;
            return (Refs.Foreign(Module, sibling, i.Owner!), sibling.IsStatic ? OpCodes.Call : OpCodes.Callvirt);
        }
        if (!entry.IsVirtual && !entry.IsStatic && Hierarchy.IsOverridable(body))
            return null;
        return (Refs.On(entry, i.Owner!), entry.IsStatic ? OpCodes.Call : OpCodes.Callvirt);
    }

    void EmitEntry(Implementation i, TypeDefinition shadow, TypeReference instance)
    {
        var declared = MethodOf(i.Contract);
        const MethodAttributes Explicit = MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.NewSlot
            | MethodAttributes.HideBySig | MethodAttributes.SpecialName;
        var entry = new MethodDefinition($"<{i.Interface.FullName}.{i.Contract.Name}>s", Explicit, facts.System.Void) { HasThis = true };
        var ofInterface = (i.Interface as GenericInstanceType)?.GenericArguments;
        TypeReference Here(TypeReference t)
            => TypeMap.Map(t, p => p.Type == GenericParameterType.Type ? ofInterface![p.Position] : entry.GenericParameters[p.Position], Module.ImportReference);
        Refs.CopyParameters(i.Contract, entry, Module, p => Here(p));
        entry.ReturnType = Here(i.Contract.ReturnType);
        foreach (var p in i.Contract.Parameters)
            entry.Parameters.Add(new ParameterDefinition(p.Name, p.Attributes & (ParameterAttributes.In | ParameterAttributes.Out), Here(p.ParameterType)));
        entry.Parameters.Add(new ParameterDefinition("g", ParameterAttributes.None, abi.G));
        entry.Overrides.Add(Refs.Foreign(Module, declared, instance));
        Known.MarkGenerated(entry, Module);
        Known.HideFromTraces(entry, Module);
        i.Type.Methods.Add(entry);

        var il = new Assembler(entry);
        var contract = Refs.Foreign(Module, i.Contract, i.Interface, entry.GenericParameters);
        if (HotEntry(i) is var (twin, op))
        {
            if (facts.IsOpen(i.Type))
            {
                var hot = new Label();
                Twins.EmitExactType(il, Module, TypeMap.Self(i.Type), hot);
                il.Emit(OpCodes.Ldarg, entry.Body.ThisParameter);
                il.Emit(OpCodes.Ldvirtftn, contract);
                il.Emit(OpCodes.Ldarg, entry.Body.ThisParameter);
                il.Emit(OpCodes.Ldvirtftn, Refs.Foreign(Module, i.Body!, i.Owner!, entry.GenericParameters));
                il.Emit(OpCodes.Beq, hot);
                Twins.Forward(il, entry, OpCodes.Callvirt, contract, withG: false);
                il.Mark(hot);
            }
            if (entry.HasGenericParameters)
                twin = Refs.Instance(twin, entry.GenericParameters);
            Twins.Forward(il, entry, op, twin, withG: true);
        }
        else if (i.Body is null)
        {
            EmitPlain(il, entry, i.Contract, i.Interface);
        }
        else
        {
            Twins.Forward(il, entry, OpCodes.Callvirt, contract, withG: false);
        }
        il.Finish();
    }
}
