using Mono.Cecil;
using Weft.Weaver.Verification;

namespace Weft.Weaver.Tests;

/// <summary>What must hold of any woven program, checked on the corpus as Debug and as Release code.</summary>
public sealed class CorpusTests
{
    public static TheoryData<string> Configurations => ["Debug", "Release"];

    [Theory, MemberData(nameof(Configurations))]
    public void Output_IsTheSameWovenAndUnwoven(string configuration)
    {
        var compiled = Subject.Compiled(configuration);
        var woven = compiled.Weave(out var result);
        Assert.True(result.Statistics.Sites > 400, $"only {result.Statistics.Sites} sites: the corpus tests nothing");
        Assert.DoesNotContain(result.Diagnostics, d => d.Id is Rules.Unanalysed or Rules.Failed);

        var expected = compiled.Run();
        Assert.Equal(42, expected.ExitCode);
        Assert.Equal(expected, woven.Run(("DOTNET_TieredCompilation", "0")));
    }

    /// <summary>A bug of the weaver in any one method leaves that method plain, and all that call it right.</summary>
    [Theory]
    [InlineData("Debug", 1)]
    [InlineData("Debug", 2)]
    [InlineData("Release", 3)]
    public void Output_IsTheSameWhereTheWeaverFails(string configuration, int every)
    {
        var compiled = Subject.Compiled(configuration);
        var n = 0;
        var woven = compiled.Weave(out var result, _ =>
        {
            if (n++ % every == 0)
                throw new InvalidOperationException("sabotage");
        });
        Assert.False(result.Failed);
        Assert.Contains(result.Diagnostics, d => d is { Id: Rules.Unanalysed, Severity: Severity.Info });
        var expected = WithoutTraces(compiled.Run());
        Assert.Equal(expected, WithoutTraces(woven.Run()));
        Assert.Equal(expected, WithoutTraces(woven.Run(("WEFT_CHAOS", "1"))));
    }

    // What stays plain does not suspend, and what has not been suspended is called by the name of its twin.
    static (string Output, int ExitCode) WithoutTraces((string Output, int ExitCode) run)
        => (string.Join('\n', run.Output.Split('\n').Where(line => !line.StartsWith("  at ", StringComparison.Ordinal))), run.ExitCode);

    /// <summary>Not a handful of giants but every method keeps its variables in its frame: all constructs meet what only giants do else.</summary>
    [Theory, MemberData(nameof(Configurations))]
    public void Output_IsTheSameWhereVariablesStayInFrames(string configuration)
    {
        var compiled = Subject.Compiled(configuration);
        var woven = compiled.WeaveWithVariablesInFrames();
        Assert.Empty(Verification.AssemblyVerifier.VerifyNew(compiled.Assembly, woven.Assembly, woven.References).Findings);
        var expected = compiled.Run();
        Assert.Equal(expected, woven.Run());
        Assert.Equal(expected, woven.Run(("WEFT_CHAOS", "1")));
    }

    [Theory, MemberData(nameof(Configurations))]
    public void EmittedCode_IsCompiledByTheJit(string configuration)
    {
        var compiled = Jit.Prepare(Subject.Woven(configuration));
        Assert.Empty(compiled.Failures);
        Assert.True(compiled.Methods > 1000, $"only {compiled.Methods} methods were compiled");
    }

    [Theory, MemberData(nameof(Configurations))]
    public void Weaving_IsDeterministic(string configuration)
    {
        var compiled = Subject.Compiled(configuration);
        var first = compiled.Weave(out _);
        var second = compiled.Weave(out _);
        foreach (var extension in new[] { ".dll", ".pdb" })
            Assert.Equal(File.ReadAllBytes(Path.ChangeExtension(first.Assembly, extension)), File.ReadAllBytes(Path.ChangeExtension(second.Assembly, extension)));
    }

    /// <summary>Machine code that was compiled ahead of time is of other bodies: a library that has it, as .NET's own have, is woven from its IL and keeps nothing else.</summary>
    [Fact]
    public void ReadyToRunLibrary_IsWovenAsIL()
    {
        const string Name = "System.Collections.Specialized";
        var folder = Directory.CreateTempSubdirectory("weft-r2r-").FullName;
        try
        {
            var runtime = System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory();
            var (input, output) = (Path.Combine(runtime, Name + ".dll"), Path.Combine(folder, Name + ".dll"));
            var weft = Path.Combine(Subject.Compiled("Release").Folder, "Weft.dll");
            File.Copy(weft, Path.Combine(folder, "Weft.dll"));
            Assert.NotEqual(0, Header(input).ManagedNativeHeaderDirectory.Size);

            var result = WeaverEngine.Weave(new WeaveOptions { Input = input, Output = output, References = [weft, runtime], IsThirdParty = true });
            Assert.True(result.Woven, string.Join(Environment.NewLine, result.Diagnostics));
            Assert.Equal(0, Header(output).ManagedNativeHeaderDirectory.Size);
            Assert.True(Header(output).Flags.HasFlag(System.Reflection.PortableExecutable.CorFlags.ILOnly));
            Assert.Empty(AssemblyVerifier.VerifyNew(input, output, [weft, runtime]).Findings);
            Assert.Empty(Jit.Prepare(folder, Name).Failures);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static System.Reflection.PortableExecutable.CorHeader Header(string path)
        {
            using var file = new System.Reflection.PortableExecutable.PEReader(File.OpenRead(path));
            return file.PEHeaders.CorHeader!;
        }
    }

    /// <summary>What an earlier weave of a larger assembly has left in the output's place is gone, to the last byte.</summary>
    [Theory, MemberData(nameof(Configurations))]
    public void Weaving_OverLargerFiles_LeavesNothingOfThem(string configuration)
    {
        var compiled = Subject.Compiled(configuration);
        var first = compiled.Weave(out _);
        var output = Path.Combine(first.Folder, "over", first.Name + ".dll");
        Directory.CreateDirectory(Path.GetDirectoryName(output)!);
        foreach (var extension in new[] { ".dll", ".pdb" })
            File.WriteAllBytes(Path.ChangeExtension(output, extension), [.. File.ReadAllBytes(Path.ChangeExtension(first.Assembly, extension)), .. new byte[5000]]);
        WeaverEngine.Weave(new WeaveOptions { Input = compiled.Assembly, Output = output, References = first.References });
        foreach (var extension in new[] { ".dll", ".pdb" })
            Assert.Equal(File.ReadAllBytes(Path.ChangeExtension(first.Assembly, extension)), File.ReadAllBytes(Path.ChangeExtension(output, extension)));
    }

    [Theory, MemberData(nameof(Configurations))]
    public void Weaving_Again_ChangesNothing(string configuration)
    {
        var woven = Subject.Compiled(configuration).Weave(out _);
        var again = Path.Combine(woven.Folder, "again.dll");
        var result = WeaverEngine.Weave(new WeaveOptions { Input = woven.Assembly, Output = again, References = woven.References });
        Assert.False(result.Woven);
        Assert.False(result.Failed);
        Assert.Equal(File.ReadAllBytes(woven.Assembly), File.ReadAllBytes(again));
    }

    /// <summary>Whatever asks by a name that C# can spell finds what it found before.</summary>
    [Theory, MemberData(nameof(Configurations))]
    public void Reflection_SeesTheSameMembers(string configuration)
    {
        var compiled = Subject.Compiled(configuration);
        Assert.Equal(SpeakableMembers(compiled), SpeakableMembers(Subject.Woven(configuration)));

        static List<string> SpeakableMembers(Subject s)
        {
            using var module = ModuleDefinition.ReadModule(s.Assembly);
            return
            [
                .. Mono.Cecil.Rocks.ModuleDefinitionRocks.GetAllTypes(module).Where(t => !t.FullName.Contains('<'))
                    .SelectMany(t => t.Methods.Select(m => m.FullName).Concat(t.Fields.Select(f => f.FullName)).Concat(t.Properties.Select(p => p.FullName)))
                    .Where(n => !n[n.IndexOf("::", StringComparison.Ordinal)..].StartsWith("::<", StringComparison.Ordinal)),
            ];
        }
    }

    /// <summary>
    /// What the compiler wrote is still there, instruction for instruction; only catch clauses that Goroutine.Exit must pass have more, and what
    /// foreign code calls; and what belongs to a thread is reached, or taken and counted, in another way, of the same size.
    /// </summary>
    [Theory, MemberData(nameof(Configurations))]
    public void PlainBodies_AreUntouched(string configuration)
    {
        var compiled = Subject.Compiled(configuration);
        using var before = ModuleDefinition.ReadModule(compiled.Assembly);
        using var after = ModuleDefinition.ReadModule(Subject.Woven(configuration).Assembly);
        foreach (var type in Mono.Cecil.Rocks.ModuleDefinitionRocks.GetAllTypes(before))
            foreach (var method in type.Methods.Where(m => m.HasBody && !m.CustomAttributes.Any(a => a.AttributeType.Name == "UnmanagedCallersOnlyAttribute")))
            {
                var same = after.GetType(type.FullName).Methods.Single(m => m.FullName == method.FullName);
                if (method.Body.Instructions.Any(IsOfThread))
                {
                    Assert.Equal(method.Body.Instructions.Select(i => i.Offset), same.Body.Instructions.Select(i => i.Offset));
                    continue;
                }
                if (!Emit.ExitFilters.AreNeeded(method))
                {
                    Assert.Equal(method.Body.Instructions.Select(Text), same.Body.Instructions.Select(Text));
                    continue;
                }
                var rest = new Queue<string>(method.Body.Instructions.Select(Form));
                foreach (var i in same.Body.Instructions)
                    if (rest.TryPeek(out var next) && Form(i) == next)
                        rest.Dequeue();
                Assert.True(rest.Count == 0, $"{method.FullName} has lost {string.Join(", ", rest)}");
                Assert.Equal(method.Body.ExceptionHandlers.Count, same.Body.ExceptionHandlers.Count);

        static bool IsOfThread(Mono.Cecil.Cil.Instruction i)
            => (i.Operand is FieldReference { DeclaringType: var owner } f && owner.FullName.StartsWith("Corpus.", StringComparison.Ordinal)
                    && f.Resolve().CustomAttributes.Any(a => a.AttributeType.Name == "ThreadStaticAttribute"))
                || i.Operand is MethodReference { DeclaringType.Name: "ThreadLocal`1" };

        // Whether it counts or not (LockCounts).
        static bool IsOfLock(Mono.Cecil.Cil.Instruction i)
            => i.Operand is MethodReference
            {
                DeclaringType: { Name: "<Weft>" or "MutexTwins" }
                    or { Namespace: "System.Threading", Name: "Monitor" or "Lock" or "Mutex" or "SpinLock" or "WaitHandle" or "ReaderWriterLock" or "ReaderWriterLockSlim" or "ExecutionContext" or "AsyncFlowControl" },
            };

        static string Text(Mono.Cecil.Cil.Instruction i) => IsOfLock(i) ? $"{i.Offset}: a lock" : i.ToString();

        // Offsets have moved, and with them the lengths of branches.
        static string Form(Mono.Cecil.Cil.Instruction i)
            => IsOfLock(i) ? "a lock" : i.OpCode.Name.Replace(".s", "", StringComparison.Ordinal) + (i.Operand is Mono.Cecil.Cil.Instruction or Mono.Cecil.Cil.Instruction[] ? "" : " " + i.Operand);
    }
    }
}
