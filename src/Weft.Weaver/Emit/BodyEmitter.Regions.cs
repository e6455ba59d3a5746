// The copy's protected regions and its scopes: where they begin and end, what handlers do first and last.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;
using Weft.Weaver.Lowering;

namespace Weft.Weaver.Emit;

internal abstract partial class BodyEmitter
{
    // Innermost first: an inner region's end and its cold blocks belong to the outer one.
    void Close(int i)
    {
        var ending = Flow.Regions.Where(r => r.End == i).Select(r => (Size: r.End - r.Start, Region: (Region?)r, Handler: default(HandlerRange)))
            .Concat(Flow.Handlers.Where(h => h.End == i).Select(h => (Size: h.End - h.Start, Region: (Region?)null, Handler: h)))
            .OrderBy(e => e.Size);
        foreach (var (_, region, handler) in ending)
        {
            if (region is not null)
            {
                isBehindCold |= coldInTry[region].Count > 0;
                Flush(coldInTry[region]);
                Il.Mark(tries[region].End);
            }
            else
            {
                Il.Mark(handlers[handler].End);
            }
        }
    }

    void Open(int i)
    {
        foreach (var h in Flow.Handlers.Where(h => h.Start == i))
        {
            if (h.Handler.HandlerType == ExceptionHandlerType.Catch && ExitFilters.CanBeExit(h.Handler.CatchType))
            {
                EmitFilter(h);
                continue;
            }
            Il.Mark(handlers[h].Start);
            if (h.Handler.HandlerType is ExceptionHandlerType.Finally or ExceptionHandlerType.Fault && Plan.HasSite.Contains(h.Region))
                SkipWhenParking();
            if (h.IsFilter)
                PassExit(h);
        }
        Il.Mark(LabelOf(i));
        foreach (var r in Flow.Regions.Where(r => r.Start == i).OrderByDescending(r => r.End - r.Start))
        {
            Il.Mark(tries[r].Start);
            EnterTry(r);
        }
    }

    // A typed clause becomes a filter of the same type.
    void EmitFilter(HandlerRange h)
    {
        var type = Renaming.Type(h.Handler.CatchType);
        Il.Hide();
        Il.Mark(filters[h.Handler] = new Label());
        var defers = Plan.MarkerOf(h.Start) == Marker.Defers;
        if (!defers)
            Il.Emit(OpCodes.Isinst, type);
        LoadG();
        Il.Emit(OpCodes.Call, defers ? Abi.Defers : Abi.Catches);
        Il.Emit(OpCodes.Endfilter);
        Il.Mark(handlers[h].Start);
        Il.Emit(OpCodes.Castclass, type);
    }

    // A filter has one `endfilter`, its last instruction.
    void PassExit(HandlerRange h)
    {
        var go = new Label();
        Il.Hide();
        Il.Emit(OpCodes.Dup);
        LoadG();
        Il.Emit(OpCodes.Call, Abi.Catches);
        Il.Emit(OpCodes.Brtrue, go);
        Il.Emit(OpCodes.Pop);
        Il.LoadInt(0);
        Il.Emit(OpCodes.Br, LabelOf(h.End - 1));
        Il.Mark(go);
    }

    /// <summary>Does control leave a catch handler here, and no finally body?</summary>
    bool EndsHandler(int i)
    {
        var around = Flow.Handlers.Where(h => h.Contains(i)).ToList();
        var target = Flow.IndexOf((Instruction)Flow.Code[i].Operand);
        return !around.Any(h => h.Handler.HandlerType is ExceptionHandlerType.Finally or ExceptionHandlerType.Fault)
            && around.Any(h => !h.IsFilter && !h.Contains(target));
    }

    // if (g.unwind == 1) endfinally
    void SkipWhenParking()
    {
        var go = new Label();
        Il.Hide();
        LoadG();
        Il.Emit(OpCodes.Ldfld, Abi.Unwind);
        Il.LoadInt(1);
        Il.Emit(OpCodes.Bne_Un, go);
        Il.Emit(OpCodes.Endfinally);
        Il.Mark(go);
    }

    void Protect()
    {
        foreach (var h in Flow.Body.ExceptionHandlers)
        {
            var body = Flow.Handlers.First(x => x.Handler == h && !x.IsFilter);
            var isFiltered = filters.TryGetValue(h, out var filter);
            filter ??= h.FilterStart is null ? null : handlers[Flow.Handlers.First(x => x.Handler == h && x.IsFilter)].Start;
            var (tryStart, tryEnd) = tries[body.Region];
            var (start, end) = handlers[body];
            Il.Protect(isFiltered ? ExceptionHandlerType.Filter : h.HandlerType, isFiltered || h.CatchType is null ? null : Renaming.Type(h.CatchType), tryStart, tryEnd, filter, start, end);
        }
    }

    /// <summary>The copy's local for an original one; null where it has none.</summary>
    protected abstract VariableDefinition? LocalOf(VariableDefinition original);

    // Names of locals, for debuggers, over the same stretches of code.
    void CopyScopes()
    {
        var info = Plan.Method.DebugInformation;
        if (info.Scope is not null && Il.Body.Instructions.Count > 0)
            Il.Method.DebugInformation.Scope = Copy(info.Scope, isRoot: true);

        ScopeDebugInformation Copy(ScopeDebugInformation scope, bool isRoot)
        {
            var (first, end) = isRoot ? (Il.Body.Instructions[0], null) : Stretch(scope);
            var copy = new ScopeDebugInformation(first, end) { Import = scope.Import };
            foreach (var v in scope.Variables)
                if (Flow.Body.Variables.FirstOrDefault(x => x.Index == v.Index) is { } local && LocalOf(local) is { } mine)
                    copy.Variables.Add(new VariableDebugInformation(mine, v.Name) { Attributes = v.Attributes });
            foreach (var c in scope.Constants)
                copy.Constants.Add(new ConstantDebugInformation(c.Name, Renaming.Type(c.ConstantType), c.Value));
            foreach (var s in scope.Scopes)
                copy.Scopes.Add(Copy(s, isRoot: false));
            return copy;
        }

        // Lowering has moved code, but what nests still does: from the first instruction of the scope to the last one.
        (Instruction? First, Instruction? End) Stretch(ScopeDebugInformation scope)
        {
            int first = -1, last = -1;
            for (var i = 0; i < Flow.Code.Length; i++)
                if (Flow.Code[i].Offset >= scope.Start.Offset && (scope.End.IsEndOfMethod || Flow.Code[i].Offset < scope.End.Offset) && !Plan.IsDuplicate(i))
                    (first, last) = (first < 0 ? i : first, i);
            if (first < 0)
                return (Il.Body.Instructions[0], Il.Body.Instructions[0]);
            return (LabelOf(first).Target, last + 1 < Flow.Code.Length ? LabelOf(last + 1).Target : null);
        }
    }
}
