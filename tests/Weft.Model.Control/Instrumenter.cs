// Instrumenter: rewrites Weft.dll so that the controller decides who goes on, and when a store becomes visible.
//
// It works on the assembly that ships, and not on a build of its own, for three reasons: the protocols use `volatile` fields and plain ones,
// which no swap of Interlocked and Volatile would reach; the runtime's sources stay as they are; and what is explored is what users run.
// Rejected: a build flavour with aliases for Interlocked and Volatile, for the first of these.
//
// What is rewritten, in the types of the protocols (s_types):
//
//     field and array element, read and written     Memory.Load, Store; of a volatile field LoadVolatile, StoreVolatile
//     Interlocked, Volatile                         the same of Memory, with the name of the site
//     SpinWait.SpinOnce, futex, Os, nanotime        Machine
//     handlers for all exceptions                   let the controller's own pass
//     static constructors                           a method, called anew for every execution (ModelReset)
//
// Left alone: readonly fields, constructors (nobody else sees the object), thread statics, and what belongs to the running goroutine alone
// and is also read by woven code, which is not instrumented (s_own).

using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Weft.Model.Control;

internal sealed partial class Instrumenter
{
    private static readonly HashSet<string> s_types =
    [
        "sched", "Proc", "RunQueue", "RuntimeLock`1", "G", "P", "M", "Chan`1", "WaitQueue`1", "WaitQueue", "Hchan", "Sudog", "Sudog`1", "WaitGroup",
        "Waiter", "GWaiter", "WaiterQueue", "Timers", "TimerEntry", "Sysmon", "AllGs", "TemplateThread", "Selection", "ChanCase", "SendCase`1",
        "ReceiveCase`1", "SignalCase", "Watcher", "Cancellation", "Linux/FutexSemaphore", "Check",
        "GoMutex", "Sema", "GoRWMutex", "GoSemaphore", "Cond", "Once", "TimeLimit",
    ];

    /// <summary>Fields of G and M that only the thread that runs them touches.</summary>
    private static readonly HashSet<string> s_own =
    [
        "stackguard", "unwind", "held", "frames", "ec", "goid", "parentGoid", "waitreason", "waitsince", "place", "gosite", "_bits", "_reference", "_flight",
        "exiting", "haserrno", "errno", "stackbytes", "_readyAction", "mcallfn", "unwound", "unwoundTail", "segment", "thread", "g0base", "locks", "sendSudog",
        "recvSudog", "queued", "idle", "parent", "pc",
    ];

    /// <summary>Methods that a mutation may leave out: they return the default.</summary>
    private static readonly HashSet<string> s_skippable = ["Proc.anyWork", "Proc.wakep", "Proc.wakeTimerSleeper"];

    /// <summary>Methods that do nothing: what they start would come by from outside, on the finalizer thread.</summary>
    private static readonly HashSet<string> s_leftOut = ["Scavenger.Start"];

    private static readonly string[] s_interlocked = ["CompareExchange", "Exchange", "Increment", "Decrement", "Add", "And", "Or"];

    private readonly ModuleDefinition _module;
    private readonly Dictionary<string, int> _ordinals = [];
    private readonly List<string> _sites = [];

    private Instrumenter(ModuleDefinition module) => _module = module;

    /// <summary>Returns the names of all sites that a mutation can weaken or leave out.</summary>
    internal static IReadOnlyList<string> Run(string input, string output)
    {
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location)!);
        using var module = ModuleDefinition.ReadModule(new MemoryStream(File.ReadAllBytes(input)), new ReaderParameters { AssemblyResolver = resolver });
        var instrumenter = new Instrumenter(module);
        instrumenter.Rewrite();
        module.Write(output);
        return [.. instrumenter._sites.Where(s => s_interlocked.Append("MemoryBarrier").Any(op => s.Split(' ')[1] == op)), .. s_skippable];
    }

    private void Rewrite()
    {
        foreach (var type in _module.GetAllTypes().ToList())
        {
            foreach (var method in type.Methods.Where(m => m.HasBody && m.Body.Instructions.Count > 0).ToList())
            {
                method.Body.SimplifyMacros();
                Handlers(method);
                Calls(method);
                if (s_types.Contains(NameOf(type)))
                    Accesses(method);
                Entry(type, method);
                method.Body.OptimizeMacros();
            }
        }
        Reset();
    }

    private static string NameOf(TypeReference type) => type.DeclaringType is { } outer ? NameOf(outer) + "/" + type.Name : type.Name;

    private MethodReference Import(Type type, string name) => _module.ImportReference(type.GetMethods().Single(m => m.Name == name));

    private GenericInstanceMethod Import(string name, TypeReference of)
    {
        var method = new GenericInstanceMethod(Import(typeof(Memory), name));
        method.GenericArguments.Add(of);
        return method;
    }

    private string Site(MethodDefinition method, string operation)
    {
        var name = $"{method.DeclaringType.Name.Split('`')[0]}.{method.Name} {operation}";
        var n = _ordinals[name] = _ordinals.GetValueOrDefault(name) + 1;
        name = n == 1 ? name : $"{name} #{n}";
        _sites.Add(name);
        return name;
    }

    // Handlers.

    private void Handlers(MethodDefinition method)
    {
        var il = method.Body.GetILProcessor();
        foreach (var handler in method.Body.ExceptionHandlers)
        {
            MethodReference call;
            if (handler.HandlerType == ExceptionHandlerType.Filter)
                call = Import(typeof(Machine), nameof(Machine.CaughtObject));
            else if (handler.HandlerType == ExceptionHandlerType.Catch && handler.CatchType.FullName == "System.Exception")
                call = Import(typeof(Machine), nameof(Machine.Caught));
            else
                continue;
            var old = handler.HandlerStart;
            var first = il.Create(OpCodes.Call, call);
            il.InsertBefore(old, first);
            foreach (var other in method.Body.ExceptionHandlers)
            {
                if (other.TryEnd == old)
                    other.TryEnd = first;
                if (other.HandlerStart == old)
                    other.HandlerStart = first;
                if (other.HandlerEnd == old)
                    other.HandlerEnd = first;
            }
        }
    }

    // Calls of the system.

    private void Calls(MethodDefinition method)
    {
        foreach (var i in method.Body.Instructions)
        {
            if (i.Operand is not MethodReference called || i.OpCode.Code is not (Code.Call or Code.Callvirt))
                continue;
            var target = (called.DeclaringType.Name, called.Name) switch
            {
                ("Os", "newosproc") => nameof(Machine.NewOsProc),
                ("Os", "usleep") => nameof(Machine.Sleep),
                ("Os", "osyield" or "StealBackoff") => nameof(Machine.Yield),
                ("Os", "nanotime") => nameof(Machine.Nanotime),
                ("Linux", "futex") => nameof(Machine.Futex),
                ("SpinWait", "SpinOnce") when called.Parameters.Count == 1 && NameOf(method.DeclaringType) == "RuntimeLock`1" => nameof(Machine.Spin),
                _ => null,
            };
            if (target is not null)
                (i.OpCode, i.Operand) = (OpCodes.Call, Import(typeof(Machine), target));
        }
    }

    // Accesses to memory.

    private void Accesses(MethodDefinition method)
    {
        var body = method.Body;
        var il = body.GetILProcessor();
        var isChecker = method.DeclaringType.Name == "Check";
        var isConstructor = method.IsConstructor && !method.IsStatic;
        foreach (var i in body.Instructions.ToList())
        {
            switch (i.OpCode.Code)
            {
                case Code.Ldfld or Code.Ldsfld when IsShared((FieldReference)i.Operand, out var field, out var type) && !isConstructor:
                    if (i.OpCode.Code == Code.Ldfld && field.DeclaringType.IsValueType && !IsByRef(i.Previous, method))
                        break;
                    Rewrite(il, i, i.OpCode.Code == Code.Ldfld ? OpCodes.Ldflda : OpCodes.Ldsflda, i.Operand, TakeVolatile(i) && !isChecker
                        ? [il.Create(OpCodes.Ldstr, Site(method, $"reads {field.Name}")), il.Create(OpCodes.Call, Import(nameof(Memory.LoadVolatile), type))]
                        : [il.Create(OpCodes.Call, Import(nameof(Memory.Load), type))]);
                    break;
                case Code.Stfld or Code.Stsfld when IsShared((FieldReference)i.Operand, out var field, out var type) && !isConstructor:
                    var value = new VariableDefinition(type);
                    body.Variables.Add(value);
                    var isVolatile = TakeVolatile(i);
                    var address = il.Create(i.OpCode.Code == Code.Stfld ? OpCodes.Ldflda : OpCodes.Ldsflda, (FieldReference)i.Operand);
                    Rewrite(il, i, OpCodes.Stloc, value, isVolatile
                        ? [address, il.Create(OpCodes.Ldloc, value), il.Create(OpCodes.Ldstr, Site(method, $"writes {field.Name}")), il.Create(OpCodes.Call, Import(nameof(Memory.StoreVolatile), type))]
                        : [address, il.Create(OpCodes.Ldloc, value), il.Create(OpCodes.Call, Import(nameof(Memory.Store), type))]);
                    break;
                case Code.Ldelem_Ref or Code.Ldelem_I8 or Code.Ldelem_Any when ElementType(i) is { } type && !isConstructor:
                    Rewrite(il, i, OpCodes.Readonly, null, [il.Create(OpCodes.Ldelema, type), il.Create(OpCodes.Call, Import(nameof(Memory.Load), type))]);
                    break;
                case Code.Stelem_Ref or Code.Stelem_I8 or Code.Stelem_Any when ElementType(i) is { } type && !isConstructor:
                    var element = new VariableDefinition(type);
                    body.Variables.Add(element);
                    Rewrite(il, i, OpCodes.Stloc, element,
                    [
                        il.Create(OpCodes.Readonly), il.Create(OpCodes.Ldelema, type), il.Create(OpCodes.Ldloc, element), il.Create(OpCodes.Call, Import(nameof(Memory.Store), type)),
                    ]);
                    break;
                case Code.Call when !isChecker && i.Operand is MethodReference { DeclaringType.FullName: "System.Threading.Interlocked" } called:
                    if (called.Name == "MemoryBarrier")
                        Rewrite(il, i, OpCodes.Ldstr, Site(method, "MemoryBarrier"), [il.Create(OpCodes.Call, Import(typeof(Memory), nameof(Memory.MemoryBarrier)))]);
                    else if (s_interlocked.Contains(called.Name))
                        Rewrite(il, i, OpCodes.Ldstr, Site(method, called.Name + What(i)), [il.Create(OpCodes.Call, Import(called.Name, Pointee(called)))]);
                    else
                        throw new NotSupportedException(called.FullName);
                    break;
                case Code.Call when !isChecker && i.Operand is MethodReference { DeclaringType.FullName: "System.Threading.Volatile" } called:
                    var read = called.Name == "Read";
                    Rewrite(il, i, OpCodes.Ldstr, Site(method, (read ? "reads" : "writes") + What(i)),
                        [il.Create(OpCodes.Call, Import(read ? nameof(Memory.LoadVolatile) : nameof(Memory.StoreVolatile), Pointee(called)))]);
                    break;
            }
        }
    }

    private static void Rewrite(ILProcessor il, Instruction i, OpCode code, object? operand, Instruction[] more)
    {
        // In place, so that branches still lead to the first of them.
        (i.OpCode, i.Operand) = (code, operand);
        for (var k = more.Length - 1; k >= 0; k--)
            il.InsertAfter(i, more[k]);
    }

    /// <summary>The field whose address was pushed last before the call: a name for the site.</summary>
    private static string What(Instruction i)
    {
        for (var back = 0; back < 12 && i is not null; back++, i = i.Previous)
        {
            if (i.OpCode.Code is Code.Ldflda or Code.Ldsflda && i.Operand is FieldReference f)
                return " " + f.Name;
        }
        return "";
    }

    private bool IsShared(FieldReference reference, out FieldDefinition field, out TypeReference type)
    {
        field = null!;
        type = null!;
        if (reference.DeclaringType.Resolve() is not { } declaring || declaring.Module != _module || !s_types.Contains(NameOf(declaring)) && declaring.Name != "Indices")
            return false;
        field = reference.Resolve();
        if (field.IsInitOnly || field.IsLiteral || s_own.Contains(field.Name) || declaring.Name == "Check"
            || field.CustomAttributes.Any(a => a.AttributeType.Name == "ThreadStaticAttribute"))
            return false;
        var fieldType = field.FieldType is RequiredModifierType modified ? modified.ElementType : field.FieldType;
        type = Substitute(_module.ImportReference(fieldType, declaring), reference.DeclaringType as GenericInstanceType);
        return !type.IsPointer && !type.IsFunctionPointer;
    }

    private static TypeReference Substitute(TypeReference type, GenericInstanceType? instance) => type switch
    {
        GenericParameter { Type: GenericParameterType.Type } p when instance is not null => instance.GenericArguments[p.Position],
        ArrayType a => new ArrayType(Substitute(a.ElementType, instance), a.Rank),
        GenericInstanceType g => SubstituteAll(g, instance),
        _ => type,
    };

    private static GenericInstanceType SubstituteAll(GenericInstanceType type, GenericInstanceType? instance)
    {
        var result = new GenericInstanceType(type.ElementType);
        foreach (var argument in type.GenericArguments)
            result.GenericArguments.Add(Substitute(argument, instance));
        return result;
    }

    private TypeReference? ElementType(Instruction i) => i.OpCode.Code switch
    {
        Code.Ldelem_Ref or Code.Stelem_Ref => _module.TypeSystem.Object,
        Code.Ldelem_I8 or Code.Stelem_I8 => _module.TypeSystem.Int64,
        _ => (TypeReference)i.Operand,
    };

    private static TypeReference Pointee(MethodReference called) =>
        called is GenericInstanceMethod g ? g.GenericArguments[0] : ((ByReferenceType)called.Parameters[0].ParameterType).ElementType;

    private static bool TakeVolatile(Instruction i)
    {
        if (i.Previous?.OpCode.Code != Code.Volatile)
            return false;
        i.Previous.OpCode = OpCodes.Nop;
        return true;
    }

    private static bool IsByRef(Instruction? before, MethodDefinition method) => before is not null &&
        (before.OpCode.Code is Code.Ldflda or Code.Ldsflda or Code.Ldelema || before.OpCode.Code == Code.Ldarg && !method.IsStatic && before.Operand == method.Body.ThisParameter);

    // Entries.

    private void Entry(TypeDefinition type, MethodDefinition method)
    {
        var il = method.Body.GetILProcessor();
        var first = method.Body.Instructions[0];
        var name = $"{type.Name}.{method.Name}";
        if (name is "Fatal.Throw" or "Fatal.ThrowAll")
        {
            il.InsertBefore(first, il.Create(OpCodes.Ldarg, method.Parameters[0]));
            il.InsertBefore(first, il.Create(OpCodes.Call, Import(typeof(Machine), nameof(Machine.Fatal))));
        }
        else if (name == "Panic.Unhandled")
        {
            il.InsertBefore(first, il.Create(OpCodes.Ldarg, method.Parameters[0]));
            il.InsertBefore(first, il.Create(OpCodes.Call, Import(typeof(Machine), nameof(Machine.Unhandled))));
        }
        else if (s_leftOut.Contains(name))
        {
            il.InsertBefore(first, il.Create(OpCodes.Ret));
        }
        else if (s_skippable.Contains(name))
        {
            il.InsertBefore(first, il.Create(OpCodes.Ldstr, name));
            il.InsertBefore(first, il.Create(OpCodes.Call, Import(typeof(Memory), nameof(Memory.IsLeftOut))));
            il.InsertBefore(first, il.Create(OpCodes.Brfalse, first));
            if (method.ReturnType.MetadataType != MetadataType.Void)
                il.InsertBefore(first, il.Create(OpCodes.Ldc_I4_0));
            il.InsertBefore(first, il.Create(OpCodes.Ret));
        }
    }
}
