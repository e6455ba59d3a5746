// Methods of structs that are called on a box, through an interface or by a delegate: one beside each, which has the box and not only what is in it.
//
//   R <M>x<TM...>(object box, A a) { return ((S)box).M<TM>(a); }          // `unbox`: M changes what is in the box
//
// Written as a plain method before the analysis, and woven like any other if M suspends: its frame keeps the box, and makes the reference into it
// again. Contract and BoundTwins find its twin. Where M does not suspend it is taken away again.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Emit;

internal sealed class Boxes(TypeFacts facts, Hierarchy hierarchy)
{
    readonly Dictionary<MethodDefinition, MethodDefinition> ofBody = [];
    readonly Dictionary<MethodDefinition, List<MethodDefinition>> ofContract = [];

    /// <summary>The methods that implement the member for boxes.</summary>
    public IReadOnlyList<MethodDefinition> Of(MethodDefinition contract) => ofContract.GetValueOrDefault(contract) ?? [];

    /// <summary>Is the method one of these? Its body is ours, and what there is to say is said of M.</summary>
    public bool IsOne(MethodDefinition m) => ofBody.ContainsValue(m);

    public void Declare(Targets targets)
    {
        foreach (var i in hierarchy.Implementations.SelectMany(x => x).Where(i => i.Type.IsValueType && i.Body?.DeclaringType == i.Type).OrderBy(i => i.Body!.MetadataToken.RID).ToList())
        {
            if (!i.Body!.HasBody || Eligibility.IsExempted(i.Body) || !targets.CanHaveTwin(i.Body))
                continue;
            if (!ofBody.TryGetValue(i.Body, out var box))
                ofBody[i.Body] = box = Emit(i.Body);
            if (!ofContract.TryGetValue(i.Contract, out var list))
                ofContract[i.Contract] = list = [];
            list.Add(box);
        }
        foreach (var body in OfDelegates().OrderBy(m => m.MetadataToken.RID).ToList())
            if (!ofBody.ContainsKey(body) && !Eligibility.IsExempted(body) && targets.CanHaveTwin(body))
                ofBody[body] = Emit(body);
    }

    // Methods of structs that delegates are made of here.
    IEnumerable<MethodDefinition> OfDelegates()
        => (from type in facts.Module.GetAllTypes()
            from m in type.Methods
            where m.HasBody
            from i in m.Body.Instructions
            where i.OpCode.Code is Code.Ldftn or Code.Ldvirtftn
            select facts.Definition((MethodReference)i.Operand)).Distinct().Where(m => m is { IsStatic: false, HasBody: true, IsConstructor: false, DeclaringType.IsValueType: true } && m.Module == facts.Module);

    /// <summary>Those that nobody will look for.</summary>
    public void Remove(Func<MethodDefinition, bool> isHot)
    {
        foreach (var box in ofBody.Values)
            if (!isHot(box))
                box.DeclaringType.Methods.Remove(box);
    }

    MethodDefinition Emit(MethodDefinition body)
    {
        var box = new MethodDefinition(Abi.BoxName(body.Name), MethodAttributes.Assembly | MethodAttributes.Static | MethodAttributes.HideBySig | MethodAttributes.SpecialName, facts.System.Void);
        TypeReference Rename(GenericParameter p) => p.Type == GenericParameterType.Method ? box.GenericParameters[p.Position] : p;
        Refs.CopyParameters(body, box, facts.Module, Rename);
        box.ReturnType = TypeMap.Map(body.ReturnType, Rename);
        box.Parameters.Add(new ParameterDefinition("box", ParameterAttributes.None, facts.System.Object));
        foreach (var p in body.Parameters)
            box.Parameters.Add(new ParameterDefinition(p.Name, p.Attributes & (ParameterAttributes.In | ParameterAttributes.Out), TypeMap.Map(p.ParameterType, Rename)));
        Known.MarkGenerated(box, facts.Module);
        Known.HideFromTraces(box, facts.Module);
        body.DeclaringType.Methods.Add(box);

        var il = new Assembler(box);
        il.Emit(OpCodes.Ldarg, box.Parameters[0]);
        il.Emit(OpCodes.Unbox, TypeMap.Self(body.DeclaringType));
        foreach (var p in box.Parameters.Skip(1))
            il.Emit(OpCodes.Ldarg, p);
        il.Emit(OpCodes.Call, Refs.Beside(body, box));
        il.Emit(OpCodes.Ret);
        il.Finish();
        return box;
    }
}
