// Pins by way of delegates: those that lead to a plain method although what they call could suspend, and those that are handed to code that is not woven.
//
// A delegate that is made of another delegate's Invoke, and one of a method of a struct where BoundTwins finds nothing, is told where it is made.
//
// A lambda that is handed to LINQ, to List.ForEach or to native code is called by code that has no twins. Told are only those that wait for all that is
// known (Waiting), where they are handed on as they are made, and where whoever gets them calls them: not what starts them elsewhere (threads, tasks,
// timers), not collections, not events.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver;

internal sealed class Handed(Reporter reporter, TypeFacts facts, HandWritten hand, Suspension suspension, Eligibility eligibility, Waiting waiting)
{
    public void Report()
    {
        foreach (var m in suspension.Methods)
            if (m.HasBody && eligibility.Of(m) is not { Rule: null })
                foreach (var i in m.Body.Instructions)
                    if (i is { OpCode.Code: Code.Ldftn or Code.Ldvirtftn, Operand: MethodReference target, Next: { OpCode.Code: Code.Newobj, Operand: MethodReference { Name: ".ctor" } constructor } }
                        && facts.Definition(constructor.DeclaringType) is { } type && facts.IsDelegate(type) && facts.Definition(target) is { } definition)
                        Report(m, i, target, definition);
    }

    void Report(MethodDefinition m, Instruction i, MethodReference target, MethodDefinition definition)
    {
        if (definition.Name == "Invoke" && facts.IsDelegate(definition.DeclaringType))
            reporter.Pin(Rules.Plain, primitive: false, "A delegate that is made of another delegate holds its thread if what it calls waits. Use the other one, or a lambda that calls it.", m, i);
        else if (!definition.IsStatic && definition.DeclaringType.IsValueType && HasNoTwinInBox(target, definition))
            reporter.Pin(Rules.Plain, primitive: false, $"A delegate of '{Remarks.Name(target)}' holds its thread while it waits, because it is a method of a {(definition.Module == facts.Module ? "generic struct" : "struct of another assembly")}. Use a lambda that calls it.", m, i);
        else if (definition.Module == facts.Module && suspension.IsHot(definition) && waiting.Waits(definition) && Receiver(m, i.Next) is { } receiver)
            reporter.Pin(Rules.Handed, primitive: false, $"{What(definition)} is handed to '{Remarks.Name(receiver)}' and holds its thread while it waits, because {(IsNative(receiver) ? "native code" : "code that is not woven")} calls it. {(IsNative(receiver) ? "Let it send what it has to say to a goroutine." : "Write the loop yourself, or weave the library ('WeftWeaveReference').")}", m, i);
    }

    static string What(MethodDefinition m) => m.Name.StartsWith('<') ? m.Name.Contains(">g__", StringComparison.Ordinal) ? "A local function" : "A lambda" : $"'{Remarks.Name(m)}'";

    // Code is shared between instantiations over references, and its pointer does not tell which of them it is (src/Weft/Runtime/BoundTwins.cs).
    bool HasNoTwinInBox(MethodReference target, MethodDefinition definition)
    {
        if (definition.Module != facts.Module)
            return hand.IsInWovenReference(definition) && hand.Sibling(definition) is not null && !definition.DeclaringType.Methods.Any(x => x.IsStatic && x.Name == Abi.BoxName(definition.Name));
        return waiting.Waits(definition) && target.DeclaringType is GenericInstanceType of && !of.GenericArguments.All(facts.IsValueType);
    }

    // The method that the new delegate is passed to, if it is one that calls it and has no twin.
    MethodReference? Receiver(MethodDefinition m, Instruction made)
    {
        var analysis = suspension.Analysis(m);
        if (analysis.Error is not null || analysis.Flow.TryIndexOf(made) is not (>= 0 and var at) || analysis.Typer.Before(at) is not { } stack)
            return null;
        return Follow(at, stack.Length - 2);

        MethodReference? Follow(int producer, int slot)
        {
            var user = analysis.Typer.ConsumerOf(producer, slot);
            if (user < 0)
                return null;
            if (analysis.Flow.Code[user].OpCode.Code == Code.Dup)
                return Follow(user, slot) ?? Follow(user, slot + 1);
            if (analysis.Flow.Code[user] is not { OpCode.Code: Code.Call or Code.Callvirt or Code.Newobj, Operand: MethodReference callee } call)
                return null;
            var first = analysis.Typer.Before(user)!.Length - callee.Parameters.Count;
            return slot >= first && Calls(callee, callee.Parameters[slot - first].ParameterType) ? callee : null;
        }
    }

    bool Calls(MethodReference callee, TypeReference parameter)
    {
        if (IsNative(callee))
            return true;
        if (facts.Definition(callee) is not { } definition || definition.Module == facts.Module || hand.IsInWovenReference(definition) || definition.Module.Assembly.Name.Name == Abi.RuntimeAssembly)
            return false;
        var type = definition.DeclaringType;
        if (facts.Definition(parameter) is not { } of || !facts.IsDelegate(of) || facts.IsDelegate(type) || definition.IsAddOn || definition.IsRemoveOn || hand.Redirect(callee, definition) is not null)
            return false;
        return !type.Namespace.StartsWith("System.Threading", StringComparison.Ordinal) || type.Name is "LazyInitializer" or "ExecutionContext";
    }

    bool IsNative(MethodReference callee)
        => callee is { Name: "GetFunctionPointerForDelegate", DeclaringType.FullName: "System.Runtime.InteropServices.Marshal" }
            || facts.Definition(callee) is { } d && (d.IsPInvokeImpl || d.CustomAttributes.Any(a => a.AttributeType.FullName == "System.Runtime.InteropServices.LibraryImportAttribute"));
}
