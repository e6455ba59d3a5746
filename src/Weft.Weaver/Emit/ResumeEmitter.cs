// Resume: the body again, entered where it was left.
//
//   void Resume(G g)
//   {
//             state = this.pc >> 1
//             switch (state) { entry, r_1, ..., T, ... }     // T: the outermost try around the site
//   entry:    a = this.a; b = this.b; ...                    // arguments are locals here
//             ...
//   T: .try {
//             switch (state - first) { r_k, ..., T', ... }   // T': the next try inwards; nothing matches on the usual way in
//             ...
//             call twin; ldarg g; ldfld unwind; brtrue cold_k
//   after_k:  ...
//   r_k:      v = this.v; this.v = null; ...                 // empty stack
//             state = 0                                      // so that the try can be entered again as usual
//             g.CheckThrow()                                 // inside the try: its handlers see the callee's exception
//             <values beneath>, g.TakeResult<R>()            // stack: beneath..., R
//             br after_k
//   }
//   ret:      g.SetResult<R>(value); return
//
// A try may be entered only at its first instruction and with nothing on the stack, hence the dispatch at each head.
// Sites of a try are numbered without gaps, hence the subtraction. 0 is the entry's number and in no try's range.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Emit;

internal sealed class ResumeEmitter : BodyEmitter
{
    readonly FrameEmitter frame;
    readonly TypeFacts facts;
    readonly MethodDefinition resume;
    readonly VariableDefinition?[] locals;
    readonly Dictionary<Site, Label> resumeLabels = [];
    readonly Label epilogue = new();
    VariableDefinition? state;
    VariableDefinition? result;
    bool needsEpilogue;

    public ResumeEmitter(HotMethod plan, FrameEmitter frame, HotCalls calls, Abi abi, TypeFacts facts)
        : base(plan, frame.Resume, frame.Renaming, calls, abi)
    {
        this.frame = frame;
        this.facts = facts;
        resume = frame.Resume;
        resume.Body.InitLocals = true;
        locals = new VariableDefinition?[Variables.Count + plan.Extra.Count];
        for (var v = 0; v < locals.Length; v++)
            if (!plan.Layout.StaysInFrame(v))
                locals[v] = Il.Local(Renaming.Type(Variables.IsArgument(v) ? TypeMap.Strip(plan.TypeOf(v)) : plan.TypeOf(v)));
    }

    protected override void LoadG() => Il.Emit(OpCodes.Ldarg, resume.Parameters[0]);

    protected override void LoadOwn(int v) => Il.Emit(OpCodes.Ldloc, locals[v]!);

    protected override void StoreOwn(int v) => Il.Emit(OpCodes.Stloc, locals[v]!);

    protected override void LoadAddressOfOwn(int v) => Il.Emit(OpCodes.Ldloca, locals[v]!);

    protected override FieldReference FieldOf(int slot) => frame.Field(slot);

    protected override VariableDefinition? LocalOf(VariableDefinition original) => locals[Variables.ArgumentCount + original.Index];

    void This() => Il.Emit(OpCodes.Ldarg, resume.Body.ThisParameter);

    Label LabelOf(Site s)
    {
        if (!resumeLabels.TryGetValue(s, out var l))
            resumeLabels[s] = l = new Label();
        return l;
    }

    protected override void Prologue()
    {
        if (Plan.Sites.Count > 0)
        {
            This();
            Il.Emit(OpCodes.Ldfld, Abi.FramePc);
            Il.LoadInt(1);
            Il.Emit(OpCodes.Shr);
            if (Plan.HasSite.Count > 0)
            {
                state = Il.Local(facts.System.Int32);
                Il.Emit(OpCodes.Stloc, state);
                Il.Emit(OpCodes.Ldloc, state);
            }
            var entry = new Label();
            Il.Emit(OpCodes.Switch, Plan.Sites.Values.Select(s => EntryTo(s, within: null)).Prepend(entry).ToArray());
            Il.Mark(entry);
        }
        if (Plan.Entry is not null)
            Restore(Plan.Entry);
    }

    // The next step on the way from a region to a site: the site itself, or the outermost try that is still to be entered.
    Label EntryTo(Site site, Region? within)
    {
        Region? next = null;
        foreach (var r in Flow.TriesAround(site.Index))
        {
            if (r == within)
                break;
            next = r;
        }
        return next is null ? LabelOf(site) : HeadOf(next);
    }

    protected override void EnterTry(Region r)
    {
        if (!Plan.HasSite.Contains(r))
            return;
        var inside = Plan.Sites.Values.Where(s => r.Contains(s.Index)).ToArray();
        Il.Hide();
        Il.Emit(OpCodes.Ldloc, state!);
        Il.LoadInt(inside[0].Number);
        Il.Emit(OpCodes.Sub);
        Il.Emit(OpCodes.Switch, Array.ConvertAll(inside, s => EntryTo(s, r)));
    }

    void Restore(Site site)
    {
        foreach (var v in Plan.Layout.SavedAt(site))
        {
            Fetch(Plan.Layout.SlotOf(v));
            Store(v);
        }
        foreach (var (v, recipe) in site.References)
        {
            Repeat(recipe);
            Store(v);
        }
    }

    // Loads a field and leaves nothing in it that a collector could follow.
    void Fetch(int slot)
    {
        var field = frame.Field(slot);
        var type = Plan.Layout.Slots[slot].Type;
        This();
        Il.Emit(OpCodes.Ldfld, field);
        if (!facts.HoldsReferences(type))
            return;
        This();
        if (facts.OnStack(type).Kind == StackKind.Reference)
        {
            Il.Emit(OpCodes.Ldnull);
            Il.Emit(OpCodes.Stfld, field);
        }
        else
        {
            Il.Emit(OpCodes.Ldflda, field);
            Il.Emit(OpCodes.Initobj, Renaming.Type(type));
        }
    }

    protected override void AfterSite(Site site)
    {
        var after = new Label();
        Il.Mark(after);
        Cold(site.Region, () =>
        {
            Il.Mark(LabelOf(site));
            Restore(site);
            if (site.Region is not null)
            {
                Il.LoadInt(0);
                Il.Emit(OpCodes.Stloc, state!);
            }
            // Unprotected frames too: the runtime resumes the first few that an exception passes, for the sake of its trace. In which
            // the throw must have the line of the call.
            if (PointAt(site.Index) is { } line)
                Il.Point(line);
            LoadG();
            Il.Emit(OpCodes.Call, Abi.CheckThrow);
            Il.Hide();
            var beneath = Plan.Layout.BeneathOf(site);
            for (var i = 0; i < beneath.Length; i++)
            {
                if (site.Recipes[i] is { } recipe)
                    Repeat(recipe);
                else if (beneath[i] < 0)
                    Il.Emit(OpCodes.Ldnull);
                else
                    Fetch(beneath[i]);
                if (site.Beneath[i] is { IsBoxed: true, Type: { } boxed })
                    Il.Emit(OpCodes.Castclass, Renaming.Type(boxed)); // the field is of type object
            }
            if (ResultOf(site) is { } type)
            {
                LoadG();
                Il.Emit(OpCodes.Call, Refs.Of(Abi.TakeResult, Renaming.Type(type)));
            }
            Il.Emit(OpCodes.Br, after);
        });
    }

    // Makes it again, from variables that are restored already.
    void Repeat(Recipe recipe) => RecipeEmitter.Emit(recipe, Plan, Il, Abi.FrameTyped, Renaming, Load, LoadAddress, n =>
    {
        LoadG();
        Il.LoadInt(n);
        Il.Emit(OpCodes.Call, Abi.Address);
    });

    protected override void Return()
    {
        if (!ReturnsVoid)
        {
            var type = Renaming.Type(TypeMap.Strip(Plan.Method.ReturnType));
            result ??= Il.Local(type);
            Il.Emit(OpCodes.Stloc, result);
            LoadG();
            Il.Emit(OpCodes.Ldloc, result);
            Il.Emit(OpCodes.Call, Refs.Of(Abi.SetResult, type));
        }
        Il.Emit(OpCodes.Ret);
    }

    /// <summary>[Lines(file, [line of the entry, lines of the sites])]: where a suspended activation is, for dumps.</summary>
    public void AnnotateLines()
    {
        if (Il.Source is not { } document)
            return;
        var system = facts.System;
        var lines = Plan.Sites.Values.Select(s => PointAt(s.Index)?.StartLine ?? 0)
            .Prepend(Plan.Method.DebugInformation.SequencePoints.FirstOrDefault(p => !p.IsHidden)?.StartLine ?? 0);
        var attribute = new CustomAttribute(Abi.LinesConstructor);
        attribute.ConstructorArguments.Add(new CustomAttributeArgument(system.String, document.Url));
        attribute.ConstructorArguments.Add(new CustomAttributeArgument(new ArrayType(system.Int32), lines.Select(l => new CustomAttributeArgument(system.Int32, l)).ToArray()));
        frame.Type.CustomAttributes.Add(attribute);
    }

    protected override void LoadFrame() => This();

    protected override MethodReference Save(Site site) => Refs.On(frame.SaveFor(site), frame.Self);

    protected override void Leave(Site site)
    {
        if (!ReturnsVoid)
            Il.Emit(OpCodes.Pop);
        if (site.Region is null)
        {
            Il.Emit(OpCodes.Ret);
            return;
        }
        needsEpilogue = true;
        Il.Emit(OpCodes.Leave, epilogue);
    }

    protected override void Tail()
    {
        if (!needsEpilogue)
            return;
        Il.Hide();
        Il.Mark(epilogue);
        Il.Emit(OpCodes.Ret);
    }
}
