// The recipes of one body: for what lies on the stack, and for the variables that no frame can hold but that can be made again (`ref`
// parameters, the `this` of a struct, `ref` locals, spans).
//
// A parameter has one if it is never assigned. A local has one where a single store reaches, and what it stores has one that is still
// good: the operands that were kept are those of the last time it was made, so the store must follow at once, or take the value of a
// variable that is stored to in one place. A recipe that keeps nothing is always good.
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
    readonly TypeFacts facts;
    readonly Func<int, int, bool> isStackBound;
    readonly List<int> stores = [];
    readonly Dictionary<int, List<int>> storesOf = [];
    readonly Dictionary<int, int> variableAt = [];
    readonly Bits[] reaching = [];
    readonly HashSet<int> busy = [];

    public Pointers(Flow flow, Variables variables, StackTyper typer, TypeFacts facts, Func<int, int, bool> isStackBound)
    {
        this.flow = flow;
        this.variables = variables;
        this.typer = typer;
        this.facts = facts;
        this.isStackBound = isStackBound;
        for (var i = 0; i < flow.Code.Length; i++)
            if (variables.Of(flow.Code[i]) is (var v, Access.Store or Access.Address) && typer.IsTransient(v) && typer.Before(i) is not null && StoreAt(i) is >= 0 and var at
                && variableAt.TryAdd(at, v))
            {
                if (!storesOf.TryGetValue(v, out var list))
                    storesOf[v] = list = [];
                list.Add(stores.Count);
                stores.Add(at);
            }
        if (stores.Count > 0)
            reaching = Solve();
    }

    // The instruction at which the access changes the variable; -1 if it does not.
    int StoreAt(int access)
    {
        if (variables.Of(flow.Code[access]).Access == Access.Store)
            return access;
        var slot = typer.Before(access)!.Length;
        if (Receives(typer.ConsumerOf(access, slot), slot) is { Name: ".ctor" })
            return typer.ConsumerOf(access, slot);
        return IsOnlyRead(access, slot) ? -1 : access; // else somebody has its address and may do what he likes
    }

    // The method of a span that is called on what lies in a slot of the stack.
    MethodReference? Receives(int call, int slot)
        => call >= 0 && flow.Code[call] is { OpCode.Code: Code.Call, Operand: MethodReference { HasThis: true } m } && (m.DeclaringType.GetElementType().FullName is "System.Span`1" or "System.ReadOnlySpan`1")
            && typer.Before(call)!.Length - StackTyper.PopCount(m.GetElementMethod(), isNew: false) == slot ? m : null;

    bool IsOnlyRead(int producer, int slot)
    {
        var user = typer.ConsumerOf(producer, slot);
        if (user >= 0 && flow.Code[user].OpCode.Code == Code.Dup)
            return IsOnlyRead(user, slot) && IsOnlyRead(user, slot + 1);
        return Receives(user, slot) is { Name: not ".ctor" };
    }

    /// <summary>The recipe of a value on the stack; null if it has none.</summary>
    public Recipe? Of(StackType value)
    {
        if (value.Kind is not (StackKind.ManagedPointer or StackKind.Value) || value.Origin == 0)
            return null;
        if (value.Origin < 0)
            return Receiver(-1 - value.Origin);
        var at = value.Origin - 1;
        var instruction = flow.Code[at];
        var stack = typer.Before(at)!;
        switch (instruction.OpCode.Code)
        {
            case Code.Ldelema:
                return Make(at, stack[^2..]);
            case Code.Ldsflda:
                return Make(at, []);
            case Code.Ldflda when stack[^1].IsBoxed: // of a type parameter that is constrained to the field's class
                return Make(at, [new StackType(StackKind.Reference, ((FieldReference)instruction.Operand).DeclaringType)]);
            case Code.Unbox or Code.Ldflda:
                return Make(at, stack[^1..]);
            case Code.Call when Makers.TakesToken((MethodReference)instruction.Operand):
                return at > 0 && flow.Code[at - 1].OpCode.Code == Code.Ldtoken ? Make(at, []) : null;
            case Code.Call or Code.Newobj:
                return Make(at, stack[^StackTyper.PopCount(((MethodReference)instruction.Operand).GetElementMethod(), instruction.OpCode.Code == Code.Newobj)..]);
        }
        var (variable, access) = variables.Of(instruction);
        if (access == Access.Address)
        {
            if (!isStackBound(variable, at))
                return new Recipe(RecipeKind.Variable, at, variable, null, []);
            return Loaded(variable, at) is { } content ? new Recipe(RecipeKind.Copy, at, -1, content, [], variables.Types[variable]) : null;
        }
        return access == Access.Load && Loaded(variable, at) is { } loaded ? new Recipe(RecipeKind.Value, at, -1, loaded, []) : null;
    }

    Recipe? Receiver(int at)
    {
        var (copy, _) = variables.Of(flow.Code[at - 1]);
        return Of(typer.Before(at - 4)![^2]) is { } original ? new Recipe(RecipeKind.Receiver, at, copy, original, [], (TypeReference)flow.Code[at - 3].Operand) : null;
    }

    // What a variable held when it was loaded: it must still be made the same way later.
    Recipe? Loaded(int v, int at)
        => OfVariable(v, at) is { } recipe && (recipe.IsTimeless || storesOf[v].Count == 1) ? recipe : null;

    Recipe? Make(int at, StackType[] taken)
    {
        Recipe? parent = null;
        if (taken.Length > 0 && IsTransient(taken[0]))
        {
            if (Of(taken[0]) is not { } lowest)
                return null;
            parent = lowest;
            taken = taken[1..];
        }
        return Array.Exists(taken, IsTransient) ? null : new Recipe(RecipeKind.Make, at, -1, parent, taken);
    }

    bool IsTransient(StackType t) => t.Kind is StackKind.ManagedPointer or StackKind.Pointer || (t.Kind == StackKind.Value && facts.IsStackBound(t.Type!));

    /// <summary>The recipe of an argument as it was passed; null if it is no reference.</summary>
    public Recipe? ArgumentOf(int v)
        => TypeMap.Strip(variables.Types[v]) is ByReferenceType r ? new Recipe(RecipeKind.Argument, -1, variables.ArgumentCount - 1 - v, null, [], r.ElementType) : null;

    /// <summary>The recipe of what a variable holds before an instruction.</summary>
    public Recipe? OfVariable(int v, int at)
    {
        if (!typer.IsTransient(v))
            return null;
        var isAssigned = storesOf.TryGetValue(v, out var mine);
        if (variables.IsArgument(v))
            return isAssigned ? null : ArgumentOf(v);
        if (!isAssigned || !Reaches(at, mine!, out var store) || !busy.Add(store))
            return null;
        var recipe = Stored(store);
        busy.Remove(store);
        return recipe is not null && (recipe.IsTimeless || recipe.At == store || IsFresh(recipe, store)) ? recipe : null;
    }

    Recipe? Stored(int store)
    {
        var stack = typer.Before(store)!;
        if (flow.Code[store].Operand is MethodReference { Name: ".ctor" } constructor && Makers.IsMaker(constructor))
            return Make(store, stack[^constructor.Parameters.Count..]);
        return variables.Of(flow.Code[store]).Access == Access.Store ? Of(stack[^1]) : null;
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

    // Is it stored as soon as it is made?
    bool IsFresh(Recipe recipe, int store)
    {
        var at = store - 1;
        foreach (var step in recipe.Steps())
        {
            while (at >= 0 && flow.Code[at].OpCode.Code is Code.Dup or Code.Nop)
                at--;
            if (step.At != at)
                return false;
            if (step.Operands.Length > 0 || step.Kind is RecipeKind.Value or RecipeKind.Copy)
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
                if (variableAt.TryGetValue(i, out var v))
                {
                    after = after.Copy();
                    foreach (var other in storesOf[v])
                        after[other] = stores[other] == i;
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
