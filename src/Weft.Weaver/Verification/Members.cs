// What a body names: does it exist, may the body name it, do the generic arguments fit? ECMA-335 II.9.11, II.23.1.15, I.8.5.3.

using Mono.Cecil;
using Mono.Cecil.Rocks;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Verification;

internal sealed class Members(TypeFacts facts, TypeRelations relations, MethodDefinition scope, Action<Fault, string> report)
{
    readonly HashSet<TypeReference> known = new(ReferenceEqualityComparer.Instance as IEqualityComparer<TypeReference>);

    /// <summary>Checks a type and all that its name is made of.</summary>
    public void Type(TypeReference t)
    {
        if (!known.Add(t))
            return;
        switch (t)
        {
            case GenericParameter p:
                if (relations.Own(p) is null)
                    report(Fault.Unresolved, $"there is no type parameter {(p.Type == GenericParameterType.Type ? "!" : "!!")}{p.Position}");
                return;
            case GenericInstanceType g:
                Type(g.ElementType);
                if (facts.Definition(g) is { } open)
                    Arguments(open, g.GenericArguments, t.FullName, g.GenericArguments, null);
                return;
            case FunctionPointerType f:
                Type(f.ReturnType);
                foreach (var p in f.Parameters)
                    Type(p.ParameterType);
                return;
            case ArrayType a when IsStackOnly(a.ElementType):
                report(Fault.StackOnly, $"an array of {a.ElementType.FullName}");
                return;
            case ByReferenceType { ElementType: ByReferenceType }:
                report(Fault.StackOnly, $"a reference to {((ByReferenceType)t).ElementType.FullName}");
                return;
            case TypeSpecification s:
                Type(s.ElementType);
                return;
        }
        if (facts.Definition(t) is not { } definition)
        {
            if (t.MetadataType is not (MetadataType.Void or MetadataType.TypedByReference) && !t.IsPrimitive)
                report(Fault.Unresolved, $"there is no type {t.FullName}");
            return;
        }
        if (!CanAccess(definition))
            report(Fault.Access, $"{definition.FullName} is not accessible");
    }

    /// <summary>The field's definition, or null after a report.</summary>
    public FieldDefinition? Field(FieldReference f)
    {
        Type(f.DeclaringType);
        if (f.Resolve() is not { } definition)
        {
            if (facts.Definition(f.DeclaringType) is not null)
                report(Fault.Unresolved, $"there is no field {f.FullName}");
            return null;
        }
        if (!CanAccess(definition.DeclaringType, (int)definition.Attributes & 7, f.DeclaringType))
            report(Fault.Access, $"{definition.FullName} is not accessible");
        return definition;
    }

    /// <summary>The method's definition; null after a report, and for the methods of arrays.</summary>
    public MethodDefinition? Method(MethodReference m)
    {
        Type(m.DeclaringType);
        if (m.DeclaringType is ArrayType)
            return null;
        if (facts.Definition(m) is not { } definition)
        {
            if (facts.Definition(m.DeclaringType) is not null)
                report(Fault.Unresolved, $"there is no method {m.FullName}");
            return null;
        }
        if (!CanAccess(definition.DeclaringType, (int)definition.Attributes & 7, m.DeclaringType))
            report(Fault.Access, $"{definition.FullName} is not accessible");
        if (m is GenericInstanceMethod g)
        {
            foreach (var a in g.GenericArguments)
                Type(a);
            Arguments(definition, g.GenericArguments, m.FullName, (m.DeclaringType as GenericInstanceType)?.GenericArguments, g.GenericArguments);
        }
        else if (definition.HasGenericParameters)
        {
            report(Fault.Constraint, $"{m.FullName} has no type arguments");
        }
        if (m.DeclaringType is not GenericInstanceType && definition.DeclaringType.HasGenericParameters)
            report(Fault.Constraint, $"{m.DeclaringType.FullName} has no type arguments");
        return definition;
    }

    void Arguments(IGenericParameterProvider open, IList<TypeReference> arguments, string name, IList<TypeReference>? ofType, IList<TypeReference>? ofMethod)
    {
        if (open.GenericParameters.Count != arguments.Count)
        {
            report(Fault.Constraint, $"{name} has {arguments.Count} type arguments, not {open.GenericParameters.Count}");
            return;
        }
        for (var i = 0; i < arguments.Count; i++)
        {
            Type(arguments[i]);
            if (!Satisfies(arguments[i], open.GenericParameters[i], ofType, ofMethod))
                report(Fault.Constraint, $"{arguments[i].FullName} is no {open.GenericParameters[i].Name} of {name}");
        }
    }

    bool Satisfies(TypeReference argument, GenericParameter p, IList<TypeReference>? ofType, IList<TypeReference>? ofMethod)
    {
        argument = TypeRelations.Bare(argument);
        if (((int)p.Attributes & TypeFacts.AllowsRefStruct) == 0 && IsStackOnly(argument))
        {
            report(Fault.StackOnly, $"{argument.FullName} is a type argument");
            return true;
        }
        var own = argument is GenericParameter g ? relations.Own(g) : null;
        if (argument is GenericParameter && own is null)
            return true; // reported already
        var isValue = own?.HasNotNullableValueTypeConstraint ?? (facts.IsValueType(argument) && argument is not GenericInstanceType { ElementType.FullName: "System.Nullable`1" });
        if (p.HasNotNullableValueTypeConstraint && !isValue)
            return false;
        if (p.HasReferenceTypeConstraint && !(own is not null ? own.HasReferenceTypeConstraint || relations.IsReference(argument) : relations.IsReference(argument)))
            return false;
        if (p.HasDefaultConstructorConstraint && !isValue && !HasDefaultConstructor(argument, own))
            return false;
        return p.Constraints.All(c => relations.IsSubtype(argument, TypeMap.Inflate(c.ConstraintType, ofType, ofMethod)));
    }

    bool HasDefaultConstructor(TypeReference t, GenericParameter? own)
        => own is not null
            ? own.HasDefaultConstructorConstraint
            : t is not ArrayType && (facts.IsValueType(t) || facts.Definition(t) is null or { IsAbstract: false } && facts.Definition(t)?.Methods.Any(m => m is { IsConstructor: true, IsStatic: false, IsPublic: true, HasParameters: false }) != false);

    /// <summary>Must a value of this type stay off the heap?</summary>
    public bool IsStackOnly(TypeReference t)
    {
        t = TypeRelations.Bare(t);
        if (t is ByReferenceType || t.MetadataType == MetadataType.TypedByReference)
            return true;
        if (t is GenericParameter p)
            return relations.Own(p) is { } own && ((int)own.Attributes & TypeFacts.AllowsRefStruct) != 0;
        return facts.IsRefStruct(t);
    }

    bool CanAccess(TypeDefinition t)
    {
        if (t.DeclaringType is not { } outer)
            return t.IsPublic || IsFriend(t.Module);
        return CanAccess(outer) && CanAccess(outer, (t.Attributes & TypeAttributes.VisibilityMask) switch
        {
            TypeAttributes.NestedPrivate => 1,
            TypeAttributes.NestedFamANDAssem => 2,
            TypeAttributes.NestedAssembly => 3,
            TypeAttributes.NestedFamily => 4,
            TypeAttributes.NestedFamORAssem => 5,
            _ => 6,
        }, outer);
    }

    // Members of methods, fields and nested types have the same six steps: private, family and assembly, assembly, family, family or
    // assembly, public.
    bool CanAccess(TypeDefinition owner, int access, TypeReference named) => access switch
    {
        6 => true,
        5 => IsFriend(owner.Module) || IsFamily(owner),
        4 => IsFamily(owner),
        3 => IsFriend(owner.Module),
        2 => IsFriend(owner.Module) && IsFamily(owner),
        1 => IsInside(owner),
        _ => owner.Module == scope.Module,
    };

    bool IsInside(TypeDefinition owner)
    {
        for (var t = scope.DeclaringType; t is not null; t = t.DeclaringType)
            if (t == owner)
                return true;
        return false;
    }

    bool IsFamily(TypeDefinition owner)
    {
        for (var t = scope.DeclaringType; t is not null; t = t.DeclaringType)
            for (TypeReference? b = t; b is not null; b = facts.Base(b))
                if (facts.Definition(b) == owner || (owner.IsInterface && facts.Definition(b) is { } d && d.Interfaces.Any(i => facts.Definition(i.InterfaceType) == owner)))
                    return true;
        return false;
    }

    bool IsFriend(ModuleDefinition module)
    {
        if (module == scope.Module)
            return true;
        var me = scope.Module.Assembly.Name.Name;
        return module.Assembly.CustomAttributes.Any(a => a.AttributeType.Name == "InternalsVisibleToAttribute"
                && a.ConstructorArguments is [{ Value: string friend }, ..] && NameOf(friend).Equals(me, StringComparison.OrdinalIgnoreCase))
            || scope.Module.Assembly.CustomAttributes.Any(a => a.AttributeType.Name == "IgnoresAccessChecksToAttribute"
                && a.ConstructorArguments is [{ Value: string other }, ..] && NameOf(other).Equals(module.Assembly.Name.Name, StringComparison.OrdinalIgnoreCase));
    }

    static string NameOf(string assembly) => assembly.Split(',')[0].Trim();
}
