using Weft.Weaver.Verification;

namespace Weft.Weaver.Tests;

/// <summary>Code of other compilers than that of C#: it runs woven as it did, suspends where it can, and is right code afterwards.</summary>
public sealed class LanguageTests
{
    public static TheoryData<string> Programs => ["CorpusVb", "CorpusVbDebug", "CorpusFs", "CorpusFsDebug"];

    [Theory, MemberData(nameof(Programs))]
    public void Program_PrintsTheSame_UnwovenWovenAndUnderChaos(string program)
    {
        var compiled = Subject.Project(program);
        var expected = compiled.Run();
        Assert.Equal(42, expected.ExitCode);
        var woven = compiled.Weave(out var result);
        Assert.DoesNotContain(result.Diagnostics, d => d.Id is Rules.Unanalysed or Rules.Failed);
        Assert.True(result.Statistics.Sites > 30, $"only {result.Statistics.Sites} sites");
        Assert.Equal(expected, woven.Run());
        for (var seed = 1; seed <= (Subject.IsFull ? 50 : 2); seed++)
            Assert.Equal((seed, expected), (seed, woven.Run(("WEFT_CHAOS", $"{seed}"))));
    }

    [Theory, MemberData(nameof(Programs))]
    public void WovenProgram_HasNoNewFault_AndIsCompiledByTheJit(string program)
    {
        var compiled = Subject.Project(program);
        var woven = compiled.Weave(out _);
        Assert.Empty(AssemblyVerifier.VerifyNew(compiled.Assembly, woven.Assembly, woven.References).Findings);
        Assert.Empty(Jit.Prepare(woven).Failures.Except(Jit.Prepare(compiled).Failures));
    }
}
