// The part of the instrumenter that makes statics begin anew for every execution: Weft.Runtime.ModelReset in the instrumented assembly.

using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weft.Model.Control;

internal sealed partial class Instrumenter
{
    private static readonly string[] s_reset = ["sched", "M", "Sysmon", "TemplateThread", "Selection", "Proc"];

    /// <summary>ModelReset.Statics: as when the process begins. ModelReset.Thread: as when a thread begins.</summary>
    private void Reset()
    {
        var reset = new TypeDefinition("Weft.Runtime", "ModelReset", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed, _module.TypeSystem.Object);
        _module.Types.Add(reset);
        var statics = New("Statics");
        var thread = New("Thread");
        var constructors = new List<MethodDefinition>();
        foreach (var name in s_reset.Append("Check"))
        {
            var type = _module.Types.Single(t => t.Name == name);
            foreach (var field in type.Fields.Where(f => f.IsStatic && !f.IsLiteral))
            {
                field.IsPublic = true;
                var isThread = field.CustomAttributes.Any(a => a.AttributeType.Name == "ThreadStaticAttribute");
                if (!isThread && name == "Check")
                    continue;
                field.IsInitOnly = false;
                var il = (isThread ? thread : statics).Body.GetILProcessor();
                il.Emit(OpCodes.Ldsflda, field);
                il.Emit(OpCodes.Initobj, field.FieldType is RequiredModifierType m ? m.ElementType : field.FieldType);
            }
            type.IsPublic = true;
            if (name != "Check" && type.Methods.SingleOrDefault(m => m.Name == ".cctor") is { } constructor)
            {
                constructor.Name = "modelConstructor";
                constructor.IsSpecialName = constructor.IsRuntimeSpecialName = false;
                constructor.IsPublic = true;
                constructors.Add(constructor);
            }
        }
        foreach (var constructor in constructors)
            statics.Body.GetILProcessor().Emit(OpCodes.Call, constructor);
        statics.Body.GetILProcessor().Emit(OpCodes.Ret);
        thread.Body.GetILProcessor().Emit(OpCodes.Ret);

        MethodDefinition New(string name)
        {
            var method = new MethodDefinition(name, MethodAttributes.Public | MethodAttributes.Static | MethodAttributes.HideBySig, _module.TypeSystem.Void);
            reset.Methods.Add(method);
            return method;
        }
    }
}
