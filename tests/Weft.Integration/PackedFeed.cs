// The package as a user gets it, in a feed that holds nothing else but Newtonsoft.Json, a library to weave.

using System.Reflection;

[assembly: AssemblyFixture(typeof(Weft.Integration.PackedFeed))]

// A build is hardly ever at work on more than one processor.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]

namespace Weft.Integration;

/// <summary>Packs Weft once for all tests.</summary>
public sealed class PackedFeed : IAsyncLifetime
{
    /// <summary>Holds the feed, the package cache, and the outside projects.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("weft-").FullName;

    /// <summary>Projects here find, besides the feed, what the user's own sources have: the packs of a platform.</summary>
    public string Online { get; } = Directory.CreateTempSubdirectory("weft-online-").FullName;

    /// <summary>Another one in every run.</summary>
    public string Version { get; } = $"0.1.0-test.{DateTime.UtcNow.Ticks}";

    /// <summary>The package.</summary>
    public string Package => Path.Combine(Root, "feed", $"Weft.{Version}.nupkg");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await Pack("Weft");
        await Pack("Weft.Testing");
        foreach (var file in Directory.GetFiles(Metadata("NewtonsoftPackage"), "*.nupkg"))
            File.Copy(file, Path.Combine(Root, "feed", Path.GetFileName(file)));
        // A cache of our own: the user's would keep one copy of every version that was ever tested.
        await File.WriteAllTextAsync(Path.Combine(Root, "nuget.config"), """
            <configuration>
              <packageSources>
                <clear />
                <add key="packed" value="feed" />
              </packageSources>
              <config>
                <add key="globalPackagesFolder" value="cache" />
              </config>
            </configuration>
            """);
        var user = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        await File.WriteAllTextAsync(Path.Combine(Online, "nuget.config"), $"""
            <configuration>
              <packageSources>
                <add key="packed" value="{Path.Combine(Root, "feed")}" />
              </packageSources>
              <config>
                <add key="globalPackagesFolder" value="cache" />
              </config>
              <fallbackPackageFolders>
                <add key="user" value="{user}" />
              </fallbackPackageFolders>
            </configuration>
            """);
    }

    /// <summary>Packs a project of ours, as it was built, into the feed.</summary>
    public Task Pack(string project) => Shell.Succeed(
        Metadata("WeftRepository"),
        "pack", Path.Combine("src", project), "--no-build", "-c", Metadata("Configuration"), "-o", Path.Combine(Root, "feed"),
        $"-p:Version={Version}", $"-p:ArtifactsPath={Metadata("ArtifactsPath")}");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Shell.Run(Root, Path.Combine(Metadata("Roslyn"), "bincore", "VBCSCompiler.dll"), "-shutdown", $"-pipename:{Shell.Compiler}");
        Directory.Delete(Root, recursive: true);
        Directory.Delete(Online, recursive: true);
    }

    private static string Metadata(string key) =>
        typeof(PackedFeed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
