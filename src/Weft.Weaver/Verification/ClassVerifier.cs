// What the type loader would refuse, for types that have been given members: II.10.3, II.22.26, II.22.27.

using Mono.Cecil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Verification;

internal static class ClassVerifier
{
    public static IEnumerable<Finding> Verify(TypeDefinition type, TypeFacts facts)
    {
        var seen = new HashSet<string>();
        foreach (var m in type.Methods)
            if (!seen.Add(Signature(m) + " : " + TypeMap.Key(m.ReturnType)) && !m.IsCompilerControlled)
                yield return Wrong(m.FullName, "two methods have the same name and signature");
        var fields = new HashSet<string>();
        foreach (var f in type.Fields)
        {
            if (!fields.Add(f.Name + " : " + TypeMap.Key(f.FieldType)) && !f.IsCompilerControlled)
                yield return Wrong(f.FullName, "two fields have the same name and type");
            if (f.FieldType is ByReferenceType || facts.IsRefStruct(f.FieldType))
                if (f.IsStatic || !facts.IsRefStruct(type))
                    yield return new Finding(f.FullName, Fault.StackOnly, $"a field of type {f.FieldType.FullName}", "");
        }
        if (type.IsInterface)
            yield break;
        var nested = new HashSet<string>();
        foreach (var n in type.NestedTypes)
            if (!nested.Add(n.Name))
                yield return Wrong(n.FullName, "two nested types have the same name");
        if (facts.Definition(type.BaseType) is { IsSealed: true } b)
            yield return Wrong(type.FullName, $"the base class {b.FullName} is sealed");

        foreach (var m in type.Methods)
        {
            if (m.IsAbstract && !type.IsAbstract)
                yield return Wrong(m.FullName, "abstract in a class that is not");
            if (!m.IsAbstract && !m.HasBody && m is { IsPInvokeImpl: false, IsRuntime: false, IsInternalCall: false, IsNative: false })
                yield return Wrong(m.FullName, "no body");
            foreach (var o in m.Overrides)
                if (facts.Definition(o) is not { } declared)
                    yield return Wrong(m.FullName, $"overrides {o.FullName}, which does not exist");
                else if (!declared.IsVirtual || declared.IsFinal || !TypeMap.SameSignature(Open(m), declared, t => Seen(t, o)) && !Covariant(m, declared, o))
                    yield return Wrong(m.FullName, $"cannot override {o.FullName}");
            if (m is { IsVirtual: true, IsStatic: false, IsReuseSlot: true, HasOverrides: false } && Overridden(m, facts) is { IsFinal: true } final)
                yield return Wrong(m.FullName, $"overrides {final.FullName}, which is final");
        }
        if (type.IsAbstract)
            yield break;
        foreach (var missing in Missing(type, facts))
            yield return missing;

        static MethodDefinition Open(MethodDefinition m) => m;

        static TypeReference Seen(TypeReference t, MethodReference o) => TypeMap.Inflate(t, (o.DeclaringType as GenericInstanceType)?.GenericArguments, null);

        static bool Covariant(MethodDefinition m, MethodDefinition declared, MethodReference o)
            => m.CustomAttributes.Any(a => a.AttributeType.Name == "PreserveBaseOverridesAttribute")
                && m.Parameters.Count == declared.Parameters.Count && m.Parameters.Zip(declared.Parameters).All(p => TypeMap.Same(p.First.ParameterType, Seen(p.Second.ParameterType, o)));
    }

    static Finding Wrong(string member, string message) => new(member, Fault.Class, message, "");

    static string Signature(MethodDefinition m) => $"{m.Name}`{m.GenericParameters.Count}({string.Join(",", m.Parameters.Select(p => TypeMap.Key(p.ParameterType)))}){m.HasThis}";

    static MethodDefinition? Overridden(MethodDefinition m, TypeFacts facts)
    {
        for (var b = facts.Base(TypeMap.Self(m.DeclaringType)); b is not null; b = facts.Base(b))
            if (facts.Definition(b)?.Methods.FirstOrDefault(c => c.IsVirtual && !c.IsStatic && Matches(m, c, b)) is { } found)
                return found;
        return null;
    }

    static bool Matches(MethodDefinition m, MethodDefinition c, TypeReference seen)
        => c.Name == m.Name && c.GenericParameters.Count == m.GenericParameters.Count
            && TypeMap.SameSignature(m, c, t => TypeMap.Inflate(t, (seen as GenericInstanceType)?.GenericArguments, null));

    // Interface methods without a body, and abstract methods of base classes that nothing overrides.
    static IEnumerable<Finding> Missing(TypeDefinition type, TypeFacts facts)
    {
        var chain = new List<(TypeReference Seen, TypeDefinition Type)>();
        for (TypeReference? t = TypeMap.Self(type); t is not null; t = facts.Base(t))
        {
            if (facts.Definition(t) is not { } d)
                yield break;
            chain.Add((t, d));
        }
        foreach (var i in type.Interfaces)
        {
            if (facts.Definition(i.InterfaceType) is not { } contract)
                continue;
            var arguments = (i.InterfaceType as GenericInstanceType)?.GenericArguments;
            foreach (var wanted in contract.Methods)
                if (wanted is { IsAbstract: true, HasOverrides: false } && !chain.Exists(c => c.Type.Methods.Any(m => Implements(m, c.Seen, wanted, arguments, i.InterfaceType)))
                    && !facts.Definition(i.InterfaceType)!.Module.GetTypes().Any(x => x.IsInterface && x.Methods.Any(m => m.Overrides.Any(o => facts.Definition(o) == wanted))))
                    yield return Wrong(type.FullName, $"does not implement {wanted.FullName}");
        }
        for (var i = 1; i < chain.Count; i++)
            foreach (var wanted in chain[i].Type.Methods)
                if (wanted.IsAbstract && !chain.Take(i).Any(c => c.Type.Methods.Any(m => m is { IsVirtual: true, IsAbstract: false }
                    && (m.Name == wanted.Name && m.Parameters.Count == wanted.Parameters.Count && m.GenericParameters.Count == wanted.GenericParameters.Count || m.Overrides.Any(o => facts.Definition(o) == wanted)))))
                    yield return Wrong(type.FullName, $"does not implement {wanted.FullName}");

        bool Implements(MethodDefinition m, TypeReference seen, MethodDefinition wanted, IList<TypeReference>? arguments, TypeReference contract)
        {
            if (m.Overrides.Any(o => facts.Definition(o) == wanted))
                return true;
            var mine = (seen as GenericInstanceType)?.GenericArguments;
            return m.IsVirtual && m.IsPublic && m.Name == wanted.Name && m.Parameters.Count == wanted.Parameters.Count && m.GenericParameters.Count == wanted.GenericParameters.Count
                && m.Parameters.Zip(wanted.Parameters).All(p => TypeMap.Same(TypeMap.Inflate(p.First.ParameterType, mine, null), TypeMap.Inflate(p.Second.ParameterType, arguments, null)));
        }
    }
}
