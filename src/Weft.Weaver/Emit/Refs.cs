// Naming members of this assembly from inside other members of it, generic or not.

using Mono.Cecil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Emit;

internal static class Refs
{
    /// <summary>A method as a member of an instance of its type.</summary>
    public static MethodReference On(MethodReference m, TypeReference owner, IEnumerable<TypeReference>? arguments = null)
    {
        var open = owner is GenericInstanceType ? Renaming.MethodOn(m, owner, m.Name) : m;
        return arguments is null ? open : Instance(open, arguments);
    }

    /// <summary>A generic method over these arguments; the method itself if there are none.</summary>
    public static MethodReference Instance(MethodReference open, IEnumerable<TypeReference> arguments)
    {
        var list = arguments.ToArray();
        if (list.Length == 0)
            return open;
        var g = new GenericInstanceMethod(open);
        foreach (var a in list)
            g.GenericArguments.Add(a);
        return g;
    }

    /// <summary>A method of the same type as the method that calls it, with the caller's own generic parameters.</summary>
    public static MethodReference Beside(MethodDefinition m, MethodDefinition caller)
        => On(m, TypeMap.Self(m.DeclaringType), caller.GenericParameters);

    public static FieldReference On(FieldDefinition f, TypeReference owner)
        => owner is GenericInstanceType ? new FieldReference(f.Name, f.FieldType, owner) : f;

    /// <summary>A generic method over one argument, such as `SetResult&lt;R&gt;`.</summary>
    public static MethodReference Of(MethodReference open, TypeReference argument)
        => Instance(open, [argument]);

    /// <summary>
    /// The call's method under a twin's name: the same owner and generic arguments, a trailing G. The definition itself where no
    /// instance is involved.
    /// </summary>
    public static MethodReference TwinOf(MethodReference callee, string name, TypeReference g, MethodDefinition? own)
    {
        var open = callee.GetElementMethod();
        MethodReference twin;
        if (own is not null && callee.DeclaringType is not GenericInstanceType)
        {
            twin = own;
        }
        else
        {
            twin = Renaming.MethodOn(open, callee.DeclaringType, name);
            twin.Parameters.Add(new ParameterDefinition("g", ParameterAttributes.None, g));
        }
        if (callee is not GenericInstanceMethod instance)
            return twin;
        var copy = new GenericInstanceMethod(twin);
        foreach (var a in instance.GenericArguments)
            copy.GenericArguments.Add(a);
        return copy;
    }

    /// <summary>A method of any assembly as a member of <paramref name="owner"/>; positions in its signature stay.</summary>
    public static MethodReference Foreign(ModuleDefinition module, MethodDefinition m, TypeReference owner, IEnumerable<TypeReference>? arguments = null)
    {
        if (m.Module == module)
            return On(m, owner, arguments);
        var copy = new MethodReference(m.Name, TypeMap.Import(module, m.ReturnType), TypeMap.Import(module, owner)) { HasThis = m.HasThis, ExplicitThis = m.ExplicitThis, CallingConvention = m.CallingConvention };
        foreach (var p in m.Parameters)
            copy.Parameters.Add(new ParameterDefinition(p.Name, p.Attributes & (ParameterAttributes.In | ParameterAttributes.Out), TypeMap.Import(module, p.ParameterType)));
        foreach (var p in m.GenericParameters)
            copy.GenericParameters.Add(new GenericParameter(p.Name, copy));
        return arguments is null || !m.HasGenericParameters ? copy : Instance(copy, arguments);
    }

    /// <summary>Copies generic parameters with their constraints; variance is kept for interfaces only, `allows ref struct` never.</summary>
    public static void CopyParameters(IGenericParameterProvider from, IGenericParameterProvider to, ModuleDefinition module, Func<GenericParameter, TypeReference> rename, bool variance = false)
    {
        var first = to.GenericParameters.Count;
        foreach (var p in from.GenericParameters)
        {
            var attributes = (GenericParameterAttributes)((int)p.Attributes & ~TypeFacts.AllowsRefStruct);
            if (!variance)
                attributes &= ~GenericParameterAttributes.VarianceMask;
            to.GenericParameters.Add(new GenericParameter(p.Name, to) { Attributes = attributes });
        }
        for (var i = 0; i < from.GenericParameters.Count; i++)
        {
            var p = from.GenericParameters[i];
            var copy = to.GenericParameters[first + i];
            foreach (var c in p.Constraints)
                copy.Constraints.Add(new GenericParameterConstraint(TypeMap.Map(c.ConstraintType, rename, module.ImportReference)));
            foreach (var a in p.CustomAttributes)
                if (a.AttributeType.FullName == "System.Runtime.CompilerServices.IsUnmanagedAttribute")
                    copy.CustomAttributes.Add(new CustomAttribute(module.ImportReference(a.Constructor)));
        }
    }
}
