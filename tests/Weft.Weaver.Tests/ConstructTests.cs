namespace Weft.Weaver.Tests;

/// <summary>
/// Each construct of C#, as Debug and as Release code: woven and unwoven print the same, whatever yields and whichever stack moves. The trait
/// <c>construct</c> selects one (<c>dotnet test --filter construct=handlers</c>).
/// </summary>
/// <remarks>
/// One process runs the whole corpus under many seeds, and each test looks at its part of what it printed: three processes for a configuration,
/// and 50 seeds of it take less time than their starts would.
/// </remarks>
public sealed class ConstructTests
{
    static readonly string[] corpus =
    [
        "calls", "closures", "constrained", "dispatch", "foreign", "found", "generics", "handlers", "interfaces", "iterators", "locals", "locks", "loops", "misc", "prologues", "recursion", "references", "regions", "spans", "stack", "strings", "traces",
        "unwoven", "values",
    ];

    static readonly string[] parts = ["ambients", "decorators", "defaults", "delegates", "generics", "jobs", "proxies", "slots", "statics", "stores", "twice", "variants"];

    const int Seeds = 50;

    public static IEnumerable<TheoryDataRow<string, string>> OfCorpus => Rows(corpus);

    public static IEnumerable<TheoryDataRow<string, string>> OfParts => Rows(parts);

    static IEnumerable<TheoryDataRow<string, string>> Rows(string[] constructs)
        => from configuration in new[] { "Debug", "Release" }
           from construct in constructs
           select new TheoryDataRow<string, string>(configuration, construct) { Traits = { ["construct"] = [construct] } };

    static readonly Dictionary<string, Outputs> corpusOutputs = new() { ["Debug"] = Corpus("Debug"), ["Release"] = Corpus("Release") };

    static readonly Dictionary<string, Outputs> partsOutputs = new() { ["Debug"] = Parts("Debug"), ["Release"] = Parts("Release") };

    static Outputs Corpus(string configuration) => new(Subject.Compiled(configuration), _ => Subject.Woven(configuration), Seeds);

    static Outputs Parts(string configuration) => new(Subject.Parts(configuration), s => s.WeaveOnly("PartsLibrary", "PartsApp"), Seeds);

    [Theory, MemberData(nameof(OfCorpus))]
    public void Construct_PrintsTheSame_UnwovenWovenAndUnderChaos(string configuration, string construct) => corpusOutputs[configuration].AssertSame(construct);

    /// <summary>Here the plugin in the middle is not woven.</summary>
    [Theory, MemberData(nameof(OfParts))]
    public void ConstructOfManyAssemblies_PrintsTheSame_UnwovenWovenAndUnderChaos(string configuration, string construct) => partsOutputs[configuration].AssertSame(construct);

    [Fact]
    public void Constructs_AreAllTested()
    {
        Assert.Equal(corpus, corpusOutputs["Release"].Unwoven.Value.Constructs.Order(StringComparer.Ordinal));
        Assert.Equal(parts, partsOutputs["Release"].Unwoven.Value.Constructs.Order(StringComparer.Ordinal));
    }

    /// <summary>Passes share their statics, so each is compared with the same pass of the compiled program.</summary>
    sealed class Outputs(Subject compiled, Func<Subject, Subject> weave, int seeds)
    {
        readonly Lazy<Subject> woven = new(() => weave(compiled));
        Lazy<Sections>? plain, chaotic;

        public Lazy<Sections> Unwoven { get; } = new(() => Sections.Run(compiled, seeds));

        Lazy<Sections> Woven => plain ??= new(() => Sections.Run(woven.Value, 2));

        Lazy<Sections> Chaotic => chaotic ??= new(() => Sections.Run(woven.Value, seeds, ("WEFT_CHAOS", "1")));

        public void AssertSame(string construct)
        {
            Assert.NotEmpty(Unwoven.Value.Of(1, construct));
            Assert.DoesNotContain("ended by", Unwoven.Value.Of(1, construct), StringComparison.Ordinal);
            foreach (var run in new[] { Woven.Value, Chaotic.Value })
                for (var pass = 1; pass <= run.Passes; pass++)
                    Assert.Equal($"pass {pass}\n{Unwoven.Value.Of(pass, construct)}", $"pass {pass}\n{run.Of(pass, construct)}");
        }
    }
}
