// Declares twins: which methods get one, of what shape, and which of them hold a hot body.
//
//   method                               entry                                  body
//   ---------------------------------    ------------------------------------   ------------------
//   static, or bound to one body         <Foo>g                                 the same
//   overridable, class closed            virtual <Foo>g                         the same
//   overridable, class open              virtual <Foo>v: guard, then the body   <Foo>b, not virtual
//   not hot, but of a hot slot           virtual: callvirt Foo                  none
//   default body of an interface         private <Foo>g                         the same
//
// "Open" means that code which is not woven may derive from the class: it would override Foo and inherit <Foo>v. The guard:
//
//   internal virtual R <Foo>v(args, G g)
//   {
//             this.GetType() == typeof(C) -> hot             // folds to one compare
//             ldvirtftn this.Foo == ldftn C.Foo -> hot       // a subclass that leaves Foo alone
//             return this.Foo(args)                          // somebody else's override: plainly
//   hot:      return <Foo>b(args, g)
//   }
//
// The slot is internal, since a mock or proxy made at run time (Castle's, say) overrides all that it can reach, and would answer <Foo>v with
// nothing. Woven classes of other assemblies override it nevertheless, by an explicit override, which the CLR does not refuse; by name it
// would. Callers in other assemblies go through
//
//   static R <Foo>w(C self, args, G g) { return self.<Foo>v(args, g); }
//
// which an override in another assembly has too, and which calls the slot's own. The body is at most protected, since NSubstitute treats a
// class with public methods that are not virtual in another way.
//
// Where internal members lie open to such proxies, too (InternalsVisibleTo("DynamicProxyGenAssembly2")), the slot of an open class is private.
// Then nothing but its class can name it: all go through the way in, and each override is an explicit one.
//
// Rejected: a shadow interface for each class (dispatch of interfaces costs more than a slot where a call site meets many types).
//
// An override that returns a more derived type has a slot of its own, and so has its twin. In the slot of the base's twin it has a bridge:
//
//   internal virtual Animal <Foo>c(args, G g) { return this.<Foo>v(args, g) }          // .override Animal.<Foo>v
//
// Entries forward in tail position and need no frame: while unwinding they return what they got.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Emit;

internal sealed class Twins(TypeFacts facts, Abi abi, Suspension suspension, Hierarchy hierarchy)
{
    readonly Dictionary<MethodDefinition, MethodDefinition> entries = [];
    readonly Dictionary<MethodDefinition, MethodDefinition> bodies = [];
    readonly Dictionary<MethodDefinition, MethodDefinition> ways = [];

    /// <summary>What calls of the twin of a method of this assembly name: its slot, or the way into a slot of another assembly.</summary>
    public MethodDefinition? Entry(MethodDefinition plain) => ways.GetValueOrDefault(plain) ?? entries.GetValueOrDefault(plain);

    /// <summary>The hot body.</summary>
    public MethodDefinition? Body(MethodDefinition plain) => bodies.GetValueOrDefault(plain);

    public void Declare(MethodDefinition m)
    {
        if (entries.ContainsKey(m))
            return; // an override came first
        var root = suspension.SlotWithTwins(m);
        var isVirtual = root is not null && suspension.IsHotSlot(root);
        var isHot = suspension.IsHot(m);
        if (!isVirtual)
        {
            if (isHot)
                entries[m] = bodies[m] = Add(m, Abi.TwinName(m.Name), virtualAttributes: null, AccessBesideSlot(m));
            return;
        }

        const MethodAttributes Slot = MethodAttributes.Virtual | MethodAttributes.CheckAccessOnOverride | MethodAttributes.Final;
        var attributes = (m.Attributes & Slot) | (m == root ? MethodAttributes.NewSlot : MethodAttributes.ReuseSlot);
        var isShared = suspension.IsOpenSlot(root!);
        var isForeign = root!.Module != facts.Module;
        if (isShared)
            attributes &= ~MethodAttributes.CheckAccessOnOverride;
        var isNamed = !isForeign && !(isShared && facts.IsOpenToProxies);
        if (!isNamed)
            attributes |= MethodAttributes.NewSlot;
        var isOpen = facts.IsOpen(m.DeclaringType) && !m.IsFinal;
        var entry = entries[m] = isShared
            ? Add(m, Abi.SlotName(m.Name), attributes, facts.IsOpenToProxies && isOpen ? MethodAttributes.Private : MethodAttributes.Assembly)
            : Add(m, Abi.TwinName(m.Name), attributes);
        if (isHot)
            bodies[m] = isOpen ? Add(m, Abi.BodyName(m.Name), virtualAttributes: null, OfBody(m)) : entry;
        if (!isHot || isOpen)
            EmitEntry(m, entry, isHot ? bodies[m] : null);
        if (isForeign)
        {
            var owner = Owner(m, root);
            entry.Overrides.Add(Refs.Foreign(facts.Module, HandWritten.SlotOf(root)!, owner));
            ways[m] = EmitWayIn(m, OpCodes.Call, way => Refs.Foreign(facts.Module, HandWritten.WayInto(root)!, owner, way.GenericParameters));
        }
        else if (!isNamed)
        {
            Declare(root);
            var owner = Owner(m, root);
            if (m != root)
                entry.Overrides.Add(Refs.On(entries[root], owner));
            ways[m] = EmitWayIn(m, m == root ? OpCodes.Callvirt : OpCodes.Call, way => m == root ? Refs.Beside(entry, way) : Refs.On(ways[root], owner, way.GenericParameters));
        }
        else if (isShared && (m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly))
        {
            EmitWayIn(m, OpCodes.Callvirt, way => Refs.Beside(entry, way));
        }
    }

    /// <summary>After all twins have been declared.</summary>
    public void DeclareBridges(MethodDefinition m)
    {
        var n = 0;
        foreach (var covered in hierarchy.CoveredBy(m).Distinct())
        {
            if (suspension.SlotWithTwins(covered) is not { } root || !suspension.IsHotSlot(root))
                continue;
            var owner = Owner(m, root);
            const MethodAttributes Slot = MethodAttributes.Virtual | MethodAttributes.NewSlot;
            var bridge = Add(m, Abi.BridgeName(m.Name) + (n++ == 0 ? "" : n), Slot, MethodAttributes.Assembly);
            var ofOwner = (owner as GenericInstanceType)?.GenericArguments;
            bridge.ReturnType = TypeMap.Map(root.ReturnType, p => p.Type == GenericParameterType.Type ? ofOwner![p.Position] : bridge.GenericParameters[p.Position], facts.Module.ImportReference);
            bridge.Overrides.Add(Refs.Foreign(facts.Module, root.Module == facts.Module ? entries[root] : HandWritten.SlotOf(root)!, owner));
            Known.HideFromTraces(bridge, facts.Module);
            var il = new Assembler(bridge);
            Forward(il, bridge, OpCodes.Callvirt, Refs.Beside(entries.GetValueOrDefault(m) ?? m, bridge), withG: entries.ContainsKey(m), box: m.ReturnType is GenericParameter p ? p.Type == GenericParameterType.Type ? p : bridge.GenericParameters[p.Position] : null);
            il.Finish();
        }
    }

    // Who may call the twin of a method whose slot has none; null for those who may call the method.
    MethodAttributes? AccessBesideSlot(MethodDefinition m)
    {
        if (m.IsVirtual && m.DeclaringType.IsInterface)
            return MethodAttributes.Private; // a default body: the runtime finds it, and nobody else calls it
        if (m is { IsVirtual: true, IsPrivate: true } && facts.IsValueType(m.DeclaringType))
            return MethodAttributes.Public; // an explicit implementation: who names the struct calls it by the interface, which leads here
        return Hierarchy.IsOverridable(m) ? OfBody(m) : null;
    }

    static MethodAttributes? OfBody(MethodDefinition m) => m.IsPublic ? MethodAttributes.FamORAssem : null;

    // The class of the slot as the overriding class sees it.
    TypeReference Owner(MethodDefinition m, MethodDefinition root)
    {
        var b = TypeMap.Self(m.DeclaringType);
        while (facts.Definition(b) != root.DeclaringType)
            b = facts.Base(b)!;
        return TypeMap.Import(facts.Module, b);
    }

    MethodDefinition Add(MethodDefinition m, string name, MethodAttributes? virtualAttributes, MethodAttributes? access = null)
    {
        var kept = (m.Attributes & MethodAttributes.Static) | (access ?? m.Attributes & MethodAttributes.MemberAccessMask);
        var twin = new MethodDefinition(name, kept | MethodAttributes.HideBySig | MethodAttributes.SpecialName | (virtualAttributes ?? 0), facts.System.Void)
        {
            HasThis = m.HasThis,
            ImplAttributes = m.ImplAttributes & (MethodImplAttributes.NoInlining | MethodImplAttributes.AggressiveInlining | MethodImplAttributes.NoOptimization),
        };
        TypeReference Rename(GenericParameter p) => p.Type == GenericParameterType.Method ? twin.GenericParameters[p.Position] : p;
        Refs.CopyParameters(m, twin, facts.Module, Rename);
        twin.ReturnType = TypeMap.Map(m.ReturnType, Rename);
        foreach (var p in m.Parameters)
            twin.Parameters.Add(new ParameterDefinition(p.Name, p.Attributes & (ParameterAttributes.In | ParameterAttributes.Out), TypeMap.Map(p.ParameterType, Rename)));
        twin.Parameters.Add(new ParameterDefinition("g", ParameterAttributes.None, abi.G));
        Known.MarkGenerated(twin, facts.Module);
        m.DeclaringType.Methods.Add(twin);
        return twin;
    }

    void EmitEntry(MethodDefinition m, MethodDefinition entry, MethodDefinition? body)
    {
        Known.HideFromTraces(entry, facts.Module);
        var il = new Assembler(entry);
        var self = TypeMap.Self(m.DeclaringType);
        var plain = Refs.Beside(m, entry);
        if (body is not null)
        {
            var hot = new Label();
            EmitExactType(il, facts.Module, self, hot);
            il.Emit(OpCodes.Ldarg, entry.Body.ThisParameter);
            il.Emit(OpCodes.Ldvirtftn, plain);
            il.Emit(OpCodes.Ldftn, plain);
            il.Emit(OpCodes.Beq, hot);
            Forward(il, entry, OpCodes.Callvirt, plain, withG: false);
            il.Mark(hot);
            Forward(il, entry, OpCodes.Call, Refs.Beside(body, entry), withG: true);
        }
        else
        {
            Forward(il, entry, OpCodes.Callvirt, plain, withG: false);
        }
        il.Finish();
    }

    // For other assemblies: static R <Foo>w(C self, args, G g)
    MethodDefinition EmitWayIn(MethodDefinition m, OpCode op, Func<MethodDefinition, MethodReference> slot)
    {
        var way = Add(m, Abi.WayName(m.Name), virtualAttributes: null);
        way.IsStatic = true;
        way.HasThis = false;
        way.Parameters.Insert(0, new ParameterDefinition("self", ParameterAttributes.None, TypeMap.Self(m.DeclaringType)));
        way.ImplAttributes |= MethodImplAttributes.AggressiveInlining;
        Known.HideFromTraces(way, facts.Module);
        var il = new Assembler(way);
        Forward(il, way, op, slot(way), withG: true);
        il.Finish();
        return way;
    }

    /// <summary>Makes the twin call its plain method, whatever was written into it so far: this body, also on an object that overrides it.</summary>
    public static void EmitStub(MethodDefinition m, MethodDefinition twin)
    {
        twin.Body = new MethodBody(twin);
        twin.DebugInformation.SequencePoints.Clear();
        twin.DebugInformation.Scope = null;
        var il = new Assembler(twin);
        Forward(il, twin, OpCodes.Call, Refs.Beside(m, twin), withG: false);
        il.Finish();
    }

    /// <summary>if (this.GetType() == typeof(T)) goto label</summary>
    public static void EmitExactType(Assembler il, ModuleDefinition module, TypeReference type, Label label)
    {
        var system = module.TypeSystem;
        var typeType = Known.Type(module, "System", "Type");
        var handle = Known.Type(module, "System", "RuntimeTypeHandle", isValue: true);
        var getType = new MethodReference("GetType", typeType, system.Object) { HasThis = true };
        var fromHandle = new MethodReference("GetTypeFromHandle", typeType, typeType);
        fromHandle.Parameters.Add(new ParameterDefinition(handle));
        var equal = new MethodReference("op_Equality", system.Boolean, typeType);
        equal.Parameters.Add(new ParameterDefinition(typeType));
        equal.Parameters.Add(new ParameterDefinition(typeType));
        il.Emit(OpCodes.Ldarg, il.Body.ThisParameter);
        il.Emit(OpCodes.Call, getType);
        il.Emit(OpCodes.Ldtoken, type);
        il.Emit(OpCodes.Call, fromHandle);
        il.Emit(OpCodes.Call, equal);
        il.Emit(OpCodes.Brtrue, label);
    }

    /// <summary>this?, arguments, g?; [constrained.] call; ret</summary>
    public static void Forward(Assembler il, MethodDefinition from, OpCode op, MethodReference to, bool withG, int skip = 0, TypeReference? prefix = null, TypeReference? box = null)
    {
        if (from.HasThis)
            il.Emit(OpCodes.Ldarg, from.Body.ThisParameter);
        for (var i = skip; i < from.Parameters.Count - (withG ? 0 : 1); i++)
            il.Emit(OpCodes.Ldarg, from.Parameters[i]);
        if (prefix is not null)
            il.Emit(OpCodes.Constrained, prefix);
        il.Emit(op, to);
        if (box is not null)
            il.Emit(OpCodes.Box, box);
        il.Emit(OpCodes.Ret);
    }
}
