// The shape of protected regions, and which transfers of control may cross their borders. ECMA-335 I.12.4.2.8, II.19, III.1.7.

using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Verification;

internal sealed class Regions
{
    readonly Flow flow;
    readonly Action<Fault, string, int> report;

    public Regions(Flow flow, Action<Fault, string, int> report)
    {
        this.flow = flow;
        this.report = report;
    }

    /// <summary>Ranges are not empty, nest or lie apart, and inner clauses come first.</summary>
    public void CheckShape()
    {
        for (var i = 0; i < flow.Regions.Count; i++)
        {
            var r = flow.Regions[i];
            if (r.Start >= r.End)
                report(Fault.Region, "an empty or backward try", r.Start);
            for (var k = i + 1; k < flow.Regions.Count; k++)
            {
                var s = flow.Regions[k];
                if (!Apart(r.Start, r.End, s.Start, s.End) && !Inside(r.Start, r.End, s.Start, s.End) && !Inside(s.Start, s.End, r.Start, r.End))
                    report(Fault.Region, "two tries overlap", s.Start);
                if (Inside(s.Start, s.End, r.Start, r.End))
                    report(Fault.Region, "an inner try comes after the outer one in the table", s.Start);
            }
        }
        foreach (var h in flow.Handlers)
        {
            if (h.Start >= h.End)
                report(Fault.Region, "an empty or backward handler", h.Start);
            if (!Apart(h.Start, h.End, h.Region.Start, h.Region.End))
                report(Fault.Region, "a handler lies in its own try", h.Start);
            foreach (var r in flow.Regions)
                if (!Apart(h.Start, h.End, r.Start, r.End) && !Inside(r.Start, r.End, h.Start, h.End) && !Inside(h.Start, h.End, r.Start, r.End))
                    report(Fault.Region, "a handler overlaps a try", h.Start);
            foreach (var o in flow.Handlers)
                if (!h.Equals(o) && !Apart(h.Start, h.End, o.Start, o.End) && !Inside(h.Start, h.End, o.Start, o.End) && !Inside(o.Start, o.End, h.Start, h.End))
                    report(Fault.Region, "two handlers overlap", h.Start);
            if (h.IsFilter && (h.End == 0 || flow.Code[Math.Min(h.End, flow.Code.Length) - 1].OpCode.Code != Code.Endfilter))
                report(Fault.Region, "a filter does not end in endfilter", h.Start);
        }
    }

    static bool Apart(int a, int aEnd, int b, int bEnd) => aEnd <= b || bEnd <= a;

    static bool Inside(int a, int aEnd, int b, int bEnd) => b <= a && aEnd <= bEnd;

    /// <summary>The innermost handler or filter around an instruction, counting only what is nearer than any try around it if asked.</summary>
    HandlerRange? Handler(int i)
    {
        HandlerRange? best = null;
        foreach (var h in flow.Handlers)
            if (h.Contains(i) && (best is not { } b || h.End - h.Start < b.End - b.Start))
                best = h;
        return best;
    }

    /// <summary>A branch, or falling through.</summary>
    public void CheckBranch(int from, int to)
    {
        foreach (var r in flow.Regions)
        {
            if (r.Contains(from) && !r.Contains(to))
                report(Fault.Region, "control leaves a try without 'leave'", from);
            if (!r.Contains(from) && r.Contains(to) && to != r.Start)
                report(Fault.Region, "control enters the middle of a try", from);
        }
        foreach (var h in flow.Handlers)
            if (h.Contains(from) != h.Contains(to))
                report(Fault.Region, h.Contains(from) ? "control falls or branches out of a handler" : "control falls or branches into a handler", from);
    }

    public void CheckLeave(int from, int to)
    {
        foreach (var h in flow.Handlers)
        {
            if (h.Contains(from) && !h.Contains(to) && (h.IsFilter || h.Handler.HandlerType is ExceptionHandlerType.Finally or ExceptionHandlerType.Fault))
                report(Fault.Region, $"'leave' leaves a {(h.IsFilter ? "filter" : h.Handler.HandlerType.ToString().ToLowerInvariant())}", from);
            if (!h.Contains(from) && h.Contains(to))
                report(Fault.Region, "'leave' enters a handler", from);
        }
        foreach (var r in flow.Regions)
            if (!r.Contains(from) && r.Contains(to) && to != r.Start && !flow.Handlers.Exists(h => h.Region == r && h.Contains(from) && !h.IsFilter && h.Handler.HandlerType is ExceptionHandlerType.Catch or ExceptionHandlerType.Filter))
                report(Fault.Region, "'leave' enters the middle of a try", from);
    }

    public void CheckRet(int at)
    {
        if (flow.InHandler(at) || flow.Regions.Exists(r => r.Contains(at)))
            report(Fault.Region, "'ret' in a protected region", at);
    }

    public void CheckEndfinally(int at)
    {
        if (Handler(at) is not { IsFilter: false, Handler.HandlerType: ExceptionHandlerType.Finally or ExceptionHandlerType.Fault } h || InInnerTry(at, h))
            report(Fault.Region, "'endfinally' outside of a finally", at);
    }

    public void CheckEndfilter(int at)
    {
        if (Handler(at) is not { IsFilter: true } h || h.End != at + 1)
            report(Fault.Region, "'endfilter' not at the end of a filter", at);
    }

    public void CheckRethrow(int at)
    {
        if (Handler(at) is not { IsFilter: false, Handler.HandlerType: ExceptionHandlerType.Catch or ExceptionHandlerType.Filter })
            report(Fault.Region, "'rethrow' outside of a catch", at);
    }

    bool InInnerTry(int at, HandlerRange h) => flow.Regions.Exists(r => r.Contains(at) && r.End - r.Start < h.End - h.Start);
}
