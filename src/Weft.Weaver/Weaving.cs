// One weave, as a script.
//
//   open       the pristine assembly, its symbols, its references
//   gate       nothing to do? woven already? made for another runtime?
//   locals     thread statics become the goroutine's, in plain and hot bodies alike; loops over the targets of delegates
//   analyse    targets of calls -> hierarchy -> which methods suspend
//   declare    shadows, then twins: all signatures exist before any body is written, since bodies refer to each other
//   emit       frames, twins, Resumes, shadow entries, helpers, the entry point; then the filters of plain bodies, which were the source
//   remark     what stays plain, and why
//   write
//
// Everything walks the methods in metadata order, never in that of a hash table, so that the same input gives the same bytes.

using System.Diagnostics;
using System.Reflection;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;
using Weft.Weaver.Analysis;
using Weft.Weaver.Emit;

namespace Weft.Weaver;

internal sealed class Weaving(WeaveOptions options)
{
    readonly Stopwatch clock = Stopwatch.StartNew();
    readonly Reporter reporter = new();
    int methodCount, twinCount, siteCount;

    public WeaveResult Run()
    {
        try
        {
            using var references = new References(options.References);
            var enums = new MissingEnums(references);
            using var assembly = Open(references, enums);
            references.Add(assembly);
            var woven = Weave(assembly.MainModule, references);
            if (woven)
                Write(assembly.MainModule, enums);
            else
                Copy();
            return Result(woven);
        }
        catch (WeaveException e)
        {
            reporter.Add(e.Id, Severity.Error, e.Message);
        }
        catch (Exception e) when (e is BadImageFormatException or IOException or ResolutionException or NotSupportedException)
        {
            reporter.Add(Rules.BadInput, Severity.Error, $"{Path.GetFileName(options.Input)}: {e.Message}");
        }
        catch (Exception e)
        {
            // A bug of the weaver. The compiled assembly is right as it is, only dearer.
            Copy();
            reporter.Add(Rules.Failed, Severity.Warning, $"The weaver failed, and {Path.GetFileName(options.Input)} stays as compiled. Please report this: {e}");
        }
        return Result(woven: false);
    }

    WeaveResult Result(bool woven)
        => new(woven, reporter.Diagnostics, new WeaveStatistics(methodCount, twinCount, siteCount, reporter.Pinned, clock.ElapsedMilliseconds));

    AssemblyDefinition Open(References references, MissingEnums enums) => AssemblyDefinition.ReadAssembly(options.Input, new ReaderParameters
    {
        AssemblyResolver = references,
        MetadataResolver = enums,
        InMemory = true,
        ReadSymbols = true,
        SymbolReaderProvider = new DefaultSymbolReaderProvider(throwIfNoSymbol: false),
    });

    // True if the module was changed.
    bool Weave(ModuleDefinition module, References references)
    {
        if (Gate(module, references) is not { } runtime)
            return false;

        var isLibrary = options.IsLibrary || options.IsThirdParty;
        var abi = new Abi(module, runtime);
        var facts = new TypeFacts(module);
        new Lowering.GoroutineLocals(facts, abi).Run();
        var used = module.AssemblyReferences.Select(r => references.Resolve(r)).OfType<AssemblyDefinition>().ToList();
        var hand = new HandWritten(module, facts, used, isLibrary ? OpenTypes.OfDotNet : []);
        var hierarchy = new Hierarchy(facts);
        var targets = new Targets(facts, hand, hierarchy);
        var homes = new Homes(facts);
        var multicasts = new Multicasts(facts, homes);
        multicasts.Declare(targets);
        var boxes = new Boxes(facts, hierarchy);
        boxes.Declare(targets);
        var eligibility = new Eligibility(facts, targets);
        var suspension = new Suspension(facts, targets, hierarchy, eligibility);
        methodCount = suspension.Methods.Count(m => m.HasBody);
        suspension.Solve(isLibrary, module.EntryPoint);

        var twins = new Twins(facts, abi, suspension, hierarchy);
        var contracts = new Contracts(facts, abi, hierarchy, hand, boxes, suspension, homes);
        var shadows = new Shadows(facts, abi, hand, hierarchy, twins, contracts);
        foreach (var m in suspension.Methods)
            if (m is { IsStatic: false, DeclaringType.IsInterface: true } && suspension.IsHotContract(m))
                shadows.Declare(m);
        foreach (var m in suspension.Methods)
            twins.Declare(m);
        foreach (var m in suspension.Methods)
            twins.DeclareBridges(m);
        shadows.Implement();

        var questions = new Questions(facts, abi, shadows, homes, contracts);
        var calls = new HotCalls(facts, abi, twins, new Helpers(facts, abi, homes, multicasts, twins, contracts, questions), questions, new ForeignCalls(facts, abi));
        var frames = new FrameNames();
        foreach (var m in suspension.Methods)
            if (suspension.IsHot(m))
                EmitHot(m, twins.Body(m)!, suspension, frames, calls, abi, facts);

        foreach (var m in suspension.Methods)
            if (ExitFilters.AreNeeded(m) && !Eligibility.IsExempted(m))
                ExitFilters.Add(m, abi);

        if (module.EntryPoint is { } main && (twins.Body(main) is not { } hotMain || !EntryPoint.Replace(module, hotMain, abi)))
            reporter.Add(Rules.EntryPoint, Severity.Info, "Main stays plain: the program starts without a main goroutine.", main);
        new Remarks(reporter, suspension, eligibility).Report();
        var waiting = new Waiting(suspension, hierarchy);
        new Untold(reporter, facts, hand, targets, hierarchy, suspension, eligibility, waiting).Report();
        new Handed(reporter, facts, hand, suspension, eligibility, waiting).Report();
        foreach (var m in suspension.Methods)
            if (Foreign.IsCallback(m) && !Eligibility.IsExempted(m))
                Callbacks.Wrap(m, abi);
        boxes.Remove(suspension.IsHot);
        new Lowering.LockCounts(facts, abi, hand, homes).Run();
        Stamp.Write(module, abi, suspension.Opened.Concat(hand.OpenElsewhere).DistinctBy(t => t.FullName).OrderBy(t => t.FullName, StringComparer.Ordinal));
        return true;
    }

    // The runtime to weave for, or null if the assembly stays as it is.
    ModuleDefinition? Gate(ModuleDefinition module, References references)
    {
        var format = Abi.FormatOf(module.Assembly);
        if (format == Abi.Format)
            return null;
        if (format != 0)
            throw new WeaveException(Rules.FormatMismatch, $"{module.Assembly.Name.Name} was woven in format {format}; this weaver writes format {Abi.Format}. Weave it again from its compiled form.");

        foreach (var r in module.AssemblyReferences)
            if (references.Resolve(r) is { } a && Abi.FormatOf(a) is var other && other != 0 && other != Abi.Format)
                throw new WeaveException(Rules.FormatMismatch, $"{r.Name} was woven in format {other}; this weaver writes format {Abi.Format}. Use versions of both that were built with the same Weft.");

        if (module.Assembly.Name.Name == Abi.RuntimeAssembly)
            return module;
        // The compiler drops a reference that no code names. Such an assembly gets it back with the first member that is imported: it may call
        // what waits in others, or delegates that wait.
        var weft = module.AssemblyReferences.FirstOrDefault(r => r.Name == Abi.RuntimeAssembly);
        if (references.Resolve(weft ?? new AssemblyNameReference(Abi.RuntimeAssembly, new Version())) is { } runtime)
            return runtime.MainModule;
        return weft is null && !options.IsThirdParty ? null : throw new WeaveException(Rules.RuntimeMismatch, $"{module.Assembly.Name.Name} needs {Abi.RuntimeAssembly}, which is not among the references.");
    }

    // Whatever goes wrong here is a bug of the weaver, and no reason to stop a build. The twin exists, and others call it: it calls the plain
    // method then, which is always right.
    void EmitHot(MethodDefinition m, MethodDefinition twin, Suspension suspension, FrameNames frames, HotCalls calls, Abi abi, TypeFacts facts)
    {
        var before = m.DeclaringType.NestedTypes.ToHashSet();
        try
        {
            options.Emitting?.Invoke(m);
            var lowered = Lowering.Lowerings.Of(m, suspension, facts, abi);
            var analysis = lowered is null ? suspension.Analysis(m) : new MethodAnalysis(m, lowered.Body, facts);
            if (analysis.Error is { } lost)
                throw new InvalidOperationException("lowered: " + lost);
            var plan = new HotMethod(analysis, lowered, facts.System, c => suspension.Suspends(c.Target), lowered?.Calls ?? suspension.CallsIn(m), options.SavedValues);
            var frame = new FrameEmitter(frames.Next(m), plan.Analysis, plan.Layout, abi, facts);
            var toTwin = new Renaming(facts.Module, p => p.Type == GenericParameterType.Method ? twin.GenericParameters[p.Position] : p);
            new TwinEmitter(plan, twin, toTwin, frame, calls, abi).Emit();
            var resume = new ResumeEmitter(plan, frame, calls, abi, facts);
            resume.Emit();
            resume.AnnotateLines();
            AddressEmitter.Emit(plan, frame, abi, facts);
            if (Known.IsHiddenFromTraces(m))
            {
                Known.HideFromTraces(twin, facts.Module);
                Known.HideFromTraces(frame.Type, facts.Module);
            }
            foreach (var written in frame.Type.Methods.Prepend(twin))
                if (OutputVerifier.Verify(written, facts) is { } error)
                    throw new InvalidOperationException("invalid code: " + error);

            foreach (var (call, pin) in plan.Pinned.Where(p => suspension.IsWorthTelling(p.Call.Target)))
                if (pin.Rule is { } rule)
                    reporter.Pin(rule, call.Target.IsPrimitive, $"'{Remarks.Name(call.Target.Callee)}' holds its thread while it waits, because {pin.Reason}.", m, call.Instruction);
            foreach (var site in plan.Sites.Values)
                if (site.Target is { Kind: TargetKind.Interface or TargetKind.Unwoven, IsReceiverKnown: false } t && suspension.IsWorthTelling(t))
                    reporter.Pin(Rules.Boxed, primitive: false, $"'{Remarks.Name(t.Callee)}' holds its thread while it waits where '{t.Constraint!.Name}' is a struct, because the reference that it is called on cannot be made again.", m, plan.Analysis.Flow.Code[site.Index]);
            var attribute = new CustomAttribute(abi.StateMachineConstructor);
            attribute.ConstructorArguments.Add(new CustomAttributeArgument(abi.StateMachineConstructor.Parameters[0].ParameterType, frame.Type));
            m.CustomAttributes.Add(attribute);
            twinCount++;
            siteCount += plan.Sites.Count;
        }
        catch (Exception e)
        {
            // Helpers of other methods may be among what is new; only the frame goes.
            foreach (var type in m.DeclaringType.NestedTypes.Where(t => !before.Contains(t) && t.BaseType == abi.Frame).ToList())
                m.DeclaringType.NestedTypes.Remove(type);
            Twins.EmitStub(m, twin);
            Known.HideFromTraces(twin, facts.Module);
            reporter.Add(Rules.Unanalysed, Severity.Info, $"The method stays plain, because the weaver failed on it. Please report this: {e.GetType().Name}: {e.Message}", m);
        }
    }

    void Write(ModuleDefinition module, MissingEnums enums)
    {
        enums.StandIn(module);
        // Code that was compiled ahead of time is that of other bodies: what is written is IL alone, and for any machine.
        const ModuleAttributes ReadyToRun = (ModuleAttributes)4;
        if ((module.Attributes & (ModuleAttributes.ILOnly | ReadyToRun)) == ReadyToRun)
        {
            module.Attributes = module.Attributes & ~ReadyToRun | ModuleAttributes.ILOnly;
            module.Architecture = TargetArchitecture.I386;
        }
        if (Path.GetDirectoryName(options.Output) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
        var symbols = SymbolWriterProvider.For(module);
        // Cecil writes over the file that is there and leaves what is behind its end, which would go into the hash of the symbols.
        File.Delete(Path.ChangeExtension(options.Output, ".pdb"));
        module.Write(options.Output, new WriterParameters
        {
            DeterministicMvid = true,
            WriteSymbols = symbols is not null,
            SymbolWriterProvider = symbols,
            StrongNameKeyBlob = options.StrongNameKeyFile is { Length: > 0 } key ? File.ReadAllBytes(key) : null,
        });
    }

    void Copy()
    {
        File.Copy(options.Input, options.Output, overwrite: true);
        var symbols = Path.ChangeExtension(options.Input, ".pdb");
        if (File.Exists(symbols))
            File.Copy(symbols, Path.ChangeExtension(options.Output, ".pdb"), overwrite: true);
    }
}
