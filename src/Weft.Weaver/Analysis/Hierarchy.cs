// Which bodies a virtual or interface call may reach within this assembly.
//
// slot      the topmost declaration of a virtual method; it names the family of all its overrides
// contract  an interface method. Its dispatch has a shadow if it is of this assembly, of a woven reference, or listed by [ShadowOf]
//
// body      of a contract: what is found without a class that implements it: a default body in an interface; or, the contract being static, a method
//           that a type parameter may lead to. Which of them answers for a type is for the runtime to say (src/Weft/Runtime/Contracts.cs).
//
// covers    an override that returns a more derived type has a slot of its own, and answers for that of its base, too (`.override` and
//           [PreserveBaseOverrides]); its twin gets a bridge between the two (Emit/Twins.cs)
//
// A slot that is overridden by `.override` in another way, as no C# does, is irregular: calls through it stay plain.

using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace Weft.Weaver.Analysis;

/// <summary>How one type implements one method of one of its interfaces.</summary>
/// <param name="Type">The implementing type of this assembly.</param>
/// <param name="Interface">The interface as the type lists it.</param>
/// <param name="Contract">The interface's method.</param>
/// <param name="Body">The method that a call reaches; null where it is in an interface, or was not found.</param>
/// <param name="Owner">The class that declares <paramref name="Body"/>, as seen from <paramref name="Type"/>.</param>
internal sealed record Implementation(TypeDefinition Type, TypeReference Interface, MethodDefinition Contract, MethodDefinition? Body, TypeReference? Owner);

internal sealed class Hierarchy
{
    readonly TypeFacts facts;
    readonly Dictionary<MethodDefinition, MethodDefinition> slotOf = [];
    readonly Dictionary<MethodDefinition, List<MethodDefinition>> members = [];
    readonly HashSet<MethodDefinition> irregular = [];
    readonly Dictionary<MethodDefinition, List<MethodDefinition>> covered = [];
    readonly Dictionary<MethodDefinition, List<MethodDefinition>> covering = [];
    readonly Dictionary<MethodDefinition, List<Implementation>> byContract = [];
    readonly Dictionary<MethodDefinition, List<MethodDefinition>> contractsOf = [];
    readonly Dictionary<MethodDefinition, List<MethodDefinition>> bodies = [];

    public Hierarchy(TypeFacts facts)
    {
        this.facts = facts;
        foreach (var type in facts.Module.GetAllTypes())
        {
            if (type.IsInterface)
            {
                foreach (var m in type.Methods)
                    if (m is { IsVirtual: true, HasBody: true })
                        AddBody(m, m.Overrides.Select(facts.Definition).DefaultIfEmpty(m));
                continue;
            }
            foreach (var m in type.Methods)
                if (m.IsStatic)
                    AddBody(m, m.Overrides.Select(facts.Definition).Concat(m.IsPublic ? type.Interfaces.SelectMany(i => StaticsNamed(m, i.InterfaceType)) : []));
            foreach (var m in type.Methods)
                if (m.IsVirtual && !m.IsStatic)
                {
                    var root = SlotOf(m);
                    Get(members, root).Add(m);
                    foreach (var o in m.Overrides)
                        if (facts.Definition(o) is { DeclaringType.IsInterface: false } overridden)
                        {
                            var over = SlotOf(overridden);
                            if (m.IsNewSlot && PreservesOverrides(m))
                            {
                                Get(covered, m).Add(over);
                                Get(covering, over).Add(m);
                            }
                            else
                            {
                                irregular.Add(over);
                                irregular.Add(root);
                            }
                        }
                }
            foreach (var i in type.Interfaces)
                if (facts.Definition(i.InterfaceType) is { IsImport: false } contract)
                    foreach (var m in contract.Methods)
                        if (IsContract(m))
                            Implement(type, i.InterfaceType, m);
        }
    }

    void AddBody(MethodDefinition body, IEnumerable<MethodDefinition?> ofContracts)
    {
        foreach (var contract in ofContracts.OfType<MethodDefinition>().Distinct())
        {
            Get(bodies, contract).Add(body);
            Get(contractsOf, body).Add(contract);
        }
    }

    // Rough: one too many makes a call suspend that need not.
    IEnumerable<MethodDefinition> StaticsNamed(MethodDefinition m, TypeReference contract)
        => facts.Definition(contract)?.Methods.Where(c => c is { IsStatic: true, IsVirtual: true } && c.Name == m.Name && c.Parameters.Count == m.Parameters.Count) ?? [];

    /// <summary>Default bodies of an interface member; the methods of this assembly that a static one may stand for.</summary>
    public IReadOnlyList<MethodDefinition> BodiesOf(MethodDefinition contract) => bodies.GetValueOrDefault(contract) ?? [];

    public IReadOnlyCollection<List<Implementation>> Implementations => byContract.Values;

    static List<T> Get<K, T>(Dictionary<K, List<T>> map, K key) where K : notnull
    {
        if (!map.TryGetValue(key, out var list))
            map[key] = list = [];
        return list;
    }

    /// <summary>Can a `callvirt` of this method reach another body than its own?</summary>
    public static bool IsOverridable(MethodDefinition m) => m.IsVirtual && !m.IsFinal && !m.DeclaringType.IsSealed && !m.DeclaringType.IsValueType;

    /// <summary>Is it a member of an interface that a class can implement? Not the body that an interface gives to a member of another one.</summary>
    public static bool IsContract(MethodDefinition m) => m is { IsStatic: false, IsVirtual: true, IsPrivate: false, HasOverrides: false };

    public bool IsRegular(MethodDefinition root) => !irregular.Contains(root);

    /// <summary>The topmost declaration that this method overrides, itself if it overrides none.</summary>
    public MethodDefinition SlotOf(MethodDefinition m)
    {
        if (slotOf.TryGetValue(m, out var root))
            return root;
        root = m;
        if (m.IsVirtual && !m.IsNewSlot && !m.DeclaringType.IsInterface)
            for (var b = facts.Base(TypeMap.Self(m.DeclaringType)); b is not null; b = facts.Base(b))
                if (facts.Definition(b) is { } type && FindVirtual(type, b, m) is { } overridden)
                {
                    root = SlotOf(overridden);
                    break;
                }
        return slotOf[m] = root;
    }

    static MethodDefinition? FindVirtual(TypeDefinition type, TypeReference seen, MethodDefinition m)
    {
        var arguments = (seen as GenericInstanceType)?.GenericArguments;
        return type.Methods.FirstOrDefault(c => c.IsVirtual && c.Name == m.Name && c.GenericParameters.Count == m.GenericParameters.Count
            && TypeMap.SameSignature(m, c, t => TypeMap.Inflate(t, arguments, null)));
    }

    /// <summary>The overrides of a slot in this assembly, the slot's own declaration included.</summary>
    public IReadOnlyList<MethodDefinition> MembersOf(MethodDefinition root) => members.GetValueOrDefault(root) ?? [];

    public IReadOnlyList<Implementation> ImplementationsOf(MethodDefinition contract) => byContract.GetValueOrDefault(contract) ?? [];

    static bool PreservesOverrides(MethodDefinition m)
        => m.CustomAttributes.Any(a => a.AttributeType.FullName == "System.Runtime.CompilerServices.PreserveBaseOverridesAttribute");

    /// <summary>The slots of base classes that the override answers for with a more derived result.</summary>
    public IReadOnlyList<MethodDefinition> CoveredBy(MethodDefinition m) => covered.GetValueOrDefault(m) ?? [];

    /// <summary>All bodies in this assembly that a call of the slot can reach.</summary>
    public IEnumerable<MethodDefinition> ReachedBy(MethodDefinition root)
        => MembersOf(root).Concat((covering.GetValueOrDefault(root) ?? []).SelectMany(m => ReachedBy(SlotOf(m))));

    /// <summary>The interface methods that calls of which can reach this body.</summary>
    public IReadOnlyList<MethodDefinition> ContractsOf(MethodDefinition body) => contractsOf.GetValueOrDefault(body) ?? [];

    void Implement(TypeDefinition type, TypeReference contract, MethodDefinition method)
    {
        var arguments = (contract as GenericInstanceType)?.GenericArguments;
        for (TypeReference? t = TypeMap.Self(type); t is not null; t = facts.Base(t))
        {
            if (facts.Definition(t) is not { } d)
                break;
            var seen = (t as GenericInstanceType)?.GenericArguments;
            var body = d.Methods.FirstOrDefault(m => m.Overrides.Any(o => facts.Definition(o) == method && TypeMap.Same(TypeMap.Inflate(o.DeclaringType, seen, null), contract)))
                ?? d.Methods.FirstOrDefault(m => m.IsVirtual && m.IsPublic && m.Name == method.Name && m.GenericParameters.Count == method.GenericParameters.Count
                    && m.Parameters.Count == method.Parameters.Count
                    && Enumerable.Range(0, m.Parameters.Count).All(i => Matches(m.Parameters[i].ParameterType, method.Parameters[i].ParameterType))
                    && Matches(m.ReturnType, method.ReturnType));
            if (body is null)
                continue;
            // The base of a foreign class is named as that class's module names it.
            Get(byContract, method).Add(new Implementation(type, contract, method, body, TypeMap.Import(facts.Module, t)));
            Get(contractsOf, body).Add(method);
            return;

            bool Matches(TypeReference mine, TypeReference theirs)
                => TypeMap.Same(TypeMap.Inflate(mine, seen, null), TypeMap.Inflate(theirs, arguments, null));
        }
        Get(byContract, method).Add(new Implementation(type, contract, method, null, null));
    }
}
