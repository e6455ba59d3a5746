// Which variables will be read again, after each instruction.
//
// The usual backward flow, per instruction: live-in = uses | (live-out - kills) | what the handlers around may read.
// - Any instruction of a try may throw, so what a handler reads is live all through its try, stores included.
// - `leave` flows to its target and, through the handlers of the tries that it leaves, into their finally bodies.
// - `ldloca x` reads x: what happens through the address is not followed. That is sound for suspension, since an address
//   that itself is live at a site pins the site; once no address is live, only direct accesses of x remain.
// - `ldloca x; initobj` is a store to x, also with a `dup` between them (`new S().M()`), and so is `ldloca x; arguments; call .ctor`,
//   where C# builds a struct in place. Without the last, an interpolated string would make its handler, a ref struct, live from the start
//   of the method, and pin it all.
//   The store is where the constructor is called: the arguments may still read the old value (`v = new V(v.X + 1)`).
//
// The second analysis here is forward: where may a `fixed` local hold something? The local is often never read again, yet
// native code may rely on the pin until the local is cleared or the method ends, so liveness is the wrong question for it.

using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weft.Weaver.Analysis;

internal sealed class Liveness
{
    readonly Flow flow;
    readonly Variables variables;
    readonly StackTyper typer;
    readonly Bits[] liveIn;
    readonly bool[] forBuilding;
    readonly int[] builds;
    readonly Bits[]? pinnedAt;

    public Liveness(Flow flow, Variables variables, StackTyper typer)
    {
        this.flow = flow;
        this.variables = variables;
        this.typer = typer;
        forBuilding = new bool[flow.Code.Length];
        builds = new int[flow.Code.Length];
        Array.Fill(builds, -1);
        for (var i = 0; i < builds.Length; i++)
            if (variables.Of(flow.Code[i]) is (var v, Access.Address) && BuiltAt(i) is >= 0 and var at)
            {
                forBuilding[i] = true;
                builds[at] = v;
            }
        liveIn = new Bits[flow.Code.Length];
        for (var i = 0; i < liveIn.Length; i++)
            liveIn[i] = new Bits(variables.Count);
        Solve();
        if (variables.Types.Exists(t => t is PinnedType))
            pinnedAt = SolvePinned();
    }

    public Bits LiveIn(int i) => liveIn[i];

    /// <summary>What a suspension in the call at <paramref name="i"/> must keep: for the code behind the call and for the handlers around it.</summary>
    public Bits LiveAcross(int i)
    {
        var live = new Bits(variables.Count);
        foreach (var s in flow.Successors(i))
            live.Or(liveIn[s]);
        OrHandlers(live, i);
        return live;
    }

    /// <summary>A `fixed` local that may hold a pin at this instruction, or -1.</summary>
    public int PinnedLocal(int i) => pinnedAt is null ? -1 : pinnedAt[i].Members().DefaultIfEmpty(-1).First();

    void Solve()
    {
        var work = new Bits(variables.Count);
        for (var changed = true; changed;)
        {
            changed = false;
            for (var i = flow.Code.Length - 1; i >= 0; i--)
            {
                work.Clear();
                foreach (var s in flow.Successors(i))
                    work.Or(liveIn[s]);
                var (v, access) = variables.Of(flow.Code[i]);
                if (access == Access.Store)
                    work[v] = false;
                else if (access != Access.None && !forBuilding[i])
                    work[v] = true;
                if (builds[i] >= 0)
                    work[builds[i]] = false;
                OrHandlers(work, i);
                if (flow.Code[i].OpCode.Code == Code.Jmp)
                    for (var a = 0; a < variables.ArgumentCount; a++)
                        work[a] = true;
                changed |= liveIn[i].Or(work);
            }
        }
    }

    // The instruction that builds the whole variable whose address is loaded here, or -1. In the order of the code the first one
    // that reaches down to the address is it: arguments may branch, but they leave what is beneath them alone.
    int BuiltAt(int load)
    {
        if (typer.Before(load) is not { } before)
            return -1;
        if (load + 2 < flow.Code.Length && flow.Code[load + 1].OpCode.Code == Code.Dup && flow.Code[load + 2].OpCode.Code == Code.Initobj
            && typer.Before(load + 2) is [.., var copy] && copy.Origin == load + 1)
            return load + 2;
        var depth = before.Length + 1;
        for (var i = load + 1; i < flow.Code.Length; i++)
        {
            var instruction = flow.Code[i];
            if (typer.Before(i) is not { } stack || stack.Length < depth)
                return -1;
            var isAlone = stack[depth - 1].Origin == load + 1; // no other address may arrive here by another way
            if (instruction.OpCode.Code == Code.Initobj && stack.Length == depth)
                return isAlone ? i : -1;
            if (instruction.OpCode.Code == Code.Call && instruction.Operand is MethodReference { Name: ".ctor" } constructor
                && stack.Length - StackTyper.PopCount(constructor, isNew: false) == depth - 1)
                return isAlone && TypeMap.Same(constructor.DeclaringType, variables.Types[variables.Of(flow.Code[load]).Variable]) ? i : -1;
            if (stack.Length - StackTyper.Pops(instruction, stack.Length) < depth)
                return -1;
        }
        return -1;
    }

    void OrHandlers(Bits live, int i)
    {
        foreach (var h in flow.Handlers)
            if (h.Region.Contains(i))
                live.Or(liveIn[h.Start]);
    }

    Bits[] SolvePinned()
    {
        var at = new Bits[flow.Code.Length];
        for (var i = 0; i < at.Length; i++)
            at[i] = new Bits(variables.Count);
        for (var changed = true; changed;)
        {
            changed = false;
            for (var i = 0; i < at.Length; i++)
            {
                var after = at[i].Copy();
                var (v, access) = variables.Of(flow.Code[i]);
                if (access == Access.Store && variables.Types[v] is PinnedType)
                    after[v] = !IsNull(i - 1);
                foreach (var s in flow.Successors(i))
                    changed |= at[s].Or(after);
                foreach (var h in flow.Handlers)
                    if (h.Region.Contains(i))
                        changed |= at[h.Start].Or(after);
            }
        }
        return at;
    }

    // `ldnull`, or `ldc.i4.0; conv.u`
    bool IsNull(int i) => i >= 0 && (flow.Code[i].OpCode.Code == Code.Ldnull
        || (flow.Code[i].OpCode.Code == Code.Conv_U && i > 0 && flow.Code[i - 1].OpCode.Code == Code.Ldc_I4_0));
}
