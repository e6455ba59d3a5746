// How to make a managed pointer again after a suspension.
//
// A frame cannot hold a managed pointer. But one that lies under a site's arguments (`a[i] += ch.Receive()`, `p.X += ...`, a struct that
// is built in place) was made a few instructions before, from things that a frame can hold:
//
//   ldloca v               the variable itself is saved; its address is taken again
//   ldelema T              the array and the index are kept in two extra locals
//   ldflda F of an object  the object is kept in an extra local
//   ldflda F of a pointer  the recipe of that pointer, then the field
//   ldsflda F              nothing, but for a [ThreadStatic] field, which is that of whatever thread comes next
//
// Repeating these has no effect of its own: the null, bounds and type checks have passed once, on the same values.
// Rejected for now: pointers in locals (`ref var r = ...`: which definition reaches is another analysis), and those that come in as
// parameters (the caller's frame would have to be asked).

using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weft.Weaver.Analysis;

/// <summary>One step: the instruction that made a pointer, and what it took off the stack.</summary>
/// <param name="At">Index of the instruction.</param>
/// <param name="Variable">The variable whose address it is, or -1.</param>
/// <param name="Parent">The recipe of the pointer that it is a field of, or null.</param>
/// <param name="Operands">Types of the values on the stack that must be kept, in order.</param>
internal sealed record Recipe(int At, int Variable, Recipe? Parent, StackType[] Operands)
{
    /// <summary>This step and those before it, last one first.</summary>
    public IEnumerable<Recipe> Steps()
    {
        for (var r = this; r is not null; r = r.Parent)
            yield return r;
    }

    /// <summary>The recipe of a value on the stack; null if it has none.</summary>
    public static Recipe? Of(StackType pointer, Flow flow, Variables variables, StackTyper typer)
    {
        if (pointer.Kind != StackKind.ManagedPointer || pointer.Origin == 0)
            return null;
        var at = pointer.Origin - 1;
        var instruction = flow.Code[at];
        var stack = typer.Before(at)!;
        switch (instruction.OpCode.Code)
        {
            case Code.Ldelema when at == 0 || flow.Code[at - 1].OpCode.Code != Code.Readonly:
                return new Recipe(at, -1, null, stack[^2..]);
            case Code.Ldsflda:
                return new Recipe(at, -1, null, []);
            case Code.Ldflda when stack[^1].Kind == StackKind.Reference:
                return new Recipe(at, -1, null, stack[^1..]);
            case Code.Ldflda:
                return Of(stack[^1], flow, variables, typer) is { } parent ? new Recipe(at, -1, parent, []) : null;
            default:
                var (variable, access) = variables.Of(instruction);
                return access == Access.Address ? new Recipe(at, variable, null, []) : null;
        }
    }
}
