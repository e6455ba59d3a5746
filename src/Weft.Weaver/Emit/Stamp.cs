// What says of an assembly that it is woven: the attribute, for weavers, and a question to the runtime before any of its code runs.
//
//   [assembly: Woven(format, weaver)]
//   [assembly: MaySuspend(typeof(T))]         // for each T that is not woven and whose members suspend in classes of this assembly or of a reference
//   <Module>..cctor() { WeaveFormat.Check(format, assembly, weaver); ...what the compiler put there }

using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weft.Weaver.Emit;

internal static class Stamp
{
    public static void Write(ModuleDefinition module, Abi abi, IEnumerable<TypeReference> opened)
    {
        var weaver = typeof(Stamp).Assembly.GetName().Version!.ToString(3);
        var stamp = new CustomAttribute(abi.WovenConstructor);
        stamp.ConstructorArguments.Add(new CustomAttributeArgument(module.TypeSystem.Int32, Abi.Format));
        stamp.ConstructorArguments.Add(new CustomAttributeArgument(module.TypeSystem.String, weaver));
        module.Assembly.CustomAttributes.Add(stamp);
        foreach (var type in opened)
        {
            var mark = new CustomAttribute(abi.MaySuspendConstructor);
            mark.ConstructorArguments.Add(new CustomAttributeArgument(abi.MaySuspendConstructor.Parameters[0].ParameterType, module.ImportReference(type)));
            module.Assembly.CustomAttributes.Add(mark);
        }
        if (abi.Runtime == module)
            return;

        var initializer = Initializer(module);
        var il = initializer.Body.GetILProcessor();
        var first = initializer.Body.Instructions[0];
        il.InsertBefore(first, il.Create(OpCodes.Ldc_I4, Abi.Format));
        il.InsertBefore(first, il.Create(OpCodes.Ldstr, module.Assembly.Name.Name));
        il.InsertBefore(first, il.Create(OpCodes.Ldstr, weaver));
        il.InsertBefore(first, il.Create(OpCodes.Call, abi.CheckFormat));
    }

    static MethodDefinition Initializer(ModuleDefinition module)
    {
        var type = module.GetType("<Module>");
        if (type.Methods.FirstOrDefault(m => m.IsConstructor && m.IsStatic) is { } own)
            return own;
        const MethodAttributes StaticConstructor = MethodAttributes.Private | MethodAttributes.Static | MethodAttributes.HideBySig | MethodAttributes.SpecialName | MethodAttributes.RTSpecialName;
        var made = new MethodDefinition(".cctor", StaticConstructor, module.TypeSystem.Void);
        made.Body.GetILProcessor().Emit(OpCodes.Ret);
        type.Methods.Add(made);
        return made;
    }
}
