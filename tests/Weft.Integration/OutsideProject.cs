// A project outside the repository: it knows Weft by the package alone.

namespace Weft.Integration;

/// <summary>A project in a folder of its own below the feed's.</summary>
internal sealed class OutsideProject
{
    private readonly string _version;

    /// <summary>Makes a program, or a library, that references the package and perhaps other projects.</summary>
    public OutsideProject(PackedFeed feed, string solution, string name, bool library = false, bool package = true, OutsideProject? references = null, string properties = "", string items = "", bool online = false)
    {
        _version = feed.Version;
        Name = name;
        Folder = Directory.CreateDirectory(Path.Combine(online ? feed.Online : feed.Root, solution, name)).FullName;
        var all = package ? $"<PackageReference Include=\"Weft\" Version=\"{_version}\" />" : "";
        if (references is not null)
            all += $"<ProjectReference Include=\"../{references.Name}/{references.Name}.csproj\" />";
        File.WriteAllText(Path.Combine(Folder, name + ".csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>{(library ? "Library" : "Exe")}</OutputType>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                {properties}
              </PropertyGroup>
              <ItemGroup>{all}{items}</ItemGroup>
            </Project>
            """);
    }

    public string Name { get; }

    public string Folder { get; }

    /// <summary>Writes a source file.</summary>
    public OutsideProject With(string file, string text)
    {
        File.WriteAllText(Path.Combine(Folder, file), text);
        return this;
    }

    /// <summary>Builds, and returns what was said at normal verbosity.</summary>
    public Task<Outcome> Build(string configuration = "Debug", params string[] more) =>
        Shell.Succeed(Folder, ["build", "-v:n", "-c", configuration, .. more]);

    /// <summary>Runs what was built; returns its output.</summary>
    public Task<Outcome> Run(string configuration = "Debug") => Shell.Succeed(Folder, Built(configuration));

    /// <summary>The assembly beside which it runs.</summary>
    public string Built(string configuration = "Debug") => Path.Combine(Folder, "bin", configuration, "net10.0", Name + ".dll");

    /// <summary>A file that the build leaves in obj.</summary>
    public string Intermediate(string file, string configuration = "Debug") => Path.Combine(Folder, "obj", configuration, "net10.0", file);
}
