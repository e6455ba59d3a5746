// Arguments and locals under one numbering: `this`, the parameters, the locals.
// One number space lets liveness, the frame layout and both emitters speak of "variable 3" without asking what it was.

using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weft.Weaver.Analysis;

/// <summary>What an instruction does with a variable.</summary>
internal enum Access
{
    None,
    Load,
    Store,
    Address,
}

internal sealed class Variables
{
    readonly MethodBody body;

    public Variables(MethodBody body, TypeReference self)
    {
        this.body = body;
        var method = body.Method;
        if (method.HasThis)
            Types.Add(method.DeclaringType.IsValueType ? new ByReferenceType(self) : self);
        foreach (var p in method.Parameters)
            Types.Add(p.ParameterType);
        ArgumentCount = Types.Count;
        foreach (var v in body.Variables)
            Types.Add(v.VariableType);
    }

    public List<TypeReference> Types { get; } = [];

    public int Count => Types.Count;

    public int ArgumentCount { get; }

    public bool IsArgument(int v) => v < ArgumentCount;

    public bool IsThis(int v) => v == 0 && body.Method.HasThis;

    public VariableDefinition Local(int v) => body.Variables[v - ArgumentCount];

    public ParameterDefinition Parameter(int v) => body.Method.Parameters[body.Method.HasThis ? v - 1 : v];

    /// <summary>The name in the source, or one that tells its place.</summary>
    public string Name(int v)
    {
        if (IsThis(v))
            return "this";
        if (IsArgument(v))
            return Parameter(v).Name is { Length: > 0 } name ? name : $"arg{v}";
        return LocalName(v) ?? $"V_{v - ArgumentCount}";
    }

    /// <summary>The name that the symbols give a local; null if they give none.</summary>
    public string? LocalName(int v)
    {
        var info = body.Method.DebugInformation;
        return info is not null && info.TryGetName(Local(v), out var name) ? name : null;
    }

    /// <summary>The variable that an instruction touches, and how; -1 for all others.</summary>
    public (int Variable, Access Access) Of(Instruction i)
    {
        var c = i.OpCode.Code;
        return c switch
        {
            >= Code.Ldarg_0 and <= Code.Ldarg_3 => (c - Code.Ldarg_0, Access.Load),
            >= Code.Ldloc_0 and <= Code.Ldloc_3 => (ArgumentCount + (c - Code.Ldloc_0), Access.Load),
            >= Code.Stloc_0 and <= Code.Stloc_3 => (ArgumentCount + (c - Code.Stloc_0), Access.Store),
            Code.Ldarg or Code.Ldarg_S => (IndexOf((ParameterDefinition)i.Operand), Access.Load),
            Code.Starg or Code.Starg_S => (IndexOf((ParameterDefinition)i.Operand), Access.Store),
            Code.Ldarga or Code.Ldarga_S => (IndexOf((ParameterDefinition)i.Operand), Access.Address),
            Code.Ldloc or Code.Ldloc_S => (ArgumentCount + ((VariableDefinition)i.Operand).Index, Access.Load),
            Code.Stloc or Code.Stloc_S => (ArgumentCount + ((VariableDefinition)i.Operand).Index, Access.Store),
            Code.Ldloca or Code.Ldloca_S => (ArgumentCount + ((VariableDefinition)i.Operand).Index, Access.Address),
            _ => (-1, Access.None),
        };
    }

    int IndexOf(ParameterDefinition p) => p.Index < 0 ? 0 : p.Index + (body.Method.HasThis ? 1 : 0);
}
