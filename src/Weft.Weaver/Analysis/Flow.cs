// Control flow of one body: instructions by index, successors, protected regions.
//
// Regions of IL nest properly and are contiguous, so a region is a pair of indices and "innermost" is "shortest that contains".
// Clauses with the same range share one Region: they are the several catches of one try.

using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weft.Weaver.Analysis;

/// <summary>One `try` with its handlers.</summary>
internal sealed class Region(int start, int end)
{
    /// <summary>First instruction of the try.</summary>
    public int Start { get; } = start;

    /// <summary>The instruction after the try.</summary>
    public int End { get; } = end;

    public List<ExceptionHandler> Handlers { get; } = [];

    /// <summary>Where the `leave`s go that run this region's finally; known after <see cref="Flow"/> is built.</summary>
    public List<int> LeaveTargets { get; } = [];

    public bool Contains(int i) => Start <= i && i < End;
}

/// <summary>One handler or filter body.</summary>
internal readonly record struct HandlerRange(Region Region, ExceptionHandler Handler, int Start, int End, bool IsFilter)
{
    public bool Contains(int i) => Start <= i && i < End;
}

internal sealed class Flow
{
    readonly Dictionary<Instruction, int> index = new(ReferenceEqualityComparer.Instance as IEqualityComparer<Instruction>);
    readonly int[][] successors;

    public Flow(MethodBody body)
    {
        Body = body;
        Code = [.. body.Instructions];
        for (var i = 0; i < Code.Length; i++)
            index[Code[i]] = i;

        foreach (var h in body.ExceptionHandlers)
        {
            int start = IndexOf(h.TryStart), end = IndexOf(h.TryEnd);
            var region = Regions.Find(r => r.Start == start && r.End == end);
            if (region is null)
                Regions.Add(region = new Region(start, end));
            region.Handlers.Add(h);
            if (h.FilterStart is not null)
                Handlers.Add(new HandlerRange(region, h, IndexOf(h.FilterStart), IndexOf(h.HandlerStart), IsFilter: true));
            Handlers.Add(new HandlerRange(region, h, IndexOf(h.HandlerStart), IndexOf(h.HandlerEnd), IsFilter: false));
        }

        for (var i = 0; i < Code.Length; i++)
            if (Code[i].OpCode.Code is Mono.Cecil.Cil.Code.Leave or Mono.Cecil.Cil.Code.Leave_S)
                foreach (var r in Regions)
                    if (r.Contains(i) && !r.Contains(TargetOf(i)) && !r.LeaveTargets.Contains(TargetOf(i)))
                        r.LeaveTargets.Add(TargetOf(i));

        successors = new int[Code.Length][];
        for (var i = 0; i < Code.Length; i++)
            successors[i] = FindSuccessors(i);
    }

    public MethodBody Body { get; }

    public Instruction[] Code { get; }

    public List<Region> Regions { get; } = [];

    public List<HandlerRange> Handlers { get; } = [];

    /// <summary>The index of an instruction; the length of the body for the position behind its end.</summary>
    public int IndexOf(Instruction? i) => i is null ? Code.Length : index[i];

    /// <summary>The index of an instruction; -1 for one of another body.</summary>
    public int TryIndexOf(Instruction i) => index.GetValueOrDefault(i, -1);

    public int[] Successors(int i) => successors[i];

    public bool InHandler(int i)
    {
        foreach (var h in Handlers)
            if (h.Contains(i))
                return true;
        return false;
    }

    /// <summary>The tries around an instruction, innermost first.</summary>
    public IEnumerable<Region> TriesAround(int i) => Regions.Where(r => r.Contains(i)).OrderBy(r => r.End - r.Start);

    int TargetOf(int i) => IndexOf((Instruction)Code[i].Operand);

    int[] FindSuccessors(int i)
    {
        var next = i + 1 < Code.Length ? i + 1 : -1;
        switch (Code[i].OpCode.FlowControl)
        {
            case FlowControl.Branch:
                return [TargetOf(i)];
            case FlowControl.Cond_Branch when Code[i].Operand is Instruction[] table:
                return [.. table.Select(IndexOf), next];
            case FlowControl.Cond_Branch:
                return [TargetOf(i), next];
            case FlowControl.Throw:
                return [];
            case FlowControl.Return:
                return Code[i].OpCode.Code switch
                {
                    Mono.Cecil.Cil.Code.Endfinally => EndOfFinally(i),
                    Mono.Cecil.Cil.Code.Endfilter => EndOfFilter(i),
                    _ => [],
                };
            default:
                return next < 0 ? [] : [next];
        }
    }

    // Only an exception enters a fault block.
    int[] EndOfFinally(int i)
        => Handlers.Where(h => h.Contains(i)).OrderBy(h => h.End - h.Start).Take(1).Where(h => h.Handler.HandlerType == ExceptionHandlerType.Finally)
            .SelectMany(h => h.Region.LeaveTargets).ToArray();

    int[] EndOfFilter(int i)
        => Handlers.Where(h => h.IsFilter && h.Contains(i)).Select(h => IndexOf(h.Handler.HandlerStart)).Take(1).ToArray();
}
