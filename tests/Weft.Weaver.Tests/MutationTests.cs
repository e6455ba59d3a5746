using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;
using Weft.Weaver.Analysis;
using Weft.Weaver.Verification;

namespace Weft.Weaver.Tests;

/// <summary>
/// The verifier finds what it is for: each fault is planted in the woven corpus, in the first place that has the shape for it, and must be
/// found in that place and as that kind. A verifier that accepts everything passes every other test.
/// </summary>
public sealed class MutationTests
{
    sealed record Mutation(Fault Fault, Func<MethodDefinition, bool> Plant);

    static readonly Dictionary<string, Mutation> mutations = new()
    {
        ["a pop with nothing to pop"] = new(Fault.StackUnderflow, m => InsertAtStart(m, OpCodes.Pop)),
        ["a value left at ret"] = new(Fault.StackDepth, m => m.ReturnType.MetadataType == MetadataType.Void && Before(m, i => i.OpCode == OpCodes.Ret, Instruction.Create(OpCodes.Ldnull))),
        ["a value more on one way to a join"] = new(Fault.StackDepth, m => Forward(m) is { } b && Before(m, i => i == b, Instruction.Create(OpCodes.Ldc_I4_0), Instruction.Create(OpCodes.Ldc_I4_0))),
        ["a save that pushes its fields in another order"] = new(Fault.Assignment, m => m.Name.StartsWith("Save", StringComparison.Ordinal) && SwapArguments(m)),
        ["a string for an int"] = new(Fault.Assignment, m => Before(m, i => i.OpCode.Code is Code.Stloc_0 && m.Body.Variables[0].VariableType.MetadataType == MetadataType.Int32,
            Instruction.Create(OpCodes.Pop), Instruction.Create(OpCodes.Ldstr, "no"))),
        ["an object for a string"] = new(Fault.Assignment, m => Before(m, i => i.Operand is MethodReference { HasThis: true, Parameters.Count: 0, DeclaringType.FullName: "System.String" },
            Instruction.Create(OpCodes.Pop), Instruction.Create(OpCodes.Newobj, new MethodReference(".ctor", m.Module.TypeSystem.Void, m.Module.TypeSystem.Object) { HasThis = true }))),
        ["an object of the same class over another type"] = new(Fault.Assignment, Retype),
        ["a number where an object is called"] = new(Fault.Assignment, m => Replace(m, i => i.OpCode == OpCodes.Ldarg_0 && i.Next?.OpCode == OpCodes.Ldfld, Instruction.Create(OpCodes.Ldc_I4_0))),
        ["arithmetic on a string"] = new(Fault.Operand, m => Before(m, i => i.OpCode == OpCodes.Add, Instruction.Create(OpCodes.Pop), Instruction.Create(OpCodes.Ldstr, "no"))),
        ["ret in a try"] = new(Fault.Region, m => Replace(m, i => i.OpCode.Code is Code.Leave or Code.Leave_S && m.ReturnType.MetadataType == MetadataType.Void && !InHandler(m, i), Instruction.Create(OpCodes.Ret))),
        ["br out of a try"] = new(Fault.Region, m => m.Body.Instructions.FirstOrDefault(i => i.OpCode.Code is Code.Leave or Code.Leave_S) is { } l && Set(l, OpCodes.Br)),
        ["a branch into the middle of a try"] = new(Fault.Region, IntoTry),
        ["a leave out of a finally"] = new(Fault.Region, m => m.Body.ExceptionHandlers.FirstOrDefault(h => h.HandlerType == ExceptionHandlerType.Finally) is { } h
            && Replace(m, i => i == h.HandlerEnd?.Previous && i.OpCode == OpCodes.Endfinally, Instruction.Create(OpCodes.Leave, h.HandlerEnd))),
        ["a value on the stack at a try"] = new(Fault.StackDepth, m => m.Body.ExceptionHandlers.FirstOrDefault(h => h.TryStart.Previous is { OpCode.FlowControl: FlowControl.Next or FlowControl.Call }) is { } h
            && After(m, h.TryStart.Previous, Instruction.Create(OpCodes.Ldnull))),
        ["overlapping tries"] = new(Fault.Region, m => m.Body.ExceptionHandlers.Count > 1 && m.Body.ExceptionHandlers[1] is var h && h.TryStart != m.Body.ExceptionHandlers[0].TryStart
            && Move(h, m.Body.ExceptionHandlers[0].TryStart.Next)),
        ["rethrow outside of a catch"] = new(Fault.Region, m => !m.Body.HasExceptionHandlers && Before(m, i => i.OpCode == OpCodes.Throw, Instruction.Create(OpCodes.Rethrow)) is true),
        ["no ret"] = new(Fault.EndOfBody, m => m.Body.Instructions[^1].OpCode == OpCodes.Ret && !m.Body.HasExceptionHandlers && m.ReturnType.MetadataType == MetadataType.Void && Set(m.Body.Instructions[^1], OpCodes.Nop)),
        ["an instruction between prefix and call"] = new(Fault.Prefix, m => m.Body.Instructions.FirstOrDefault(i => i.OpCode == OpCodes.Constrained) is { } c && After(m, c, Instruction.Create(OpCodes.Nop))),
        ["no zeroed locals where one is read first"] = new(Fault.Unassigned, m => m.Name == "Resume" && NoInit(m)),
        ["a method that does not exist"] = new(Fault.Unresolved, m => Renamed(m, "gone")),
        ["a method with another signature"] = new(Fault.Unresolved, WithoutG),
        ["a type argument too many"] = new(Fault.Constraint, m => m.Body.Instructions.FirstOrDefault(i => i.OpCode.Code is Code.Call or Code.Callvirt && i.Operand is GenericInstanceMethod { GenericArguments.Count: > 0 }) is { } c
            && AddArgument((GenericInstanceMethod)c.Operand)),
        ["a type argument against its constraint"] = new(Fault.Constraint, m => m.Body.Instructions.FirstOrDefault(i => i.Operand is GenericInstanceMethod g
                && g.ElementMethod.Resolve()?.GenericParameters is { Count: 1 } p && p[0].HasNotNullableValueTypeConstraint) is { } c
            && SetArgument((GenericInstanceMethod)c.Operand, m.Module.TypeSystem.String)),
        ["a private method of another class"] = new(Fault.Access, m => m.Body.Instructions.FirstOrDefault(i => i.OpCode == OpCodes.Call && i.Operand is MethodDefinition { IsConstructor: false } t
            && t.DeclaringType != m.DeclaringType && t.DeclaringType.DeclaringType is null && m.DeclaringType.DeclaringType is null) is { Operand: MethodDefinition t } && Hide(t)),
        ["a frame with a span in it"] = new(Fault.StackOnly, m => m.Name == "Resume" && m.DeclaringType.Fields.FirstOrDefault() is { } f && Spanned(f)),
        ["a delegate over another signature"] = new(Fault.Delegate, m => m.Body.Instructions.FirstOrDefault(i => i.OpCode == OpCodes.Ldftn && i.Next.OpCode == OpCodes.Newobj && i.Operand is MethodDefinition { HasParameters: true }) is { Operand: MethodDefinition t }
            && AddParameter(t)),
        ["an abstract method called directly"] = new(Fault.Call, m => m.Body.Instructions.FirstOrDefault(i => i.OpCode == OpCodes.Callvirt && i.Operand is MethodDefinition { IsAbstract: true }) is { } c && Set(c, OpCodes.Call)),
        ["a readonly field written outside of a constructor"] = new(Fault.InitOnly, m => !m.IsConstructor && m.Body.Instructions.FirstOrDefault(i => i.OpCode == OpCodes.Stfld && i.Operand is FieldDefinition) is { Operand: FieldDefinition f } && Freeze(f)),
        ["a Resume that overrides nothing"] = new(Fault.Class, m => m.Name == "Resume" && m.DeclaringType.BaseType?.Name == "Frame" && Rename(m)),
        ["two twins of one name"] = new(Fault.Class, Twice),
    };

    public static TheoryData<string> Names => [.. mutations.Keys];

    static readonly Lazy<Subject> woven = new(() => Subject.Woven("Release"));

    static readonly Lazy<HashSet<Finding>> known = new(() => [.. AssemblyVerifier.Verify(woven.Value.Assembly, woven.Value.References).Findings]);

    [Theory, MemberData(nameof(Names))]
    public void PlantedFault_IsFound(string name)
    {
        var mutation = mutations[name];
        using var references = new References(woven.Value.References);
        using var module = ModuleDefinition.ReadModule(woven.Value.Assembly, new ReaderParameters { AssemblyResolver = references, InMemory = true });
        references.Add(module.Assembly);
        var place = module.GetAllTypes().SelectMany(t => t.Methods).Where(m => m.HasBody).ToList().FirstOrDefault(mutation.Plant);
        Assert.True(place is not null, "no place for it in the corpus");
        // As a reader would find it: written and read back.
        var file = Path.Combine(woven.Value.Folder, Path.GetRandomFileName());
        module.Write(file);
        using var again = ModuleDefinition.ReadModule(file, new ReaderParameters { AssemblyResolver = references, InMemory = true });
        references.Add(again.Assembly);
        var found = AssemblyVerifier.Verify(again).Findings.Where(f => !known.Value.Contains(f)).ToList();
        Assert.True(found.Exists(f => f.Fault == mutation.Fault), $"planted in {place.FullName}; found {(found.Count == 0 ? "nothing" : string.Join(Environment.NewLine, found))}");
    }

    static bool Set(Instruction i, OpCode op)
    {
        i.OpCode = op;
        if (op == OpCodes.Nop || op == OpCodes.Ret)
            i.Operand = null;
        return true;
    }

    static bool InsertAtStart(MethodDefinition m, OpCode op)
    {
        m.Body.GetILProcessor().InsertBefore(m.Body.Instructions[0], Instruction.Create(op));
        return true;
    }

    static bool Before(MethodDefinition m, Func<Instruction, bool> at, params Instruction[] code)
    {
        if (m.Body.Instructions.FirstOrDefault(at) is not { } place)
            return false;
        var il = m.Body.GetILProcessor();
        foreach (var i in code)
            il.InsertBefore(place, i);
        return true;
    }

    static bool After(MethodDefinition m, Instruction place, Instruction code)
    {
        m.Body.GetILProcessor().InsertAfter(place, code);
        return true;
    }

    static bool Replace(MethodDefinition m, Func<Instruction, bool> at, Instruction with)
    {
        if (m.Body.Instructions.FirstOrDefault(at) is not { } place)
            return false;
        place.OpCode = with.OpCode;
        place.Operand = with.Operand;
        return true;
    }

    static bool InHandler(MethodDefinition m, Instruction i) => m.Body.ExceptionHandlers.Any(h => h.HandlerStart.Offset <= i.Offset && (h.HandlerEnd is null || i.Offset < h.HandlerEnd.Offset));

    // An unconditional branch forward to a place that is also reached otherwise.
    static Instruction? Forward(MethodDefinition m)
        => m.Body.HasExceptionHandlers ? null : m.Body.Instructions.FirstOrDefault(i => i.OpCode.Code is Code.Br or Code.Br_S && i.Operand is Instruction to && to.Offset > i.Offset && to.Previous?.OpCode.FlowControl == FlowControl.Next);

    static bool SwapArguments(MethodDefinition m)
    {
        var stores = m.Body.Instructions.Where(i => i.OpCode == OpCodes.Stfld && i.Operand is FieldReference { FieldType: var t } && t.MetadataType is MetadataType.Int32 or MetadataType.String).ToList();
        if (stores.Find(s => ((FieldReference)s.Operand).FieldType.MetadataType == MetadataType.Int32 && ((FieldReference)s.Operand).Name != "pc") is not { } a
            || stores.Find(s => ((FieldReference)s.Operand).FieldType.MetadataType == MetadataType.String) is not { } b)
            return false;
        (a.Operand, b.Operand) = (b.Operand, a.Operand);
        return true;
    }

    static bool Retype(MethodDefinition m)
    {
        var local = m.Body.Variables.FirstOrDefault(v => v.VariableType is GenericInstanceType { IsValueType: false, GenericArguments: [{ MetadataType: MetadataType.Int32 }] });
        if (local is null || !m.Body.Instructions.Any(i => i.OpCode.Code is Code.Stloc or Code.Stloc_S && i.Operand == local || i.OpCode.Code == Code.Stloc_0 + local.Index && local.Index < 4))
            return false;
        var type = new GenericInstanceType(local.VariableType.GetElementType());
        type.GenericArguments.Add(m.Module.TypeSystem.String);
        local.VariableType = type;
        return true;
    }

    static bool IntoTry(MethodDefinition m)
    {
        foreach (var h in m.Body.ExceptionHandlers)
            if (m.Body.Instructions.FirstOrDefault(i => i.OpCode.Code is Code.Br or Code.Br_S && i.Offset < h.TryStart.Offset) is { } b && h.TryStart.Next is { } inside && inside.Offset < h.TryEnd.Offset)
            {
                b.OpCode = OpCodes.Br;
                b.Operand = inside;
                return true;
            }
        return false;
    }

    static bool Move(ExceptionHandler h, Instruction to)
    {
        h.TryStart = to;
        return true;
    }

    static bool NoInit(MethodDefinition m)
    {
        if (!m.Body.InitLocals || m.Body.Variables.Count == 0)
            return false;
        m.Body.InitLocals = false;
        m.Body.GetILProcessor().InsertBefore(m.Body.Instructions[0], Instruction.Create(OpCodes.Pop));
        m.Body.GetILProcessor().InsertBefore(m.Body.Instructions[0], Instruction.Create(OpCodes.Ldloc, m.Body.Variables[0]));
        return true;
    }

    static bool Renamed(MethodDefinition m, string name)
    {
        if (m.Body.Instructions.FirstOrDefault(i => i.OpCode == OpCodes.Call && i.Operand is MethodReference and not MethodDefinition and not GenericInstanceMethod) is not { } call)
            return false;
        ((MethodReference)call.Operand).Name = name;
        return true;
    }

    static bool WithoutG(MethodDefinition m)
    {
        if (m.Body.Instructions.FirstOrDefault(i => i.Operand is MethodReference { DeclaringType: GenericInstanceType } r and not MethodDefinition && r.Name.EndsWith(">g", StringComparison.Ordinal)) is not { Operand: MethodReference twin })
            return false;
        twin.Parameters.RemoveAt(twin.Parameters.Count - 1);
        return true;
    }

    static bool AddArgument(GenericInstanceMethod g)
    {
        g.GenericArguments.Add(g.GenericArguments[0]);
        return true;
    }

    static bool SetArgument(GenericInstanceMethod g, TypeReference t)
    {
        g.GenericArguments[0] = t;
        return true;
    }

    static bool Hide(MethodDefinition m)
    {
        m.IsPrivate = true;
        return true;
    }

    static bool Spanned(FieldDefinition f)
    {
        var span = new GenericInstanceType(f.Module.ImportReference(typeof(Span<>)));
        span.GenericArguments.Add(f.Module.TypeSystem.Int32);
        f.FieldType = span;
        return true;
    }

    static bool AddParameter(MethodDefinition m)
    {
        m.Parameters.Add(new ParameterDefinition("more", ParameterAttributes.None, m.Module.TypeSystem.Double));
        return true;
    }

    static bool Freeze(FieldDefinition f)
    {
        f.IsInitOnly = true;
        return true;
    }

    static bool Rename(MethodDefinition m)
    {
        m.Name = "Resumed";
        return true;
    }

    static bool Twice(MethodDefinition m)
    {
        if (!m.Name.EndsWith(">g", StringComparison.Ordinal) || m.DeclaringType.Methods.FirstOrDefault(o => o != m && o.Name.EndsWith(">g", StringComparison.Ordinal) && o.IsStatic == m.IsStatic
                && TypeMap.SameSignature(o, m) && o.GenericParameters.Count == m.GenericParameters.Count) is not { } other)
            return false;
        other.Name = m.Name;
        return true;
    }
}
