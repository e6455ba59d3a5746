// Twins and shadows that are found by attribute: [Twin], [TwinOf] and [ShadowOf], in this assembly, in Weft, and in every
// reference that itself references Weft. Twins of woven references are found by name.

using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace Weft.Weaver.Analysis;

/// <summary>A method that hot bodies call in place of another.</summary>
/// <param name="Method">The twin.</param>
/// <param name="Suspends">False: its callers need not be hot for its sake.</param>
/// <param name="Holds">1: takes something thread-affine, -1: gives it back.</param>
internal sealed record HandTwin(MethodDefinition Method, bool Suspends, int Holds = 0);

internal sealed class HandWritten
{
    readonly ModuleDefinition module;
    readonly TypeFacts facts;
    readonly Dictionary<string, List<HandTwin>> redirects = [];
    readonly Dictionary<string, TypeDefinition> shadows = [];
    readonly HashSet<string> implemented = [];
    readonly HashSet<ModuleDefinition> woven = [];
    readonly HashSet<MethodDefinition> inInterfaces = [];
    readonly HashSet<string> inBoxes = [];
    readonly HashSet<string> open;
    readonly Dictionary<string, TypeReference> openElsewhere = [];

    /// <param name="module">The assembly that is woven.</param>
    /// <param name="facts">Of it.</param>
    /// <param name="references">The assemblies that it refers to.</param>
    /// <param name="open">Types whose members suspend for all that is known, beside those that attributes name.</param>
    public HandWritten(ModuleDefinition module, TypeFacts facts, IEnumerable<AssemblyDefinition> references, IEnumerable<string> open)
    {
        this.open = [.. open];
        this.module = module;
        this.facts = facts;
        Scan(module);
        foreach (var a in references)
        {
            if (Abi.FormatOf(a) != 0)
                woven.Add(a.MainModule);
            if (a.Name.Name == Abi.RuntimeAssembly || a.MainModule.AssemblyReferences.Any(r => r.Name == Abi.RuntimeAssembly))
                Scan(a.MainModule);
        }
    }

    void Scan(ModuleDefinition m)
    {
        foreach (var a in Attributes(m.Assembly, "MaySuspendAttribute"))
        {
            var type = (TypeReference)a.ConstructorArguments[0].Value;
            open.Add(type.FullName);
            if (m != module)
                openElsewhere[type.FullName] = type;
        }
        foreach (var type in m.GetAllTypes())
        {
            foreach (var a in Attributes(type, "ShadowOfAttribute"))
                shadows[((TypeReference)a.ConstructorArguments[0].Value).FullName] = type;
            if (m != module)
                foreach (var i in type.Interfaces)
                    implemented.Add(i.InterfaceType.GetElementType().FullName);
            if (woven.Contains(m))
                NoteWithoutShadow(type);
            foreach (var method in type.Methods)
                if (method.IsStatic)
                    foreach (var a in Attributes(method, "TwinOfAttribute"))
                    {
                        var key = ((TypeReference)a.ConstructorArguments[0].Value).FullName + "::" + a.ConstructorArguments[1].Value;
                        if (!redirects.TryGetValue(key, out var list))
                            redirects[key] = list = [];
                        list.Add(new HandTwin(method, Suspends(a), Holds(a)));
                    }
        }
    }

    // Implementations that no shadow has (Contracts).
    void NoteWithoutShadow(TypeDefinition type)
    {
        if (type.IsInterface)
            inInterfaces.UnionWith(type.Methods.Where(x => x.HasBody).SelectMany(x => x.Overrides).Select(facts.Definition).OfType<MethodDefinition>());
        else if (type.IsValueType && type.HasInterfaces && type.Methods.Any(x => x is { IsStatic: true, IsSpecialName: true } && x.Name.EndsWith(">x", StringComparison.Ordinal)))
            inBoxes.UnionWith(type.Interfaces.Select(i => i.InterfaceType.GetElementType().FullName));
    }

    /// <summary>Has an interface of a woven reference a body for this member of another one?</summary>
    public bool IsImplementedInInterface(MethodDefinition contract) => inInterfaces.Contains(contract);

    /// <summary>Has a woven reference a struct that implements the interface and can suspend in it?</summary>
    public bool IsImplementedInBox(TypeDefinition contract) => inBoxes.Contains(contract.FullName);

    /// <summary>Of a type that is not woven: may members that woven classes override or implement suspend, for all that is known of other assemblies?</summary>
    public bool MaySuspend(TypeDefinition type) => open.Contains(type.FullName);

    /// <summary>Types of which a reference says so. Who refers to this assembly may meet their classes, too.</summary>
    public IEnumerable<TypeReference> OpenElsewhere => openElsewhere.Values;

    static IEnumerable<CustomAttribute> Attributes(ICustomAttributeProvider p, string name)
        => p.HasCustomAttributes ? p.CustomAttributes.Where(a => a.AttributeType.FullName == Abi.Namespace + "." + name) : [];

    static bool Suspends(CustomAttribute a)
        => a.Properties.FirstOrDefault(p => p.Name == "Suspends") is not { Argument.Value: false };

    static int Holds(CustomAttribute a) => a.Properties.FirstOrDefault(p => p.Name == "Holds").Argument.Value as int? ?? 0;

    /// <summary>Is the definition in a referenced assembly that has been woven?</summary>
    public bool IsInWovenReference(MemberReference definition) => woven.Contains(definition.Module);

    /// <summary>The static method that [TwinOf] puts in the callee's place.</summary>
    public HandTwin? Redirect(MethodReference callee, MethodDefinition? definition)
    {
        var open = callee.GetElementMethod();
        return Redirect(open, callee.DeclaringType.GetElementType())
            ?? (definition is { DeclaringType.HasGenericParameters: false } ? Redirect(definition, definition.DeclaringType) : null);
    }

    HandTwin? Redirect(MethodReference callee, TypeReference type)
    {
        if (redirects.Count == 0)
            return null;
        var name = callee.Name;
        return Among(type.FullName + "::" + name)
            ?? (name.StartsWith("get_", StringComparison.Ordinal) ? Among(type.FullName + "::" + name[4..]) : null);

        HandTwin? Among(string key)
            => redirects.TryGetValue(key, out var list) ? list.Find(t => Matches(t.Method, callee, type)) : null;
    }

    // The generic parameters of the static method are the type's, then the method's.
    bool Matches(MethodDefinition twin, MethodReference callee, TypeReference type)
    {
        var ofType = facts.Definition(type)?.GenericParameters.Count ?? type.GenericParameters.Count;
        var receiver = callee.HasThis ? 1 : 0;
        if (twin.GenericParameters.Count != ofType + callee.GenericParameters.Count
            || twin.Parameters.Count != receiver + callee.Parameters.Count + 1
            || !Abi.IsG(twin.Parameters[^1].ParameterType))
            return false;
        for (var i = 0; i < callee.Parameters.Count; i++)
        {
            var expected = TypeMap.Key(callee.Parameters[i].ParameterType, p => "#" + (p.Type == GenericParameterType.Type ? p.Position : ofType + p.Position));
            if (TypeMap.Key(twin.Parameters[receiver + i].ParameterType, p => "#" + p.Position) != expected)
                return false;
        }
        return true;
    }

    /// <summary>A twin beside its method: marked [Twin], or made by the weaver when the method's assembly was woven.</summary>
    public HandTwin? Sibling(MethodDefinition method)
    {
        var isOwn = method.Module == module;
        var isWoven = IsInWovenReference(method);
        if (!isWoven && method.Module.Assembly.Name.Name != Abi.RuntimeAssembly && !isOwn)
            return null;
        foreach (var m in method.DeclaringType.Methods)
        {
            if (m.Name == method.Name && m != method && Attributes(m, "TwinAttribute").FirstOrDefault() is { } a && HasTwinSignature(method, m))
                return new HandTwin(m, Suspends(a));
            if (isWoven && m.IsSpecialName && (m.Name == Abi.TwinName(method.Name) && HasTwinSignature(method, m) || IsWayIn(method, m)))
                return new HandTwin(m, Suspends: true);
        }
        return null;
    }

    /// <summary>The method's slot for twins, if woven classes of other assemblies may override it.</summary>
    public static MethodDefinition? SlotOf(MethodDefinition method)
        => method.DeclaringType.Methods.FirstOrDefault(m => m.IsSpecialName && m.IsVirtual && m.Name == Abi.SlotName(method.Name) && HasTwinSignature(method, m));

    /// <summary>The static method in front of such a slot, for callers in other assemblies.</summary>
    public static MethodDefinition? WayInto(MethodDefinition method)
        => method.DeclaringType.Methods.FirstOrDefault(m => m.IsSpecialName && IsWayIn(method, m));

    // The receiver is its first parameter.
    static bool IsWayIn(MethodDefinition plain, MethodDefinition twin)
        => twin.IsStatic && plain.HasThis && twin.Name == Abi.WayName(plain.Name) && SameSignature(plain, twin, receiver: 1);

    /// <summary>The body behind an overridable twin of a woven reference, for `base.M()`.</summary>
    public static MethodDefinition? BodyOf(MethodDefinition method)
        => method.DeclaringType.Methods.FirstOrDefault(m => m.IsSpecialName && m.Name == Abi.BodyName(method.Name) && HasTwinSignature(method, m));

    public static bool HasTwinSignature(MethodReference plain, MethodReference twin) => twin.HasThis == plain.HasThis && SameSignature(plain, twin, receiver: 0);

    static bool SameSignature(MethodReference plain, MethodReference twin, int receiver)
    {
        if (twin.Parameters.Count != receiver + plain.Parameters.Count + 1 || twin.GenericParameters.Count != plain.GenericParameters.Count
            || !Abi.IsG(twin.Parameters[^1].ParameterType)
            || !TypeMap.Same(plain.ReturnType, twin.ReturnType)) // conversions differ in nothing else
            return false;
        for (var i = 0; i < plain.Parameters.Count; i++)
            if (!TypeMap.Same(plain.Parameters[i].ParameterType, twin.Parameters[receiver + i].ParameterType))
                return false;
        return true;
    }

    /// <summary>The shadow of an interface of another assembly: nested in it if that was woven, or declared by hand.</summary>
    public TypeDefinition? ForeignShadow(TypeDefinition contract)
    {
        if (IsInWovenReference(contract))
            return contract.NestedTypes.FirstOrDefault(t => t.IsInterface && t.Name.StartsWith(Abi.ShadowName, StringComparison.Ordinal));
        return shadows.GetValueOrDefault(contract.FullName);
    }

    /// <summary>The shadow's variant of an interface method.</summary>
    public static MethodDefinition? ShadowMethod(TypeDefinition shadow, MethodDefinition method)
        => shadow.Methods.FirstOrDefault(m => (m.Name == method.Name || m.Name == Abi.TwinName(method.Name)) && HasTwinSignature(method, m));

    /// <summary>May a call through the shadow suspend whatever this assembly does?</summary>
    public bool IsImplementedElsewhere(TypeDefinition shadow) => woven.Contains(shadow.DeclaringType?.Module!) || implemented.Contains(shadow.FullName);
}
