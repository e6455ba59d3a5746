using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Libraries;

internal static class Roslyn
{
    /// <summary>Source that arrives while the parser waits: the window of the lexer asks for it as it goes.</summary>
    sealed class SlowText(string text) : SourceText
    {
        public override Encoding? Encoding => null;
        public override int Length => text.Length;
        public override char this[int position] => text[position];

        public override void CopyTo(int sourceIndex, char[] destination, int destinationIndex, int count)
        {
            Echo(count);
            text.CopyTo(sourceIndex, destination, destinationIndex, count);
        }
    }

    sealed class Counter : CSharpSyntaxWalker
    {
        public SortedDictionary<string, int> Kinds { get; } = new(StringComparer.Ordinal);

        public override void Visit(SyntaxNode? node)
        {
            if (node is not null)
                Kinds[node.Kind().ToString()] = Kinds.GetValueOrDefault(node.Kind().ToString()) + 1;
            base.Visit(node);
        }

        public override void VisitMethodDeclaration(MethodDeclarationSyntax node)
        {
            Echo(0);
            base.VisitMethodDeclaration(node);
        }
    }

    sealed class Renamer : CSharpSyntaxRewriter
    {
        public override SyntaxNode? VisitIdentifierName(IdentifierNameSyntax node) => node.Identifier.Text == "var" ? node : node.WithIdentifier(SyntaxFactory.Identifier(S("_") + node.Identifier.Text));
    }

    // Sources of this repository, which the project embeds.
    public static string Run(int n)
    {
        var all = typeof(Roslyn).Assembly.GetManifestResourceNames().Where(r => r.EndsWith(".cs", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        int nodes = 0, errors = 0;
        var rewritten = 0L;
        var kinds = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var i = n; i < all.Count; i += 3)
        {
            using var stream = new StreamReader(typeof(Roslyn).Assembly.GetManifestResourceStream(all[i])!);
            var text = stream.ReadToEnd();
            var tree = CSharpSyntaxTree.ParseText(new SlowText(text), new CSharpParseOptions(LanguageVersion.Preview));
            var root = tree.GetRoot();
            if (root.ToFullString() != text)
                return $"{all[i]} does not come back";
            errors += tree.GetDiagnostics().Count();
            var counter = new Counter();
            counter.Visit(root);
            foreach (var (k, v) in counter.Kinds)
                kinds[k] = kinds.GetValueOrDefault(k) + v;
            nodes += root.DescendantNodesAndTokens(descendIntoTrivia: true).Count();
            rewritten += new Renamer().Visit(root).NormalizeWhitespace().ToFullString().Length;
        }
        return $"{nodes} nodes, {errors} errors, {rewritten} rewritten, {Digest.Of(string.Join(";", kinds))}";
    }
}
