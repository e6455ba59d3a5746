// Methods that foreign code calls: [UnmanagedCallersOnly].
//
//             g = Cgocallback.enter()
//             try {
//               ...                                    // the body; each `ret` is: stloc r; leave end
//             } finally { Cgocallback.leave(g) }
//   end:      ldloc r; ret
//
// In place: the body has no other form, since nothing but foreign code may call it. What a `ret` ends lies in no try, so that it can leave
// this one. Lines and names of locals are kept; what is added belongs to no line.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Weft.Weaver.Emit;

internal static class Callbacks
{
    public static void Wrap(MethodDefinition m, Abi abi)
    {
        var body = m.Body;
        var at = body.Instructions.ToDictionary(i => i.Offset);
        var information = m.DebugInformation;
        var points = information.SequencePoints.Where(p => at.ContainsKey(p.Offset)).Select(p => (Point: p, At: at[p.Offset])).ToList();
        Anchor(information.Scope, at, isRoot: true);
        body.SimplifyMacros();

        var first = body.Instructions[0];
        var g = new VariableDefinition(abi.G);
        body.Variables.Add(g);
        VariableDefinition? result = null;
        if (m.ReturnType.MetadataType != MetadataType.Void)
            body.Variables.Add(result = new VariableDefinition(m.ReturnType));
        body.InitLocals = true;

        var end = result is null ? Instruction.Create(OpCodes.Ret) : Instruction.Create(OpCodes.Ldloc, result);
        var handler = Instruction.Create(OpCodes.Ldloc, g);
        var code = body.Instructions;
        for (var i = 0; i < code.Count; i++)
        {
            if (code[i].OpCode.Code != Code.Ret)
                continue;
            // Changed where it stands: branches lead to it.
            if (result is not null)
            {
                code[i].OpCode = OpCodes.Stloc;
                code[i].Operand = result;
                code.Insert(++i, Instruction.Create(OpCodes.Leave, end));
            }
            else
            {
                code[i].OpCode = OpCodes.Leave;
                code[i].Operand = end;
            }
        }
        code.Insert(0, Instruction.Create(OpCodes.Call, abi.EnterCallback));
        code.Insert(1, Instruction.Create(OpCodes.Stloc, g));
        code.Add(handler);
        code.Add(Instruction.Create(OpCodes.Call, abi.LeaveCallback));
        code.Add(Instruction.Create(OpCodes.Endfinally));
        code.Add(end);
        if (result is not null)
            code.Add(Instruction.Create(OpCodes.Ret));
        // A handler at the very end of the body ends nowhere.
        foreach (var h in body.ExceptionHandlers)
            h.HandlerEnd ??= handler;
        body.ExceptionHandlers.Add(new ExceptionHandler(ExceptionHandlerType.Finally) { TryStart = first, TryEnd = handler, HandlerStart = handler, HandlerEnd = end });
        body.OptimizeMacros();

        information.SequencePoints.Clear();
        foreach (var (point, i) in points)
            information.SequencePoints.Add(new SequencePoint(i, point.Document)
            {
                StartLine = point.StartLine, StartColumn = point.StartColumn, EndLine = point.EndLine, EndColumn = point.EndColumn,
            });
    }

    // Scopes by instruction in place of offsets, which are about to change.
    static void Anchor(ScopeDebugInformation? scope, Dictionary<int, Instruction> at, bool isRoot)
    {
        if (scope is null)
            return;
        if (!isRoot && at.TryGetValue(scope.Start.Offset, out var start))
            scope.Start = new InstructionOffset(start);
        if (!scope.End.IsEndOfMethod && at.TryGetValue(scope.End.Offset, out var end))
            scope.End = new InstructionOffset(end);
        foreach (var s in scope.Scopes)
            Anchor(s, at, isRoot: false);
    }
}
