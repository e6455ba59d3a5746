using System.Reflection;

namespace Weft.Weaver.Tests;

/// <summary>Every id that a build can print is explained, and every page explains an id.</summary>
public sealed class DiagnosticPagesTests
{
    static readonly string docs = Path.Combine(Subject.Repository, "docs");

    static IEnumerable<string> Ids => typeof(Rules).GetFields(BindingFlags.Static | BindingFlags.Public).Select(f => (string)f.GetRawConstantValue()!).Order(StringComparer.Ordinal);

    [Fact]
    public void EveryId_HasAPageAndARow()
    {
        Assert.Equal(Ids, Directory.GetFiles(Path.Combine(docs, "diagnostics"), "WEFT*.md").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal));
        var table = File.ReadAllText(Path.Combine(docs, "diagnostics.md"));
        Assert.All(Ids, id => Assert.Contains($"| {id} |", table, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryPage_SaysWhatWhyAndWhatToDo()
        => Assert.All(Ids, id =>
        {
            var page = File.ReadAllText(Path.Combine(docs, "diagnostics", id + ".md"));
            Assert.StartsWith($"# {id}: ", page, StringComparison.Ordinal);
            foreach (var heading in new[] { "## Flagged", "## Why", "## What to do", "## Deliberately not flagged" })
                Assert.Contains(heading, page, StringComparison.Ordinal);
        });
}
