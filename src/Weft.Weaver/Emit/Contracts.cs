// Calls of interface members that no shadow answers, and of class slots without a twin, for the runtime's Contract to look up
// (src/Weft/Runtime/Contracts.cs):
//
//   R <I.M>d<TI..., TM...>(I<TI> self, A a, G g)              // self is no woven class that implements M
//   {
//             e = <I.M>k<TI..., TM...>.contract.Find(self)
//             e == null   -> Unshadowed<<I.M>k<...>>.Add(self); self.M(a)      // not woven: the next time nobody asks
//             e.isStatic  -> calli R(object, A, G) e.fn       // a method of a struct, in its box
//             else        -> calli instance R(A, G) e.fn      // a default body, or a method of a class
//   }
//   // where M is a slot, e = FindOverride(self) ?? ResolveOverride(self, ldvirtftn self.M)
//   class <I.M>k<TI..., TM...> { static readonly Contract contract = new(methodof(I<TI>.M<TM>), typeof(I<TI>)); }
//   class <I.M>o<T, TI..., TM...>                             // for a type parameter T; the JIT knows these when it compiles for a struct
//   {
//       static readonly HotEntry own = Contract.Of(typeof(T), methodof(I<TI>.M<TM>), typeof(I<TI>), false);
//       static readonly HotEntry boxed = Contract.Of(..., true);
//   }
//
// Only members that can have such an implementation are looked up: those of assemblies that are not woven; default bodies and structs that this
// assembly or a woven reference has.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Emit;

internal sealed class Contracts(TypeFacts facts, Abi abi, Hierarchy hierarchy, HandWritten hand, Boxes boxes, Suspension suspension, Homes homes)
{
    readonly Dictionary<MethodDefinition, MethodDefinition> fallbacks = [];
    readonly Dictionary<MethodDefinition, TypeDefinition> contracts = [];
    readonly Dictionary<MethodDefinition, TypeDefinition> ofTypes = [];

    ModuleDefinition Module => facts.Module;

    /// <summary>Can an object have a hot implementation of the member that is not in its shadow?</summary>
    public bool HasFallback(MethodDefinition contract)
        => !contract.IsAbstract || hierarchy.BodiesOf(contract).Count > 0 || hand.IsImplementedInInterface(contract) || hand.IsImplementedInBox(contract.DeclaringType)
            || boxes.Of(contract).Any(suspension.IsHot);

    /// <summary>The method that looks for such an implementation, else makes the plain call.</summary>
    public MethodDefinition FallbackOf(MethodDefinition contract)
    {
        if (!fallbacks.TryGetValue(contract, out var fallback))
            fallbacks[contract] = fallback = EmitFallback(contract);
        return fallback;
    }

    /// <summary>Stands for the member in Unshadowed: types that answer for it plainly.</summary>
    public TypeReference KeyOf(MethodDefinition contract, IEnumerable<TypeReference> arguments) => TypeMap.Instance(ContractOf(contract), arguments);

    /// <summary>The entry of a type's own implementation.</summary>
    public FieldReference Own(MethodDefinition contract, IEnumerable<TypeReference> arguments) => Field(OfType(contract), 0, arguments);

    /// <summary>The entry of the default body that a struct's box is passed to.</summary>
    public FieldReference Boxed(MethodDefinition contract, IEnumerable<TypeReference> arguments) => Field(OfType(contract), 1, arguments);

    static FieldReference Field(TypeDefinition holder, int field, IEnumerable<TypeReference> arguments) => Refs.On(holder.Fields[field], TypeMap.Instance(holder, arguments));

    /// <summary>receiver, arguments, g; calli e.fn; ret</summary>
    public static void EmitIndirect(Assembler il, Abi abi, MethodDefinition from, Action? receiver, TypeReference? receiverType, int skip, VariableDefinition entry, FieldReference? function = null)
    {
        var site = new CallSite(from.ReturnType) { HasThis = receiver is not null && receiverType is null };
        receiver?.Invoke();
        if (receiverType is not null)
            site.Parameters.Add(new ParameterDefinition(receiverType));
        for (var i = skip; i < from.Parameters.Count; i++)
        {
            il.Emit(OpCodes.Ldarg, from.Parameters[i]);
            site.Parameters.Add(new ParameterDefinition(from.Parameters[i].ParameterType));
        }
        il.Emit(OpCodes.Ldloc, entry);
        il.Emit(OpCodes.Ldfld, function ?? abi.HotEntryFunction);
        il.Emit(OpCodes.Calli, site);
        il.Emit(OpCodes.Ret);
    }

    MethodDefinition EmitFallback(MethodDefinition contract)
    {
        var type = contract.DeclaringType;
        var arity = type.GenericParameters.Count;
        var fallback = new MethodDefinition($"<{type.FullName}.{contract.Name}>d{fallbacks.Count}", MethodAttributes.Assembly | MethodAttributes.Static | MethodAttributes.HideBySig | MethodAttributes.SpecialName, facts.System.Void)
        {
            ImplAttributes = MethodImplAttributes.NoInlining, // so that what calls it is
        };
        TypeReference Rename(GenericParameter p) => fallback.GenericParameters[p.Type == GenericParameterType.Type ? p.Position : arity + p.Position];
        TypeReference Here(TypeReference t) => TypeMap.Map(t, Rename, Module.ImportReference);
        Refs.CopyParameters(type, fallback, Module, Rename);
        Refs.CopyParameters(contract, fallback, Module, Rename);
        var self = TypeMap.Instance(Module.ImportReference(type), fallback.GenericParameters.Take(arity));
        fallback.ReturnType = Here(contract.ReturnType);
        fallback.Parameters.Add(new ParameterDefinition("self", ParameterAttributes.None, self));
        foreach (var p in contract.Parameters)
            fallback.Parameters.Add(new ParameterDefinition(p.Name, p.Attributes & (ParameterAttributes.In | ParameterAttributes.Out), Here(p.ParameterType)));
        fallback.Parameters.Add(new ParameterDefinition("g", ParameterAttributes.None, abi.G));
        homes.Of(contract).Methods.Add(fallback);

        var il = new Assembler(fallback);
        var entry = il.Local(abi.HotEntry);
        Label plain = new(), isBox = new();
        il.Emit(OpCodes.Ldsfld, Field(ContractOf(contract), 0, fallback.GenericParameters));
        il.Emit(OpCodes.Ldarg, fallback.Parameters[0]);
        il.Emit(OpCodes.Callvirt, type.IsInterface ? abi.FindImplementation : abi.FindOverride);
        il.Emit(OpCodes.Stloc, entry);
        var member = Refs.Foreign(Module, contract, self, fallback.GenericParameters.Skip(arity));
        if (!type.IsInterface)
        {
            var found = new Label();
            il.Emit(OpCodes.Ldloc, entry);
            il.Emit(OpCodes.Brtrue, found);
            il.Emit(OpCodes.Ldsfld, Field(ContractOf(contract), 0, fallback.GenericParameters));
            il.Emit(OpCodes.Ldarg, fallback.Parameters[0]);
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldvirtftn, member);
            il.Emit(OpCodes.Callvirt, abi.ResolveOverride);
            il.Emit(OpCodes.Stloc, entry);
            il.Mark(found);
        }
        il.Emit(OpCodes.Ldloc, entry);
        il.Emit(OpCodes.Brfalse, plain);
        il.Emit(OpCodes.Ldloc, entry);
        il.Emit(OpCodes.Ldfld, abi.HotEntryIsStatic);
        il.Emit(OpCodes.Brtrue, isBox);
        EmitIndirect(il, abi, fallback, () => il.Emit(OpCodes.Ldarg, fallback.Parameters[0]), null, skip: 1, entry);
        il.Mark(isBox);
        EmitIndirect(il, abi, fallback, () => il.Emit(OpCodes.Ldarg, fallback.Parameters[0]), facts.System.Object, skip: 1, entry);
        il.Mark(plain);
        il.Emit(OpCodes.Ldarg, fallback.Parameters[0]);
        il.Emit(OpCodes.Call, abi.AddUnshadowed(KeyOf(contract, fallback.GenericParameters)));
        Twins.Forward(il, fallback, OpCodes.Callvirt, member, withG: false);
        il.Finish();
        return fallback;
    }

    TypeDefinition ContractOf(MethodDefinition contract)
    {
        if (!contracts.TryGetValue(contract, out var holder))
            contracts[contract] = holder = NewHolder(contract, 'k', isOfType: false, (il, member, owner) =>
            {
                il.Emit(OpCodes.Ldtoken, member);
                il.Emit(OpCodes.Ldtoken, owner);
                il.Emit(OpCodes.Newobj, abi.ContractConstructor);
            }, abi.Contract);
        return holder;
    }

    TypeDefinition OfType(MethodDefinition contract)
    {
        if (!ofTypes.TryGetValue(contract, out var holder))
            ofTypes[contract] = holder = NewHolder(contract, 'o', isOfType: true, Look(false), abi.HotEntry, Look(true));
        return holder;

        Action<Assembler, MethodReference, TypeReference> Look(bool inBox) => (il, member, owner) =>
        {
            il.Emit(OpCodes.Ldtoken, il.Method.DeclaringType.GenericParameters[0]);
            il.Emit(OpCodes.Ldtoken, member);
            il.Emit(OpCodes.Ldtoken, owner);
            il.LoadInt(inBox ? 1 : 0);
            il.Emit(OpCodes.Call, abi.ImplementationOf);
        };
    }

    TypeDefinition NewHolder(MethodDefinition contract, char kind, bool isOfType, Action<Assembler, MethodReference, TypeReference> make, TypeReference fieldType, Action<Assembler, MethodReference, TypeReference>? second = null)
    {
        var type = contract.DeclaringType;
        var (first, arity) = (isOfType ? 1 : 0, type.GenericParameters.Count);
        var all = first + arity + contract.GenericParameters.Count;
        var holder = new TypeDefinition("", $"<{type.FullName}.{contract.Name}>{kind}{contracts.Count + ofTypes.Count}" + (all == 0 ? "" : "`" + all),
            TypeAttributes.NestedAssembly | TypeAttributes.Abstract | TypeAttributes.Sealed | TypeAttributes.BeforeFieldInit, facts.System.Object);
        TypeReference Rename(GenericParameter p) => holder.GenericParameters[first + (p.Type == GenericParameterType.Type ? p.Position : arity + p.Position)];
        if (isOfType)
            holder.GenericParameters.Add(new GenericParameter("T", holder));
        Refs.CopyParameters(type, holder, Module, Rename);
        Refs.CopyParameters(contract, holder, Module, Rename);
        homes.Of(contract).NestedTypes.Add(holder);

        const MethodAttributes Initializer = MethodAttributes.Private | MethodAttributes.Static | MethodAttributes.HideBySig | MethodAttributes.SpecialName | MethodAttributes.RTSpecialName;
        var constructor = new MethodDefinition(".cctor", Initializer, facts.System.Void);
        holder.Methods.Add(constructor);
        var il = new Assembler(constructor);
        var owner = TypeMap.Instance(Module.ImportReference(type), holder.GenericParameters.Skip(first).Take(arity));
        var member = Refs.Foreign(Module, contract, owner, holder.GenericParameters.Skip(first + arity));
        Initialise("first", make);
        if (second is not null)
            Initialise("second", second);
        il.Emit(OpCodes.Ret);
        il.Finish();
        return holder;

        void Initialise(string name, Action<Assembler, MethodReference, TypeReference> value)
        {
            var field = new FieldDefinition(name, FieldAttributes.Assembly | FieldAttributes.Static | FieldAttributes.InitOnly, fieldType);
            holder.Fields.Add(field);
            value(il, member, owner);
            il.Emit(OpCodes.Stsfld, Refs.On(field, TypeMap.Self(holder)));
        }
    }
}
