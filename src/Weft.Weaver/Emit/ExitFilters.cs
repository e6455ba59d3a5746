// Catch clauses of plain bodies let Goroutine.Exit pass, as those of hot ones do (BodyEmitter).
//
//   catch T { ... }        filter { isinst T; call catches; endfilter } { castclass T; ... }      // where T can be its type
//   filter { f } { ... }   filter { dup; call catches; brtrue f; pop; ldc 0; br end; f; end: endfilter } { ... }
//
// It costs nothing until an exception is thrown.
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
        => m.HasBody && m.Body.HasExceptionHandlers && m.Body.ExceptionHandlers.Any(IsConcerned);

    static bool IsConcerned(ExceptionHandler h)
        => h.HandlerType == ExceptionHandlerType.Filter || (h.HandlerType == ExceptionHandlerType.Catch && CanBeExit(h.CatchType));

    public static void Add(MethodDefinition m, Abi abi)
    {
        var body = m.Body;
        body.SimplifyMacros();
        foreach (var h in body.ExceptionHandlers.Where(IsConcerned).ToList())
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
