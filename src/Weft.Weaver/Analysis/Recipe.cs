// How to make a managed pointer again after a suspension.
//
// A frame cannot hold a managed pointer. But a pointer was made a few instructions before, from things that a frame can hold, or it came
// in as an argument:
//
//   ldloca v               the variable itself is saved; its address is taken again
//   ldelema T              the array and the index (or T[,]::Address: the indices) are kept in extra locals
//   unbox T                the object is kept in an extra local
//   ldflda F of an object  the object is kept in an extra local
//   ldflda F of a pointer  the recipe of that pointer, then the field
//   ldsflda F              nothing, but for a [ThreadStatic] field, which is that of whatever thread comes next
//   ldarg p, a reference   nothing: the frame of the caller is asked (Frame.Address), which by then has the variable in a field, or asks on
//   ldloc r, a reference   the recipe of what was stored there last (Pointers)
//
// Repeating these has no effect of its own: the null, bounds and type checks have passed once, on the same values.

using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weft.Weaver.Analysis;

/// <summary>One step: the instruction that made a pointer, and what it took off the stack.</summary>
/// <param name="At">Index of the instruction.</param>
/// <param name="Variable">The variable whose address it is, or -1.</param>
/// <param name="Argument">The argument that it is, counted from the last one before the G; or -1.</param>
/// <param name="Parent">The recipe of the pointer that it is a field of, or null.</param>
/// <param name="Operands">Types of the values on the stack that must be kept, in order.</param>
internal sealed record Recipe(int At, int Variable, int Argument, Recipe? Parent, StackType[] Operands)
{
    /// <summary>This step and those before it, last one first.</summary>
    public IEnumerable<Recipe> Steps()
    {
        for (var r = this; r is not null; r = r.Parent)
            yield return r;
    }

    /// <summary>Is nothing kept, so that it is right whenever it is repeated?</summary>
    public bool IsTimeless => Steps().All(r => r.Operands.Length == 0);
}
