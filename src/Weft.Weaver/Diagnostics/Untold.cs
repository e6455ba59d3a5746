// Pins that no analysis of a call can tell, because the call is none that could be made in another way: through a function pointer, to a static member of
// whatever a type parameter stands for, by a slot that is overridden with a more derived result; and methods of structs, which suspend when called
// on a variable and not when called on a box.
//
// Remarks all, and only where some body of this assembly is known to suspend there; through a function pointer nobody knows.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver;

internal sealed class Untold(Reporter reporter, TypeFacts facts, Suspension suspension, Hierarchy hierarchy, Eligibility eligibility)
{
    readonly HashSet<MethodDefinition> hotStatics = [];
    readonly HashSet<MethodDefinition> hotSlots = [];

    public void Report()
    {
        foreach (var m in suspension.Methods)
            if (suspension.IsHot(m))
                Note(m);
        foreach (var m in suspension.Methods)
            if (m.HasBody && eligibility.Of(m) is not { Rule: null })
                foreach (var i in m.Body.Instructions)
                    if (Reason(i) is { } reason)
                        reporter.Pin(Rules.Untold, primitive: false, reason, m, i);
        foreach (var i in hierarchy.Implementations.SelectMany(x => x).Where(i => i.Type.IsValueType && i.Body is not null && i.Body.DeclaringType == i.Type && suspension.IsHot(i.Body)))
            reporter.Pin(Rules.Boxed, primitive: false,
                $"'{Remarks.Name(i.Body!)}' holds its thread while it waits where it is called as '{Remarks.Name(i.Contract)}', on a box or through a type parameter, because nobody can name the struct in a box once the call has been suspended.",
                i.Body!, i.Body!.Body.Instructions[0]);
    }

    // Which members of interfaces and irregular slots this hot method stands behind.
    void Note(MethodDefinition m)
    {
        if (!m.IsStatic)
        {
            if (m.IsVirtual)
                foreach (var root in m.Overrides.Select(o => facts.Definition(o)).OfType<MethodDefinition>().Where(o => !o.DeclaringType.IsInterface).Append(m).Select(hierarchy.SlotOf))
                    if (!hierarchy.IsRegular(root))
                        hotSlots.Add(root);
            return;
        }
        foreach (var o in m.Overrides)
            if (facts.Definition(o) is { } contract)
                hotStatics.Add(contract);
        if (m.IsPublic)
            foreach (var i in m.DeclaringType.Interfaces)
                foreach (var contract in facts.Definition(i.InterfaceType)?.Methods.Where(c => c.IsStatic && c.IsVirtual && c.Name == m.Name && c.Parameters.Count == m.Parameters.Count) ?? [])
                    hotStatics.Add(contract);
    }

    string? Reason(Instruction i)
    {
        if (i is { OpCode.Code: Code.Calli, Operand: CallSite { CallingConvention: MethodCallingConvention.Default } })
            return "A call through a function pointer holds its thread if what it points to waits, because the pointer leads to the plain method.";
        if (i.OpCode.Code is not (Code.Call or Code.Callvirt) || i.Operand is not MethodReference callee || facts.Definition(callee) is not { IsVirtual: true } definition)
            return null;
        if (definition.IsStatic)
            return hotStatics.Contains(definition) ? $"'{Remarks.Name(callee)}' holds its thread while it waits, because it is a static member of whatever the type parameter stands for." : null;
        return i.OpCode.Code == Code.Callvirt && Hierarchy.IsOverridable(definition) && hotSlots.Contains(hierarchy.SlotOf(definition))
            ? $"'{Remarks.Name(callee)}' holds its thread while it waits, because an override returns a more derived type." : null;
    }
}
