// Methods that are never hot, whatever they call.

using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weft.Weaver.Analysis;

/// <summary>Why a method stays plain.</summary>
/// <param name="Rule">The diagnostic, or null where silence is meant: the method was exempted by attribute.</param>
/// <param name="Reason">The rest of a sentence that begins with "because".</param>
internal sealed record Exempt(string? Rule, string Reason);

internal sealed class Eligibility(TypeFacts facts, Targets targets)
{
    const int AsyncBit = 0x2000;

    readonly Dictionary<TypeDefinition, Exempt?> types = [];

    /// <summary>Null if the method may get a hot body.</summary>
    public Exempt? Of(MethodDefinition m)
    {
        if (!m.HasBody || m.IsPInvokeImpl || m.Body.Instructions.Count == 0)
            return new Exempt(null, "it has no body");
        if (Of(m.DeclaringType) is { } type)
            return type;
        if (Abi.Has(m, "NotWovenAttribute") || Abi.Has(m, "TwinAttribute") || Abi.Has(m, "TwinOfAttribute") || m.Parameters.Any(p => Abi.IsG(p.ParameterType)))
            return new Exempt(null, "it is written by hand");
        if (m.IsConstructor)
            return new Exempt(Rules.InConstructor, m.IsStatic ? "static constructors run under a lock of the runtime" : "constructors cannot suspend");
        if (((int)m.ImplAttributes & AsyncBit) != 0 || Has(m, "System.Runtime.CompilerServices.AsyncStateMachineAttribute", "System.Runtime.CompilerServices.AsyncIteratorStateMachineAttribute"))
            return new Exempt(Rules.InAsync, "async methods suspend by await");
        if (Has(m, "System.Runtime.InteropServices.UnmanagedCallersOnlyAttribute"))
            return new Exempt(Rules.NeverHot, "native code calls it");
        if (m.IsSynchronized)
            return new Exempt(Rules.NeverHot, "it is [MethodImpl(Synchronized)], and a monitor belongs to its thread");
        if (m.IsNative || m.IsUnmanaged || m.IsRuntime || m.IsInternalCall)
            return new Exempt(null, "it has no IL");
        if (Has(m, "System.Runtime.CompilerServices.ModuleInitializerAttribute"))
            return new Exempt(Rules.InConstructor, "module initializers run under a lock of the runtime");
        if (facts.IsStackBound(m.ReturnType))
            return new Exempt(Rules.NeverHot, "it returns a reference, a pointer or a ref struct");
        if (m.GenericParameters.Any(p => ((int)p.Attributes & TypeFacts.AllowsRefStruct) != 0))
            return new Exempt(Rules.NeverHot, "a type parameter of it allows ref structs");
        if (!targets.CanHaveTwin(m))
            return new Exempt(Rules.NeverHot, "it has a ref struct parameter or a variable argument list");
        foreach (var i in m.Body.Instructions)
            if (i.OpCode.Code is Code.Jmp or Code.Arglist or Code.Mkrefany or Code.Refanyval or Code.Refanytype)
                return new Exempt(Rules.NeverHot, i.OpCode.Code switch { Code.Jmp => "it uses 'jmp'", Code.Arglist => "it uses '__arglist'", _ => "it uses typed references" });
        return null;
    }

    /// <summary>Does an attribute say that the method is none of our business?</summary>
    public static bool IsExempted(MethodDefinition m) => Abi.Has(m, "NotWovenAttribute") || IsExempted(m.DeclaringType);

    /// <summary>The same of a type.</summary>
    public static bool IsExempted(TypeDefinition t) => Abi.Has(t, "NotWovenAttribute") || (t.DeclaringType is { } outer ? IsExempted(outer) : Abi.Has(t.Module.Assembly, "NotWovenAttribute"));

    Exempt? Of(TypeDefinition t)
    {
        if (!types.TryGetValue(t, out var found))
            types[t] = found = Find(t);
        return found;
    }

    Exempt? Find(TypeDefinition t)
    {
        if (t.DeclaringType is { } outer && Of(outer) is { } inherited)
            return inherited;
        if (t.Name == "<Module>" || Abi.Has(t, "NotWovenAttribute") || Abi.Has(t.Module.Assembly, "NotWovenAttribute"))
            return new Exempt(null, "it is exempted by attribute");
        for (TypeReference? b = t; b is not null; b = facts.Base(b))
            if (b.FullName == Abi.Namespace + ".Frame")
                return new Exempt(null, "it is a frame");
        if (t.Interfaces.Any(i => i.InterfaceType.FullName == "System.Runtime.CompilerServices.IAsyncStateMachine"))
            return new Exempt(Rules.InAsync, "async methods suspend by await");
        if (facts.IsRefStruct(t))
            return new Exempt(Rules.NeverHot, "it is a method of a ref struct");
        if (t.GenericParameters.Any(p => ((int)p.Attributes & TypeFacts.AllowsRefStruct) != 0))
            return new Exempt(Rules.NeverHot, "a type parameter of its type allows ref structs");
        return null;
    }

    static bool Has(MethodDefinition m, params ReadOnlySpan<string> attributes)
    {
        if (m.HasCustomAttributes)
            foreach (var a in m.CustomAttributes)
                foreach (var name in attributes)
                    if (a.AttributeType.FullName == name)
                        return true;
        return false;
    }
}
