// Catch clauses of plain bodies let Goroutine.Exit pass, as those of hot ones do (BodyEmitter).
//
//   catch T { ... }        filter { isinst T; call catches; endfilter } { castclass T; ... }      // where T can be its type
//   filter { f } { ... }   filter { dup; call catches; brtrue f; pop; ldc 0; br end; f; end: endfilter } { ... }
//
// It costs nothing until an exception is thrown.
//
// The clause that the compiler puts around an async iterator stays as it is: it notes that the iterator has ended, without which DisposeAsync
// throws. Whoever asked for the next value gets the exit from its task, and it goes on from there.
// Rejected: hot bodies only. A method that calls nothing that could suspend has none, and yet its `catch (Exception)` may stand around
// a method of the class library that calls back.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Weft.Weaver.Emit;

internal static class ExitFilters
{
    /// <summary>Can a clause of this type match the exception by which a goroutine exits?</summary>
    public static bool CanBeExit(TypeReference t) => t is GenericParameter || t.FullName is "System.Exception" or "System.Object";

    /// <summary>Whether the body has a clause to change.</summary>
    public static bool AreNeeded(MethodDefinition m)
        => m.HasBody && m.Body.HasExceptionHandlers && m.Body.ExceptionHandlers.Any(h => IsConcerned(m, h));

    static bool IsConcerned(MethodDefinition m, ExceptionHandler h)
        => h.HandlerType == ExceptionHandlerType.Filter || (h.HandlerType == ExceptionHandlerType.Catch && CanBeExit(h.CatchType) && !EndsIterator(m, h));

    static bool EndsIterator(MethodDefinition m, ExceptionHandler h)
    {
        if (m.Name != "MoveNext" || !m.DeclaringType.Interfaces.Any(i => i.InterfaceType.GetElementType().FullName == "System.Collections.Generic.IAsyncEnumerator`1"))
            return false;
        for (var i = h.HandlerStart; i is not null && i != h.HandlerEnd; i = i.Next)
            if (i is { OpCode.Code: Code.Call, Operand: MethodReference { Name: "SetException", DeclaringType: var t } } && t.GetElementType().FullName == "System.Threading.Tasks.Sources.ManualResetValueTaskSourceCore`1")
                return true;
        return false;
    }

    public static void Add(MethodDefinition m, Abi abi)
    {
        var body = m.Body;
        body.SimplifyMacros();
        foreach (var h in body.ExceptionHandlers.Where(h => IsConcerned(m, h)).ToList())
        {
            if (h.HandlerType == ExceptionHandlerType.Catch)
            {
                var first = h.HandlerStart;
                var cast = Instruction.Create(OpCodes.Castclass, h.CatchType);
                var filter = Insert(body, first, Instruction.Create(OpCodes.Isinst, h.CatchType), Instruction.Create(OpCodes.Call, abi.CatchesPlain), Instruction.Create(OpCodes.Endfilter), cast);
                h.HandlerType = ExceptionHandlerType.Filter;
                h.CatchType = null;
                h.FilterStart = filter;
                h.HandlerStart = cast;
            }
            else
            {
                var first = h.FilterStart;
                h.FilterStart = Insert(body, first, Instruction.Create(OpCodes.Dup), Instruction.Create(OpCodes.Call, abi.CatchesPlain), Instruction.Create(OpCodes.Brtrue, first),
                    Instruction.Create(OpCodes.Pop), Instruction.Create(OpCodes.Ldc_I4, 0), Instruction.Create(OpCodes.Br, h.HandlerStart.Previous));
            }
        }
        body.OptimizeMacros();
    }

    // Regions that ended before the old instruction end before the new ones.
    static Instruction Insert(MethodBody body, Instruction before, params Instruction[] code)
    {
        var il = body.GetILProcessor();
        foreach (var i in code)
            il.InsertBefore(before, i);
        foreach (var h in body.ExceptionHandlers)
        {
            if (h.TryEnd == before)
                h.TryEnd = code[0];
            if (h.HandlerEnd == before)
                h.HandlerEnd = code[0];
        }
        return code[0];
    }
}
