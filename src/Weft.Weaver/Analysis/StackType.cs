using Mono.Cecil;

namespace Weft.Weaver.Analysis;

/// <summary>The kinds of values that the evaluation stack tells apart (ECMA-335 III.1.1, with references and values split).</summary>
internal enum StackKind
{
    Int32,
    Int64,
    NativeInt,
    Float,

    /// <summary>An object reference; null when the type is null.</summary>
    Reference,

    /// <summary>A struct, or a value of a generic parameter.</summary>
    Value,

    /// <summary>A byref.</summary>
    ManagedPointer,

    /// <summary>An unmanaged pointer, or a number that was made from any pointer.</summary>
    Pointer,
}

/// <summary>One slot of the evaluation stack.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Type">Its type; null for the null reference.</param>
/// <param name="Origin">
/// For a managed pointer or a ref struct, one more than the index of the one instruction that made it; 0 if there are several, or none that can be
/// repeated. Negative, -1 less the index, where the two meet that C# makes of a receiver (<see cref="StackTyper.IsReceiverJoin"/>).
/// </param>
/// <param name="IsBoxed">A reference to a boxed value of the type.</param>
internal readonly record struct StackType(StackKind Kind, TypeReference? Type, int Origin = 0, bool IsBoxed = false)
{
    public static StackType Null => new(StackKind.Reference, null);

    /// <summary>The type that a parameter or field needs to hold the slot.</summary>
    public TypeReference Storage(TypeSystem system) => IsBoxed || Type is null ? system.Object : Type;

    public override string ToString() => Type is null ? "null" : Kind is StackKind.Value or StackKind.Reference ? Type.FullName : $"{Kind}";
}
