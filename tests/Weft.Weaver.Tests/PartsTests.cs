using Mono.Cecil;

namespace Weft.Weaver.Tests;

/// <summary>Woven and unwoven assemblies in one program: twins are called across assemblies, and never in place of an unwoven override.</summary>
public sealed class PartsTests
{
    static Subject Weave() => Subject.Project("PartsApp").Weave(out _, "PartsLibrary");

    [Fact]
    public void Output_IsTheSame_WithUnwovenTypesInBetween()
    {
        var expected = Subject.Project("PartsApp").Run();
        Assert.Equal(0, expected.ExitCode);
        var woven = Weave();
        Assert.Equal(expected, woven.Run());
        for (var seed = 1; seed <= 6; seed++)
            Assert.Equal((seed, expected), (seed, woven.Run(("WEFT_CHAOS", $"{seed}"))));
    }

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
        var app = Subject.Project("PartsApp");
        var result = WeaverEngine.Weave(new WeaveOptions { Input = app.Assembly, Output = Path.Combine(woven.Folder, "other.dll"), References = woven.References });
        Assert.True(result.Failed);
        Assert.Equal("WEFT2001", Assert.Single(result.Diagnostics).Id);
        Assert.False(File.Exists(Path.Combine(woven.Folder, "other.dll")));
    }
}
