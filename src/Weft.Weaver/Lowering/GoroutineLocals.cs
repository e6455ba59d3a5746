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
//
// Each thread-static field of the assembly has its accessors, with the field's own accessibility, whether this assembly uses it or not: who may name
// the field may call them, and other woven assemblies do. Where there are none (the field's assembly is not woven, its type is exempted, it holds a
// pointer) all of them take the thread's.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;
using Weft.Weaver.Analysis;
using Weft.Weaver.Emit;

namespace Weft.Weaver.Lowering;

internal sealed class GoroutineLocals(TypeFacts facts, Abi abi)
{
    readonly List<FieldDefinition> fields = [.. facts.Module.GetAllTypes().SelectMany(t => t.Fields).Where(f => f.IsStatic && !f.IsLiteral && !facts.IsShared(f)
        && TypeMap.Strip(f.FieldType) is not (PointerType or FunctionPointerType) && !Eligibility.IsExempted(f.DeclaringType))];
    readonly List<MethodDefinition> bodies = [.. facts.Module.GetAllTypes().SelectMany(t => t.Methods).Where(m => m.HasBody && !Eligibility.IsExempted(m))];

    /// <summary>The runtime's own stay with its threads.</summary>
    public void Run()
    {
        if (abi.Runtime == facts.Module)
            return;
        foreach (var f in fields)
            Declare(f);
        foreach (var i in bodies.SelectMany(m => m.Body.Instructions))
        {
            if (Accessor(i) is { } accessor)
                Field(i, accessor);
            else if (Value(i) is { } value)
                Local(i, (MethodReference)i.Operand, value);
        }
    }

    // The accessor that stands for the access of a field.
    MethodDefinition? Accessor(Instruction i)
    {
        if (i.OpCode.Code is not (Code.Ldsfld or Code.Stsfld or Code.Ldsflda) || i.Operand is not FieldReference f || facts.Definition(f) is not { } field || facts.IsShared(field))
            return null;
        var (name, parameters) = (Name(field, i.OpCode.Code == Code.Ldsflda ? 'r' : 'l'), i.OpCode.Code == Code.Stsfld ? 1 : 0);
        return field.DeclaringType.Methods.FirstOrDefault(m => m.Name == name && m.Parameters.Count == parameters);
    }

    static string Name(FieldDefinition field, char kind) => $"<{field.Name}>{kind}";

    void Field(Instruction i, MethodDefinition accessor)
    {
        if (i.Previous is { OpCode.Code: Code.Volatile } prefix)
            prefix.OpCode = OpCodes.Nop;
        i.OpCode = OpCodes.Call;
        i.Operand = Refs.Foreign(facts.Module, accessor, ((FieldReference)i.Operand).DeclaringType);
    }

    void Declare(FieldDefinition field)
    {
        var type = field.DeclaringType;
        var self = TypeMap.Self(type);
        var value = TypeMap.Strip(field.FieldType);
        var access = (MethodAttributes)(field.Attributes & FieldAttributes.FieldAccessMask); // the same numbers
        var index = new FieldDefinition(Name(field, 'i'), FieldAttributes.Private | FieldAttributes.Static, facts.System.Int32);
        type.Fields.Add(index);
        Known.MarkGenerated(index, facts.Module);

        var reference = Add('r', new ByReferenceType(value), il =>
        {
            il.Emit(OpCodes.Ldsflda, Refs.On(index, self));
            il.Emit(OpCodes.Ldsflda, Refs.On(field, self));
            il.Emit(OpCodes.Call, Refs.Of(abi.LocalOf, value));
        });
        Add('l', value, il =>
        {
            il.Emit(OpCodes.Call, Refs.On(reference, self));
            il.Emit(OpCodes.Ldobj, value);
        });
        Add('l', facts.System.Void, il =>
        {
            il.Emit(OpCodes.Call, Refs.On(reference, self));
            il.Emit(OpCodes.Ldarg, il.Method.Parameters[0]);
            il.Emit(OpCodes.Stobj, value);
        }, value);

        MethodDefinition Add(char kind, TypeReference result, Action<Assembler> emit, params TypeReference[] parameters)
        {
            var m = new MethodDefinition(Name(field, kind), access | MethodAttributes.Static | MethodAttributes.HideBySig | MethodAttributes.SpecialName, result)
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

    // The T of the ThreadLocal<T> whose member is called.
    static TypeReference? Value(Instruction i)
        => i.Operand is MethodReference { DeclaringType: GenericInstanceType { ElementType.FullName: "System.Threading.ThreadLocal`1" } local } ? local.GenericArguments[0] : null;

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
