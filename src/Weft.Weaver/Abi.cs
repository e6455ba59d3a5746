// The runtime's side of docs/abi.md as the woven module refers to it.
//
// Everything is taken from the Weft assembly that the module references (or is), not spelled out here: a runtime that lacks a
// member then fails the weave with the member's name, instead of the program at run time.

using Mono.Cecil;

namespace Weft.Weaver;

internal sealed class Abi
{
    public const string RuntimeAssembly = "Weft";
    public const string Namespace = "Weft.Runtime";
    public const int Format = 8;

    readonly ModuleDefinition module;
    readonly ModuleDefinition runtime;
    readonly TypeDefinition unshadowed;
    readonly TypeDefinition variants;
    readonly TypeDefinition mutexes;

    public Abi(ModuleDefinition module, ModuleDefinition runtime)
    {
        this.module = module;
        this.runtime = runtime;
        var g = Find("G");
        G = module.ImportReference(g);
        var words = Find("GWords");
        Unwind = Field(words, "unwind");
        StackGuard = Field(words, "stackguard");
        MoreStack = Method(g, "morestack");
        Push = Method(g, "push");
        SetResult = Method(g, "SetResult");
        TakeResult = Method(g, "TakeResult");
        CheckThrow = Method(g, "CheckThrow");
        CheckExit = Method(g, "CheckExit");
        IsExiting = Method(g, "IsExiting");
        GoStatement = Method(g, "gostmt");
        Address = Method(g, "Address");
        Rethrow = Static(g, "rethrow", 1);
        Defers = Static(g, "defers", 2);
        Catches = Static(g, "catches", 2);
        CatchesPlain = Static(g, "catches", 1);
        EnterSyscall = Method(g, "entersyscall");
        ExitSyscall = Method(g, "exitsyscall");
        ExitSyscallError = Method(g, "exitsyscallError");

        var frame = Find("Frame");
        Frame = module.ImportReference(frame);
        FramePc = Field(frame, "pc");
        FrameParent = Field(frame, "parent");
        FrameAddress = Method(frame, "Address");
        FrameTyped = Static(frame, "Typed", 1);
        FrameConstructor = Method(frame, ".ctor");
        FrameResume = Method(frame, "Resume");

        var delegates = Find("Delegates");
        IsPlainDelegate = Method(delegates, "IsPlain");
        IsPlainOpenDelegate = Method(delegates, "IsPlainOpen");
        FindDelegate = Method(delegates, "Find");
        DelegateTarget = Method(delegates, "Target");
        var entry = Find("HotEntry");
        HotEntry = module.ImportReference(entry);
        HotEntryFunction = Field(entry, "fn");
        HotEntryIsStatic = Field(entry, "isStatic");
        HotEntryBound = Field(entry, "bound");

        unshadowed = Find("Unshadowed`1");
        variants = Find("Variants`2");
        var contract = Find("Contract");
        Contract = module.ImportReference(contract);
        ContractConstructor = Method(contract, ".ctor");
        FindImplementation = Method(contract, "Find");
        FindOverride = Method(contract, "FindOverride");
        ResolveOverride = Method(contract, "ResolveOverride");
        ImplementationOf = Static(contract, "Of", 4);

        var callback = Find("Cgocallback");
        EnterCallback = Method(callback, "enter");
        LeaveCallback = Method(callback, "leave");
        var strings = Find("StringHandler");
        StringHandler = module.ImportReference(strings);
        CreateString = Static(strings, "Create", 2);

        var locals = Find("Locals");
        LocalOf = Static(locals, "Of", 2);
        NewLocal = Static(locals, "New", 0);
        NewLocalWith = Static(locals, "New", 1);
        GetLocal = Static(locals, "Get", 1);
        SetLocal = Static(locals, "Set", 2);
        IsLocalCreated = Static(locals, "IsCreated", 1);

        RunningG = Static(g, "Running", 0);
        mutexes = Find("MutexTwins");

        CheckFormat = Static(Find("WeaveFormat"), "Check", 3);
        WovenConstructor = Method(Find("WovenAttribute"), ".ctor");
        MaySuspendConstructor = Method(Find("MaySuspendAttribute"), ".ctor");
        LinesConstructor = Method(Find("LinesAttribute"), ".ctor");
        StateMachineConstructor = Method(Find("WeftStateMachineAttribute"), ".ctor");
    }

    public TypeReference G { get; }
    public FieldReference Unwind { get; }
    public FieldReference StackGuard { get; }
    public MethodReference MoreStack { get; }
    public MethodReference Push { get; }
    public MethodReference SetResult { get; }
    public MethodReference TakeResult { get; }
    public MethodReference CheckThrow { get; }
    public MethodReference CheckExit { get; }
    public MethodReference IsExiting { get; }
    public MethodReference GoStatement { get; }
    public MethodReference Rethrow { get; }
    public MethodReference Defers { get; }
    public MethodReference Catches { get; }
    public MethodReference CatchesPlain { get; }
    public MethodReference EnterSyscall { get; }
    public MethodReference ExitSyscall { get; }
    public MethodReference ExitSyscallError { get; }
    public MethodReference EnterCallback { get; }
    public MethodReference LeaveCallback { get; }
    public TypeReference Frame { get; }
    public FieldReference FramePc { get; }
    public FieldReference FrameParent { get; }
    public MethodReference FrameAddress { get; }
    public MethodReference FrameTyped { get; }
    public MethodReference Address { get; }
    public MethodReference FrameConstructor { get; }
    public MethodReference FrameResume { get; }
    public MethodReference IsPlainDelegate { get; }
    public MethodReference IsPlainOpenDelegate { get; }
    public MethodReference FindDelegate { get; }
    public MethodReference DelegateTarget { get; }
    public TypeReference HotEntry { get; }
    public TypeReference Contract { get; }
    public MethodReference ContractConstructor { get; }
    public MethodReference FindImplementation { get; }
    public MethodReference FindOverride { get; }
    public MethodReference ResolveOverride { get; }
    public MethodReference ImplementationOf { get; }
    public FieldReference HotEntryFunction { get; }
    public FieldReference HotEntryIsStatic { get; }
    public FieldReference HotEntryBound { get; }
    public TypeReference StringHandler { get; }
    public MethodReference CreateString { get; }
    public MethodReference RunningG { get; }
    public MethodReference LocalOf { get; }
    public MethodReference NewLocal { get; }
    public MethodReference NewLocalWith { get; }
    public MethodReference GetLocal { get; }
    public MethodReference SetLocal { get; }
    public MethodReference IsLocalCreated { get; }
    public MethodReference CheckFormat { get; }
    public MethodReference WovenConstructor { get; }
    public MethodReference MaySuspendConstructor { get; }
    public MethodReference LinesConstructor { get; }
    public MethodReference StateMachineConstructor { get; }

    public ModuleDefinition Runtime => runtime;

    /// <summary>`rt0.main` for a Main with or without arguments and exit code; null if the runtime has none.</summary>
    public MethodReference? StartUp(bool arguments, bool exitCode)
    {
        var expected = exitCode ? "System.Func`" : "System.Action`";
        return runtime.GetType(Namespace, "rt0")?.Methods
            .Where(m => m.Name == "main" && m.Parameters.Count == (arguments ? 2 : 1)
                && m.Parameters[0].ParameterType.GetElementType().FullName.StartsWith(expected, StringComparison.Ordinal))
            .Select(module.ImportReference).FirstOrDefault();
    }

    public static bool IsG(TypeReference t) => t.FullName == Namespace + ".G";

    public static bool Has(ICustomAttributeProvider p, string attribute)
        => p.HasCustomAttributes && p.CustomAttributes.Any(a => a.AttributeType.FullName == Namespace + "." + attribute);

    /// <summary>The weave format of an assembly; 0 if it is not woven.</summary>
    public static int FormatOf(AssemblyDefinition a)
    {
        var woven = a.CustomAttributes.FirstOrDefault(x => x.AttributeType.FullName == Namespace + ".WovenAttribute");
        return woven is { ConstructorArguments: [{ Value: int format }, ..] } ? format : 0;
    }

    /// <summary>`R &lt;Foo&gt;g`: the twin of Foo.</summary>
    public static string TwinName(string method) => $"<{method}>g";

    /// <summary>`R &lt;Foo&gt;v`: the slot of an overridable twin of a class that others may derive from.</summary>
    public static string SlotName(string method) => $"<{method}>v";

    /// <summary>`static R &lt;Foo&gt;w`: the way into that slot for other assemblies. Its receiver is a parameter, so under the twin's name it could be another method's twin.</summary>
    public static string WayName(string method) => $"<{method}>w";

    /// <summary>`R &lt;Foo&gt;b`: the body behind the guard of an overridable twin.</summary>
    public static string BodyName(string method) => $"<{method}>b";

    /// <summary>`R &lt;Foo&gt;c`: what answers for a base's slot in a class whose override returns a more derived type.</summary>
    public static string BridgeName(string method) => $"<{method}>c";

    /// <summary>`R &lt;Foo&gt;x`: takes the box of a struct and calls Foo in it.</summary>
    public static string BoxName(string method) => $"<{method}>x";

    /// <summary>The shadow of an interface, nested in it.</summary>
    public const string ShadowName = "<g>";

    /// <summary>Unshadowed.Knows for a shadow.</summary>
    public MethodReference KnowsUnshadowed(TypeReference shadow) => Static(unshadowed, "Knows", shadow);

    /// <summary>Unshadowed.Add for a shadow.</summary>
    public MethodReference AddUnshadowed(TypeReference shadow) => Static(unshadowed, "Add", shadow);

    /// <summary>Variants.Agree for an interface and its shadow.</summary>
    public MethodReference VariantsAgree(TypeReference contract, TypeReference shadow) => Static(variants, "Agree", contract, shadow);

    /// <summary>What plain code calls to make a mutex or wait for one, so that it is counted; null if there is none of this form.</summary>
    public MethodReference? OfMutex(string name, IEnumerable<TypeReference> parameters)
        => mutexes.Methods.FirstOrDefault(m => m.Name == name && m.IsPublic && m.Parameters.Select(p => p.ParameterType.FullName).SequenceEqual(parameters.Select(p => p.FullName))) is { } found
            ? module.ImportReference(found) : null;

    MethodReference Static(TypeDefinition type, string name, params TypeReference[] arguments)
        => Emit.Refs.Foreign(module, type.Methods.FirstOrDefault(m => m.Name == name) ?? throw Missing(type, name), Analysis.TypeMap.Instance(module.ImportReference(type), arguments));

    TypeDefinition Find(string name)
        => runtime.GetType(Namespace, name) ?? throw new WeaveException(Rules.RuntimeMismatch, $"{RuntimeAssembly} has no type {Namespace}.{name}");

    FieldReference Field(TypeDefinition type, string name)
        => module.ImportReference(type.Fields.FirstOrDefault(f => f.Name == name) ?? throw Missing(type, name));

    MethodReference Method(TypeDefinition type, string name)
        => module.ImportReference(type.Methods.FirstOrDefault(m => m.Name == name && !m.IsStatic || m.Name == name && type.IsAbstract && type.IsSealed) ?? throw Missing(type, name));

    MethodReference Static(TypeDefinition type, string name, int parameters)
        => module.ImportReference(type.Methods.FirstOrDefault(m => m.IsStatic && m.Name == name && m.Parameters.Count == parameters) ?? throw Missing(type, name));

    static WeaveException Missing(TypeDefinition type, string name) => new(Rules.RuntimeMismatch, $"{type.FullName} has no member {name}");
}
