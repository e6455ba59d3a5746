// The package among the other habits of a build: reproducible output, several projects at once, an IDE that asks without building,
// symbols with all that was in them, and the forms in which programs are published.

using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;

namespace Weft.Integration;

/// <summary>Builds that are somehow special.</summary>
public sealed class CitizenTests(PackedFeed feed)
{
    [Fact]
    public async Task TwoFolders_SameBytes()
    {
        var built = new List<OutsideProject>();
        foreach (var folder in new[] { "Here", "SomewhereElseAltogether" })
        {
            var app = new OutsideProject(feed, folder, "App", properties: "<PathMap>$(MSBuildProjectDirectory)=/src</PathMap>").With("Program.cs", Programs.Crowd);
            await app.Build("Release");
            built.Add(app);
        }
        foreach (var file in new[] { "App.dll", "App.pdb" })
            Assert.Equal(File.ReadAllBytes(built[0].Intermediate(file, "Release")), File.ReadAllBytes(built[1].Intermediate(file, "Release")));
    }

    /// <summary>An IDE asks for the compiler's command line, with the targets of a build and no compiler; it must find the real paths and leave no trace.</summary>
    [Fact]
    public async Task DesignTimeBuild_WeavesNothing()
    {
        var app = new OutsideProject(feed, "DesignTime", "App").With("Program.cs", Programs.Handful);
        await Shell.Succeed(app.Folder, "restore");
        var asked = await Shell.Succeed(app.Folder, "msbuild", "-t:Compile", "-p:DesignTimeBuild=true", "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true", "-getItem:CscCommandLineArgs");
        Assert.Contains("/out:obj/Debug/net10.0/App.dll", asked.Output.Replace('\\', '/'), StringComparison.Ordinal);
        Assert.False(Directory.Exists(app.Intermediate("unwoven")));
        Assert.False(File.Exists(app.Intermediate("App.weft.stamp")));

        await app.Build();
        var woven = File.GetLastWriteTimeUtc(app.Intermediate("App.dll"));
        await Shell.Succeed(app.Folder, "msbuild", "-t:Compile", "-p:DesignTimeBuild=true", "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true");
        Assert.Equal(woven, File.GetLastWriteTimeUtc(app.Intermediate("App.dll")));
    }

    [Fact]
    public async Task ParallelBuild_WeavesEachOnce()
    {
        var references = "";
        for (var i = 0; i < 4; i++)
        {
            new OutsideProject(feed, "Parallel", $"Lib{i}", library: true).With("Lib.cs", $$"""
                using Weft;
                public static class Lib{{i}}
                {
                    public static int Take(Chan<int> door) => door.Receive() + {{i}};
                }
                """);
            references += $"""<ProjectReference Include="../Lib{i}/Lib{i}.csproj" />""";
        }
        var app = new OutsideProject(feed, "Parallel", "App", items: references).With("Program.cs", """
            using Weft;
            using static Weft.Goroutine;

            var door = new Chan<int>();
            Go(() => { for (var i = 0; i < 4; i++) door.Send(10); });
            Console.WriteLine(Lib0.Take(door) + Lib1.Take(door) + Lib2.Take(door) + Lib3.Take(door));
            """);
        await app.Build("Debug", "-m:4");
        Assert.Equal(["46"], (await app.Run()).Lines);
    }

    /// <summary>Debuggers find the locals of an activation whether it runs or was resumed, and the sources wherever the compiler said they are.</summary>
    [Fact]
    public async Task EmbeddedSymbols_KeepSourceLinkSourcesAndLocals()
    {
        var app = new OutsideProject(feed, "Symbols", "App", properties: "<DebugType>embedded</DebugType><EmbedAllSources>true</EmbedAllSources><SourceLink>link.json</SourceLink>")
            .With("link.json", """{"documents":{"*":"https://example.org/*"}}""")
            .With("Program.cs", """
                using Weft;
                using static Weft.Goroutine;

                var door = new Chan<int>();
                Go(() => door.Send(20));
                Console.WriteLine(Places.Twice(door));

                static class Places
                {
                    public static int Twice(Chan<int> door)
                    {
                        var remembered = 2;
                        var received = door.Receive();
                        return received * remembered;
                    }
                }
                """);
        await app.Build();
        Assert.Equal(["40"], (await app.Run()).Lines);
        Assert.False(File.Exists(Path.ChangeExtension(app.Built(), ".pdb")));

        using var pe = new PEReader(File.OpenRead(app.Built()));
        var entry = pe.ReadDebugDirectory().Single(e => e.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
        using var provider = pe.ReadEmbeddedPortablePdbDebugDirectoryData(entry);
        MetadataReader pdb = provider.GetMetadataReader(), assembly = pe.GetMetadataReader();
        var kinds = pdb.CustomDebugInformation.Select(h => pdb.GetGuid(pdb.GetCustomDebugInformation(h).Kind)).ToHashSet();
        Assert.Contains(new Guid("CC110556-A091-4D38-9FEC-25AB9A351A6A"), kinds); // source link
        Assert.Contains(new Guid("0E8A571B-6926-466E-B4AD-8AB04611F5FE"), kinds); // embedded source

        foreach (var (type, method) in new[] { ("Places", "Twice"), ("Places", "<Twice>g"), ("<Twice>g", "Resume") })
        {
            var handle = assembly.MethodDefinitions.Single(h => assembly.GetMethodDefinition(h) is var m && assembly.GetString(m.Name) == method
                && assembly.GetString(assembly.GetTypeDefinition(m.GetDeclaringType()).Name).StartsWith(type, StringComparison.Ordinal));
            var locals = pdb.GetLocalScopes(handle.ToDebugInformationHandle()).SelectMany(s => pdb.GetLocalScope(s).GetLocalVariables()).Select(v => pdb.GetString(pdb.GetLocalVariable(v).Name)).ToList();
            Assert.Contains("remembered", locals);
            Assert.Contains("received", locals);
            Assert.NotEmpty(pdb.GetMethodDebugInformation(handle).GetSequencePoints());
        }
    }

    /// <summary>Trimming, compiling ahead, and bundling read what was woven; nothing that the runtime finds by reflection is trimmed away.</summary>
    [Theory]
    [InlineData("Trimmed", "--self-contained", "-p:PublishTrimmed=true")]
    [InlineData("Ready", "--no-self-contained", "-p:PublishReadyToRun=true", "-p:PublishSingleFile=true")]
    public async Task Publish_ForOnePlatform_RunsWoven(string name, params string[] properties)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("WEFT_TESTS") == "full", "takes a minute each: WEFT_TESTS=full");
        var app = new OutsideProject(feed, name, "App", online: true).With("Program.cs", Programs.Crowd);
        await Shell.Succeed(app.Folder, ["publish", "-c", "Release", "-o", "out", "-r", RuntimeInformation.RuntimeIdentifier, .. properties]);
        var run = await Shell.Execute(Path.Combine(app.Folder, "out", OperatingSystem.IsWindows() ? "App.exe" : "App"));
        Assert.Equal((0, Programs.CrowdSum, "woven True"), (run.ExitCode, run.Lines[0], run.Lines[1]));
    }
}
