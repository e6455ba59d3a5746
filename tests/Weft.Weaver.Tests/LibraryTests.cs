using Weft.Weaver.Verification;

namespace Weft.Weaver.Tests;

/// <summary>
/// Third-party libraries woven whole behave as they did. What nobody wrote with the weaver in mind is where its assumptions break: each
/// of these has cost a bug.
/// </summary>
/// <remarks>
/// Roslyn is as large as all others together: it runs in every build, but is verified and compiled whole only
/// with WEFT_TESTS=full, as are those after the first four.
/// </remarks>
public sealed class LibraryTests
{
    static readonly string[] small =
    [
        "Newtonsoft.Json", "YamlDotNet", "Markdig", "Dapper", "Serilog", "CsvHelper", "FluentValidation", "Humanizer", "ICSharpCode.SharpZipLib", "NodaTime", "Polly.Core",
        "Autofac", "System.Reactive", "Handlebars", "Castle.Core",
    ];

    static readonly string[] large = ["Microsoft.CodeAnalysis", "Microsoft.CodeAnalysis.CSharp"];

    static readonly string[] cases = ["json", "yaml", "markdown", "dapper", "serilog", "csv", "validation", "humanizer", "zip", "time", "polly", "container", "observables", "templates", "interception"];

    static readonly Subject compiled = Subject.Project("Libraries");
    static readonly Lazy<Subject> woven = new(() => compiled.Weave(out _, small));
    static readonly Lazy<Subject> wovenLarge = new(() => compiled.Weave(out _, large));

    public static TheoryData<string> Verified => [.. Subject.IsFull ? [.. small, .. large] : small[..4]];

    [Fact]
    public void Output_IsTheSameWovenUnwovenAndUnderChaos() => AssertSame(woven.Value, cases, Subject.IsFull ? 50 : 2);

    /// <summary>The parser, its walkers and rewriters, over the sources of this repository, whose text arrives late.</summary>
    [Fact]
    public void Roslyn_ParsesTheSameWovenUnwovenAndUnderChaos() => AssertSame(wovenLarge.Value, ["roslyn"], Subject.IsFull ? 10 : 1);

    static void AssertSame(Subject woven, string[] cases, int seeds)
    {
        var expected = compiled.Run(cases);
        Assert.Equal(42, expected.ExitCode);
        Assert.DoesNotContain("ended by", expected.Output, StringComparison.Ordinal);
        Assert.Equal(expected, woven.Run(cases));
        for (var seed = 1; seed <= seeds; seed++)
            Assert.Equal((seed, expected), (seed, woven.Run(cases, ("WEFT_CHAOS", $"{seed}"))));
    }

    [Theory, MemberData(nameof(Verified))]
    public void WovenLibrary_HasNoNewFault(string name)
    {
        var folder = Woven(name);
        Assert.Empty(AssemblyVerifier.VerifyNew(Path.Combine(compiled.Folder, name + ".dll"), Path.Combine(folder.Folder, name + ".dll"), folder.References).Findings);
    }

    /// <summary>What the JIT refuses in the compiled library (a dependency that is not there) it may refuse in the woven one.</summary>
    [Theory, MemberData(nameof(Verified))]
    public void WovenLibrary_IsCompiledByTheJit(string name)
    {
        var result = Jit.Prepare(Woven(name).Folder, name);
        var failures = result.Failures.Count == 0 ? [] : result.Failures.Except(Jit.Prepare(compiled.Folder, name).Failures).ToList();
        Assert.Empty(failures);
        Assert.True(result.Methods > 500, $"only {result.Methods} methods were compiled");
    }

    static Subject Woven(string name) => large.Contains(name) ? wovenLarge.Value : woven.Value;
}
