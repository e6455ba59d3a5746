// Rewriting and comparing type references.
//
// A signature in metadata is written against its owner: `!0` and `!!0` are positions, and whose positions they are depends on
// where the signature stands. Three rewritings follow from this, all of them one walk over the type:
//   inflate   a member's signature into the types of a call site (positions of the callee become the call's arguments)
//   rename    a body's types into another owner (a method's `!!n` becomes its frame's `!k+n`)
//   import    a type found in another assembly into this one (positions stay)
//
// The signature of a member reference itself is never renamed: its positions belong to the member's declaring type and to the
// member, not to the body that mentions it. Only the declaring type and the generic arguments of a reference are. The exception
// is an array's Get, Set and Address, which no type declares: their positions are those of the body.

using System.Text;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Collections.Generic;

namespace Weft.Weaver.Analysis;

internal static class TypeMap
{
    /// <summary>Rebuilds <paramref name="t"/> with every generic parameter and every named type replaced; itself if nothing changed.</summary>
    public static TypeReference Map(TypeReference t, Func<GenericParameter, TypeReference> parameter, Func<TypeReference, TypeReference>? named = null)
    {
        TypeReference Go(TypeReference u) => Map(u, parameter, named);
        switch (t)
        {
            case GenericParameter p:
                return parameter(p);
            case GenericInstanceType g:
            {
                var element = Go(g.ElementType);
                var arguments = g.GenericArguments.Select(Go).ToArray();
                if (ReferenceEquals(element, g.ElementType) && arguments.SequenceEqual(g.GenericArguments, ReferenceEqualityComparer.Instance))
                    return g;
                var copy = new GenericInstanceType(element);
                foreach (var a in arguments)
                    copy.GenericArguments.Add(a);
                return copy;
            }
            case ArrayType a:
            {
                var element = Go(a.ElementType);
                if (ReferenceEquals(element, a.ElementType))
                    return a;
                if (a.IsVector)
                    return new ArrayType(element);
                var copy = new ArrayType(element, a.Rank);
                for (var i = 0; i < a.Rank; i++)
                    copy.Dimensions[i] = a.Dimensions[i];
                return copy;
            }
            case ByReferenceType r:
                return Wrap(r, Go(r.ElementType), e => new ByReferenceType(e));
            case PointerType p:
                return Wrap(p, Go(p.ElementType), e => new PointerType(e));
            case PinnedType p:
                return Wrap(p, Go(p.ElementType), e => new PinnedType(e));
            case SentinelType s:
                return Wrap(s, Go(s.ElementType), e => new SentinelType(e));
            case RequiredModifierType m:
                return new RequiredModifierType(Go(m.ModifierType), Go(m.ElementType));
            case OptionalModifierType m:
                return new OptionalModifierType(Go(m.ModifierType), Go(m.ElementType));
            case FunctionPointerType f:
            {
                var copy = new FunctionPointerType
                {
                    HasThis = f.HasThis, ExplicitThis = f.ExplicitThis, CallingConvention = f.CallingConvention, ReturnType = Go(f.ReturnType),
                };
                foreach (var p in f.Parameters)
                    copy.Parameters.Add(new ParameterDefinition(Go(p.ParameterType)));
                return copy;
            }
            default:
                return named is null ? t : named(t);
        }
    }

    static TypeReference Wrap(TypeSpecification old, TypeReference element, Func<TypeReference, TypeReference> make)
        => ReferenceEquals(old.ElementType, element) ? old : make(element);

    /// <summary>The type as the body that holds <paramref name="member"/> sees it.</summary>
    public static TypeReference Inflate(TypeReference t, MemberReference member)
    {
        var ofType = (member.DeclaringType as GenericInstanceType)?.GenericArguments;
        var ofMethod = (member as GenericInstanceMethod)?.GenericArguments;
        return Inflate(t, ofType, ofMethod);
    }

    /// <summary>Replaces positions by arguments; a null list leaves its positions alone.</summary>
    public static TypeReference Inflate(TypeReference t, IList<TypeReference>? ofType, IList<TypeReference>? ofMethod)
    {
        if (ofType is null && ofMethod is null)
            return t;
        return Map(t, p =>
        {
            var arguments = p.Type == GenericParameterType.Type ? ofType : ofMethod;
            return arguments is not null && p.Position < arguments.Count ? arguments[p.Position] : p;
        });
    }

    /// <summary>The type as <paramref name="module"/> refers to it.</summary>
    public static TypeReference Import(ModuleDefinition module, TypeReference t) => Map(t, p => p, module.ImportReference);

    /// <summary>The type's open name as an instance over these arguments, or just itself when there are none.</summary>
    public static TypeReference Instance(TypeReference open, IEnumerable<TypeReference> arguments)
    {
        var list = arguments.ToArray();
        if (list.Length == 0)
            return open;
        var g = new GenericInstanceType(open);
        foreach (var a in list)
            g.GenericArguments.Add(a);
        return g;
    }

    /// <summary>The type seen from inside: its own parameters as arguments.</summary>
    public static TypeReference Self(TypeDefinition t) => Instance(t, t.GenericParameters);

    /// <summary>A structural name: equal for equal types, whoever refers to them. Scopes are left out, so forwarded types compare equal.</summary>
    public static string Key(TypeReference t)
    {
        var b = new StringBuilder();
        Write(b, t, static p => (p.Type == GenericParameterType.Type ? "!" : "!!") + p.Position);
        return b.ToString();
    }

    /// <summary>
    /// Equal only for types of the same assembly, too: for places that hold values, since two assemblies may each have a type of that name.
    /// A type that is forwarded has as many as there are ways to it.
    /// </summary>
    public static string StorageKey(TypeReference t)
    {
        var b = new StringBuilder();
        Write(b, t, static p => (p.Type == GenericParameterType.Type ? "!" : "!!") + p.Position, withScopes: true);
        return b.ToString();
    }

    /// <summary>As <see cref="Key(TypeReference)"/>, with the caller's own names for generic parameters.</summary>
    public static string Key(TypeReference t, Func<GenericParameter, string> parameter)
    {
        var b = new StringBuilder();
        Write(b, t, parameter);
        return b.ToString();
    }

    /// <summary>By <see cref="StorageKey"/>.</summary>
    public static bool SameStorage(TypeReference a, TypeReference b) => ReferenceEquals(a, b) || StorageKey(a) == StorageKey(b);

    public static bool Same(TypeReference a, TypeReference b) => ReferenceEquals(a, b) || Key(a) == Key(b);

    /// <summary>Same parameters and return type, by position.</summary>
    public static bool SameSignature(IMethodSignature a, IMethodSignature b, Func<TypeReference, TypeReference>? inflateB = null)
    {
        inflateB ??= t => t;
        if (a.Parameters.Count != b.Parameters.Count || !Same(a.ReturnType, inflateB(b.ReturnType)))
            return false;
        for (var i = 0; i < a.Parameters.Count; i++)
            if (!Same(a.Parameters[i].ParameterType, inflateB(b.Parameters[i].ParameterType)))
                return false;
        return true;
    }

    static void Write(StringBuilder b, TypeReference t, Func<GenericParameter, string> parameter, bool withScopes = false)
    {
        switch (t)
        {
            case GenericParameter p:
                b.Append(parameter(p));
                break;
            case GenericInstanceType g:
                Write(b, g.ElementType, parameter, withScopes);
                b.Append('<');
                foreach (var a in g.GenericArguments)
                {
                    Write(b, a, parameter, withScopes);
                    b.Append(',');
                }
                b.Append('>');
                break;
            case ArrayType a:
                Write(b, a.ElementType, parameter, withScopes);
                b.Append('[').Append(',', a.Rank - 1).Append(']');
                break;
            case RequiredModifierType m:
                Write(b, m.ElementType, parameter, withScopes);
                b.Append(" modreq ").Append(m.ModifierType.FullName);
                break;
            case OptionalModifierType m:
                Write(b, m.ElementType, parameter, withScopes);
                break;
            case TypeSpecification s and (ByReferenceType or PointerType or PinnedType or SentinelType):
                Write(b, s.ElementType, parameter, withScopes);
                b.Append(s is ByReferenceType ? "&" : s is PointerType ? "*" : s is PinnedType ? " pinned" : "...");
                break;
            default:
                if (withScopes)
                    b.Append('[').Append(t.Scope?.Name).Append(']');
                b.Append(t.FullName);
                break;
        }
    }

    /// <summary>Without `modreq` and `modopt` on the outside: what a value of this type is.</summary>
    public static TypeReference Strip(TypeReference t)
    {
        while (t is IModifierType m)
            t = m.ElementType;
        return t;
    }
}

/// <summary>Renames the types and members of a body into another owner.</summary>
/// <param name="module">The module that is woven.</param>
/// <param name="parameter">The new owner's name for a generic parameter of the old one.</param>
internal sealed class Renaming(ModuleDefinition module, Func<GenericParameter, TypeReference> parameter)
{
    public static Renaming None(ModuleDefinition module) => new(module, p => p);

    public TypeReference Type(TypeReference t) => TypeMap.Map(t, parameter);

    public FieldReference Field(FieldReference f)
    {
        var owner = Type(f.DeclaringType);
        return ReferenceEquals(owner, f.DeclaringType) ? f : new FieldReference(f.Name, f.FieldType, owner);
    }

    public MethodReference Method(MethodReference m)
    {
        if (m is GenericInstanceMethod g)
        {
            var element = Method(g.ElementMethod);
            var arguments = g.GenericArguments.Select(Type).ToArray();
            if (ReferenceEquals(element, g.ElementMethod) && arguments.SequenceEqual(g.GenericArguments, ReferenceEqualityComparer.Instance))
                return g;
            var copy = new GenericInstanceMethod(element);
            foreach (var a in arguments)
                copy.GenericArguments.Add(a);
            return copy;
        }
        var owner = Type(m.DeclaringType);
        if (ReferenceEquals(owner, m.DeclaringType))
            return m;
        var renamed = MethodOn(m, owner, m.Name);
        if (owner is ArrayType)
        {
            renamed.ReturnType = Type(renamed.ReturnType);
            foreach (var p in renamed.Parameters)
                p.ParameterType = Type(p.ParameterType);
        }
        return renamed;
    }

    public CallSite Site(CallSite s)
    {
        var copy = new CallSite(Type(s.ReturnType)) { HasThis = s.HasThis, ExplicitThis = s.ExplicitThis, CallingConvention = s.CallingConvention };
        foreach (var p in s.Parameters)
            copy.Parameters.Add(new ParameterDefinition(Type(p.ParameterType)));
        return copy;
    }

    public object? Operand(object? operand) => operand switch
    {
        GenericParameter or TypeReference => Type((TypeReference)operand),
        MethodReference m => Method(m),
        FieldReference f => Field(f),
        CallSite s => Site(s),
        _ => operand,
    };

    /// <summary>The same signature under another owner and name.</summary>
    public static MethodReference MethodOn(MethodReference m, TypeReference owner, string name)
    {
        var open = m.GetElementMethod();
        var copy = new MethodReference(name, open.ReturnType, owner)
        {
            HasThis = open.HasThis, ExplicitThis = open.ExplicitThis, CallingConvention = open.CallingConvention,
        };
        foreach (var p in open.Parameters)
            copy.Parameters.Add(new ParameterDefinition(p.Name, p.Attributes, p.ParameterType));
        foreach (var p in open.GenericParameters)
            copy.GenericParameters.Add(new GenericParameter(p.Name, copy));
        return copy;
    }

    public ModuleDefinition Module => module;
}
