using Mono.Cecil;

namespace Weft.Weaver.Verification;

internal enum SlotKind
{
    Int32,
    Int64,

    /// <summary>Native integers, unmanaged pointers and function pointers: to the verifier they are all numbers.</summary>
    NativeInt,
    Float,

    /// <summary>An object; the null reference when the type is null.</summary>
    Reference,

    /// <summary>A struct that is no number, or a value of a generic parameter.</summary>
    Value,
    ByRef,
}

/// <summary>One value on the evaluation stack.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Type">Its type; of a byref, what it points to; null for the null reference.</param>
/// <param name="Function">Of a native integer: the method whose address it is.</param>
/// <param name="IsVirtualFunction">The address came from the object's own table.</param>
internal readonly record struct Slot(SlotKind Kind, TypeReference? Type, MethodReference? Function = null, bool IsVirtualFunction = false)
{
    public static Slot Null => new(SlotKind.Reference, null);

    public bool IsNumber => Kind is SlotKind.Int32 or SlotKind.Int64 or SlotKind.NativeInt or SlotKind.Float;

    public override string ToString() => Kind switch
    {
        SlotKind.Reference when Type is null => "null",
        SlotKind.Reference or SlotKind.Value => Type!.FullName,
        SlotKind.ByRef => Type!.FullName + "&",
        _ => Kind.ToString(),
    };
}
