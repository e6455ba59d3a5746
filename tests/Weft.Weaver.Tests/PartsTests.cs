using Mono.Cecil;

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
        var woven = Subject.Parts(configuration).WeaveOnly(names.Split(' '));
        Assert.Equal(expected, woven.Run());
        for (var seed = 1; seed <= (Subject.IsFull ? 10 : 1); seed++)
            Assert.Equal((seed, expected), (seed, woven.Run(("WEFT_CHAOS", $"{seed}"))));
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

    [Fact]
    public void AnotherFormat_IsAnError()
    {
        var woven = Weave();
        var library = Path.Combine(woven.Folder, "PartsLibrary.dll");
        using (var module = ModuleDefinition.ReadModule(library, new ReaderParameters { ReadWrite = true }))
        {
            var stamp = module.Assembly.CustomAttributes.Single(a => a.AttributeType.Name == "WovenAttribute");
            stamp.ConstructorArguments[0] = new CustomAttributeArgument(module.TypeSystem.Int32, 77);
            module.Write();
        }
        var app = Subject.Parts("Release");
        var result = WeaverEngine.Weave(new WeaveOptions { Input = app.Assembly, Output = Path.Combine(woven.Folder, "other.dll"), References = woven.References });
        Assert.True(result.Failed);
        Assert.Equal("WEFT2001", Assert.Single(result.Diagnostics).Id);
        Assert.False(File.Exists(Path.Combine(woven.Folder, "other.dll")));
    }
}
