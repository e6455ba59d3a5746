using Mono.Cecil;
using Weft.Weaver.Verification;

namespace Weft.Weaver.Tests;

/// <summary>Woven and unwoven assemblies in one program: twins are called across assemblies, and never in place of an unwoven override.</summary>
public sealed class PartsTests
{
    static Subject Weave() => Subject.Parts("Release").WeaveOnly("PartsLibrary", "PartsApp");

    public static TheoryData<string, string> Subsets
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var configuration in new[] { "Debug", "Release" })
                foreach (var woven in new[] { "PartsLibrary", "PartsPlugin", "PartsApp", "PartsLibrary PartsPlugin", "PartsPlugin PartsApp", "PartsLibrary PartsPlugin PartsApp" })
                    data.Add(configuration, woven);
            return data;
        }
    }

    /// <summary>Whichever of a library, a plugin and a program are woven; the library and the program alone are <see cref="ConstructTests"/>.</summary>
    [Theory, MemberData(nameof(Subsets))]
    public void Output_IsTheSame_WhicheverPartsAreWoven(string configuration, string names)
    {
        var expected = unwoven[configuration].Value;
        Assert.Equal(42, expected.ExitCode);
        var compiled = Subject.Parts(configuration);
        var woven = compiled.WeaveOnly(names.Split(' '));
        foreach (var name in names.Split(' '))
            Assert.Empty(AssemblyVerifier.VerifyNew(Path.Combine(compiled.Folder, name + ".dll"), Path.Combine(woven.Folder, name + ".dll"), woven.References).Findings);
        AssertSame(expected, woven.Run());
        for (var seed = 1; seed <= (Subject.IsFull ? 10 : 1); seed++)
            AssertSame(expected, woven.Run(("WEFT_CHAOS", $"{seed}")), seed);
    }

    static void AssertSame((string Output, int ExitCode) expected, (string Output, int ExitCode) actual, int seed = 0)
    {
        Assert.Equal($"seed {seed}\n{expected.Output}", $"seed {seed}\n{actual.Output}");
        Assert.Equal(expected.ExitCode, actual.ExitCode);
    }

    static readonly Dictionary<string, Lazy<(string Output, int ExitCode)>> unwoven = new()
    {
        ["Debug"] = new(() => Subject.Parts("Debug").Run()), ["Release"] = new(() => Subject.Parts("Release").Run()),
    };

    [Fact]
    public void EmbeddedSymbols_AreWrittenBack()
    {
        using var module = ModuleDefinition.ReadModule(Weave().Assembly);
        Assert.Contains(module.GetDebugHeader().Entries, e => e.Directory.Type == Mono.Cecil.Cil.ImageDebugType.EmbeddedPortablePdb);
    }

    /// <summary>A program calls IServiceProvider and cannot see that it suspends, but for what the library says of itself.</summary>
    [Fact]
    public void WovenLibrary_SaysWhatOfDotNetItsClassesSuspendIn()
    {
        var woven = Weave();
        using var library = ModuleDefinition.ReadModule(Path.Combine(woven.Folder, "PartsLibrary.dll"));
        var said = library.Assembly.CustomAttributes.Where(a => a.AttributeType.Name == "MaySuspendAttribute").Select(a => ((TypeReference)a.ConstructorArguments[0].Value).FullName);
        Assert.Superset(new HashSet<string> { "System.IO.Stream", "System.IServiceProvider" }, said.ToHashSet()); // and what Weft says of its own
        using var app = ModuleDefinition.ReadModule(woven.Assembly);
        Assert.Contains(app.GetType("Parts.Slots").Methods, m => m.Name == "<Providers>g");
    }

    // As a weaver of another version would have stamped it.
    static void Restamp(string library)
    {
        using var module = ModuleDefinition.ReadModule(library, new ReaderParameters { ReadWrite = true });
        var stamp = module.Assembly.CustomAttributes.Single(a => a.AttributeType.Name == "WovenAttribute");
        stamp.ConstructorArguments[0] = new CustomAttributeArgument(module.TypeSystem.Int32, 77);
        module.GetType("<Module>").Methods.Single(m => m.Name == ".cctor").Body.Instructions[0] = Mono.Cecil.Cil.Instruction.Create(Mono.Cecil.Cil.OpCodes.Ldc_I4, 77);
        module.Write();
    }

    /// <summary>Two assemblies of one program were woven in different formats: nothing of the wrong one runs, and the reason is on the screen.</summary>
    [Theory]
    [InlineData("PartsLibrary")]
    [InlineData("PartsApp")]
    public void AnotherFormat_DoesNotRun(string name)
    {
        var woven = Weave();
        Restamp(Path.Combine(woven.Folder, name + ".dll"));
        var output = woven.Run().Output;
        Assert.Matches($@"{name} was woven by Weft \d+\.\d+\.\d+ in format 77, and this is Weft .* which runs format {Abi.Format}\. Weave {name} with", output);
        Assert.DoesNotContain("library 1", output, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherFormat_IsAnError()
    {
        var woven = Weave();
        Restamp(Path.Combine(woven.Folder, "PartsLibrary.dll"));
        var app = Subject.Parts("Release");
        var result = WeaverEngine.Weave(new WeaveOptions { Input = app.Assembly, Output = Path.Combine(woven.Folder, "other.dll"), References = woven.References });
        Assert.True(result.Failed);
        Assert.Equal("WEFT2001", Assert.Single(result.Diagnostics).Id);
        Assert.False(File.Exists(Path.Combine(woven.Folder, "other.dll")));
    }
}
