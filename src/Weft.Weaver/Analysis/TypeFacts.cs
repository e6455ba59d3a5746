// What a type is: its definition behind forwarders, whether it is a value, whether a heap object may hold it.

using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace Weft.Weaver.Analysis;

internal sealed class TypeFacts(ModuleDefinition module)
{
    /// <summary>`allows ref struct` on a generic parameter; Cecil has no name for it.</summary>
    public const int AllowsRefStruct = 0x20;

    readonly Dictionary<TypeReference, TypeDefinition?> definitions = new(ReferenceEqualityComparer.Instance as IEqualityComparer<TypeReference>);
    readonly Dictionary<MethodReference, MethodDefinition?> methods = new(ReferenceEqualityComparer.Instance as IEqualityComparer<MethodReference>);

    public ModuleDefinition Module => module;

    public TypeSystem System => module.TypeSystem;

    /// <summary>The definition of a named or instantiated type; null for arrays, pointers, parameters and what cannot be found.</summary>
    public TypeDefinition? Definition(TypeReference? t)
    {
        if (t is null or GenericParameter or ArrayType or PointerType or FunctionPointerType)
            return null;
        if (t is TypeDefinition d)
            return d;
        if (!definitions.TryGetValue(t, out var found))
            definitions[t] = found = t.GetElementType().Resolve();
        return found;
    }

    /// <summary>The definition of a method; null when it cannot be found, as for the methods of arrays.</summary>
    public MethodDefinition? Definition(MethodReference m)
    {
        if (m is MethodDefinition d)
            return d;
        if (m.DeclaringType is ArrayType)
            return null;
        if (!methods.TryGetValue(m, out var found))
            methods[m] = found = m.Resolve();
        return found;
    }

    /// <summary>The definition of a field; null when it cannot be found.</summary>
    public FieldDefinition? Definition(FieldReference f) => f as FieldDefinition ?? Definition(f.DeclaringType)?.Fields.FirstOrDefault(d => d.Name == f.Name);

    /// <summary>Is the static field the same one on every thread? Not where its definition cannot be found.</summary>
    public bool IsShared(FieldReference f) => Definition(f) is { } definition && !definition.CustomAttributes.Any(a => a.AttributeType.FullName == "System.ThreadStaticAttribute");

    public bool IsValueType(TypeReference t) => TypeMap.Strip(t) switch
    {
        GenericParameter or ArrayType or ByReferenceType or PointerType or FunctionPointerType => false,
        PinnedType p => IsValueType(p.ElementType),
        var u => u.IsPrimitive || (Definition(u)?.IsValueType ?? u.IsValueType),
    };

    /// <summary>May a value of this type be a field of a class? Not managed pointers and ref structs; unmanaged pointers could but must not outlive the stack.</summary>
    public bool IsStackBound(TypeReference t)
    {
        t = TypeMap.Strip(t);
        if (t is ByReferenceType or PointerType or FunctionPointerType or PinnedType || t.MetadataType == MetadataType.TypedByReference)
            return true;
        if (t is GenericParameter p)
            return ((int)p.Attributes & AllowsRefStruct) != 0;
        return IsRefStruct(t);
    }

    public bool IsRefStruct(TypeReference t)
    {
        if (t is ArrayType or ByReferenceType or PointerType || t.IsPrimitive)
            return false;
        return Definition(t) is { IsValueType: true } d
            && d.CustomAttributes.Any(a => a.AttributeType.FullName == "System.Runtime.CompilerServices.IsByRefLikeAttribute");
    }

    /// <summary>Must a field of this type be cleared so that it keeps nothing alive? Unknown types are taken to hold references.</summary>
    public bool HoldsReferences(TypeReference t) => HoldsReferences(t, 0);

    bool HoldsReferences(TypeReference t, int depth)
    {
        t = TypeMap.Strip(t);
        if (t.IsPrimitive || t is PointerType or FunctionPointerType)
            return false;
        if (!IsValueType(t) || depth > 8)
            return true;
        if (Definition(t) is not { } d)
            return true;
        if (d.IsEnum)
            return false;
        var arguments = (t as GenericInstanceType)?.GenericArguments;
        return d.Fields.Any(f => !f.IsStatic && HoldsReferences(TypeMap.Inflate(f.FieldType, arguments, null), depth + 1));
    }

    /// <summary>What a value of this type is on the evaluation stack.</summary>
    public StackType OnStack(TypeReference type)
    {
        var t = TypeMap.Strip(type);
        if (t is PinnedType pinned)
            t = TypeMap.Strip(pinned.ElementType);
        switch (t.MetadataType)
        {
            case MetadataType.Boolean or MetadataType.Char or MetadataType.SByte or MetadataType.Byte or MetadataType.Int16
                or MetadataType.UInt16 or MetadataType.Int32 or MetadataType.UInt32:
                return new StackType(StackKind.Int32, System.Int32);
            case MetadataType.Int64 or MetadataType.UInt64:
                return new StackType(StackKind.Int64, System.Int64);
            case MetadataType.IntPtr or MetadataType.UIntPtr:
                return new StackType(StackKind.NativeInt, System.IntPtr);
            case MetadataType.Single or MetadataType.Double:
                return new StackType(StackKind.Float, t);
            case MetadataType.Pointer or MetadataType.FunctionPointer:
                return new StackType(StackKind.Pointer, t);
            case MetadataType.ByReference:
                return new StackType(StackKind.ManagedPointer, t);
        }
        if (t is GenericParameter)
            return new StackType(StackKind.Value, t);
        if (!IsValueType(t))
            return new StackType(StackKind.Reference, t);
        if (Definition(t) is { IsEnum: true } e)
            return OnStack(e.GetEnumUnderlyingType());
        return new StackType(StackKind.Value, t);
    }

    /// <summary>The base class as seen from an instance of the type, or null.</summary>
    public TypeReference? Base(TypeReference t)
    {
        if (Definition(t) is not { BaseType: { } b })
            return null;
        return TypeMap.Inflate(b, (t as GenericInstanceType)?.GenericArguments, null);
    }

    /// <summary>A reference type that both are: either one, their nearest common base class, or object.</summary>
    public TypeReference Join(TypeReference a, TypeReference b)
    {
        if (TypeMap.Same(a, b))
            return a;
        if (a is ArrayType x && IsArray(x, b))
            return b;
        if (b is ArrayType y && IsArray(y, a))
            return a;
        if (a is GenericParameter or ArrayType || b is GenericParameter or ArrayType)
            return System.Object;
        if (Definition(a) is { IsInterface: true } && Implements(b, a))
            return a;
        if (Definition(b) is { IsInterface: true } && Implements(a, b))
            return b;
        for (TypeReference? s = a; s is not null; s = Base(s))
            for (TypeReference? t = b; t is not null; t = Base(t))
                if (TypeMap.Same(s, t))
                    return s.FullName == "System.Object" ? System.Object : TypeMap.Import(module, s);
        return System.Object;
    }

    // Is every such array also one of these? Of a parameter's arrays that is known for the parameter itself only.
    bool IsArray(ArrayType array, TypeReference t)
    {
        var element = array.ElementType;
        if (array.IsVector && IsContractOfVectors(t))
        {
            var wanted = ((GenericInstanceType)t).GenericArguments[0];
            return TypeMap.Same(element, wanted) || (element is not GenericParameter && !IsValueType(element) && TypeMap.Same(Join(element, wanted), wanted));
        }
        return Definition(System.Object)?.Module.GetType("System.Array") is { } all && (Definition(t) == all || Implements(all, t));
    }

    /// <summary>Is it one of the interfaces that arrays of one dimension implement for their elements?</summary>
    public static bool IsContractOfVectors(TypeReference t)
        => t is GenericInstanceType { ElementType: { Namespace: "System.Collections.Generic", Name: "IList`1" or "ICollection`1" or "IEnumerable`1" or "IReadOnlyList`1" or "IReadOnlyCollection`1" } };

    public bool Implements(TypeReference type, TypeReference contract)
    {
        for (TypeReference? t = type; t is not null; t = Base(t))
        {
            if (Definition(t) is not { } d)
                return false;
            var arguments = (t as GenericInstanceType)?.GenericArguments;
            foreach (var i in d.Interfaces)
            {
                var inflated = TypeMap.Inflate(i.InterfaceType, arguments, null);
                if (TypeMap.Same(inflated, contract) || Implements(inflated, contract))
                    return true;
            }
        }
        return false;
    }

    public bool IsDelegate(TypeDefinition t) => t.BaseType?.FullName == "System.MulticastDelegate";

    /// <summary>Can code outside of this assembly name the type? Friends count as outside: they need not be woven.</summary>
    public bool IsVisibleOutside(TypeDefinition t)
    {
        var friends = module.Assembly.CustomAttributes.Any(a => a.AttributeType.FullName == "System.Runtime.CompilerServices.InternalsVisibleToAttribute");
        for (var u = t; u is not null; u = u.DeclaringType)
        {
            var open = u.IsPublic || u.IsNestedPublic || u.IsNestedFamily || u.IsNestedFamilyOrAssembly
                || (friends && (u.IsNotPublic || u.IsNestedAssembly || u.IsNestedFamilyAndAssembly) && !u.IsNestedPrivate);
            if (!open)
                return false;
        }
        return true;
    }

    /// <summary>Do the internal members lie open to the proxies that Castle makes at run time, those of mocking libraries among them?</summary>
    public bool IsOpenToProxies { get; } = module.Assembly.CustomAttributes.Any(a => a.AttributeType.FullName == "System.Runtime.CompilerServices.InternalsVisibleToAttribute"
        && a.ConstructorArguments is [{ Value: string friend }] && friend.StartsWith("DynamicProxyGenAssembly2", StringComparison.Ordinal));

    /// <summary>Can code that is not woven derive from the type?</summary>
    public bool IsOpen(TypeDefinition t) => !t.IsSealed && !t.IsValueType && IsVisibleOutside(t);
}
