// Which methods wait for all that is known, and not only because they call what nobody knows: a delegate, an iterator, what overrides `ToString`. Hot is
// more than that.
//
// For remarks about code that is likely to be right as it is: a lambda that is handed to LINQ is worth a word only if it waits.

using Mono.Cecil;

namespace Weft.Weaver.Analysis;

internal sealed class Waiting(Suspension suspension, Hierarchy hierarchy)
{
    readonly Lazy<HashSet<MethodDefinition>> all = new(() => Solve(suspension, hierarchy));

    public bool Waits(MethodDefinition m) => all.Value.Contains(m);

    // From those that call a primitive, or a method of a woven reference that may, to their callers.
    static HashSet<MethodDefinition> Solve(Suspension suspension, Hierarchy hierarchy)
    {
        var waits = new HashSet<MethodDefinition>();
        var work = new Queue<MethodDefinition>();
        foreach (var m in suspension.Methods)
            if (suspension.CallsIn(m).Any(c => c.Target.Kind is TargetKind.Redirect or TargetKind.Sibling && suspension.Suspends(c.Target)))
                Add(m);
        while (work.TryDequeue(out var m))
            foreach (var node in hierarchy.ContractsOf(m).Concat(hierarchy.CoveredBy(m)).Append(hierarchy.SlotOf(m)).Append(m))
                foreach (var call in suspension.CallsOf(node))
                    if (call.Target.Kind != TargetKind.Unwoven && suspension.Suspends(call.Target))
                        Add(call.Caller);
        return waits;

        void Add(MethodDefinition m)
        {
            if (waits.Add(m))
                work.Enqueue(m);
        }
    }
}
