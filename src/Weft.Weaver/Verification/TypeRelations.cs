// When is a value of one type good for a place of another? ECMA-335 I.8.7 and III.1.8.1.2, for the body of one method.
//
// A boxed value and a value of a type parameter behind a reference are references whose type is the value type or the parameter.
// What cannot be found is taken to fit: that it cannot be found is a finding of its own (Members).

using Mono.Cecil;
using Mono.Cecil.Rocks;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Verification;

internal sealed class TypeRelations(TypeFacts facts, MethodDefinition scope)
{
    public TypeFacts Facts => facts;

    /// <summary>The same type, whoever names it; modifiers do not count.</summary>
    public static bool Same(TypeReference a, TypeReference b)
    {
        a = Bare(a);
        b = Bare(b);
        if (ReferenceEquals(a, b))
            return true;
        switch (a)
        {
            case GenericParameter p:
                return b is GenericParameter q && p.Type == q.Type && p.Position == q.Position;
            case GenericInstanceType g:
                if (b is not GenericInstanceType h || g.GenericArguments.Count != h.GenericArguments.Count || !Same(g.ElementType, h.ElementType))
                    return false;
                for (var i = 0; i < g.GenericArguments.Count; i++)
                    if (!Same(g.GenericArguments[i], h.GenericArguments[i]))
                        return false;
                return true;
            case ArrayType x:
                return b is ArrayType y && x.Rank == y.Rank && x.IsVector == y.IsVector && Same(x.ElementType, y.ElementType);
            case ByReferenceType x:
                return b is ByReferenceType y1 && Same(x.ElementType, y1.ElementType);
            case PointerType x:
                return b is PointerType y2 && Same(x.ElementType, y2.ElementType);
            case FunctionPointerType:
                return b is FunctionPointerType;
            default:
                return b is not (GenericParameter or TypeSpecification) && a.Name == b.Name && a.FullName == b.FullName;
        }
    }

    /// <summary>Without modifiers and pins.</summary>
    public static TypeReference Bare(TypeReference t)
    {
        while (t is IModifierType or PinnedType or SentinelType)
            t = ((TypeSpecification)t).ElementType;
        return t;
    }

    /// <summary>A value of this type once it is on the stack.</summary>
    public Slot Of(TypeReference type)
    {
        var t = Bare(type);
        switch (t)
        {
            case ByReferenceType r:
                return new Slot(SlotKind.ByRef, r.ElementType);
            case PointerType or FunctionPointerType:
                return new Slot(SlotKind.NativeInt, t);
            case GenericParameter:
                return new Slot(SlotKind.Value, t);
        }
        switch (Number(t))
        {
            case MetadataType.Boolean or MetadataType.Char or MetadataType.SByte or MetadataType.Byte or MetadataType.Int16 or MetadataType.UInt16
                or MetadataType.Int32 or MetadataType.UInt32:
                return new Slot(SlotKind.Int32, facts.System.Int32);
            case MetadataType.Int64 or MetadataType.UInt64:
                return new Slot(SlotKind.Int64, facts.System.Int64);
            case MetadataType.IntPtr or MetadataType.UIntPtr:
                return new Slot(SlotKind.NativeInt, facts.System.IntPtr);
            case MetadataType.Single or MetadataType.Double:
                return new Slot(SlotKind.Float, facts.System.Double);
        }
        return new Slot(facts.IsValueType(t) ? SlotKind.Value : SlotKind.Reference, t);
    }

    /// <summary>The primitive type that this one is, or that its enum is made of; Void if it is none.</summary>
    public MetadataType Number(TypeReference t)
    {
        t = Bare(t);
        if (t is GenericParameter or TypeSpecification and not GenericInstanceType)
            return MetadataType.Void;
        if (t is GenericInstanceType { ElementType: var nested }) // an enum in a generic class
            t = nested;
        if (t.MetadataType is >= MetadataType.Boolean and <= MetadataType.Double or MetadataType.IntPtr or MetadataType.UIntPtr)
            return t.MetadataType;
        if (t.Namespace == "System" && t.DeclaringType is null)
            switch (t.Name)
            {
                case "Boolean": return MetadataType.Boolean;
                case "Char": return MetadataType.Char;
                case "SByte": return MetadataType.SByte;
                case "Byte": return MetadataType.Byte;
                case "Int16": return MetadataType.Int16;
                case "UInt16": return MetadataType.UInt16;
                case "Int32": return MetadataType.Int32;
                case "UInt32": return MetadataType.UInt32;
                case "Int64": return MetadataType.Int64;
                case "UInt64": return MetadataType.UInt64;
                case "IntPtr": return MetadataType.IntPtr;
                case "UIntPtr": return MetadataType.UIntPtr;
                case "Single": return MetadataType.Single;
                case "Double": return MetadataType.Double;
            }
        return facts.IsValueType(t) && facts.Definition(t) is { IsEnum: true } e ? Number(e.GetEnumUnderlyingType()) : MetadataType.Void;
    }

    // bool, byte and sbyte are one thing to memory, and so on (I.8.7.1, "reduced type" and "verification type").
    MetadataType Reduced(TypeReference t) => Number(t) switch
    {
        MetadataType.Boolean or MetadataType.Byte => MetadataType.SByte,
        MetadataType.Char or MetadataType.UInt16 => MetadataType.Int16,
        MetadataType.UInt32 => MetadataType.Int32,
        MetadataType.UInt64 => MetadataType.Int64,
        MetadataType.UIntPtr => MetadataType.IntPtr,
        var n => n,
    };

    /// <summary>Do both name the same memory, seen as one type or the other?</summary>
    public bool SameMemory(TypeReference a, TypeReference b)
    {
        if (Same(a, b))
            return true;
        a = Bare(a);
        b = Bare(b);
        if (IsUnmanagedPointer(a) && IsUnmanagedPointer(b))
            return true;
        var n = Reduced(a);
        if (n != MetadataType.Void)
            return n == Reduced(b);
        return a is ArrayType x && b is ArrayType y && x.Rank == y.Rank && SameMemory(x.ElementType, y.ElementType);
    }

    bool IsUnmanagedPointer(TypeReference t) => t is PointerType or FunctionPointerType || Reduced(t) == MetadataType.IntPtr;

    public bool IsReference(TypeReference t)
    {
        t = Bare(t);
        if (t is GenericParameter p)
            return Own(p) is { } own && (own.HasReferenceTypeConstraint || HasBase(own));
        return t is ArrayType || t is not (ByReferenceType or PointerType or FunctionPointerType) && Number(t) == MetadataType.Void && !facts.IsValueType(t);
    }

    // A class that all it stands for derive from. It may be the parameter's by another one, `class` may not: where B is an interface, T : B is a struct.
    bool HasBase(GenericParameter p) => p.Constraints.Any(c => c.ConstraintType is GenericParameter of
        ? Own(of) is { } own && HasBase(own)
        : Facts.Definition(c.ConstraintType) is { IsInterface: false, IsValueType: false, FullName: not ("System.ValueType" or "System.Object" or "System.Enum") });

    /// <summary>The parameter as this body's method or type declares it: references to it carry no constraints.</summary>
    public GenericParameter? Own(GenericParameter p)
    {
        IGenericParameterProvider owner = p.Type == GenericParameterType.Method ? scope : scope.DeclaringType;
        return p.Position < owner.GenericParameters.Count ? owner.GenericParameters[p.Position] : null;
    }

    /// <summary>Can a value on the stack go into a place of this type?</summary>
    public bool Fits(Slot value, TypeReference to)
    {
        var target = Of(to);
        switch (target.Kind)
        {
            case SlotKind.NativeInt:
                return value.Kind is SlotKind.NativeInt or SlotKind.Int32;
            case SlotKind.Int32 or SlotKind.Int64 or SlotKind.Float:
                return value.Kind == target.Kind;
            case SlotKind.ByRef:
                return value.Kind == SlotKind.ByRef && SameMemory(value.Type!, target.Type!);
            case SlotKind.Value:
                return value is { Kind: SlotKind.Value or SlotKind.Reference, Type: { } of } && Same(of, target.Type!)
                    && (value.Kind == SlotKind.Value || IsReference(target.Type!)); // boxing a class leaves it what it was
            default:
                return value.Kind == SlotKind.Reference && (value.Type is null || IsSubtype(value.Type, target.Type!));
        }
    }

    /// <summary>Is an object of type <paramref name="s"/>, boxed if it is a value, also one of <paramref name="t"/>?</summary>
    public bool IsSubtype(TypeReference s, TypeReference t)
    {
        s = Bare(s);
        t = Bare(t);
        if (t.FullName == "System.Object" || Same(s, t))
            return true;
        if (s is GenericParameter p)
            return Own(p) is { } own && (own.Constraints.Any(c => IsSubtype(Seen(c.ConstraintType), t)) || (own.HasNotNullableValueTypeConstraint && t.FullName == "System.ValueType"));
        if (t is GenericParameter)
            return false;
        if (s is ArrayType a)
            return IsArray(a, t);
        if (t is ArrayType)
            return false;
        if (facts.Definition(s) is not { } from || facts.Definition(t) is not { } to)
            return true;
        if (s is GenericInstanceType { ElementType.FullName: "System.Nullable`1" } nullable && IsSubtype(nullable.GenericArguments[0], t))
            return true;
        if (ReferenceEquals(from, to) && Vary(s, t, to))
            return true;
        if (to.IsInterface)
            return Contracts(s, from, t, to);
        for (var b = facts.Base(s); b is not null; b = facts.Base(b))
            if (Same(b, t) || facts.Definition(b) is null)
                return true;
        return false;
    }

    // A constraint of the body's own parameter is written in the same positions as the body.
    static TypeReference Seen(TypeReference constraint) => constraint;

    bool IsArray(ArrayType a, TypeReference t)
    {
        if (t is ArrayType b)
            return a.Rank == b.Rank && a.IsVector == b.IsVector && ElementsFit(a.ElementType, b.ElementType);
        if (a.IsVector && TypeFacts.IsContractOfVectors(t))
            return ElementsFit(a.ElementType, ((GenericInstanceType)t).GenericArguments[0]);
        return facts.System.Object is var o && (t.FullName == "System.Array" || ArrayBase(o) is not { } array || IsSubtype(array, t));
    }

    TypeReference? ArrayBase(TypeReference o) => facts.Definition(o)?.Module.GetType("System.Array");

    public bool ElementsFit(TypeReference s, TypeReference t)
        => IsReference(s) ? IsReference(t) && IsSubtype(s, t) : SameMemory(s, t);

    bool Contracts(TypeReference s, TypeDefinition from, TypeReference t, TypeDefinition to)
    {
        for (TypeReference? b = s; b is not null; b = facts.Base(b))
        {
            if (facts.Definition(b) is not { } d)
                return true;
            var arguments = (b as GenericInstanceType)?.GenericArguments;
            foreach (var i in d.Interfaces)
            {
                var seen = TypeMap.Inflate(i.InterfaceType, arguments, null);
                if (facts.Definition(seen) is not { } contract)
                    continue;
                if (Same(seen, t) || (ReferenceEquals(contract, to) && Vary(seen, t, to)) || Contracts(seen, contract, t, to))
                    return true;
            }
        }
        return false;
    }

    // The same definition over other arguments: variance of interfaces and delegates.
    bool Vary(TypeReference s, TypeReference t, TypeDefinition definition)
    {
        if (s is not GenericInstanceType a || t is not GenericInstanceType b || a.GenericArguments.Count != b.GenericArguments.Count)
            return false;
        for (var i = 0; i < a.GenericArguments.Count; i++)
        {
            TypeReference x = a.GenericArguments[i], y = b.GenericArguments[i];
            var p = definition.GenericParameters[i];
            if (Same(x, y))
                continue;
            if (!(p.IsCovariant && IsReference(x) && IsSubtype(x, y)) && !(p.IsContravariant && IsReference(y) && IsSubtype(y, x)))
                return false;
        }
        return true;
    }

    TypeReference? Base(TypeReference t)
        => t is not GenericParameter p ? facts.Base(t) : Own(p)?.Constraints.Select(c => c.ConstraintType).FirstOrDefault(c => c is GenericParameter || facts.Definition(c) is { IsInterface: false });

    /// <summary>What two values are where they meet; null if they must not.</summary>
    public Slot? Join(Slot a, Slot b)
    {
        if (a == b)
            return a;
        if (a.Kind == SlotKind.NativeInt && b.Kind == SlotKind.NativeInt)
            return new Slot(SlotKind.NativeInt, facts.System.IntPtr);
        if (a.Kind != b.Kind)
            return (a.Kind, b.Kind) is (SlotKind.Int32, SlotKind.NativeInt) or (SlotKind.NativeInt, SlotKind.Int32) ? new Slot(SlotKind.NativeInt, facts.System.IntPtr) : null;
        switch (a.Kind)
        {
            case SlotKind.ByRef:
                return SameMemory(a.Type!, b.Type!) ? a : null;
            case SlotKind.Value:
                return Same(a.Type!, b.Type!) ? a : null;
            case SlotKind.Reference:
                if (a.Type is null)
                    return b;
                if (b.Type is null || IsSubtype(b.Type, a.Type))
                    return a;
                if (IsSubtype(a.Type, b.Type))
                    return b;
                for (var x = Base(a.Type); x is not null; x = Base(x))
                    if (IsSubtype(b.Type, x))
                        return new Slot(SlotKind.Reference, x);
                return new Slot(SlotKind.Reference, facts.System.Object);
            default:
                return a;
        }
    }
}
