// Which methods wait for all that is known, and not only because they call what nobody knows: a delegate, an iterator. Hot is more than that.
//
// For remarks about code that is likely to be right as it is: a lambda that is handed to LINQ is worth a word only if it waits.

using Mono.Cecil;

namespace Weft.Weaver.Analysis;

internal sealed class Waiting(Suspension suspension, Hierarchy hierarchy)
{
    readonly Lazy<HashSet<MethodDefinition>> all = new(() => Solve(suspension, hierarchy));

    public bool Waits(MethodDefinition m) => all.Value.Contains(m);

    static HashSet<MethodDefinition> Solve(Suspension suspension, Hierarchy hierarchy)
    {
        var waits = new HashSet<MethodDefinition>();
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var m in suspension.Methods)
                if (!waits.Contains(m) && suspension.CallsIn(m).Any(Reaches))
                    changed |= waits.Add(m);
        }
        return waits;

        bool Reaches(Call call) => suspension.Suspends(call.Target) && call.Target.Kind switch
        {
            TargetKind.Redirect or TargetKind.Sibling => true,
            TargetKind.Direct => waits.Contains(call.Target.Definition),
            TargetKind.Virtual => hierarchy.ReachedBy(call.Target.Definition).Any(waits.Contains),
            TargetKind.Interface => hierarchy.ImplementationsOf(call.Target.Definition).Any(i => i.Body is not null && waits.Contains(i.Body)) || hierarchy.BodiesOf(call.Target.Definition).Any(waits.Contains),
            TargetKind.Static => hierarchy.BodiesOf(call.Target.Definition).Any(waits.Contains),
            _ => false,
        };
    }
}
