using Weft.Weaver.Verification;

namespace Weft.Weaver.Tests;

/// <summary>Weaving makes no right code wrong, by the rules of ECMA-335 and not only by what the JIT happens to refuse.</summary>
public sealed class VerifierTests
{
    [Theory, MemberData(nameof(CorpusTests.Configurations), MemberType = typeof(CorpusTests))]
    public void WovenCorpus_HasNoNewFault(string configuration)
    {
        var compiled = Subject.Compiled(configuration);
        var woven = Subject.Woven(configuration);
        AssertNothingNew(compiled.Assembly, woven.Assembly, woven.References, atLeast: 2000);
    }

    [Fact]
    public void WovenParts_HaveNoNewFault()
    {
        var compiled = Subject.Project("PartsApp");
        var woven = compiled.Weave(out _, "PartsLibrary");
        foreach (var name in new[] { "PartsLibrary.dll", "PartsApp.dll" })
            AssertNothingNew(Path.Combine(compiled.Folder, name), Path.Combine(woven.Folder, name), woven.References, atLeast: 20);
    }

    /// <summary>Weft is its own first customer, and the samples the next: what their builds have woven.</summary>
    [Theory]
    [InlineData("Weft")]
    [InlineData("WordCount")]
    [InlineData("Tour")]
    public void WovenProjects_HaveNoNewFault(string project)
        => AssertNothingNew(Subject.Intermediate(project, $"unwoven/{project}.dll"), Subject.Intermediate(project, $"{project}.dll"), Subject.Compiled("Release").References, atLeast: 10);

    static void AssertNothingNew(string compiled, string woven, IReadOnlyList<string> references, int atLeast)
    {
        var result = AssemblyVerifier.VerifyNew(compiled, woven, references);
        Assert.Empty(result.Findings);
        Assert.True(result.Methods >= atLeast, $"only {result.Methods} methods");
    }

    /// <summary>The compiler's own safe code must pass whole, else the comparison above would excuse too much.</summary>
    [Theory, MemberData(nameof(CorpusTests.Configurations), MemberType = typeof(CorpusTests))]
    public void CompiledCorpus_HasFaultsInUnsafeCodeOnly(string configuration)
    {
        var compiled = Subject.Compiled(configuration);
        Assert.All(AssemblyVerifier.Verify(compiled.Assembly, compiled.References).Findings, f => Assert.Equal(Fault.Pointer, f.Fault));
    }
}
