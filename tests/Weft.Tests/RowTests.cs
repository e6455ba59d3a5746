using System.Reflection;
using System.Text.RegularExpressions;

namespace Weft.Tests;

/// <summary>The pages of conformance name tests that there are, and each test that stands for a row of Go's.</summary>
[NotWoven]
public sealed partial class RowTests
{
    private static readonly string s_repository =
        typeof(RowTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Repository").Value!;

    internal static string Repository => s_repository;

    private static string[] Lines()
    {
        string[] pages = ["docs/conformance-runtime.md", "docs/conformance-testing.md"];
        Assert.SkipUnless(Directory.Exists(s_repository), "the repository is not there");
        return [.. pages.SelectMany(page => File.ReadAllLines(Path.Combine(s_repository, page)))];
    }

    [GeneratedRegex("`(\\w+Tests)\\.(\\w+)`")]
    private static partial Regex Named { get; }

    private static MethodInfo? Find(string type, string method) =>
        typeof(RowTests).Assembly.GetTypes().Where(t => t.Name == type).Select(t => t.GetMethod(method)).OfType<MethodInfo>().FirstOrDefault();

    [Fact]
    public void Conformance_EveryTestThatIsNamed_Exists()
    {
        // Those that run a child process are in an assembly of their own.
        var others = string.Join('\n', Directory.GetFiles(Path.Combine(s_repository, "tests/Weft.Crash.Tests"), "*.cs").Select(File.ReadAllText));
        var missing = Lines().SelectMany(l => Named.Matches(l)).Select(m => (Type: m.Groups[1].Value, Method: m.Groups[2].Value)).Distinct()
            .Where(n => Find(n.Type, n.Method) is null &&
                !(others.Contains($"class {n.Type}\n", StringComparison.Ordinal) && others.Contains($" {n.Method}(", StringComparison.Ordinal)))
            .Select(n => $"{n.Type}.{n.Method}").ToList();
        Assert.Empty(missing);
    }

    [Fact]
    public void Conformance_EveryRowThatATestStandsFor_NamesIt()
    {
        var lines = Lines();
        var missing =
            from type in typeof(RowTests).Assembly.GetTypes()
            from method in type.GetMethods()
            let row = method.GetCustomAttribute<RowAttribute>()
            where row is not null
            from name in row.Rows
            where !lines.Any(l => l.StartsWith($"| {name} ", StringComparison.Ordinal) && l.Contains($"`{type.Name}.{method.Name}`", StringComparison.Ordinal))
            select $"{name}: {type.Name}.{method.Name}";
        Assert.Empty(missing);
    }

    // The other pages: each row says by its first name which test stands for it, or begins with why there is none.
    [Theory, InlineData("docs/conformance-channels.md"), InlineData("docs/conformance-sync.md")]
    public void Conformance_EveryRow_HasATestOrAReason(string page)
    {
        var path = Path.Combine(s_repository, page);
        Assert.SkipUnless(File.Exists(path), "the repository is not there");
        string[] reasons = ["none", "no meaning", "not here", "not about", "under the same names"];
        var types = typeof(RowTests).Assembly.GetTypes().Where(t => t.Name.EndsWith("Tests", StringComparison.Ordinal)).ToList();
        var crash = string.Join('\n', Directory.GetFiles(Path.Combine(s_repository, "tests/Weft.Crash.Tests"), "*.cs").Select(File.ReadAllText));
        var rows = File.ReadAllLines(path).Where(l => l.StartsWith("| ", StringComparison.Ordinal) && !l.StartsWith("| ---", StringComparison.Ordinal))
            .Select(l => l.Split('|')).Where(c => c[1].Trim() is not ("row" or "Go's test")).ToList();
        Assert.True(rows.Count > 30);
        Assert.Empty(rows.Where(c => !reasons.Any(r => c[2].Trim().StartsWith(r, StringComparison.Ordinal)) && !IsTest(c[2])).Select(c => $"{c[1]}:{c[2]}"));

        bool IsTest(string cell)
        {
            if (Regex.Match(cell, "^ `(?:(\\w+)\\.)?(\\w+)(\\*?)`") is not { Success: true } m)
                return false;
            var (type, name, isPrefix) = (m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Length > 0);
            return types.Where(t => type.Length == 0 || t.Name == type).SelectMany(t => t.GetMethods())
                    .Any(x => isPrefix ? x.Name.StartsWith(name, StringComparison.Ordinal) : x.Name == name)
                || types.Any(t => t.Name == name) || crash.Contains($"class {name}\n", StringComparison.Ordinal);
        }
    }
}
