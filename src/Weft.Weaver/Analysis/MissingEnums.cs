// Enums of assemblies that are not there, such as a library's optional dependencies. Nothing is known of them, and methods that need to know
// stay plain. But Cecil asks for the definition of an enum in order to write a constant of it (the default value of a parameter, say), and fails
// without: it gets a stand-in, made of what the constant itself is made of.

using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace Weft.Weaver.Analysis;

internal sealed class MissingEnums(IAssemblyResolver assemblies) : MetadataResolver(assemblies)
{
    readonly Dictionary<(string? Scope, string Name), TypeDefinition> standIns = [];

    public override TypeDefinition? Resolve(TypeReference type) => base.Resolve(type) ?? standIns.GetValueOrDefault((type.Scope?.Name, type.FullName));

    /// <summary>Makes them for the constants of a module. Not before it is to be written: what has a definition is taken for known.</summary>
    public void StandIn(ModuleDefinition module)
    {
        foreach (var type in module.GetAllTypes())
        {
            foreach (var f in type.Fields)
                if (f.HasConstant)
                    StandIn(f.FieldType, f.Constant, module);
            foreach (var p in type.Properties)
                if (p.HasConstant)
                    StandIn(p.PropertyType, p.Constant, module);
            foreach (var m in type.Methods)
                foreach (var p in m.Parameters)
                    if (p.HasConstant)
                        StandIn(p.ParameterType, p.Constant, module);
        }
    }

    void StandIn(TypeReference type, object? constant, ModuleDefinition module)
    {
        while (type is TypeSpecification s)
            type = s is GenericInstanceType { ElementType.FullName: "System.Nullable`1", GenericArguments: [var value] } ? value : s.ElementType;
        if (constant is null || type is TypeDefinition or GenericParameter || !type.IsValueType || type.IsPrimitive || Resolve(type) is not null)
            return;
        var standIn = new TypeDefinition(type.Namespace, type.Name, TypeAttributes.Public | TypeAttributes.Sealed, new TypeReference("System", "Enum", module, module.TypeSystem.CoreLibrary));
        standIn.Fields.Add(new FieldDefinition("value__", FieldAttributes.Public | FieldAttributes.SpecialName | FieldAttributes.RTSpecialName, Number(constant, module.TypeSystem)));
        standIns[(type.Scope?.Name, type.FullName)] = standIn;
    }

    static TypeReference Number(object constant, TypeSystem system) => constant switch
    {
        sbyte => system.SByte,
        byte => system.Byte,
        short => system.Int16,
        ushort => system.UInt16,
        uint => system.UInt32,
        long => system.Int64,
        ulong => system.UInt64,
        _ => system.Int32,
    };
}
