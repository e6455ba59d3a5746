// What the package does to a build: weave, once, and again exactly when something has changed.

namespace Weft.Integration;

/// <summary>Builds of outside projects.</summary>
public sealed class BuildTests(PackedFeed feed)
{
    [Theory]
    [InlineData("Debug")]
    [InlineData("Release")]
    public async Task Build_PackageReferenceAlone_WeavesTheProgram(string configuration)
    {
        var app = new OutsideProject(feed, "Alone" + configuration, "App").With("Program.cs", Programs.Crowd);
        await app.Build(configuration);
        var run = await app.Run(configuration);
        Assert.Equal([Programs.CrowdSum, "woven True"], run.Lines);
    }

    [Fact]
    public async Task Build_NothingChanged_DoesNotWeave()
    {
        var app = new OutsideProject(feed, "Twice", "App").With("Program.cs", Programs.Handful);
        await app.Build();
        var woven = File.GetLastWriteTimeUtc(app.Intermediate("App.dll"));
        var second = await app.Build();
        Assert.Contains("Skipping target \"CoreCompile\"", second.Output, StringComparison.Ordinal);
        Assert.Contains("Skipping target \"WeftWeave\"", second.Output, StringComparison.Ordinal);
        Assert.Equal(woven, File.GetLastWriteTimeUtc(app.Intermediate("App.dll")));
        Assert.Equal(["sum 385", "woven True"], (await app.Run()).Lines);
    }

    /// <summary>
    /// A program in one file. The SDK keeps the compiler's command line of the first run and would call the compiler alone after a change
    /// of the source: what it makes is not woven.
    /// </summary>
    [Fact]
    public async Task RunFile_SourceChanged_WeavesTheProgramAgain()
    {
        var folder = Directory.CreateDirectory(Path.Combine(feed.Root, "File")).FullName;
        var file = Path.Combine(folder, "handful.cs");
        for (var round = 1; round <= 3; round++)
        {
            await File.WriteAllTextAsync(file, $"""
                #:package Weft@{feed.Version}
                #:property PublishAot=false
                {Programs.Handful}
                Console.WriteLine("round {round}");
                """, TestContext.Current.CancellationToken);
            var run = await Shell.Succeed(folder, "run", "handful.cs");
            Assert.Equal(["sum 385", "woven True", $"round {round}"], run.Lines);
        }
    }

    /// <summary>
    /// The library's surface stays, so the program is not compiled again; but a method that it calls begins to block, and the
    /// program's thousand goroutines would each hold a thread there if its old weave were kept.
    /// </summary>
    [Fact]
    public async Task Build_BodyOfLibraryChanged_WeavesTheProgramAgain()
    {
        var library = new OutsideProject(feed, "Body", "Lib", library: true).With("Lib.cs", """
            using Weft;
            public static class Lib
            {
                public static int Take(Chan<int> door) => door.Capacity;
            }
            """);
        var app = new OutsideProject(feed, "Body", "App", references: library).With("Program.cs", """
            using System.Diagnostics;
            using Weft;
            using static Weft.Goroutine;

            var door = new Chan<int>();
            var sums = new Chan<int>(1_000);
            for (var i = 0; i < 1_000; i++)
                Go(() => sums.Send(Lib.Take(door)));
            Sleep(TimeSpan.FromMilliseconds(500));
            var threads = Process.GetCurrentProcess().Threads.Count;
            door.Close();
            var sum = 0;
            for (var i = 0; i < 1_000; i++)
                sum += sums.Receive();
            Console.WriteLine($"sum {sum}");
            Console.WriteLine($"woven {threads < 100}");
            """);
        await app.Build();
        Assert.Equal(["sum 0", "woven True"], (await app.Run()).Lines);

        var compiled = File.GetLastWriteTimeUtc(app.Intermediate("unwoven/App.dll"));
        var woven = File.GetLastWriteTimeUtc(app.Intermediate("App.dll"));
        library.With("Lib.cs", """
            using Weft;
            public static class Lib
            {
                public static int Take(Chan<int> door) => door.Receive() + 7;
            }
            """);
        await app.Build();
        Assert.Equal(compiled, File.GetLastWriteTimeUtc(app.Intermediate("unwoven/App.dll")));
        Assert.NotEqual(woven, File.GetLastWriteTimeUtc(app.Intermediate("App.dll")));
        Assert.Equal(["sum 7000", "woven True"], (await app.Run()).Lines);
    }

    [Fact]
    public async Task Build_PackageReachedThroughALibrary_WeavesTheProgram()
    {
        var library = new OutsideProject(feed, "Through", "Lib", library: true).With("Lib.cs", "public static class Lib;");
        var app = new OutsideProject(feed, "Through", "App", package: false, references: library).With("Program.cs", Programs.Handful);
        await app.Build();
        Assert.Equal(["sum 385", "woven True"], (await app.Run()).Lines);
    }

    [Fact]
    public async Task WeftWeave_OffAndOnAgain_PrintsTheSame()
    {
        var app = new OutsideProject(feed, "Switch", "App").With("Program.cs", Programs.Handful);
        await app.Build();
        Assert.Equal(["sum 385", "woven True"], (await app.Run()).Lines);
        await app.Build("Debug", "-p:WeftWeave=false");
        Assert.Equal(["sum 385", "woven False"], (await app.Run()).Lines);
        await app.Build();
        Assert.Equal(["sum 385", "woven True"], (await app.Run()).Lines);
    }

    /// <summary>
    /// What no woven program does: a timer is the first of all things that it makes, on a thread that runs no goroutine; and a catch stops
    /// <c>Goroutine.Exit</c> for good, so that the goroutine's body returns while its exit is on.
    /// </summary>
    [Fact]
    public async Task Run_NotWoven_TimerFirstAndExitCaught()
    {
        var app = new OutsideProject(feed, "Unwoven", "App", properties: "<WeftWeave>false</WeftWeave>").With("Program.cs", """
            using Weft;
            using static Weft.Goroutine;

            Console.WriteLine(new GoTimer(TimeSpan.FromMilliseconds(1)).C.ReceiveOk().Ok);
            var done = new Chan<string>(2);
            Go(() =>
            {
                try
                {
                    Exit();
                }
                catch (Exception)
                {
                    done.Send("caught");
                }
            });
            Console.WriteLine(done.Receive());
            Console.WriteLine(Run(() => "alive").Result);
            """);
        await app.Build();
        Assert.Equal(["True", "caught", "alive"], (await app.Run()).Lines);
    }

    [Fact]
    public async Task Clean_AfterABuild_LeavesNoWovenFile()
    {
        var app = new OutsideProject(feed, "Clean", "App").With("Program.cs", Programs.Handful);
        await app.Build();
        await Shell.Succeed(app.Folder, "clean");
        var left = Directory.GetFiles(app.Folder, "*", SearchOption.AllDirectories)
            .Select(Path.GetFileName)
            .Where(f => f!.EndsWith(".dll", StringComparison.Ordinal) || f.EndsWith(".pdb", StringComparison.Ordinal) || f.Contains(".weft.", StringComparison.Ordinal));
        Assert.Empty(left);
    }

    [Fact]
    public async Task Build_SourceDoesNotCompile_FailsAndRecovers()
    {
        var app = new OutsideProject(feed, "Error", "App").With("Program.cs", Programs.Handful);
        await app.Build();
        app.With("Program.cs", Programs.Handful + "\nthis is not C#");
        Assert.NotEqual(0, (await Shell.Run(app.Folder, "build")).ExitCode);
        app.With("Program.cs", Programs.Handful.Replace("n * n", "n * n * n", StringComparison.Ordinal));
        await app.Build();
        Assert.Equal(["sum 3025", "woven True"], (await app.Run()).Lines);
    }

    [Fact]
    public async Task Publish_TakesTheWovenAssembly()
    {
        var app = new OutsideProject(feed, "Publish", "App").With("Program.cs", Programs.Crowd);
        await Shell.Succeed(app.Folder, "publish", "-c", "Release", "-o", "out");
        var run = await Shell.Succeed(app.Folder, Path.Combine("out", "App.dll"));
        Assert.Equal([Programs.CrowdSum, "woven True"], run.Lines);
    }
}
