// Interpolated strings with a suspension point in a hole.
//
//   ldloca h; ...; call DefaultInterpolatedStringHandler::.ctor         StringHandler::.ctor            // inside a try: newobj, stloc
//   ldloca h; <the hole suspends>; call ...::AppendFormatted<T>(T)      StringHandler::AppendFormatted<T>(T)
//   ldloca h; call ...::ToStringAndClear()                              StringHandler::ToStringAndClear()
//
// The string gets a local of the other type, and all that is called on it another owner (src/Weft/Runtime/StringHandler.cs). That is possible
// where every access of the local is such a call, which is all that C# does with it but when the author passes a handler on.
//
// The compiler uses one local for several strings, one after the other; each string's stretch of code begins where its handler is built.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;
using Weft.Weaver.Emit;

namespace Weft.Weaver.Lowering;

internal sealed class InterpolatedStrings
{
    const string Handler = "System.Runtime.CompilerServices.DefaultInterpolatedStringHandler";

    /// <summary>One interpolated string: its handler's local, and where the code looks at it.</summary>
    sealed class Text(int variable, int start)
    {
        public readonly int Variable = variable;
        public readonly int Start = start;
        public readonly List<int> Accesses = [];
        public readonly List<int> Calls = [];
        public bool IsClosed = true;
    }

    // By local, in the order of the code.
    readonly Dictionary<int, List<Text>> texts = [];

    public InterpolatedStrings(Flow flow, Variables variables, StackTyper typer)
    {
        for (var v = variables.ArgumentCount; v < variables.Count; v++)
            if (variables.Types[v].FullName == Handler)
                texts[v] = [];
        if (texts.Count == 0)
            return;
        var calls = new Dictionary<int, int>();
        for (var i = 0; i < flow.Code.Length; i++)
            if (flow.Code[i].OpCode.Code == Code.Call && flow.Code[i].Operand is MethodReference m && typer.Before(i) is { } stack && ReceiverOf(m, stack) is { Origin: > 0 } receiver
                && !calls.TryAdd(receiver.Origin - 1, i))
                calls[receiver.Origin - 1] = -1; // one address, several calls: not as C# does it
        for (var i = 0; i < flow.Code.Length; i++)
        {
            if (variables.Of(flow.Code[i]) is not (var v, not Access.None and var access) || !texts.TryGetValue(v, out var list) || typer.Before(i) is null)
                continue;
            var call = access == Access.Address ? calls.GetValueOrDefault(i, -1) : access == Access.Store && IsNew(flow.Code[i - 1]) ? i - 1 : -1;
            if (list.Count == 0 || (call >= 0 && ((MethodReference)flow.Code[call].Operand).Name == ".ctor"))
                list.Add(new Text(v, i));
            var text = list[^1];
            text.Accesses.Add(i);
            text.Calls.Add(call);
            text.IsClosed &= call >= 0;
        }
    }

    Text? At(int variable, int at)
        => texts.TryGetValue(variable, out var list) && list.FindLast(t => t.Start <= at) is { IsClosed: true } text ? text : null;

    /// <summary>Can a frame hold what the local is at an instruction, once it is lowered?</summary>
    public bool CanLower(int variable, int at) => At(variable, at) is not null;

    /// <summary>Lowers the strings that are being made at the instructions which <paramref name="isWanted"/> picks; the code of the body is that of the analysed one still.</summary>
    public void Lower(LoweredBody body, Func<int, int, bool> isWanted, IReadOnlyList<int> sites, Abi abi)
    {
        foreach (var text in Wanted(isWanted, sites))
        {
            var local = body.Local(abi.StringHandler);
            foreach (var i in text.Accesses)
                body.Change(body.Code[i], body.Code[i].OpCode.Code is Code.Ldloca or Code.Ldloca_S ? OpCodes.Ldloca : OpCodes.Stloc, local);
            foreach (var i in text.Calls)
                body.Code[i].Operand = On((MethodReference)body.Code[i].Operand, abi);
        }
    }

    public bool IsWanted(Func<int, int, bool> isWanted, IReadOnlyList<int> sites) => Wanted(isWanted, sites).Any();

    IEnumerable<Text> Wanted(Func<int, int, bool> isWanted, IReadOnlyList<int> sites)
        => texts.Keys.SelectMany(v => sites.Where(i => isWanted(v, i)).Select(i => At(v, i)).OfType<Text>().Distinct());

    static bool IsNew(Instruction i)
        => i.OpCode.Code == Code.Newobj && i.Operand is MethodReference { DeclaringType.FullName: Handler, Parameters.Count: 2 or 3 };

    static StackType? ReceiverOf(MethodReference m, StackType[] stack)
    {
        var open = m.GetElementMethod();
        if (m.DeclaringType.FullName == Handler)
            return open is { Name: "ToStringAndClear" or "AppendLiteral" or "AppendFormatted" or "ToString" } or { Name: ".ctor", Parameters.Count: 2 or 3 }
                ? stack[^StackTyper.PopCount(open, isNew: false)] : null;
        return IsCreate(m) ? stack[^1] : null;
    }

    static bool IsCreate(MethodReference m)
        => m is { Name: "Create", DeclaringType.FullName: "System.String", Parameters.Count: 2 } && m.Parameters[1].ParameterType is ByReferenceType { ElementType.FullName: Handler };

    static MethodReference On(MethodReference m, Abi abi)
    {
        if (IsCreate(m))
            return abi.CreateString;
        var open = Renaming.MethodOn(m, abi.StringHandler, m.Name);
        return m is GenericInstanceMethod g ? Refs.Instance(open, g.GenericArguments) : open;
    }
}
