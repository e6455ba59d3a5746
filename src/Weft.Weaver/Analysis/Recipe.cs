// How to make again, after a suspension, what a frame cannot hold: a managed pointer, a span.
//
// It was made a few instructions before, from things that a frame can hold, or it came in as an argument:
//
//   ldloca v                     the variable itself is saved; its address is taken again
//   ldelema T                    the array and the index are kept in two extra locals
//   unbox T                      the object is kept in an extra local
//   ldflda F of an object        the object is kept in an extra local
//   ldflda F of a pointer        the recipe of that pointer, then the field
//   ldsflda F                    nothing, but for a [ThreadStatic] field, which is that of whatever thread comes next
//   call of a Maker              its arguments are kept; the first may have a recipe itself (a span of an inline array, an element of a span)
//   ldarg p, a reference         nothing: the frame of the caller is asked (Frame.Address), which by then has the variable in a field, or asks on
//   ldloc r, a reference or span the recipe of what was stored there last (Pointers)
//   a receiver of type T         both of what C# makes of it (StackTyper.IsReceiverJoin)
//   ldloca s, a span             the recipe of what was stored there last, in a local of its own
//
// Repeating these has no effect of its own: the null, bounds and type checks have passed once, on the same values.

using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weft.Weaver.Analysis;

internal enum RecipeKind
{
    /// <summary>The instruction, on top of the parent and the operands.</summary>
    Make,

    /// <summary>The address of variable <see cref="Recipe.Number"/>.</summary>
    Variable,

    /// <summary>Argument <see cref="Recipe.Number"/>, counted from the last one before the G.</summary>
    Argument,

    /// <summary>The parent: what the variable holds that is loaded here.</summary>
    Value,

    /// <summary>The address of a copy of the parent.</summary>
    Copy,

    /// <summary>The parent where <see cref="Recipe.Type"/> is a struct, the address of variable <see cref="Recipe.Number"/> where it is a class.</summary>
    Receiver,
}

/// <summary>One step.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="At">Index of the instruction that did it; -1 for an argument.</param>
/// <param name="Number">See the kinds.</param>
/// <param name="Parent">The recipe of the lowest value that the instruction took, if that one cannot be kept.</param>
/// <param name="Operands">Types of the other values that it took, which must be kept; in order.</param>
/// <param name="Type">The type of a copy or receiver; what an argument refers to.</param>
internal sealed record Recipe(RecipeKind Kind, int At, int Number, Recipe? Parent, StackType[] Operands, TypeReference? Type = null)
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

/// <summary>Methods that make a reference or a span out of their arguments, do nothing else, and make the same of the same.</summary>
internal static class Makers
{
    public static bool IsMaker(MethodReference m)
    {
        var type = m.DeclaringType.GetElementType().FullName;
        return type switch
        {
            "<PrivateImplementationDetails>" => m.Name.StartsWith("InlineArray", StringComparison.Ordinal),
            "System.Span`1" or "System.ReadOnlySpan`1" => m.Name is ".ctor" or "op_Implicit" or "Slice" or "get_Item",
            "System.Memory`1" or "System.ReadOnlyMemory`1" => m.Name == "get_Span",
            "System.MemoryExtensions" => m.Name == "AsSpan",
            "System.String" => m.Name == "op_Implicit",
            "System.Runtime.CompilerServices.RuntimeHelpers" => m.Name == "CreateSpan",
            // Of the same array again: a list must not grow while a span of it is in use. The compiler fills the list of a collection expression so.
            "System.Runtime.InteropServices.CollectionsMarshal" => m.Name == "AsSpan",
            "System.Runtime.CompilerServices.Unsafe" => m.Name is "Add" or "Subtract" or "AddByteOffset" or "SubtractByteOffset" or "As" or "AsRef",
            "System.Runtime.InteropServices.MemoryMarshal" => m.Name is "GetReference" or "GetArrayDataReference" or "CreateSpan" or "CreateReadOnlySpan" or "Cast" or "AsBytes",
            _ => m is { Name: "Address", DeclaringType: ArrayType } || IsLocal(m),
        };
    }

    // The accessor of a goroutine-local field (GoroutineLocals).
    static bool IsLocal(MethodReference m) => m.Name is ['<', .., '>', 'r'] && m.Parameters.Count == 0;

    /// <summary>The JIT wants to see the token itself before the call.</summary>
    public static bool TakesToken(MethodReference m) => m is { Name: "CreateSpan", DeclaringType.Name: "RuntimeHelpers" };
}
