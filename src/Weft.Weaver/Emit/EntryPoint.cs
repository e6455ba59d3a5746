// The program's start: Main becomes the main goroutine.
//
//   int <Main>rt0([string[] args])
//   {
//       return rt0.main(new Func<string[], G, int>(null, <Main>g)[, args]);     // Action where Main returns nothing
//   }

using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weft.Weaver.Emit;

internal static class EntryPoint
{
    /// <summary>Sets the module's entry point; false if the runtime has no start for this kind of Main.</summary>
    public static bool Replace(ModuleDefinition module, MethodDefinition twin, Abi abi)
    {
        var main = module.EntryPoint;
        var hasArguments = main.Parameters.Count == 1;
        var hasExitCode = main.ReturnType.MetadataType is MetadataType.Int32 or MetadataType.UInt32;
        if (abi.StartUp(hasArguments, hasExitCode) is not { } start)
            return false;

        var system = module.TypeSystem;
        var entry = new MethodDefinition("<Main>rt0", MethodAttributes.Private | MethodAttributes.Static | MethodAttributes.HideBySig | MethodAttributes.SpecialName, system.Int32);
        if (hasArguments)
            entry.Parameters.Add(new ParameterDefinition("args", ParameterAttributes.None, main.Parameters[0].ParameterType));
        foreach (var a in main.CustomAttributes)
            if (a.AttributeType.FullName is "System.STAThreadAttribute" or "System.MTAThreadAttribute")
                entry.CustomAttributes.Add(new CustomAttribute(a.Constructor));
        Known.MarkGenerated(entry, module);

        var constructor = new MethodReference(".ctor", system.Void, start.Parameters[0].ParameterType) { HasThis = true };
        constructor.Parameters.Add(new ParameterDefinition(system.Object));
        constructor.Parameters.Add(new ParameterDefinition(system.IntPtr));
        var il = new Assembler(entry);
        il.Emit(OpCodes.Ldnull);
        il.Emit(OpCodes.Ldftn, twin);
        il.Emit(OpCodes.Newobj, constructor);
        if (hasArguments)
            il.Emit(OpCodes.Ldarg, entry.Parameters[0]);
        il.Emit(OpCodes.Call, start);
        il.Emit(OpCodes.Ret);
        il.Finish();
        main.DeclaringType.Methods.Add(entry);
        module.EntryPoint = entry;
        return true;
    }
}
