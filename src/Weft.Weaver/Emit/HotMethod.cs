using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;
using Weft.Weaver.Lowering;

namespace Weft.Weaver.Emit;

/// <summary>The plan of one hot body, from which its twin, its frame and its Resume are written.</summary>
internal sealed class HotMethod
{
    readonly LoweredBody? lowered;

    /// <param name="analysis">Of the lowered body, or of the compiled one if nothing was lowered.</param>
    /// <param name="lowered">What was lowered.</param>
    /// <param name="system">The module's.</param>
    /// <param name="suspends">Can the call suspend?</param>
    /// <param name="calls">The calls in that body.</param>
    /// <param name="limit">See <see cref="FrameLayout"/>.</param>
    public HotMethod(MethodAnalysis analysis, LoweredBody? lowered, TypeSystem system, Func<Call, bool> suspends, IReadOnlyList<Call> calls, int limit)
    {
        Analysis = analysis;
        this.lowered = lowered;
        var entry = analysis.LiveAtEntry().ToArray();
        var references = entry.Where(analysis.IsStackBound).Select(v => (v, Recipe: analysis.Pointers.ArgumentOf(v))).ToArray();
        if (Array.TrueForAll(references, r => r.Recipe is not null))
            Entry = new Site(0, -1, null!, [], [], [.. references.Select(r => (r.v, r.Recipe!))], [], [.. entry.Where(v => !analysis.IsStackBound(v))], null);

        foreach (var call in calls)
        {
            var i = analysis.Flow.IndexOf(call.Instruction);
            if (!analysis.IsReachable(i))
                continue;
            if (call.Target.IsHarmless)
            {
                if (!IsConstrained(i))
                    Harmless[i] = call.Target;
            }
            else if (suspends(call))
            {
                if (analysis.PinOf(call) is { } pin)
                    Pinned.Add((call, pin));
                else
                    Sites.Add(i, NewSite(i, call.Target, system));
            }
        }
        Layout = new FrameLayout(this, system, limit);
        // What stands before a check that is further down runs twice, and relies on locals being lost in between.
        if (Entry is not null)
            CheckAt = Layout.IsMadeFirst || !IsRecursive ? 0 : ShrinkWrapping.Of(analysis, i => Sites.ContainsKey(i) || Harmless.ContainsKey(i));
        HasSite = [.. Sites.Values.SelectMany(s => analysis.Flow.TriesAround(s.Index))];
    }

    public MethodAnalysis Analysis { get; }

    public MethodDefinition Method => Analysis.Method;

    /// <summary>What lowering asks for at an instruction.</summary>
    public Marker MarkerOf(int i) => lowered?.MarkerOf(Analysis.Flow.Code[i]) ?? Marker.None;

    /// <summary>Does another copy of the instruction show the locals?</summary>
    public bool IsDuplicate(int i) => lowered is not null && lowered.IsDuplicate(Analysis.Flow.Code[i]);

    /// <summary>The prologue as a site; null where an argument cannot be brought back, so that the prologue has no check.</summary>
    public Site? Entry { get; }

    /// <summary>The instruction in front of which the prologue's check stands; null where it has none.</summary>
    public int? CheckAt { get; }

    /// <summary>By index of the call, in the order of the code: the sites of a try are numbered without gaps.</summary>
    public SortedDictionary<int, Site> Sites { get; } = [];

    /// <summary>Calls that get the G and need no check.</summary>
    public Dictionary<int, CallTarget> Harmless { get; } = [];

    public List<(Call Call, Pin Pin)> Pinned { get; } = [];

    public FrameLayout Layout { get; }

    /// <summary>Tries with a site in them.</summary>
    public HashSet<Region> HasSite { get; }

    /// <summary>Types of the locals that recipes need beyond the original ones; numbered from <see cref="Variables.Count"/> on.</summary>
    public List<TypeReference> Extra { get; } = [];

    /// <summary>By index of the instruction that makes a pointer: the extra locals that keep what it takes off the stack.</summary>
    public Dictionary<int, int[]> Kept { get; } = [];

    /// <summary>The extra locals that a step of a recipe needs.</summary>
    public int[] KeptAt(Recipe step) => Kept.GetValueOrDefault(step.At) ?? [];

    public TypeReference TypeOf(int variable)
        => variable < Analysis.Variables.Count ? Analysis.Variables.Types[variable] : Extra[variable - Analysis.Variables.Count];

    bool IsRecursive => Sites.Values.Any(s => s.Target.Definition == Method);

    Site NewSite(int i, CallTarget target, TypeSystem system)
    {
        var beneath = Analysis.Beneath(i);
        var recipes = Array.ConvertAll(beneath, t => Analysis.Pointers.Of(t));
        var arguments = target.AsksForReferences ? Array.ConvertAll(Analysis.Arguments(i), t => Analysis.Pointers.Of(t)) : [];
        Array.Reverse(arguments);
        if (target.Hidden > 0)
            target = target with { IsReceiverKnown = arguments[^1] is not null };
        var live = Analysis.Liveness.LiveAcross(i);
        var references = live.Members().Where(Analysis.IsStackBound).Where(v => Analysis.Variables.Types[v] is not PinnedType)
            .Select(v => (v, Analysis.Pointers.OfVariable(v, i)!)).ToArray();
        foreach (var v in live.Members().Where(Analysis.IsStackBound).ToList())
            live[v] = false;
        var kept = new List<int>();
        foreach (var step in recipes.Concat(arguments).Concat(references.Select(r => r.Item2)).OfType<Recipe>().SelectMany(r => r.Steps()))
        {
            if (step.Kind is RecipeKind.Variable or RecipeKind.Receiver)
                live[step.Number] = true;
            else if (step.Operands.Length > 0)
                kept.AddRange(KeptFor(step, system));
        }
        return new Site(Sites.Count + 1, i, target, beneath, recipes, references, arguments, [.. live.Members(), .. kept.Distinct()], Analysis.Flow.TriesAround(i).FirstOrDefault());
    }

    int[] KeptFor(Recipe step, TypeSystem system)
    {
        if (!Kept.TryGetValue(step.At, out var locals))
        {
            var first = Analysis.Variables.Count + Extra.Count;
            Extra.AddRange(step.Operands.Select(t => t.Storage(system)));
            Kept[step.At] = locals = [.. Enumerable.Range(first, step.Operands.Length)];
        }
        return locals;
    }

    /// <summary>A `constrained.` prefix of a call that is made in another way, or a `readonly.` that comes when operands have been kept.</summary>
    public bool IsDropped(int i)
        => Analysis.Flow.Code[i].OpCode.Code == Code.Constrained ? Sites.ContainsKey(i + 1) : Analysis.Flow.Code[i].OpCode.Code == Code.Readonly && Kept.ContainsKey(i + 1);

    bool IsConstrained(int i) => i > 0 && Analysis.Flow.Code[i - 1].OpCode.Code == Code.Constrained;
}
