// Calls of foreign code: one static method for each that a hot body calls.
//
//   R <Foo>s(A a, B b, G g)
//   {
//             g.entersyscall()
//             try { r = Foo(a, b) } finally { g.exitsyscall() }     // a library that is not found throws
//             return r
//   }
//
// Its calls get the G and are followed by no check: it never suspends, since its thread is part of the call. A method of its own, because
// in the hot body arguments of outer calls may be on the stack, where no try may begin. It stands beside Foo, with Foo's
// visibility, or, for Foo of another assembly, in the class <Weft.Foreign>.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Emit;

internal sealed class ForeignCalls(TypeFacts facts, Abi abi)
{
    const string ClassName = "<Weft.Foreign>";

    readonly Dictionary<MethodDefinition, MethodDefinition> calls = [];
    TypeDefinition? home;

    public MethodReference For(MethodDefinition method)
    {
        if (!calls.TryGetValue(method, out var call))
            calls[method] = call = Emit(method);
        return call;
    }

    MethodDefinition Emit(MethodDefinition method)
    {
        var module = facts.Module;
        var isOwn = method.Module == module;
        var access = isOwn ? method.Attributes & MethodAttributes.MemberAccessMask : MethodAttributes.Assembly;
        var plain = module.ImportReference(method);
        var call = new MethodDefinition($"<{(isOwn ? "" : method.DeclaringType.FullName + ".")}{method.Name}>s", access | MethodAttributes.Static | MethodAttributes.HideBySig | MethodAttributes.SpecialName, plain.ReturnType);
        for (var i = 0; i < method.Parameters.Count; i++)
            call.Parameters.Add(new ParameterDefinition(method.Parameters[i].Name, method.Parameters[i].Attributes & (ParameterAttributes.In | ParameterAttributes.Out), plain.Parameters[i].ParameterType));
        var g = new ParameterDefinition("g", ParameterAttributes.None, abi.G);
        call.Parameters.Add(g);
        Known.MarkGenerated(call, module);
        Known.HideFromTraces(call, module);
        (isOwn ? method.DeclaringType : Home()).Methods.Add(call);

        var il = new Assembler(call);
        Label body = new(), handler = new(), end = new();
        var result = TypeMap.Strip(plain.ReturnType).MetadataType == MetadataType.Void ? null : il.Local(TypeMap.Strip(plain.ReturnType));
        il.Emit(OpCodes.Ldarg, g);
        il.Emit(OpCodes.Call, abi.EnterSyscall);
        il.Mark(body);
        for (var i = 0; i < call.Parameters.Count - 1; i++)
            il.Emit(OpCodes.Ldarg, call.Parameters[i]);
        il.Emit(OpCodes.Call, plain);
        if (result is not null)
            il.Emit(OpCodes.Stloc, result);
        il.Emit(OpCodes.Leave, end);
        il.Mark(handler);
        il.Emit(OpCodes.Ldarg, g);
        il.Emit(OpCodes.Call, Foreign.RecordsError(method) ? abi.ExitSyscallError : abi.ExitSyscall);
        il.Emit(OpCodes.Endfinally);
        il.Mark(end);
        if (result is not null)
            il.Emit(OpCodes.Ldloc, result);
        il.Emit(OpCodes.Ret);
        il.Protect(ExceptionHandlerType.Finally, null, body, handler, null, handler, end);
        il.Finish();
        return call;
    }

    TypeDefinition Home()
    {
        if (home is null)
        {
            home = new TypeDefinition("", ClassName, TypeAttributes.NotPublic | TypeAttributes.Abstract | TypeAttributes.Sealed | TypeAttributes.BeforeFieldInit, facts.System.Object);
            Known.MarkGenerated(home, facts.Module);
            facts.Module.Types.Add(home);
        }
        return home;
    }
}
