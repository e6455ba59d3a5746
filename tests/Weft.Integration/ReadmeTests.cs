// The README's program, taken from the package's own copy, prints what the README says.

using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Weft.Integration;

/// <summary>The first thing that a user tries.</summary>
public sealed partial class ReadmeTests(PackedFeed feed)
{
    [Fact]
    public async Task Program_PrintsWhatTheReadmeSays()
    {
        using var package = await ZipFile.OpenReadAsync(feed.Package);
        using var reader = new StreamReader(await package.GetEntry("README.md")!.OpenAsync());
        var readme = await reader.ReadToEndAsync();
        var app = new OutsideProject(feed, "Readme", "App").With("Program.cs", Block("csharp"));
        await app.Build("Release");
        var expected = Block("text").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(expected, (await app.Run("Release")).Lines);

        string Block(string language) => Blocks().Matches(readme).First(m => m.Groups["language"].Value == language).Groups["text"].Value;
    }

    [GeneratedRegex(@"^```(?<language>\w+)\r?\n(?<text>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Blocks();
}
