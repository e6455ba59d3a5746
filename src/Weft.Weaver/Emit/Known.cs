using Mono.Cecil;

namespace Weft.Weaver.Emit;

/// <summary>Types of the core library, named as the module names that library.</summary>
internal static class Known
{
    public static TypeReference Type(ModuleDefinition module, string @namespace, string name, bool isValue = false)
        => module.GetType(@namespace, name) ?? new TypeReference(@namespace, name, module, module.TypeSystem.CoreLibrary, isValue);

    /// <summary>Adds [StackTraceHidden]: not an activation of the author's.</summary>
    public static void HideFromTraces(ICustomAttributeProvider p, ModuleDefinition module) => Mark(p, module, "System.Diagnostics", "StackTraceHiddenAttribute");

    /// <summary>Adds [CompilerGenerated]: scaffolding for debuggers, coverage and serializers.</summary>
    public static void MarkGenerated(ICustomAttributeProvider p, ModuleDefinition module) => Mark(p, module, "System.Runtime.CompilerServices", "CompilerGeneratedAttribute");

    static void Mark(ICustomAttributeProvider p, ModuleDefinition module, string @namespace, string name)
        => p.CustomAttributes.Add(new CustomAttribute(new MethodReference(".ctor", module.TypeSystem.Void, Type(module, @namespace, name)) { HasThis = true }));
}
