// The body that is woven, where it is not the compiled one as it stands: a copy in which code that could not suspend has been written
// another way. Analyses and emitters see this body only; the plain method keeps the compiled one.
//
// Instructions of the copy keep the offsets of the original, by which they find their source lines; new ones have none. Protected
// regions end at an instruction, never behind the last one, since a sentinel ends the code until the body is finished.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Lowering;

/// <summary>What an instruction of a lowered body asks of the emitters beyond itself.</summary>
internal enum Marker
{
    None,

    /// <summary>First the check whether the goroutine exits: this ends the body of a handler, or enters that of a finally.</summary>
    CheckExit,

    /// <summary>A `leave` that begins the body of a handler: no such check.</summary>
    EnterHandler,

    /// <summary>The handler that begins here takes every exception, but none while the goroutine exits.</summary>
    Defers,

    /// <summary>Loads a zero for analyses; in truth, whether the goroutine exits.</summary>
    IsExiting,
}

internal sealed class LoweredBody
{
    const int NoOffset = -1;

    readonly MethodDefinition method;
    readonly Instruction end = Instruction.Create(OpCodes.Nop);
    readonly Dictionary<Instruction, Call> calls = new(ReferenceEqualityComparer.Instance as IEqualityComparer<Instruction>);
    readonly Dictionary<Instruction, Marker> markers = new(ReferenceEqualityComparer.Instance as IEqualityComparer<Instruction>);
    readonly HashSet<Instruction> duplicates = new(ReferenceEqualityComparer.Instance as IEqualityComparer<Instruction>);

    public LoweredBody(MethodDefinition method, IEnumerable<Call> callsInOriginal)
    {
        this.method = method;
        var original = method.Body;
        Body = new MethodBody(method) { InitLocals = original.InitLocals, MaxStackSize = original.MaxStackSize };
        foreach (var v in original.Variables)
            Body.Variables.Add(new VariableDefinition(v.VariableType));

        end.Offset = NoOffset;
        var copies = Duplicate(original.Instructions, i => i);
        Code = [.. original.Instructions.Select(i => copies[i]), end];
        foreach (var h in original.ExceptionHandlers)
            Clauses.Add(new ExceptionHandler(h.HandlerType)
            {
                CatchType = h.CatchType, TryStart = At(h.TryStart), TryEnd = At(h.TryEnd), FilterStart = h.FilterStart is null ? null : At(h.FilterStart),
                HandlerStart = At(h.HandlerStart), HandlerEnd = At(h.HandlerEnd),
            });
        foreach (var c in callsInOriginal)
            calls[copies[c.Instruction]] = c with { Instruction = copies[c.Instruction] };

        Instruction At(Instruction? i) => i is null ? end : copies[i];
    }

    public MethodBody Body { get; }

    public List<Instruction> Code { get; }

    public List<ExceptionHandler> Clauses { get; } = [];

    /// <summary>The calls in the order of the code.</summary>
    public IReadOnlyList<Call> Calls => [.. Code.Where(calls.ContainsKey).Select(i => calls[i])];

    public Marker MarkerOf(Instruction i) => markers.GetValueOrDefault(i);

    /// <summary>One of two copies of the same code, and the one that debuggers need not show locals in.</summary>
    public bool IsDuplicate(Instruction i) => duplicates.Contains(i);

    public int IndexOf(Instruction i) => Code.FindIndex(x => ReferenceEquals(x, i));

    public Call? CallAt(Instruction i) => calls.GetValueOrDefault(i);

    public VariableDefinition Local(TypeReference type)
    {
        var v = new VariableDefinition(type);
        Body.Variables.Add(v);
        return v;
    }

    /// <summary>A new instruction, not yet anywhere.</summary>
    public Instruction New(OpCode op, object? operand = null, Marker marker = Marker.None)
    {
        var i = Instruction.Create(OpCodes.Nop);
        i.OpCode = op;
        i.Operand = operand;
        i.Offset = NoOffset;
        if (marker != Marker.None)
            markers[i] = marker;
        return i;
    }

    /// <summary>Makes another instruction of one that others may refer to.</summary>
    public void Change(Instruction i, OpCode op, object? operand = null)
    {
        i.OpCode = op;
        i.Operand = operand;
    }

    public void Mark(Instruction i, Marker marker) => markers[i] = marker;

    public void InsertBefore(Instruction place, params Instruction[] code) => Code.InsertRange(IndexOf(place), code);

    public void InsertAfter(Instruction place, params Instruction[] code) => Code.InsertRange(IndexOf(place) + 1, code);

    /// <summary>What ended before <paramref name="old"/> ends before <paramref name="now"/>; only the clauses that <paramref name="only"/> picks.</summary>
    public void MoveEnds(Instruction old, Instruction now, Func<ExceptionHandler, bool>? only = null)
    {
        foreach (var c in Clauses)
        {
            if (only is not null && !only(c))
                continue;
            if (c.TryEnd == old)
                c.TryEnd = now;
            if (c.HandlerEnd == old)
                c.HandlerEnd = now;
        }
    }

    /// <summary>
    /// A second copy of a stretch of code, in which nothing suspends: what could is called plainly. The regions inside are copied with it.
    /// </summary>
    public List<Instruction> DuplicatePlainly(Instruction from, Instruction to)
    {
        int first = IndexOf(from), last = IndexOf(to);
        var stretch = Code.GetRange(first, last - first);
        var copies = Duplicate(stretch, i => i);
        foreach (var i in stretch)
        {
            duplicates.Add(copies[i]);
            if (calls.TryGetValue(i, out var call) && call.Target.IsHarmless)
                calls[copies[i]] = call with { Instruction = copies[i] };
            // The exit that runs the copy is on its way, and not to be met by a handler or a try within it.
            if (markers.TryGetValue(i, out var marker) && marker != Marker.CheckExit)
                markers[copies[i]] = marker;
        }
        foreach (var c in Clauses.Where(c => copies.ContainsKey(c.TryStart)).ToList())
            Clauses.Insert(Clauses.IndexOf(c), new ExceptionHandler(c.HandlerType)
            {
                CatchType = c.CatchType, TryStart = copies[c.TryStart], TryEnd = copies[c.TryEnd], FilterStart = c.FilterStart is null ? null : copies[c.FilterStart],
                HandlerStart = copies[c.HandlerStart], HandlerEnd = copies.GetValueOrDefault(c.HandlerEnd),
            });
        return [.. stretch.Select(i => copies[i])];
    }

    Dictionary<Instruction, Instruction> Duplicate(IEnumerable<Instruction> code, Func<Instruction, Instruction> outside)
    {
        var copies = new Dictionary<Instruction, Instruction>(ReferenceEqualityComparer.Instance as IEqualityComparer<Instruction>);
        foreach (var i in code)
            copies[i] = New(i.OpCode);
        foreach (var (i, copy) in copies)
        {
            copy.Offset = i.Offset;
            copy.Operand = i.Operand switch
            {
                Instruction to => copies.TryGetValue(to, out var c) ? c : outside(to),
                Instruction[] table => Array.ConvertAll(table, t => copies.TryGetValue(t, out var c) ? c : outside(t)),
                VariableDefinition v => Body.Variables[v.Index],
                var other => other,
            };
        }
        return copies;
    }

    /// <summary>Writes the code into <see cref="Body"/>.</summary>
    public void Finish()
    {
        var isTarget = Code.Exists(i => i.Operand == end || (i.Operand is Instruction[] table && table.Contains(end)));
        foreach (var i in Code)
            if (i != end || isTarget)
                Body.Instructions.Add(i);
        foreach (var c in Clauses)
        {
            if (!isTarget && c.TryEnd == end)
                c.TryEnd = null;
            if (!isTarget && c.HandlerEnd == end)
                c.HandlerEnd = null;
            Body.ExceptionHandlers.Add(c);
        }
    }

    public MethodDefinition Method => method;
}
