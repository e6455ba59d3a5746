// Writes one method body: instructions with labels that may be marked later, protected regions, source lines.
//
// Instructions refer to labels until Finish, since what a label marks is not known when the branch is written. All branches are
// written long and all macros expanded; Finish lets Cecil choose the short forms.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Weft.Weaver.Emit;

/// <summary>A place in the code; the end of the body if nothing was written behind it.</summary>
internal sealed class Label
{
    public Instruction? Target;
}

internal sealed class Assembler(MethodDefinition method)
{
    readonly List<Instruction> code = [];
    readonly List<Label> pending = [];
    readonly List<(ExceptionHandlerType Kind, TypeReference? Catch, Label TryStart, Label TryEnd, Label? Filter, Label Start, Label End)> handlers = [];
    readonly List<SequencePoint> points = [];
    Func<Instruction, SequencePoint>? nextPoint;

    public MethodDefinition Method => method;

    public MethodBody Body => method.Body;

    /// <summary>The document of hidden points; without one the method has no source lines.</summary>
    public Document? Source { get; set; }

    public Instruction Emit(OpCode op, object? operand = null)
    {
        // Instruction.Create checks operands by overload; a body in work also holds labels.
        var i = Instruction.Create(OpCodes.Nop);
        i.OpCode = op;
        i.Operand = operand;
        code.Add(i);
        foreach (var l in pending)
            l.Target = i;
        pending.Clear();
        if (nextPoint is not null)
            points.Add(nextPoint(i));
        nextPoint = null;
        return i;
    }

    public void Mark(Label label) => pending.Add(label);

    public void LoadInt(int value) => Emit(OpCodes.Ldc_I4, value);

    /// <summary>The next instruction begins what the source point describes.</summary>
    public void Point(SequencePoint p) => nextPoint = i => new SequencePoint(i, p.Document)
    {
        StartLine = p.StartLine, StartColumn = p.StartColumn, EndLine = p.EndLine, EndColumn = p.EndColumn,
    };

    /// <summary>The next instruction begins scaffolding that debuggers step over.</summary>
    public void Hide()
    {
        const int Hidden = 0xfeefee;
        if (Source is { } document)
            nextPoint = i => new SequencePoint(i, document) { StartLine = Hidden, EndLine = Hidden };
    }

    public void Protect(ExceptionHandlerType kind, TypeReference? caught, Label tryStart, Label tryEnd, Label? filter, Label start, Label end)
        => handlers.Add((kind, caught, tryStart, tryEnd, filter, start, end));

    public VariableDefinition Local(TypeReference type)
    {
        var v = new VariableDefinition(type);
        Body.Variables.Add(v);
        return v;
    }

    public void Finish()
    {
        foreach (var i in code)
        {
            if (i.Operand is Label l)
                i.Operand = l.Target ?? throw new InvalidOperationException($"a branch in {method.FullName} has no target");
            else if (i.Operand is Label[] table)
                i.Operand = Array.ConvertAll(table, t => t.Target ?? throw new InvalidOperationException($"a switch in {method.FullName} has no target"));
            Body.Instructions.Add(i);
        }
        foreach (var (kind, caught, tryStart, tryEnd, filter, start, end) in handlers)
            Body.ExceptionHandlers.Add(new ExceptionHandler(kind)
            {
                CatchType = caught, TryStart = tryStart.Target, TryEnd = tryEnd.Target, FilterStart = filter?.Target, HandlerStart = start.Target,
                HandlerEnd = end.Target,
            });
        Body.OptimizeMacros();
        if (points.Count > 0)
            foreach (var p in points)
                method.DebugInformation.SequencePoints.Add(p);
    }
}
