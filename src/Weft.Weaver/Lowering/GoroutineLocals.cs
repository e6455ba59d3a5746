// [ThreadStatic] fields and ThreadLocal<T> belong to the goroutine in woven assemblies (src/Weft/Runtime/Locals.cs says why), in plain bodies as
// in hot ones, or the two would see different values.
//
//   ldsfld F       call T <F>l()              // accessors beside the field:
//   stsfld F       call void <F>l(T)          //   static int <F>i;
//   ldsflda F      call ref T <F>r()          //   ref T <F>r() { return ref Locals.Of<T>(ref <F>i, ref F); }
//
//   newobj ThreadLocal<T>(...), get_Value, set_Value, get_IsValueCreated         call Locals.New<T>, Get<T>, Set<T>, IsCreated<T>
//
// Instructions are replaced by others of the same size. A ThreadLocal that tracks its values stays what it is: it is asked for those of threads.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;
using Weft.Weaver.Analysis;
using Weft.Weaver.Emit;

namespace Weft.Weaver.Lowering;

internal sealed class GoroutineLocals(TypeFacts facts, Abi abi)
{
    sealed record Accessors(MethodDefinition Get, MethodDefinition Set, MethodDefinition Reference);

    readonly Dictionary<FieldDefinition, Accessors> accessors = [];

    /// <summary>The runtime's own stay with its threads.</summary>
    public void Run()
    {
        if (abi.Runtime == facts.Module)
            return;
        foreach (var m in facts.Module.GetAllTypes().SelectMany(t => t.Methods).Where(m => m.HasBody && !Eligibility.IsExempted(m)).ToList())
            foreach (var i in m.Body.Instructions)
            {
                if (i.Operand is FieldReference f && i.OpCode.Code is Code.Ldsfld or Code.Stsfld or Code.Ldsflda)
                    Field(i, f);
                else if (i.Operand is MethodReference { DeclaringType: GenericInstanceType { ElementType.FullName: "System.Threading.ThreadLocal`1" } local } callee)
                    Local(i, callee, local.GenericArguments[0]);
            }
    }

    void Field(Instruction i, FieldReference f)
    {
        if ((f as FieldDefinition ?? facts.Definition(f.DeclaringType)?.Fields.FirstOrDefault(d => d.Name == f.Name)) is not { } field || field.Module != facts.Module || facts.IsShared(field)
            || TypeMap.Strip(field.FieldType) is PointerType or FunctionPointerType || Eligibility.IsExempted(field.DeclaringType))
            return;
        if (!accessors.TryGetValue(field, out var of))
            accessors[field] = of = Declare(field);
        if (i.Previous is { OpCode.Code: Code.Volatile } prefix)
            prefix.OpCode = OpCodes.Nop;
        var accessor = i.OpCode.Code switch
        {
            Code.Ldsfld => of.Get,
            Code.Stsfld => of.Set,
            _ => of.Reference,
        };
        i.OpCode = OpCodes.Call;
        i.Operand = Refs.On(accessor, f.DeclaringType);
    }

    Accessors Declare(FieldDefinition field)
    {
        var type = field.DeclaringType;
        var self = TypeMap.Self(type);
        var value = TypeMap.Strip(field.FieldType);
        var index = new FieldDefinition($"<{field.Name}>i", FieldAttributes.Assembly | FieldAttributes.Static, facts.System.Int32);
        type.Fields.Add(index);
        Known.MarkGenerated(index, facts.Module);

        var reference = Add('r', new ByReferenceType(value), il =>
        {
            il.Emit(OpCodes.Ldsflda, Refs.On(index, self));
            il.Emit(OpCodes.Ldsflda, Refs.On(field, self));
            il.Emit(OpCodes.Call, Refs.Of(abi.LocalOf, value));
        });
        var get = Add('l', value, il =>
        {
            il.Emit(OpCodes.Call, Refs.On(reference, self));
            il.Emit(OpCodes.Ldobj, value);
        });
        var set = Add('l', facts.System.Void, il =>
        {
            il.Emit(OpCodes.Call, Refs.On(reference, self));
            il.Emit(OpCodes.Ldarg, il.Method.Parameters[0]);
            il.Emit(OpCodes.Stobj, value);
        }, value);
        return new Accessors(get, set, reference);

        MethodDefinition Add(char kind, TypeReference result, Action<Assembler> emit, params TypeReference[] parameters)
        {
            var m = new MethodDefinition($"<{field.Name}>{kind}", MethodAttributes.Assembly | MethodAttributes.Static | MethodAttributes.HideBySig | MethodAttributes.SpecialName, result)
            {
                ImplAttributes = MethodImplAttributes.AggressiveInlining,
            };
            foreach (var p in parameters)
                m.Parameters.Add(new ParameterDefinition("value", ParameterAttributes.None, p));
            Known.MarkGenerated(m, facts.Module);
            type.Methods.Add(m);
            var il = new Assembler(m);
            emit(il);
            il.Emit(OpCodes.Ret);
            il.Finish();
            return m;
        }
    }

    void Local(Instruction i, MethodReference callee, TypeReference value)
    {
        var replaced = (i.OpCode.Code, callee.Name, callee.Parameters) switch
        {
            (Code.Newobj, ".ctor", []) => abi.NewLocal,
            (Code.Newobj, ".ctor", [{ ParameterType: GenericInstanceType }]) => abi.NewLocalWith,
            (Code.Call or Code.Callvirt, "get_Value", _) => abi.GetLocal,
            (Code.Call or Code.Callvirt, "set_Value", _) => abi.SetLocal,
            (Code.Call or Code.Callvirt, "get_IsValueCreated", _) => abi.IsLocalCreated,
            _ => null,
        };
        if (replaced is null)
            return;
        i.OpCode = OpCodes.Call;
        i.Operand = Refs.Of(replaced, value);
    }
}
