// What the package does to an assembly: its symbols, its name and its signature stay what they were.

using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;

namespace Weft.Integration;

/// <summary>Properties of woven assemblies.</summary>
public sealed class OutputTests(PackedFeed feed)
{
    /// <summary>The exception comes up after a park, so through frames that were resumed from the heap.</summary>
    [Theory]
    [InlineData("Debug")]
    [InlineData("Release")]
    public async Task StackTrace_AfterAPark_NamesMethodsFilesAndLines(string configuration)
    {
        var app = new OutsideProject(feed, "Trace" + configuration, "App").With("Program.cs", """
            using Weft;
            using static Weft.Goroutine;

            var door = new Chan<int>();
            var report = new Chan<string>();
            Go(() => report.Send(Places.Caught(door)));
            Sleep(TimeSpan.FromMilliseconds(50));
            door.Send(0);
            Console.WriteLine(report.Receive());

            static class Places
            {
                public static string Caught(Chan<int> door)
                {
                    try
                    {
                        return Middle(door);
                    }
                    catch (DivideByZeroException e)
                    {
                        return e.StackTrace!;
                    }
                }

                static string Middle(Chan<int> door)
                {
                    var text = Innermost(door);
                    Console.WriteLine("went on"); return text + "!";
                }

                static string Innermost(Chan<int> door)
                {
                    var n = door.Receive();
                    return (1 / n).ToString();
                }
            }
            """);
        await app.Build(configuration);
        var trace = (await app.Run(configuration)).Output;
        Assert.DoesNotContain("went on", trace, StringComparison.Ordinal);
        Assert.Matches(@"Places\.Innermost\(.*Program\.cs:line 34", trace);
        Assert.Matches(@"Places\.Middle\(.*Program\.cs:line 27", trace);
        Assert.Matches(@"Places\.Caught\(.*Program\.cs:line 17", trace);
    }

    [Fact]
    public async Task StrongName_KeyFile_SignsTheWovenAssembly()
    {
        var app = new OutsideProject(feed, "Signed", "App", properties: "<SignAssembly>true</SignAssembly><AssemblyOriginatorKeyFile>key.snk</AssemblyOriginatorKeyFile>")
            .With("Program.cs", Programs.Handful);
        using (var key = new RSACryptoServiceProvider(1024))
            await File.WriteAllBytesAsync(Path.Combine(app.Folder, "key.snk"), key.ExportCspBlob(includePrivateParameters: true));
        await app.Build();
        Assert.Equal(["sum 385", "woven True"], (await app.Run()).Lines);

        var before = Identity(app.Intermediate("unwoven/App.dll"));
        var after = Identity(app.Built());
        Assert.Equal(before.Key, after.Key);
        Assert.True(after.Signed);
        Assert.NotEqual(before.Signature, after.Signature);
        Assert.Contains(after.Signature, b => b != 0);
    }

    [Fact]
    public void Package_HoldsWhatItNeedsAndNoMore()
    {
        using var package = System.IO.Compression.ZipFile.OpenRead(feed.Package);
        var files = package.Entries.Select(e => e.FullName).ToHashSet();
        Assert.Superset(
            new HashSet<string>
            {
                "lib/net10.0/Weft.dll", "lib/net10.0/Weft.xml", "build/Weft.props", "build/Weft.targets",
                "buildTransitive/Weft.props", "buildTransitive/Weft.targets", "tools/net10.0/Weft.Weaver.dll",
                "tools/net10.0/Mono.Cecil.dll", "README.md", "LICENSE",
            },
            files);
        // MSBuild brings its own, and two of them in one process do not get along.
        Assert.DoesNotContain(files, f => Path.GetFileName(f).StartsWith("Microsoft.Build", StringComparison.Ordinal));
    }

    private static (string Key, bool Signed, byte[] Signature) Identity(string file)
    {
        using var pe = new PEReader(File.OpenRead(file));
        var metadata = pe.GetMetadataReader();
        var cor = pe.PEHeaders.CorHeader!;
        var signature = cor.StrongNameSignatureDirectory;
        return (
            Convert.ToHexString(metadata.GetBlobBytes(metadata.GetAssemblyDefinition().PublicKey)),
            cor.Flags.HasFlag(CorFlags.StrongNameSigned),
            signature.Size == 0 ? [] : [.. pe.GetSectionData(signature.RelativeVirtualAddress).GetContent(0, signature.Size)]);
    }
}
