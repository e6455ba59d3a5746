// C# to assemblies, in process, with the compiler of the SDK.
//
// Programs of a batch become three assemblies, since reading the framework costs more than a program:
//
//   Base.dll      the prelude, and what programs have in a library that is woven (the namespace block with the class LW)
//   Plain.dll     what they have in a library that nobody weaves (the block with LP)
//   Programs.dll  the rest, and the generic part of the prelude once more, so that it is instantiated on both sides of the border

using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Weft.Fuzz;

/// <summary>A folder with the assemblies of a batch.</summary>
internal sealed record Assemblies(string Folder)
{
    public string Base => Path.Combine(Folder, "Base.dll");

    public string Plain => Path.Combine(Folder, "Plain.dll");

    public string Programs => Path.Combine(Folder, "Programs.dll");

    public bool HasPlain => File.Exists(Plain);
}

internal static class Compiler
{
    public static readonly CSharpParseOptions Parsing = new(LanguageVersion.Preview);

    static readonly SyntaxTree prelude = Parse(Resource("Prelude.cs"), "Prelude.cs"), generics = Parse(Resource("Generics.cs"), "Generics.cs");

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

    /// <summary>Compiles programs with their libraries and the prelude. What is returned is what is wrong with them, and where.</summary>
    /// <param name="exits">Catch clauses let Goroutine.Exit pass, as woven ones do.</param>
    public static IReadOnlyList<(string Path, string Message)> Compile(IEnumerable<Subject> subjects, bool optimised, bool exits, Assemblies to)
    {
        List<SyntaxTree> ofBase = [Said(prelude), Said(generics)], ofPlain = [], ofPrograms = [Said(generics)];
        foreach (var s in subjects)
            foreach (var (name, tree) in s.Parts)
                (name switch { "LW" => ofBase, "LP" => ofPlain, _ => ofPrograms }).Add(Said(tree));
        SyntaxTree Said(SyntaxTree t) => exits ? Parse(new ExitRewriter().Visit(t.GetRoot()).ToFullString(), t.FilePath) : t;

        var errors = Compile(ofBase, optimised, to.Base, metadata);
        MetadataReference[] references = [.. metadata, MetadataReference.CreateFromFile(to.Base)];
        if (errors.Count == 0 && ofPlain.Count > 0)
        {
            errors = Compile(ofPlain, optimised, to.Plain, references);
            references = [.. references, MetadataReference.CreateFromFile(to.Plain)];
        }
        return errors.Count > 0 ? errors : Compile(ofPrograms, optimised, to.Programs, references);
    }

    static IReadOnlyList<(string Path, string Message)> Compile(List<SyntaxTree> trees, bool optimised, string path, MetadataReference[] references)
    {
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: optimised ? OptimizationLevel.Release : OptimizationLevel.Debug,
            allowUnsafe: true, generalDiagnosticOption: ReportDiagnostic.Suppress, concurrentBuild: false, deterministic: true);
        var compilation = CSharpCompilation.Create(Path.GetFileNameWithoutExtension(path), trees, references, options);
        using var assembly = File.Create(path);
        using var symbols = File.Create(Path.ChangeExtension(path, ".pdb"));
        var result = compilation.Emit(assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        return [.. result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => (d.Location.SourceTree?.FilePath ?? "", d.ToString()))];
    }

    /// <summary>What of a program goes to which assembly.</summary>
    public static IReadOnlyList<(string Name, SyntaxTree Tree)> Split(SyntaxTree program)
    {
        var root = program.GetCompilationUnitRoot();
        var blocks = root.Members.GroupBy(m => m is BaseNamespaceDeclarationSyntax n ? n.Members.OfType<ClassDeclarationSyntax>().Select(c => c.Identifier.Text).FirstOrDefault(c => c is "LW" or "LP") ?? "P" : "P").ToList();
        return [.. blocks.Select(b => (b.Key, blocks.Count == 1 ? program : Parse(root.WithMembers([.. b]).ToFullString(), program.FilePath)))];
    }

    static string Resource(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}

/// <summary>
/// Unwoven catch clauses see the exception by which a goroutine exits, woven ones do not: what is expected of a program that exits is printed
/// by one whose clauses say so themselves. No line moves.
/// </summary>
internal sealed class ExitRewriter : CSharpSyntaxRewriter
{
    public override SyntaxNode? VisitCatchClause(CatchClauseSyntax node)
    {
        var clause = (CatchClauseSyntax)base.VisitCatchClause(node)!;
        if (clause.Declaration is { } d && d.Type.ToString() != "Exception")
            return clause;
        var name = clause.Declaration?.Identifier.Text is { Length: > 0 } given ? given : "exit" + node.SpanStart;
        var condition = $"Fuzz.Ctx.Caught({name})" + (clause.Filter is { } f ? $" && ({f.FilterExpression})" : "");
        if (clause.Declaration is null)
            clause = clause.WithCatchKeyword(clause.CatchKeyword.WithTrailingTrivia(SyntaxFactory.Space));
        return clause.WithDeclaration(SyntaxFactory.CatchDeclaration(SyntaxFactory.ParseTypeName("Exception "), SyntaxFactory.Identifier(name)))
            .WithFilter(SyntaxFactory.CatchFilterClause(SyntaxFactory.ParseExpression(condition)).NormalizeWhitespace().WithTrailingTrivia(node.Filter?.GetTrailingTrivia() ?? node.Declaration?.GetTrailingTrivia() ?? node.CatchKeyword.TrailingTrivia));
    }
}
