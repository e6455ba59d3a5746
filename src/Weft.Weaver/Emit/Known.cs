using Mono.Cecil;

namespace Weft.Weaver.Emit;

/// <summary>Types of the core library, named as the module names that library.</summary>
internal static class Known
{
    public static TypeReference Type(ModuleDefinition module, string @namespace, string name, bool isValue = false)
        => module.GetType(@namespace, name) ?? new TypeReference(@namespace, name, module, module.TypeSystem.CoreLibrary, isValue);

    /// <summary>Adds [CompilerGenerated]: scaffolding for debuggers, coverage and serializers.</summary>
    public static void MarkGenerated(ICustomAttributeProvider p, ModuleDefinition module)
    {
        var attribute = Type(module, "System.Runtime.CompilerServices", "CompilerGeneratedAttribute");
        p.CustomAttributes.Add(new CustomAttribute(new MethodReference(".ctor", module.TypeSystem.Void, attribute) { HasThis = true }));
    }
}
