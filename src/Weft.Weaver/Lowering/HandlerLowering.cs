// Moves the bodies of catch, finally and fault handlers out of the handlers, where a call in them can suspend: a handler cannot be
// entered again at its middle, the code behind it can.
//
//   .try { A; leave X }                  .try { A; leave X }
//   catch T { H }                        catch T { stloc e; G.IsExiting ? { H, plainly } : leave h }
//                                    h:  ldloc e; H                    // `throw;` becomes G.rethrow(e); at its end, CheckExit
//
//   .try { A; leave X; leave Y }         .try {
//                                          .try { A; e = null; to = 0; leave f; ...; to = 1; leave f }
//                                          catch * { e = the exception; leave f }    // none while the goroutine exits
//   finally { F; endfinally }            } fault { F, plainly; endfinally }        // only while it exits
//                                    f:  F
//                                        if (e != null) G.rethrow(e)
//                                        switch (to) { leave X, leave Y }
//
//   fault { F; endfinally }              as finally, without the `leave`s: f: F; G.rethrow(e)
//
// The code stays where it was, so regions around it need no care. Inner handlers first: what they could suspend at then lies in the outer.
//
// Semantics that this keeps, and where:
// - `rethrow` keeps the trace: rethrow(e) goes through ExceptionDispatchInfo.
// - a pending `leave` keeps its target, also through several finally bodies: the `leave` at the end of F is one that enters the next.
// - an exception out of F replaces the one in flight, which is what happens when F is left before its end.
// - Goroutine.Exit runs F as it did: in a handler, calls in it plain, whatever catch clauses lie further out. Hence the second copy.
//   An exit that something in A has stopped goes on at the `leave`, not in the middle of F.
// - so does a catch clause that an exception of such an F has stopped it in: hot calls would throw the exit anew in the middle of H.
//
// What it does not keep: an exception leaves A before the filters further out are asked, as `await` in a finally has it. So a finally
// whose calls may suspend only because nobody knows their target (a delegate, IDisposable.Dispose) is not given the catch clause: left
// in the usual way F can suspend, left by an exception it runs in the fault handler and is plain.
//
// Rejected: the compiled finally with a copy of F behind the try for the usual way alone (an exception is when a `using` or an
// unlock has to work); one handler that saves and throws something else to unwind (all frames below would have to catch it).

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;
using Weft.Weaver.Emit;

namespace Weft.Weaver.Lowering;

internal sealed class HandlerLowering(LoweredBody body, ModuleDefinition module, Abi abi, Func<Call, bool> suspends, Func<Call, bool> isCertain)
{
    readonly TypeSystem system = module.TypeSystem;
    readonly TypeReference exception = Known.Type(module, "System", "Exception");

    /// <summary>Why the body of a handler must stay where it is, or null.</summary>
    public static string? Obstacle(Flow flow, HandlerRange h)
    {
        if (h.IsFilter)
            return "it stands in a filter, which runs while the exception looks for its handler";
        if (h.Handler.HandlerType is ExceptionHandlerType.Finally or ExceptionHandlerType.Fault)
            return h.Region.Handlers.Count > 1 || h.Region.End != h.Start ? "it stands in a finally block that is not of the form which C# gives it" : null;
        for (var i = h.Start; i < h.End; i++)
            if (flow.Code[i].OpCode.Code is Code.Leave or Code.Leave_S && flow.IndexOf((Instruction)flow.Code[i].Operand) is var to
                && to > h.Region.Start && h.Region.Contains(to))
                return "it stands in a handler that goes back into its try";
        return null;
    }

    public void Run()
    {
        // A clause that is lowered is not met again: there is no suspension in it any more.
        while (Next() is var (clause, calls))
        {
            if (clause.HandlerType is ExceptionHandlerType.Catch or ExceptionHandlerType.Filter)
                LowerCatch(clause);
            else
                LowerFinally(clause, calls.Exists(c => isCertain(c)));
        }
    }

    // The innermost handler with a call in it that can suspend, and all such calls in it.
    (ExceptionHandler, List<Call>)? Next()
    {
        var suspending = body.Calls.Where(c => suspends(c)).Select(c => (Call: c, Index: body.IndexOf(c.Instruction))).ToList();
        if (suspending.Count == 0 || body.Clauses.Count == 0)
            return null;
        var ranges = new List<(ExceptionHandler Clause, int Start, int End, bool IsFilter)>();
        foreach (var c in body.Clauses)
        {
            ranges.Add((c, body.IndexOf(c.HandlerStart), body.IndexOf(c.HandlerEnd), false));
            if (c.FilterStart is not null)
                ranges.Add((c, body.IndexOf(c.FilterStart), body.IndexOf(c.HandlerStart), true));
        }
        foreach (var r in ranges.OrderBy(r => r.End - r.Start))
        {
            if (r.IsFilter || ranges.Exists(f => f.IsFilter && f.Start <= r.Start && r.End <= f.End))
                continue;
            var inside = suspending.Where(s => r.Start <= s.Index && s.Index < r.End
                && !ranges.Exists(x => x.Start <= s.Index && s.Index < x.End && x.End - x.Start < r.End - r.Start)).Select(s => s.Call).ToList();
            if (inside.Count > 0 && IsFree(r.Clause))
                return (r.Clause, inside);
        }
        return null;
    }

    // As Obstacle, on the code as it is now.
    bool IsFree(ExceptionHandler clause)
    {
        int tryStart = body.IndexOf(clause.TryStart), tryEnd = body.IndexOf(clause.TryEnd);
        if (clause.HandlerType is ExceptionHandlerType.Finally or ExceptionHandlerType.Fault)
            return clause.TryEnd == clause.HandlerStart && !body.Clauses.Exists(c => c != clause && c.TryStart == clause.TryStart && c.TryEnd == clause.TryEnd);
        return !Between(clause.HandlerStart, clause.HandlerEnd).Any(i => i.OpCode.Code is Code.Leave or Code.Leave_S
            && body.IndexOf((Instruction)i.Operand) is var to && to > tryStart && to < tryEnd);
    }

    List<Instruction> Between(Instruction from, Instruction to)
    {
        var first = body.IndexOf(from);
        return body.Code.GetRange(first, body.IndexOf(to) - first);
    }

    bool IsWithin(Instruction i, Instruction from, Instruction to) => body.IndexOf(i) is var at && body.IndexOf(from) <= at && at < body.IndexOf(to);

    void LowerCatch(ExceptionHandler clause)
    {
        Instruction start = clause.HandlerStart, end = clause.HandlerEnd;
        var plain = body.DuplicatePlainly(start, end); // while H is what it was
        var inside = Between(start, end);
        // What is caught as a type parameter is an object until the handler has unboxed it.
        var caught = body.Local(clause.HandlerType == ExceptionHandlerType.Catch && clause.CatchType is not GenericParameter ? clause.CatchType : system.Object);
        foreach (var i in inside)
        {
            if (i.OpCode.Code == Code.Rethrow && IsInnermostCatch(i, clause))
            {
                body.Change(i, OpCodes.Ldloc, caught);
                body.InsertAfter(i, body.New(OpCodes.Call, abi.Rethrow), body.New(OpCodes.Ldnull), body.New(OpCodes.Throw));
            }
            else if (i.OpCode.Code is Code.Leave or Code.Leave_S && !IsWithin((Instruction)i.Operand, start, end))
            {
                body.Mark(i, Marker.CheckExit);
            }
        }
        var first = body.New(OpCodes.Ldloc, caught);
        var stub = body.New(OpCodes.Stloc, caught);
        var exits = body.New(OpCodes.Ldloc, caught);
        body.InsertBefore(start, [stub, body.New(OpCodes.Ldc_I4_0, marker: Marker.IsExiting), body.New(OpCodes.Brtrue, exits), body.New(OpCodes.Leave, first, Marker.EnterHandler), exits, .. plain, first]);
        body.MoveEnds(start, stub);
        EndCopiesAt(first);
        clause.HandlerStart = stub;
        clause.HandlerEnd = first;
    }

    // Of a region at the very end of a copy.
    void EndCopiesAt(Instruction end)
    {
        foreach (var c in body.Clauses.Where(c => c.HandlerEnd is null))
            c.HandlerEnd = end;
    }

    bool IsInnermostCatch(Instruction i, ExceptionHandler clause)
    {
        var at = body.IndexOf(i);
        return body.Clauses.Where(c => c.HandlerType is ExceptionHandlerType.Catch or ExceptionHandlerType.Filter && body.IndexOf(c.HandlerStart) <= at && at < body.IndexOf(c.HandlerEnd))
            .MinBy(c => body.IndexOf(c.HandlerEnd) - body.IndexOf(c.HandlerStart)) == clause;
    }

    void LowerFinally(ExceptionHandler clause, bool isCertain)
    {
        Instruction start = clause.HandlerStart, end = clause.HandlerEnd;
        var isFinally = clause.HandlerType == ExceptionHandlerType.Finally;
        if (!isFinally && !isCertain)
            isCertain = true; // the body of a fault is never entered in another way
        var pending = body.Local(exception);
        var inner = body.Clauses.Where(c => IsWithin(c.TryStart, start, end)).ToHashSet();

        // The plain copy first, while F is what it was.
        var plain = body.DuplicatePlainly(start, end);

        // The end of F, and what comes after.
        var tail = new List<Instruction>();
        var ends = body.New(OpCodes.Nop);
        tail.Add(ends);
        foreach (var i in Between(start, end))
            if (i.OpCode.Code == Code.Endfinally && !inner.Any(c => c.HandlerType is ExceptionHandlerType.Finally or ExceptionHandlerType.Fault && IsWithin(i, c.HandlerStart, c.HandlerEnd)))
                body.Change(i, OpCodes.Br, ends);

        var (targets, to) = isFinally ? RedirectLeaves(clause, start, isCertain ? pending : null) : ([], null);
        var go = body.New(OpCodes.Nop);
        if (isCertain)
        {
            if (targets.Count > 0)
                tail.AddRange([body.New(OpCodes.Ldloc, pending), body.New(OpCodes.Brfalse, go)]);
            tail.AddRange([body.New(OpCodes.Ldloc, pending), body.New(OpCodes.Call, abi.Rethrow), body.New(OpCodes.Ldnull), body.New(OpCodes.Throw)]);
        }
        else if (targets.Count == 0)
        {
            tail.AddRange([body.New(OpCodes.Ldnull), body.New(OpCodes.Throw)]); // nobody comes here
        }
        if (targets.Count > 0)
        {
            tail.Add(go);
            var arms = targets.ConvertAll(t => body.New(OpCodes.Leave, t));
            if (to is not null)
                tail.AddRange([body.New(OpCodes.Ldloc, to), body.New(OpCodes.Switch, arms.ToArray())]);
            tail.AddRange(arms);
        }
        body.InsertBefore(end, [.. tail]);
        body.MoveEnds(end, ends, inner.Contains);

        // The handlers: [catch stub] [plain copy], then F.
        var fault = plain[0];
        body.InsertBefore(start, [.. plain]);
        var stub = fault;
        if (isCertain)
        {
            stub = body.New(OpCodes.Castclass, exception, Marker.Defers);
            body.InsertBefore(fault, stub, body.New(OpCodes.Stloc, pending), body.New(OpCodes.Leave, start, Marker.EnterHandler));
        }
        body.MoveEnds(start, stub);
        EndCopiesAt(start);
        var at = body.Clauses.IndexOf(clause);
        clause.HandlerType = ExceptionHandlerType.Fault;
        clause.TryEnd = fault;
        clause.HandlerStart = fault;
        clause.HandlerEnd = start;
        if (isCertain)
            body.Clauses.Insert(at, new ExceptionHandler(ExceptionHandlerType.Catch)
            {
                CatchType = system.Object, TryStart = clause.TryStart, TryEnd = stub, HandlerStart = stub, HandlerEnd = fault,
            });
    }

    // Every `leave` that runs F notes where it goes and goes to F. Returns the targets, and the variable that tells them apart if there are several.
    (List<Instruction> Targets, VariableDefinition? To) RedirectLeaves(ExceptionHandler clause, Instruction f, VariableDefinition? pending)
    {
        var leaves = Between(clause.TryStart, clause.TryEnd)
            .Where(i => i.OpCode.Code is Code.Leave or Code.Leave_S && !IsWithin((Instruction)i.Operand, clause.TryStart, clause.TryEnd)).ToList();
        var targets = leaves.Select(i => (Instruction)i.Operand).Distinct().ToList();
        var to = targets.Count > 1 ? body.Local(system.Int32) : null;
        foreach (var leave in leaves)
        {
            var number = targets.IndexOf((Instruction)leave.Operand);
            var code = new List<Instruction>();
            if (pending is not null)
                code.AddRange([body.New(OpCodes.Ldnull), body.New(OpCodes.Stloc, pending)]);
            if (to is not null)
                code.AddRange([body.New(OpCodes.Ldc_I4, number), body.New(OpCodes.Stloc, to)]);
            code.Add(body.New(OpCodes.Leave, f, Marker.CheckExit));
            body.Change(leave, OpCodes.Nop);
            body.Mark(leave, Marker.None);
            body.InsertAfter(leave, [.. code]);
        }
        return (targets, to);
    }
}
