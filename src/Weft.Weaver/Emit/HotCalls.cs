using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Emit;

/// <summary>The instruction that makes a hot call, in the generic parameters of the original method.</summary>
internal sealed class HotCalls(TypeFacts facts, Abi abi, Twins twins, Helpers helpers, Questions questions, ForeignCalls foreign)
{
    public (OpCode Op, MethodReference Method) Of(CallTarget target, Instruction site)
    {
        var original = site.OpCode;
        if (facts.IsValueType(target.Callee.DeclaringType))
            original = OpCodes.Call; // it may have been a constrained call
        if (target.Constraint is not null)
            return (OpCodes.Call, helpers.For(target, site));
        switch (target.Kind)
        {
            case TargetKind.Redirect:
                return (OpCodes.Call, Redirect(target));
            case TargetKind.Sibling:
            {
                if (target.Twin!.IsStatic && target.Callee.HasThis) // the way into a slot
                    return (OpCodes.Call, Refs.Foreign(facts.Module, target.Twin, target.Callee.DeclaringType, (target.Callee as GenericInstanceMethod)?.GenericArguments));
                var own = target.Twin.Module == facts.Module ? target.Twin : null;
                return (original, Refs.TwinOf(target.Callee, target.Twin.Name, abi.G, own));
            }
            case TargetKind.Foreign:
                return (OpCodes.Call, foreign.For(target.Definition));
            case TargetKind.Direct:
            {
                var body = twins.Body(target.Definition)!;
                return (original, Refs.TwinOf(target.Callee, body.Name, abi.G, body));
            }
            case TargetKind.Virtual:
            {
                var entry = twins.Entry(facts.Definition(target.Callee)!)!;
                if (entry.IsStatic)
                    return (OpCodes.Call, Refs.On(entry, target.Callee.DeclaringType, (target.Callee as GenericInstanceMethod)?.GenericArguments));
                return (OpCodes.Callvirt, Refs.TwinOf(target.Callee, entry.Name, abi.G, entry));
            }
            default:
                return (OpCodes.Call, helpers.For(target, site));
        }
    }

    /// <summary>What is asked before the call; see <see cref="Questions.Before"/>.</summary>
    public MethodReference[] QuestionsBefore(CallTarget target) => questions.Before(target);

    /// <summary>Does the call start a goroutine?</summary>
    public bool IsGoStatement(MethodReference callee) => facts.Definition(callee) is { } m && Abi.Has(m, "GoStatementAttribute");

    // The static method's generic parameters are those of the callee's type, then those of the callee.
    MethodReference Redirect(CallTarget target)
    {
        var twin = facts.Module.ImportReference(target.Twin!);
        var arguments = ((target.Callee.DeclaringType as GenericInstanceType)?.GenericArguments ?? Enumerable.Empty<TypeReference>())
            .Concat((target.Callee as GenericInstanceMethod)?.GenericArguments ?? Enumerable.Empty<TypeReference>()).ToArray();
        return Refs.Instance(twin, arguments);
    }
}
