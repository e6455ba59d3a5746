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
}
