// Pins that no analysis of a call can tell, because the call is none that could be made in another way:
//
// - through a function pointer, or by reflection, `dynamic` or a compiled expression. Where it leads to nobody knows, so it is a remark wherever
//   it stands;
// - through an interface of COM, and through a delegate, interface or member that only what derives from another assembly's types can name;
// - through a slot or an interface of a woven assembly that took it for closed: an internal method that a friend overrides, a program's class or
//   interface in a plugin;
// - by a variant interface, on an object that implements several which fit and not that one itself (src/Weft/Runtime/Variants.cs).

using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;
using Weft.Weaver.Analysis;

namespace Weft.Weaver;

internal sealed class Untold(Reporter reporter, TypeFacts facts, HandWritten hand, Targets targets, Hierarchy hierarchy, Suspension suspension, Eligibility eligibility, Waiting waiting)
{
    public void Report()
    {
        foreach (var m in suspension.Methods)
            if (m.HasBody && eligibility.Of(m) is not { Rule: null })
                foreach (var i in m.Body.Instructions)
                    Report(m, i);
        foreach (var type in facts.Module.GetAllTypes())
            if (!type.IsInterface && !Eligibility.IsExempted(type))
            {
                ReportClosed(type);
                ReportVariant(type);
            }
    }

    void Report(MethodDefinition m, Instruction i)
    {
        if (i is { OpCode.Code: Code.Calli, Operand: CallSite { CallingConvention: MethodCallingConvention.Default } })
        {
            reporter.Pin(Rules.Untold, primitive: false, "A call through a function pointer holds its thread if what it points to waits, because the pointer leads to the plain method.", m, i);
            return;
        }
        if (i.OpCode.Code is not (Code.Call or Code.Callvirt) || i.Operand is not MethodReference callee)
            return;
        if (IsReflection(callee))
        {
            reporter.Pin(Rules.Reflected, primitive: false, $"What '{Remarks.Name(callee)}' leads to holds its thread if it waits, because no weaver has seen the code that calls it. Call a delegate, which reflection can make, too ('CreateDelegate').", m, i);
            return;
        }
        if (IsDynamic(callee))
        {
            reporter.Pin(Rules.Reflected, primitive: false, "What 'dynamic' leads to holds its thread if it waits, because no weaver has seen the code that calls it. Use an interface or a delegate.", m, i);
            return;
        }
        if (facts.Definition(callee) is not { } definition)
            return;
        var type = definition.DeclaringType;
        if (type is { IsInterface: true, IsImport: true } && IsImplementedByOneThatWaits(definition))
            reporter.Pin(Rules.Plain, primitive: false, $"'{Remarks.Name(callee)}' holds its thread while it waits, because the interface is [ComImport]. Call it by the class, or by an interface of your own.", m, i);
        else if (targets.IsProtectedElsewhere(type) && (facts.IsDelegate(type) ? definition.Name == "Invoke" : type.IsInterface && hand.IsInWovenReference(type)))
            reporter.Pin(Rules.Plain, primitive: false, $"'{Remarks.Name(callee)}' holds its thread if what it reaches waits, because '{type.Name}' is a protected type of a class in another assembly. Make it public.", m, i);
        else if (type.IsInterface && targets.IsProtectedElsewhere(definition) && hand.IsInWovenReference(type))
            reporter.Pin(Rules.Plain, primitive: false, $"'{Remarks.Name(callee)}' holds its thread if what it reaches waits, because it is a protected member of an interface in another assembly. Make it public.", m, i);
    }

    // What makes calls for others. Each of them can be reached by its name only, so that a name is enough.
    static bool IsReflection(MethodReference callee) => (callee.DeclaringType.GetElementType().FullName, callee.Name) switch
    {
        ("System.Reflection.MethodBase" or "System.Reflection.MethodInfo" or "System.Reflection.ConstructorInfo" or "System.Reflection.MethodInvoker" or "System.Reflection.ConstructorInvoker", "Invoke") => true,
        ("System.Delegate", "DynamicInvoke") => true,
        ("System.Type", "InvokeMember") => true,
        ("System.Linq.Expressions.LambdaExpression" or "System.Linq.Expressions.Expression`1", "Compile") => true,
        _ => false,
    };

    // Where a call site is made, which is in the statement that has it.
    static bool IsDynamic(MethodReference callee) => callee.DeclaringType.FullName switch
    {
        "Microsoft.CSharp.RuntimeBinder.Binder" => callee.Name != "Convert", // stands around the others
        "Microsoft.VisualBasic.CompilerServices.NewLateBinding" => true,
        _ => false,
    };

    // By name, since Hierarchy does not look at interfaces that never suspend.
    bool IsImplementedByOneThatWaits(MethodDefinition contract)
        => facts.Module.GetAllTypes().Where(t => t is { IsInterface: false, HasInterfaces: true } && t.Interfaces.Any(i => facts.Definition(i.InterfaceType) == contract.DeclaringType))
            .SelectMany(t => t.Methods).Any(m => m.IsVirtual && waiting.Waits(m) && Implements(m, contract));

    bool Implements(MethodDefinition m, MethodDefinition contract)
        => m.Overrides.Any(o => facts.Definition(o) == contract) || m.Name == contract.Name && m.Parameters.Count == contract.Parameters.Count;

    void ReportClosed(TypeDefinition type)
    {
        var closed = type.Interfaces.Select(i => facts.Definition(i.InterfaceType)).OfType<TypeDefinition>().Where(i => hand.IsInWovenReference(i) && hand.ForeignShadow(i) is null).ToArray();
        foreach (var m in type.Methods)
            if (m.IsVirtual && waiting.Waits(m) && eligibility.Of(m) is null)
            {
                var slot = m.IsNewSlot ? null : hierarchy.SlotOf(m);
                var answered = slot is not null && hand.IsInWovenReference(slot) && HandWritten.WayInto(slot) is null ? slot : closed.SelectMany(i => i.Methods).FirstOrDefault(c => Implements(m, c));
                if (answered is not null)
                    reporter.Pin(Rules.Plain, primitive: false, $"'{Remarks.Name(m)}' holds its thread while it waits where the assembly of '{Remarks.Name(answered)}' calls it, because it took that for one which nobody else answers. Make it public, and its assembly a library.", m, m.Body.Instructions[0]);
            }
    }

    void ReportVariant(TypeDefinition type)
    {
        foreach (var group in AllInterfaces(type).GroupBy(facts.Definition))
        {
            if (group.Key is not { } definition || !definition.GenericParameters.Any(p => p.IsCovariant || p.IsContravariant))
                continue;
            var all = group.DistinctBy(i => i.FullName).ToArray();
            var body = definition.Methods.SelectMany(hierarchy.ImplementationsOf).FirstOrDefault(i => i.Type == type && i.Body is { } b && b.Module == facts.Module && waiting.Waits(b))?.Body;
            if (body is null)
                continue;
            for (var a = 0; a < all.Length; a++)
                for (var b = a + 1; b < all.Length; b++)
                    if (MayBothFit(definition, all[a], all[b]))
                    {
                        reporter.Pin(Rules.Plain, primitive: false, $"'{type.Name}' implements '{Remarks.Name(all[a])}' and '{Remarks.Name(all[b])}': a call by another '{Remarks.Name(definition)}' that both fit holds its thread while it waits. Implement that one, too.", body, body.Body.Instructions[0]);
                        return;
                    }
        }
    }

    IEnumerable<GenericInstanceType> AllInterfaces(TypeDefinition type)
    {
        for (TypeReference? t = TypeMap.Self(type); t is not null; t = facts.Base(t))
            foreach (var i in facts.Definition(t)?.Interfaces ?? [])
                if (TypeMap.Inflate(i.InterfaceType, (t as GenericInstanceType)?.GenericArguments, null) is GenericInstanceType instance)
                    yield return instance;
    }

    // Is there an interface to which both convert, and which is neither of them?
    bool MayBothFit(TypeDefinition definition, GenericInstanceType a, GenericInstanceType b)
        => definition.GenericParameters.All(p =>
        {
            TypeReference x = a.GenericArguments[p.Position], y = b.GenericArguments[p.Position];
            if (TypeMap.Same(x, y))
                return true;
            if (facts.IsValueType(x) || facts.IsValueType(y) || !p.IsCovariant && !p.IsContravariant)
                return false;
            // Both go back to object. What is derived from two classes is derived from one of them through the other.
            return p.IsCovariant || facts.Definition(x) is null or { IsInterface: true } || facts.Definition(y) is null or { IsInterface: true } || Derives(x, y) || Derives(y, x);
        });

    bool Derives(TypeReference type, TypeReference from)
    {
        for (TypeReference? t = type; t is not null; t = facts.Base(t))
            if (TypeMap.Same(t, from))
                return true;
        return false;
    }
}
