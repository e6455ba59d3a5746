// Remarks of the weaver come out of a build as the compiler's do: with a line, and under the same settings.

namespace Weft.Integration;

/// <summary>What a build says about a blocking call that the weaver has to leave plain.</summary>
public sealed class DiagnosticTests(PackedFeed feed)
{
    // The call in line 18 blocks inside an exception filter.
    private const string BlocksInFilter = """
        using Weft;
        using static Weft.Goroutine;

        var door = new Chan<int>();
        Go(() => door.Send(7));
        Console.WriteLine($"got {Late.Take(door)}");

        static class Late
        {
            public static int Take(Chan<int> door)
            {
                try
                {
                    throw new InvalidOperationException();
                }
                catch (InvalidOperationException)
                    // Asked while the exception still looks for its handler.
                    when (door.Receive() == 7)
                {
                    return 7;
                }
            }
        }
        """;

    [Fact]
    public async Task Warning_NamesFileAndLine_AndTheProgramRuns()
    {
        var app = Project("Warning");
        var build = await app.Build();
        Assert.Matches(@"Program\.cs\(18,\d+\): warning WEFT1001: ", build.Output);
        Assert.Equal(["got 7"], (await app.Run()).Lines);
    }

    [Fact]
    public async Task NoWarn_SilencesTheWarning()
    {
        var build = await Project("Silenced").Build("Debug", "-p:NoWarn=WEFT1001");
        Assert.DoesNotContain("WEFT1001:", build.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-p:TreatWarningsAsErrors=true")]
    [InlineData("-p:WarningsAsErrors=WEFT1001")]
    public async Task WarningsAsErrors_FailTheBuild(string property)
    {
        var app = Project("Failing" + property.Length);
        var build = await Shell.Run(app.Folder, "build", property);
        Assert.NotEqual(0, build.ExitCode);
        Assert.Matches(@"Program\.cs\(18,\d+\): error WEFT1001: ", build.Output);

        // Nothing is left that a second build could take for done.
        Assert.NotEqual(0, (await Shell.Run(app.Folder, "build", property)).ExitCode);
        await app.Build();
        Assert.Equal(["got 7"], (await app.Run()).Lines);
    }

    [Fact]
    public async Task WarningsNotAsErrors_WinsOverAllAreErrors()
    {
        var build = await Project("Spared").Build("Debug", "-p:TreatWarningsAsErrors=true", "-p:WarningsNotAsErrors=WEFT1001");
        Assert.Matches(@"Program\.cs\(18,\d+\): warning WEFT1001: ", build.Output);
    }

    private OutsideProject Project(string solution) => new OutsideProject(feed, solution, "App").With("Program.cs", BlocksInFilter);
}
