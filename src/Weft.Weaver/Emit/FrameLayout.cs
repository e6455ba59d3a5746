// What goes into the fields of a frame.
//
//   variable   one field each, if it is live at any site
//   beneath    the values under a site's arguments: any field of the same type that the site has no other use for;
//              none for a managed pointer, which is made again (Recipe), nor for null, which has no type
//   kept       what recipes need
//
// So a frame is as large as its largest site, more or less, and dense: nothing is stored that no site needs. One frame serves
// all sites of its activation, which makes the second and later suspensions free of allocation.
//
// A site costs some forty bytes of code for each variable that it saves, so the code of n sites with n variables live grows with n * n. Where
// the sum of these is beyond a limit, the variables *stay in the frame*: the twin makes it first, both bodies read and write its fields, and
// a site has nothing to save but what lies beneath its arguments. Then size is linear, for one allocation a call and for references that live
// as long as their activation, as in Debug code. A variable whose address the method turns into a pointer is saved at sites all the same, for
// a frame may be moved.
// Rejected: one Save for groups of sites with more slots than each needs (the loads and the restoring, two thirds of the code, remain).

using Mono.Cecil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Emit;

/// <summary>A call in a hot body at which the goroutine may suspend.</summary>
internal sealed class Site(int number, int index, CallTarget target, StackType[] beneath, Recipe?[] recipes, (int Variable, Recipe Recipe)[] references,
    Recipe?[] arguments, int[] live, Region? region)
{
    /// <summary>Number of the site; 0 is the method's entry.</summary>
    public int Number { get; } = number;

    /// <summary>The call's index in the original code.</summary>
    public int Index { get; } = index;

    public CallTarget Target { get; } = target;

    /// <summary>What lies under the arguments, bottom first.</summary>
    public StackType[] Beneath { get; } = beneath;

    /// <summary>For each value beneath that is a managed pointer, how to make it again.</summary>
    public Recipe?[] Recipes { get; } = recipes;

    /// <summary>Variables that are references and used after the call, and how to make them again.</summary>
    public (int Variable, Recipe Recipe)[] References { get; } = references;

    /// <summary>For each argument, the last one first, where it is a reference: how the callee can be given it again.</summary>
    public Recipe?[] Arguments { get; } = arguments;

    /// <summary>Variables that are read after the call, or that a recipe needs.</summary>
    public int[] Live { get; } = live;

    /// <summary>The innermost try around the call.</summary>
    public Region? Region { get; } = region;

    /// <summary>The `pc` of a frame that is suspended here.</summary>
    public int Pc => Number << 1 | (Region is null ? 0 : 1);
}

internal sealed class FrameLayout
{
    readonly List<(TypeReference Type, int Variable)> slots = [];
    readonly Dictionary<int, int> slotOfVariable = [];
    readonly Dictionary<Site, int[]> beneath = [];
    readonly HashSet<int> inFrame = [];

    /// <param name="plan">The method.</param>
    /// <param name="system">The module's.</param>
    /// <param name="limit">How many values all sites together may save before variables stay in the frame.</param>
    public FrameLayout(HotMethod plan, TypeSystem system, int limit)
    {
        IEnumerable<Site> all = plan.Entry is null ? plan.Sites.Values : plan.Sites.Values.Prepend(plan.Entry);
        foreach (var v in all.SelectMany(s => s.Live).Distinct().Order())
        {
            slotOfVariable[v] = slots.Count;
            slots.Add((TypeMap.Strip(plan.TypeOf(v)), v));
        }
        foreach (var s in all)
        {
            var taken = s.Live.Select(v => slotOfVariable[v]).ToHashSet();
            beneath[s] = [.. s.Beneath.Select((t, i) => s.Recipes[i] is null && t.Type is not null ? Take(t.Storage(system), taken) : -1)];
        }
        if (plan.Sites.Values.Sum(s => s.Live.Length) > limit)
        {
            inFrame.UnionWith(slotOfVariable.Keys);
            if (plan.Analysis.MakesPointers)
                inFrame.ExceptWith(plan.Analysis.AddressTaken());
        }
    }

    int Take(TypeReference type, HashSet<int> taken)
    {
        var free = Enumerable.Range(0, slots.Count).FirstOrDefault(i => !taken.Contains(i) && TypeMap.SameStorage(slots[i].Type, type), -1);
        if (free < 0)
        {
            free = slots.Count;
            slots.Add((type, -1));
        }
        taken.Add(free);
        return free;
    }

    /// <summary>The type of each field, and the variable that it is for, or -1.</summary>
    public IReadOnlyList<(TypeReference Type, int Variable)> Slots => slots;

    public int SlotOf(int variable) => slotOfVariable[variable];

    /// <summary>Does the variable live in its field all the time?</summary>
    public bool StaysInFrame(int variable) => inFrame.Contains(variable);

    /// <summary>Is there such a variable? Then the twin begins by making the frame.</summary>
    public bool IsMadeFirst => inFrame.Count > 0;

    /// <summary>The variables that the site saves and restores.</summary>
    public IEnumerable<int> SavedAt(Site s) => s.Live.Where(v => !StaysInFrame(v));

    /// <summary>The fields of the values under the arguments, bottom first; -1 for what has none.</summary>
    public int[] BeneathOf(Site s) => beneath[s];

    /// <summary>All fields that the site fills, in the order in which Save takes them; -1 where it takes a pointer or a null that it forgets.</summary>
    public int[] AllOf(Site s) => [.. beneath[s], .. SavedAt(s).Select(v => slotOfVariable[v])];
}
