// C# to assemblies, in process, with the compiler of the SDK.

using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Weft.Fuzz;

internal static class Compiler
{
    public static readonly CSharpParseOptions Parsing = new(LanguageVersion.Preview);

    static readonly SyntaxTree[] prelude = [.. new[] { "Prelude.cs", "Generics.cs" }.Select(n => Parse(Resource(n), n))];

    /// <summary>What programs are compiled against, and woven.</summary>
    public static readonly string[] References =
    [
        typeof(Goroutine).Assembly.Location,
        .. new[] { "System.Private.CoreLib", "System.Runtime", "System.Collections", "System.Linq", "System.Console", "System.Threading", "System.Memory", "netstandard" }
            .Select(n => Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), n + ".dll")).Where(File.Exists),
    ];

    // The names that users' projects see.
    static readonly MetadataReference[] metadata =
    [
        MetadataReference.CreateFromFile(typeof(Goroutine).Assembly.Location),
        .. Directory.GetFiles(Metadata("TargetingPack"), "System*.dll").Select(r => MetadataReference.CreateFromFile(r)),
    ];

    static string Metadata(string key) => typeof(Compiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    public static SyntaxTree Parse(string source, string path)
        => CSharpSyntaxTree.ParseText(SourceText.From(source, System.Text.Encoding.UTF8), Parsing, path);

    /// <summary>Compiles programs with their prelude. What is returned is what is wrong with them, and where.</summary>
    public static IReadOnlyList<(string Path, string Message)> Compile(IReadOnlyList<SyntaxTree> programs, bool optimised, string path)
    {
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: optimised ? OptimizationLevel.Release : OptimizationLevel.Debug,
            allowUnsafe: true, generalDiagnosticOption: ReportDiagnostic.Suppress, concurrentBuild: false, deterministic: true);
        var compilation = CSharpCompilation.Create(Path.GetFileNameWithoutExtension(path), [.. prelude, .. programs], metadata, options);
        using var assembly = File.Create(path);
        using var symbols = File.Create(Path.ChangeExtension(path, ".pdb"));
        var result = compilation.Emit(assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        return [.. result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => (d.Location.SourceTree?.FilePath ?? "", d.ToString()))];
    }

    static string Resource(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
