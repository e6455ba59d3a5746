// Where methods live that the weaver adds for a type and not for a method: in the internal class <Weft>, or, for a type that only part of the
// assembly can name, in a class of that name nested beside it; for
// what only a protected member's class or interface can call, nested in that.

using Mono.Cecil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Emit;

internal sealed class Homes(TypeFacts facts)
{
    const string ClassName = "<Weft>";

    readonly Dictionary<TypeDefinition, TypeDefinition> nested = [];
    TypeDefinition? topLevel;

    ModuleDefinition Module => facts.Module;

    /// <summary>The class that can name what the whole assembly can.</summary>
    public TypeDefinition Common
    {
        get
        {
            if (topLevel is null)
                Module.Types.Add(topLevel = NewClass(TypeAttributes.NotPublic));
            return topLevel;
        }
    }

    /// <summary>A class that can name the type.</summary>
    public TypeDefinition Of(TypeDefinition type)
    {
        // The innermost part of the name that is not visible in the whole assembly decides.
        TypeDefinition? hidden = null;
        if (type.Module == Module)
            for (var t = type; t.DeclaringType is not null; t = t.DeclaringType)
                if (t.IsNestedPrivate || t.IsNestedFamily || t.IsNestedFamilyAndAssembly)
                    hidden ??= t;
        return hidden is null ? Common : In(hidden.DeclaringType);
    }

    /// <summary>A class that can call the member.</summary>
    public TypeDefinition Of(MethodDefinition member)
        => member.Module == Module && (member.IsFamily || member.IsFamilyAndAssembly) ? In(member.DeclaringType) : Of(member.DeclaringType);

    TypeDefinition In(TypeDefinition type)
    {
        if (!nested.TryGetValue(type, out var home))
            type.NestedTypes.Add(nested[type] = home = NewClass(TypeAttributes.NestedAssembly));
        return home;
    }

    TypeDefinition NewClass(TypeAttributes visibility)
    {
        var type = new TypeDefinition("", ClassName, visibility | TypeAttributes.Abstract | TypeAttributes.Sealed | TypeAttributes.BeforeFieldInit, facts.System.Object);
        Known.MarkGenerated(type, Module);
        Known.HideFromTraces(type, Module);
        return type;
    }
}
