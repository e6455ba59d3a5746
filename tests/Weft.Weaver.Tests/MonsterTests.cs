using Weave.Bench;

namespace Weft.Weaver.Tests;

/// <summary>Methods with very many variables and suspension points (bench/Weave.Bench/Monster.cs): what is woven grows with their size, not with its square.</summary>
public sealed class MonsterTests
{
    [Theory]
    [InlineData(150, 80, 0, true)]
    [InlineData(150, 80, 20, false)]
    public void Monster_PrintsTheSame_AndGrowsInProportion(int numbers, int points, int tries, bool optimised)
    {
        var compiled = Subject.Compile("Monster", Monster.Source(numbers, points, tries), optimised);
        var woven = compiled.Weave(out var result);
        Assert.DoesNotContain(result.Diagnostics, d => d.Id is Rules.Unanalysed or Rules.Failed);
        Assert.Empty(Verification.AssemblyVerifier.VerifyNew(compiled.Assembly, woven.Assembly, woven.References).Findings);

        var expected = compiled.Run();
        Assert.Equal(42, expected.ExitCode);
        Assert.Equal(expected, woven.Run());
        foreach (var seed in new[] { "1", "2" })
            Assert.Equal((seed, expected), (seed, woven.Run(("WEFT_CHAOS", seed))));

        // Saved one by one at each point, these variables make it fifty times as large.
        Assert.InRange(new FileInfo(woven.Assembly).Length, 0, 8 * new FileInfo(compiled.Assembly).Length);
    }

    /// <summary>A pointer to a local is not followed by the collector, which moves frames: such a local is saved as in small methods.</summary>
    [Fact]
    public void PointerToALocal_IsGoodWhileFramesMove()
    {
        var source = Monster.Source(150, 80, 0)
            .Replace("public static string Run(int seed)", "public static unsafe string Run(int seed)", StringComparison.Ordinal)
            .Replace("var h = 17;", """
                var h = 17;
                for (var turn = 0; turn < 200; turn++)
                {
                    Yield();
                    int* p = &n0, q = &n1;
                    for (var k = 0; k < 300; k++)
                    {
                        GC.KeepAlive(new byte[2000]);
                        if (k % 100 == 0)
                            GC.Collect(0);
                        *p += k;
                        *q ^= *p;
                    }
                }
                """, StringComparison.Ordinal);
        var compiled = Subject.Compile("Monster", source, optimised: true);
        var woven = compiled.Weave(out _);
        var expected = compiled.Run();
        Assert.Equal(42, expected.ExitCode);
        Assert.Equal(expected, woven.Run());
        Assert.Equal(expected, woven.Run(("WEFT_CHAOS", "1")));
        Assert.InRange(new FileInfo(woven.Assembly).Length, 0, 8 * new FileInfo(compiled.Assembly).Length);
    }
}
