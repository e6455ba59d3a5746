// The recipes of one body: for what lies on the stack, and for the variables that are references (`ref` parameters, the `this` of a
// struct, `ref` locals).
//
// A parameter has one if it is never assigned. A local has one where a single store reaches, and what it stores has one that is still
// good: the operands that were kept are those of the last time the pointer was made, so the store must follow at once. A recipe that
// keeps nothing is always good.
//
// Rejected: a number in an extra local that tells which of several stores came last (`r = ref c ? ref a : ref b`): pins, until somebody
// needs it.

using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weft.Weaver.Analysis;

internal sealed class Pointers
{
    readonly Flow flow;
    readonly Variables variables;
    readonly StackTyper typer;
    readonly Func<int, int, bool> isStackBound;
    readonly List<int> stores = [];
    readonly Dictionary<int, List<int>> storesOf = [];
    readonly Bits[] reaching = [];
    readonly HashSet<int> busy = [];

    public Pointers(Flow flow, Variables variables, StackTyper typer, Func<int, int, bool> isStackBound)
    {
        this.flow = flow;
        this.variables = variables;
        this.typer = typer;
        this.isStackBound = isStackBound;
        for (var i = 0; i < flow.Code.Length; i++)
            if (variables.Of(flow.Code[i]) is (var v, Access.Store or Access.Address) && IsReference(v))
            {
                if (!storesOf.TryGetValue(v, out var list))
                    storesOf[v] = list = [];
                list.Add(stores.Count);
                stores.Add(i);
            }
        if (stores.Count > 0)
            reaching = Solve();
    }

    bool IsReference(int v) => TypeMap.Strip(variables.Types[v]) is ByReferenceType;

    /// <summary>The recipe of a value on the stack; null if it has none.</summary>
    public Recipe? Of(StackType pointer)
    {
        if (pointer.Kind != StackKind.ManagedPointer || pointer.Origin == 0)
            return null;
        var at = pointer.Origin - 1;
        var instruction = flow.Code[at];
        var stack = typer.Before(at)!;
        switch (instruction.OpCode.Code)
        {
            case Code.Ldelema:
                return Keep(stack[^2..]);
            case Code.Call when StackTyper.IsArrayAddress((MethodReference)instruction.Operand):
                return Keep(stack[^StackTyper.PopCount((MethodReference)instruction.Operand, isNew: false)..]);
            case Code.Ldsflda:
                return Keep([]);
            case Code.Unbox:
            case Code.Ldflda when stack[^1].Kind == StackKind.Reference:
                return Keep(stack[^1..]);
            case Code.Ldflda:
                return Of(stack[^1]) is { } parent ? new Recipe(at, -1, -1, parent, []) : null;
        }
        var (variable, access) = variables.Of(instruction);
        return access switch
        {
            Access.Address => isStackBound(variable, at) ? null : new Recipe(at, variable, -1, null, []),
            Access.Load => OfVariable(variable, at),
            _ => null,
        };

        Recipe? Keep(StackType[] operands) => Array.Exists(operands, o => o.Kind is StackKind.ManagedPointer or StackKind.Pointer) ? null : new Recipe(at, -1, -1, null, operands);
    }

    /// <summary>The recipe of an argument as it was passed; null if it is no reference.</summary>
    public Recipe? ArgumentOf(int v) => IsReference(v) ? new Recipe(-1, -1, variables.ArgumentCount - 1 - v, null, []) : null;

    /// <summary>The recipe of what a variable refers to before an instruction.</summary>
    public Recipe? OfVariable(int v, int at)
    {
        if (!IsReference(v))
            return null;
        var isAssigned = storesOf.TryGetValue(v, out var mine);
        if (variables.IsArgument(v))
            return isAssigned ? null : ArgumentOf(v);
        if (!isAssigned || !Reaches(at, mine!, out var store) || !busy.Add(store))
            return null;
        var recipe = typer.Before(store) is [.., var value] && variables.Of(flow.Code[store]).Access == Access.Store ? Of(value) : null;
        busy.Remove(store);
        return recipe is not null && (recipe.IsTimeless || IsFresh(recipe, store)) ? recipe : null;
    }

    bool Reaches(int at, List<int> mine, out int store)
    {
        store = -1;
        foreach (var s in mine)
            if (reaching[at][s])
            {
                if (store >= 0)
                    return false;
                store = stores[s];
            }
        return store >= 0;
    }

    // Is the pointer stored as soon as it is made?
    bool IsFresh(Recipe recipe, int store)
    {
        var at = store - 1;
        foreach (var step in recipe.Steps())
        {
            while (at >= 0 && flow.Code[at].OpCode.Code is Code.Dup or Code.Nop)
                at--;
            if (step.At != at)
                return false;
            if (step.Operands.Length > 0)
                return true;
            at--;
        }
        return true;
    }

    Bits[] Solve()
    {
        var at = new Bits[flow.Code.Length];
        for (var i = 0; i < at.Length; i++)
            at[i] = new Bits(stores.Count);
        for (var changed = true; changed;)
        {
            changed = false;
            for (var i = 0; i < at.Length; i++)
            {
                var after = at[i];
                if (stores.IndexOf(i) is >= 0 and var s)
                {
                    after = after.Copy();
                    foreach (var other in storesOf[variables.Of(flow.Code[i]).Variable])
                        after[other] = false;
                    after[s] = true;
                }
                foreach (var next in flow.Successors(i))
                    if (next >= 0)
                        changed |= at[next].Or(after);
                foreach (var h in flow.Handlers)
                    if (h.Region.Contains(i))
                    {
                        changed |= at[h.Start].Or(at[i]);
                        changed |= at[h.Start].Or(after);
                    }
            }
        }
        return at;
    }
}
