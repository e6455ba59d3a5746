namespace Weft.Weaver.Tests;

/// <summary>What stays plain in the corpus, and what must not.</summary>
public sealed class RemarkTests
{
    static IEnumerable<WeaveDiagnostic> In(string configuration, string type)
    {
        Subject.Compiled(configuration).Weave(out var result);
        return result.Diagnostics.Where(d => d.Method.Contains("Corpus." + type, StringComparison.Ordinal));
    }

    /// <summary>Handlers suspend; a filter cannot, and says so where it stands.</summary>
    [Theory, MemberData(nameof(CorpusTests.Configurations), MemberType = typeof(CorpusTests))]
    public void Handlers_PinInFiltersOnly(string configuration)
    {
        var remarks = In(configuration, "Handlers").ToList();
        var inHandlers = remarks.Where(d => d.Id == Rules.InHandler).ToList();
        Assert.Equal(["Order", "Filter"], inHandlers.Select(d => d.Method.Split("::")[1][..^2])); // in Order the filter prints, and some ToString of the corpus blocks
        Assert.All(inHandlers, d => Assert.Contains("filter", d.Message, StringComparison.Ordinal));
        Assert.All(inHandlers, d => Assert.EndsWith("Handlers.cs", d.File, StringComparison.Ordinal));
    }

    /// <summary>Goroutine.Exit is called plainly where nothing can suspend; nobody waits for it.</summary>
    [Theory, MemberData(nameof(CorpusTests.Configurations), MemberType = typeof(CorpusTests))]
    public void Exit_IsNotTold(string configuration) => Assert.Empty(In(configuration, "Leaving"));

    /// <summary>A hole of an interpolated string suspends; a handler that the author passes on by value cannot become another type.</summary>
    [Theory, MemberData(nameof(CorpusTests.Configurations), MemberType = typeof(CorpusTests))]
    public void InterpolatedStrings_PinOnlyWhereTheirHandlerIsPassedOn(string configuration)
    {
        var remark = Assert.Single(In(configuration, "Strings"));
        Assert.Equal(Rules.LivePointer, remark.Id);
        // A build with deterministic paths names its sources from a root that is no folder, so only the name is the file's.
        var source = Path.Combine(Subject.Repository, "tests", "Corpus", Path.GetFileName(remark.File!));
        Assert.Contains("Passed", File.ReadAllLines(source)[remark.Line - 1], StringComparison.Ordinal);
    }

    /// <summary>Spans of arrays, strings and inline arrays are made again; not those of the thread's stack, nor those whose own address is kept.</summary>
    [Theory, MemberData(nameof(CorpusTests.Configurations), MemberType = typeof(CorpusTests))]
    public void Spans_PinOnlyWhereTheyCannotBeMadeAgain(string configuration)
    {
        var remarks = In(configuration, "Spans").ToList();
        Assert.Equal(["::Stackalloc()", "::Text()"], remarks.Select(r => r.Method[r.Method.IndexOf("::", StringComparison.Ordinal)..]).Distinct().Order(StringComparer.Ordinal));
        Assert.All(remarks, r => Assert.Equal(Rules.LivePointer, r.Id));
    }

    /// <summary>On a struct of a known type an interface call is a call of its method; through a type parameter it goes by the shadow.</summary>
    [Theory, MemberData(nameof(CorpusTests.Configurations), MemberType = typeof(CorpusTests))]
    public void ConstrainedCalls_DoNotPin(string configuration)
    {
        Subject.Compiled(configuration).Weave(out var result);
        Assert.DoesNotContain(result.Diagnostics, d => d.Id == Rules.Constrained);
        Assert.DoesNotContain(In(configuration, "Constrained"), d => d.Method.Contains("::Structs()", StringComparison.Ordinal));
    }

    /// <summary>Static members through type parameters, members of interfaces with a body, overrides with another result and structs in boxes suspend.</summary>
    [Theory, MemberData(nameof(CorpusTests.Configurations), MemberType = typeof(CorpusTests))]
    public void MembersOfInterfaces_DoNotPin(string configuration)
    {
        Subject.Compiled(configuration).Weave(out var result);
        Assert.DoesNotContain(result.Diagnostics, d => d.Id == Rules.NeverHot);
        var remark = Assert.Single(In(configuration, "Interfaces"));
        Assert.Equal(Rules.Boxed, remark.Id);
        Assert.Contains("::Found", remark.Method, StringComparison.Ordinal);
        Assert.All(result.Diagnostics.Where(d => d.Id == Rules.Untold), d =>
        {
            Assert.Matches("Misc::(Pointers|Digits|ReferencesToPointers)", d.Method);
            Assert.Equal(Severity.Info, d.Severity);
        });
    }

    /// <summary>Where a function pointer leads to nobody can tell, which is told.</summary>
    [Theory, MemberData(nameof(CorpusTests.Configurations), MemberType = typeof(CorpusTests))]
    public void FunctionPointers_AreTold(string configuration)
    {
        Subject.Compiled(configuration).Weave(out var result);
        Assert.Contains(result.Diagnostics, d => d.Id == Rules.Untold && d.Message.Contains("function pointer", StringComparison.Ordinal));
    }

    /// <summary>A reference pins where nobody can tell what it refers to, and nowhere else.</summary>
    [Theory, MemberData(nameof(CorpusTests.Configurations), MemberType = typeof(CorpusTests))]
    public void References_PinOnlyWhereTheirOriginIsUnknown(string configuration)
    {
        var remarks = In(configuration, "References").ToList();
        Assert.All(remarks, r => Assert.Equal(Rules.LivePointer, r.Id));
        Assert.Equal(["::Locals()", "::Parameters()"], remarks.Select(r => r.Method[r.Method.IndexOf("::", StringComparison.Ordinal)..]).Distinct().Order(StringComparer.Ordinal));
    }
}
