// What plain bodies take of a thread and give back is counted, too (src/Weft/Sync/Held.cs): a lock may be taken in a constructor and given back
// in hot code.
//
//   call Monitor.Enter(object)     call <Weft>.<System.Threading.Monitor.Enter>h(object)
//   ldftn Lock.Exit                ldftn <Weft>.<System.Threading.Lock.Exit>h
//   newobj Mutex(bool, ...)        call MutexTwins.New(bool, ...)
//   callvirt WaitHandle.WaitOne    call MutexTwins.WaitOne(WaitHandle)          // its twin may suspend, and is for hot code only
//
//   static void <System.Threading.Monitor.Enter>h(object obj)
//   {
//       G g = G.Running();
//       if (g == null) Monitor.Enter(obj); else MonitorTwins.Enter(obj, g);
//   }
//
// This comes last: hot bodies call the twins themselves, and what is left in them stands where they are plain.
//
// The `lock` statement stays as it is where all of it is in one body. What runs it plainly stays on its thread meanwhile and gives back what it took.
// Not so where an iterator yields in one: then MoveNext takes the lock, and another method gives it back. Other shapes are not trusted: that takes
// and gives are of one number says nothing of a method that gives back where it fails.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;
using Weft.Weaver.Analysis;
using Weft.Weaver.Emit;

namespace Weft.Weaver.Lowering;

internal sealed class LockCounts(TypeFacts facts, Abi abi, HandWritten hand, Homes homes)
{
    readonly Dictionary<MethodReference, HandTwin?> twins = new(ReferenceEqualityComparer.Instance as IEqualityComparer<MethodReference>);
    readonly Dictionary<string, MethodDefinition> counting = [];

    /// <summary>The runtime takes locks on g0, and counts none.</summary>
    public void Run()
    {
        if (abi.Runtime == facts.Module)
            return;
        foreach (var m in facts.Module.GetAllTypes().SelectMany(t => t.Methods).Where(m => m.HasBody && !Eligibility.IsExempted(m)).ToList())
        {
            var isLock = IsLockStatement(m.Body);
            foreach (var i in m.Body.Instructions)
                if (i.Operand is MethodReference callee)
                    Replace(i, callee, isLock);
        }
    }

    void Replace(Instruction i, MethodReference callee, bool isLock)
    {
        switch (i.OpCode.Code)
        {
            case Code.Newobj when callee is { DeclaringType.FullName: "System.Threading.Mutex", Parameters: [{ ParameterType.MetadataType: MetadataType.Boolean }, ..] }:
                Call(i, abi.OfMutex("New", callee.Parameters.Select(p => p.ParameterType)));
                return;
            case Code.Callvirt when TwinOf(callee) is { Suspends: true }:
                Call(i, abi.OfMutex(callee.Name, callee.Parameters.Select(p => p.ParameterType).Prepend(callee.DeclaringType)));
                return;
            case Code.Call or Code.Callvirt when !isLock && TwinOf(callee) is { Suspends: false } twin:
                Call(i, Counting(callee, twin));
                return;
            // A delegate of a static method may be closed over its first argument, as long as that is an object.
            case Code.Ldftn when TwinOf(callee) is { Suspends: false } twin && !(callee.HasThis && facts.IsValueType(callee.DeclaringType)):
                i.Operand = Counting(callee, twin);
                return;
        }
    }

    static void Call(Instruction i, MethodReference? counting)
    {
        if (counting is null)
            return;
        i.OpCode = OpCodes.Call;
        i.Operand = counting;
    }

    HandTwin? TwinOf(MethodReference callee)
    {
        if (!twins.TryGetValue(callee, out var twin))
            twins[callee] = twin = hand.Redirect(callee, facts.Definition(callee)) is { Holds: not 0 } found ? found : null;
        return twin;
    }

    bool IsLockStatement(MethodBody body)
    {
        var (taken, inFinally) = (0, false);
        foreach (var i in body.Instructions)
        {
            foreach (var h in body.ExceptionHandlers)
                if (h.HandlerType == ExceptionHandlerType.Finally)
                    inFinally = h.HandlerStart == i || (inFinally && h.HandlerEnd != i);
            if (i.OpCode.Code is not (Code.Call or Code.Callvirt) || i.Operand is not MethodReference callee || TwinOf(callee) is null)
                continue;
            if (callee is { DeclaringType.FullName: "System.Threading.Monitor", Name: "Enter", Parameters.Count: 2 })
                taken++;
            else if (inFinally && callee is { DeclaringType.FullName: "System.Threading.Monitor", Name: "Exit" })
                taken--;
            else
                return false;
        }
        return taken == 0;
    }

    MethodDefinition Counting(MethodReference callee, HandTwin twin)
    {
        if (counting.TryGetValue(callee.FullName, out var made))
            return made;
        var type = callee.DeclaringType;
        var m = new MethodDefinition($"<{type.FullName}.{callee.Name}>h{counting.Count}", MethodAttributes.Assembly | MethodAttributes.Static | MethodAttributes.HideBySig | MethodAttributes.SpecialName, callee.ReturnType);
        if (callee.HasThis)
            m.Parameters.Add(new ParameterDefinition("self", ParameterAttributes.None, facts.IsValueType(type) ? new ByReferenceType(type) : type));
        foreach (var p in callee.Parameters)
            m.Parameters.Add(new ParameterDefinition(p.Name, ParameterAttributes.None, p.ParameterType));
        homes.Common.Methods.Add(m);

        var il = new Assembler(m);
        var g = il.Local(abi.G);
        var plain = new Label();
        il.Emit(OpCodes.Call, abi.RunningG);
        il.Emit(OpCodes.Stloc, g);
        il.Emit(OpCodes.Ldloc, g);
        il.Emit(OpCodes.Brfalse, plain);
        foreach (var p in m.Parameters)
            il.Emit(OpCodes.Ldarg, p);
        il.Emit(OpCodes.Ldloc, g);
        il.Emit(OpCodes.Call, facts.Module.ImportReference(twin.Method));
        il.Emit(OpCodes.Ret);
        il.Mark(plain);
        foreach (var p in m.Parameters)
            il.Emit(OpCodes.Ldarg, p);
        il.Emit(OpCodes.Call, callee);
        il.Emit(OpCodes.Ret);
        il.Finish();
        return counting[callee.FullName] = m;
    }
}
