// <WeftWeaveReference>: a library that was compiled without Weft is woven into the output folder.

using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Weft.Integration;

/// <summary>Libraries of others, woven by the project that uses them.</summary>
public sealed class WeaveReferenceTests(PackedFeed feed)
{
    // Two hundred goroutines wait inside Newtonsoft's deserializer, beneath ten of its methods each. Unwoven, each holds a thread.
    private const string WaitsInsideJson = """
        using System.Diagnostics;
        using Newtonsoft.Json;
        using Weft;
        using static Weft.Goroutine;

        const int Count = 200;
        var door = new Chan<int>();
        var waiting = new Chan<int>(Count);
        var sums = new Chan<int>(Count);
        for (var i = 0; i < Count; i++)
            Go(() => sums.Send(JsonConvert.DeserializeObject<List<Thing>>("[{\"Number\":1}]", new Late(door, waiting))![0].Number));
        for (var i = 0; i < Count; i++)
            waiting.Receive();
        Sleep(TimeSpan.FromMilliseconds(300));
        var threads = Process.GetCurrentProcess().Threads.Count;
        door.Close();
        var sum = 0;
        for (var i = 0; i < Count; i++)
            sum += sums.Receive();
        Console.WriteLine($"sum {sum}");
        Console.WriteLine($"woven {threads < 100}");

        class Thing { public int Number { get; set; } }

        class Late(Chan<int> door, Chan<int> waiting) : JsonConverter<int>
        {
            public override int ReadJson(JsonReader reader, Type type, int existing, bool hasExisting, JsonSerializer serializer)
            {
                waiting.Send(0);
                return door.Receive() + Convert.ToInt32(reader.Value);
            }

            public override void WriteJson(JsonWriter writer, int value, JsonSerializer serializer) => throw new NotSupportedException();
        }
        """;

    private const string Json = """<PackageReference Include="Newtonsoft.Json" Version="13.0.3" />""";

    [Fact]
    public async Task Newtonsoft_IsWovenForBuildAndPublish_AndKeepsItsName()
    {
        var app = new OutsideProject(feed, "WovenJson", "App", items: Json + """<WeftWeaveReference Include="Newtonsoft.Json" />""").With("Program.cs", WaitsInsideJson);
        await app.Build("Release");
        Assert.Equal(["sum 200", "woven True"], (await app.Run("Release")).Lines);
        Assert.Equal(("Newtonsoft.Json", "30AD4FE6B2A6AEED"), NameOf(Path.Combine(Path.GetDirectoryName(app.Built("Release"))!, "Newtonsoft.Json.dll")));

        // Nothing has changed: nothing is woven.
        var woven = File.GetLastWriteTimeUtc(app.Intermediate("weft/Newtonsoft.Json.dll", "Release"));
        var second = await app.Build("Release");
        Assert.Contains("Skipping target \"_WeftWeaveReferences\"", second.Output, StringComparison.Ordinal);
        Assert.Contains("Skipping target \"WeftWeave\"", second.Output, StringComparison.Ordinal);
        Assert.Equal(woven, File.GetLastWriteTimeUtc(app.Intermediate("weft/Newtonsoft.Json.dll", "Release")));

        await Shell.Succeed(app.Folder, "publish", "-c", "Release", "-o", "out");
        Assert.Equal(["sum 200", "woven True"], (await Shell.Succeed(app.Folder, Path.Combine("out", "App.dll"))).Lines);
        Assert.Single(Directory.GetFiles(Path.Combine(app.Folder, "out"), "Newtonsoft*.dll", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task ItemTakenAway_BringsTheOriginalBack()
    {
        var app = new OutsideProject(feed, "JsonAway", "App", items: Json + """<WeftWeaveReference Include="Newtonsoft.Json" Condition="'$(Without)' == ''" />""").With("Program.cs", WaitsInsideJson);
        await app.Build();
        await app.Build("Debug", "-p:Without=1");
        Assert.Equal(["sum 200", "woven False"], (await app.Run()).Lines);
        await app.Build();
        Assert.Equal(["sum 200", "woven True"], (await app.Run()).Lines);
    }

    /// <summary>Outer calls Inner: woven in that order, whatever the order of the items, so that Outer finds Inner's twins. Lines come from their symbols.</summary>
    [Fact]
    public async Task LibrariesThatUseEachOther_AreWovenInOrder_WithTheirSymbols()
    {
        var inner = new OutsideProject(feed, "Chain", "Inner", library: true, package: false).With("Inner.cs", """
            namespace Chain;
            public static class Inner
            {
                public static int Twice(Func<int> source)
                {
                    var first = source();
                    return first + source();
                }
            }
            """);
        var outer = new OutsideProject(feed, "Chain", "Outer", library: true, package: false, references: inner).With("Outer.cs", """
            namespace Chain;
            public static class Outer
            {
                public static int Sum(Func<int> source)
                {
                    var one = Inner.Twice(source);
                    return one + Inner.Twice(source);
                }
            }
            """);
        var app = new OutsideProject(feed, "Chain", "App", references: outer, items: """<WeftWeaveReference Include="Outer;Inner" />""").With("Program.cs", """
            using System.Diagnostics;
            using Chain;
            using Weft;
            using static Weft.Goroutine;

            var door = new Chan<int>();
            var sums = new Chan<int>(300);
            for (var i = 0; i < 300; i++)
                Go(() => sums.Send(Outer.Sum(door.Receive)));
            Sleep(TimeSpan.FromMilliseconds(500));
            var threads = Process.GetCurrentProcess().Threads.Count;
            for (var i = 0; i < 1200; i++)
                door.Send(1);
            var sum = 0;
            for (var i = 0; i < 300; i++)
                sum += sums.Receive();
            Console.WriteLine($"sum {sum}");
            Console.WriteLine($"woven {threads < 100}");

            var trace = new Chan<string>();
            Go(() =>
            {
                try
                {
                    Outer.Sum(() => { door.Receive(); throw new InvalidOperationException(); });
                }
                catch (InvalidOperationException e)
                {
                    trace.Send(e.StackTrace!);
                }
            });
            Sleep(TimeSpan.FromMilliseconds(50));
            door.Send(0);
            Console.WriteLine(trace.Receive());
            """);
        await app.Build();
        var run = await app.Run();
        Assert.Equal(["sum 1200", "woven True"], run.Lines[..2]);
        Assert.Matches(@"Chain\.Inner\.Twice\(.*Inner\.cs:line 6", run.Output);
        Assert.Matches(@"Chain\.Outer\.Sum\(.*Outer\.cs:line 6", run.Output);
    }

    [Theory]
    [InlineData("Newtonsoft", "Is it Newtonsoft.Json?")]
    [InlineData("Some.Library", "matches no reference")]
    public async Task NameThatMatchesNothing_IsAnError(string name, string hint)
    {
        var app = new OutsideProject(feed, "NoMatch" + name.Length, "App", items: Json + $"""<WeftWeaveReference Include="{name}" />""").With("Program.cs", Programs.Handful);
        var build = await Shell.Run(app.Folder, "build");
        Assert.NotEqual(0, build.ExitCode);
        Assert.Contains("error WEFT2004", build.Output, StringComparison.Ordinal);
        Assert.Contains(hint, build.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LibraryProject_ThatCopiesNothing_IsToldSo()
    {
        var library = new OutsideProject(feed, "NotCopied", "Lib", library: true, items: Json + """<WeftWeaveReference Include="Newtonsoft.Json" />""").With("Lib.cs", "public static class Lib;");
        var build = await Shell.Run(library.Folder, "build");
        Assert.NotEqual(0, build.ExitCode);
        Assert.Contains("error WEFT2005", build.Output, StringComparison.Ordinal);
    }

    private static (string Name, string Token) NameOf(string file)
    {
        using var pe = new PEReader(File.OpenRead(file));
        var metadata = pe.GetMetadataReader();
        var name = metadata.GetAssemblyDefinition().GetAssemblyName();
        return (name.Name!, Convert.ToHexString(name.GetPublicKeyToken()!));
    }
}
