// The command line, packed, and installed as a user does.

namespace Weft.Integration;

/// <summary>See the file head.</summary>
public sealed class ToolTests(PackedFeed feed)
{
    [Fact]
    public async Task Weft_InstalledAsATool_VerifiesReportsAndShows()
    {
        await feed.Pack("Weft.Cli");
        var folder = Path.Combine(feed.Root, "Tool");
        await Shell.Succeed(feed.Root, "tool", "install", "Weft.Cli", "--version", feed.Version, "--tool-path", folder);
        var app = new OutsideProject(feed, "Tools", "App").With("Program.cs", Programs.Handful);
        await app.Build();

        var tool = Path.Combine(folder, OperatingSystem.IsWindows() ? "weft.exe" : "weft");
        var verify = await Shell.Execute(tool, "verify", app.Built());
        Assert.True(verify.ExitCode == 0, verify.Output);
        var report = await Shell.Execute(tool, "report", app.Intermediate("unwoven/App.dll"), "-r", Path.GetDirectoryName(app.Built())!);
        Assert.True(report.ExitCode == 0, report.Output);
        Assert.Contains("can suspend:", report.Output, StringComparison.Ordinal);
        var il = await Shell.Execute(tool, "il", app.Built(), "<Main>$");
        Assert.True(il.ExitCode == 0, il.Output);
        Assert.Contains("Goroutine", il.Output, StringComparison.Ordinal);
    }
}
