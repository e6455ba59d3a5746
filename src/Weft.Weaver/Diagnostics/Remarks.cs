// What stays plain outside of hot bodies: methods that block but may not suspend.

using Mono.Cecil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver;

internal sealed class Remarks(Reporter reporter, Suspension suspension, Eligibility eligibility)
{
    public void Report()
    {
        foreach (var m in suspension.Methods)
            if (!suspension.IsHot(m) && m.HasBody)
                Report(m);
    }

    // One remark for each blocking call; calls of user code that may block are too many to tell, and told where they block.
    void Report(MethodDefinition m)
    {
        var exempt = eligibility.Of(m);
        if (exempt is { Rule: null })
            return;
        var error = exempt is null && suspension.CallsIn(m).Any(c => suspension.Suspends(c.Target)) ? suspension.Analysis(m).Error : null;
        foreach (var call in suspension.CallsIn(m))
        {
            if (!suspension.Suspends(call.Target) || !suspension.IsWorthTelling(call.Target))
                continue;
            if (exempt?.Rule == Rules.InAsync && call.Target.Callee.Name == "GetResult")
                continue; // what `await` compiles to: it is called when the awaiter has completed
            var name = Name(call.Target.Callee);
            if (exempt is not null)
                reporter.Pin(exempt.Rule!, call.Target.IsPrimitive, $"'{name}' holds its thread while it waits, because {exempt.Reason}.", m, call.Instruction);
            else if (error is not null)
                reporter.Pin(Rules.Unanalysed, call.Target.IsPrimitive, $"'{name}' holds its thread while it waits, because the method could not be analysed: {error}.", m, call.Instruction);
            else if (Pin(m, call) is { Rule: { } rule } pin)
                reporter.Pin(rule, call.Target.IsPrimitive, $"'{name}' holds its thread while it waits, because {pin.Reason}.", m, call.Instruction);
        }
    }

    Pin? Pin(MethodDefinition m, Call call)
    {
        var analysis = suspension.Analysis(m);
        return analysis.IsReachable(analysis.Flow.IndexOf(call.Instruction)) ? analysis.PinOf(call) : null;
    }

    /// <summary>Type.Method, as a reader of C# would write it.</summary>
    public static string Name(MethodReference m) => m.Name == ".ctor" ? "new " + Plain(m.DeclaringType) : $"{Plain(m.DeclaringType)}.{m.Name}";

    /// <summary>A type, as a reader of C# would write it.</summary>
    public static string Name(TypeReference t) => Plain(t);

    static string Plain(TypeReference t)
    {
        var name = t.GetElementType().Name;
        var tick = name.IndexOf('`');
        if (tick >= 0)
            name = name[..tick];
        return t is GenericInstanceType g ? $"{name}<{string.Join(", ", g.GenericArguments.Select(Plain))}>" : name;
    }
}
