using Mono.Cecil;

namespace Weft.Weaver.Emit;

/// <summary>Types of the core library, named as the module names that library.</summary>
internal static class Known
{
    const string Facade = "System.Runtime";

    public static TypeReference Type(ModuleDefinition module, string @namespace, string name, bool isValue = false)
    {
        if (module.GetType(@namespace, name) is { } own)
            return own;
        var type = new TypeReference(@namespace, name, module, module.TypeSystem.CoreLibrary, isValue);
        // netstandard and mscorlib stopped growing; with Weft's members came a reference to the facade that did not.
        if (type.Scope.Name != Facade && type.Resolve() is null && module.AssemblyReferences.FirstOrDefault(r => r.Name == Facade) is { } runtime)
            type.Scope = runtime;
        return type;
    }

    /// <summary>Adds [StackTraceHidden]: not an activation of the author's.</summary>
    public static void HideFromTraces(ICustomAttributeProvider p, ModuleDefinition module) => Mark(p, module, "System.Diagnostics", "StackTraceHiddenAttribute");

    /// <summary>Is it so marked, or its type? Its twin and frame are then hidden, too.</summary>
    public static bool IsHiddenFromTraces(MethodDefinition m) => Has(m) || Has(m.DeclaringType);

    static bool Has(ICustomAttributeProvider p) => p.HasCustomAttributes && p.CustomAttributes.Any(a => a.AttributeType.FullName == "System.Diagnostics.StackTraceHiddenAttribute");

    /// <summary>Adds [CompilerGenerated]: scaffolding for debuggers, coverage and serializers.</summary>
    public static void MarkGenerated(ICustomAttributeProvider p, ModuleDefinition module) => Mark(p, module, "System.Runtime.CompilerServices", "CompilerGeneratedAttribute");

    static void Mark(ICustomAttributeProvider p, ModuleDefinition module, string @namespace, string name)
        => p.CustomAttributes.Add(new CustomAttribute(new MethodReference(".ctor", module.TypeSystem.Void, Type(module, @namespace, name)) { HasThis = true }));
}
