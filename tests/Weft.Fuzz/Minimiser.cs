// Makes a failing program smaller, while it fails in the same way: over the syntax tree, so that it works for any program.
//
// A step proposes a change of one node: a member or statement goes away, a compound statement becomes its body, an expression becomes one of
// its own parts or a literal. Many proposals are tried at once, as programs of one pack (a child is dear to start): those that still fail are
// candidates, and the smallest goes on. Removals come first, in halves of a list and then one by one.

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Weft.Fuzz;

internal sealed class Minimiser(Verdict wanted, uint[] chaos, int jobs, int turn, TextWriter log)
{
    const int AtOnce = 24;

    /// <summary>The smallest program that was found.</summary>
    public SyntaxNode Run(SyntaxNode program, TimeSpan patience)
    {
        var until = DateTime.UtcNow + patience;
        for (var progress = true; progress && DateTime.UtcNow < until;)
        {
            progress = false;
            foreach (var pass in (Func<SyntaxNode, IEnumerable<SyntaxNode>>[])[Removals, Unwrappings, Simplifications])
            {
                // Proposals lie in the order of the text; where one has succeeded, the search goes on from there.
                for (var from = 0; DateTime.UtcNow < until;)
                {
                    var proposals = pass(program).Skip(from).Take(AtOnce).ToList();
                    if (proposals.Count == 0)
                        break;
                    if (Smallest(proposals) is { } smaller)
                    {
                        program = smaller;
                        progress = true;
                        log.WriteLine($"{program.ToFullString().Length} characters");
                    }
                    else
                        from += AtOnce;
                }
            }
        }
        return program.NormalizeWhitespace(eol: "\n");
    }

    SyntaxNode? Smallest(List<SyntaxNode> proposals)
    {
        var subjects = proposals.Select((p, i) => (Node: p, Subject: Renamed(p, "T" + i))).ToList();
        var verdicts = Batch.Run([.. subjects.Select(s => s.Subject)], chaos, jobs, turn, [wanted.Optimised]);
        return subjects.Where(s => verdicts.TryGetValue(s.Subject, out var v) && v.Failure == wanted.Failure).Select(s => s.Node).MinBy(n => n.ToFullString().Length);
    }

    static Subject Renamed(SyntaxNode program, string name)
    {
        var spaces = program.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().Select(n => n.Name);
        return new Subject(name, Compiler.Parse(program.ReplaceNodes(spaces, (_, _) => SyntaxFactory.ParseName("Fuzz." + name)).ToFullString(), name + ".cs"));
    }

    /// <summary>Without some members, statements, clauses.</summary>
    static IEnumerable<SyntaxNode> Removals(SyntaxNode root)
    {
        var lists = root.DescendantNodes().SelectMany(Lists).Where(l => l.Count > 0).OrderByDescending(l => l.Sum(n => n.FullSpan.Length)).ToList();
        for (var share = 1; share <= 16; share *= 2)
            foreach (var list in lists.Where(l => l.Count >= share))
                for (var part = 0; part < share; part++)
                {
                    var gone = list.Skip(list.Count * part / share).Take(list.Count * (part + 1) / share - list.Count * part / share).ToList();
                    if (gone.Count > 0 && root.RemoveNodes(gone, SyntaxRemoveOptions.KeepNoTrivia) is { } rest)
                        yield return rest;
                }
    }

    static IEnumerable<IReadOnlyList<SyntaxNode>> Lists(SyntaxNode n) => n switch
    {
        TypeDeclarationSyntax t => [t.Members],
        BaseNamespaceDeclarationSyntax s => [s.Members],
        BlockSyntax b => [b.Statements],
        SwitchStatementSyntax s => [s.Sections],
        TryStatementSyntax t => [t.Catches, t.Finally is null ? [] : [t.Finally]],
        IfStatementSyntax { Else: { } e } => [[e]],
        SwitchExpressionSyntax s => [s.Arms],
        InitializerExpressionSyntax i => [i.Expressions],
        CollectionExpressionSyntax c => [c.Elements],
        CatchClauseSyntax { Filter: { } f } => [[f]],
        InterpolatedStringExpressionSyntax i => [i.Contents],
        _ => [],
    };

    /// <summary>Compound statements and expressions in favour of what is in them.</summary>
    static IEnumerable<SyntaxNode> Unwrappings(SyntaxNode root)
    {
        foreach (var n in root.DescendantNodes())
        {
            var inner = n switch
            {
                BlockSyntax { Parent: BlockSyntax } b => b.Statements,
                IfStatementSyntax i => [i.Statement],
                WhileStatementSyntax w => [w.Statement],
                DoStatementSyntax d => [d.Statement],
                ForStatementSyntax f => [f.Statement],
                UsingStatementSyntax u => [u.Statement],
                LockStatementSyntax l => [l.Statement],
                CheckedStatementSyntax c => [c.Block],
                TryStatementSyntax t => [t.Block],
                _ => (IReadOnlyList<StatementSyntax>)[],
            };
            if (inner.Count > 0 && n.Parent is BlockSyntax)
                yield return root.ReplaceNode(n, inner);
            if (n is ExpressionSyntax e)
                foreach (var part in e.DescendantNodes(d => d == e || d is not ExpressionSyntax || d is ParenthesizedExpressionSyntax or CastExpressionSyntax).OfType<ExpressionSyntax>())
                    if (part is not TypeSyntax and not ParenthesizedExpressionSyntax || part is IdentifierNameSyntax)
                        yield return root.ReplaceNode(n, SyntaxFactory.ParenthesizedExpression(part));
        }
    }

    /// <summary>Expressions as literals.</summary>
    static IEnumerable<SyntaxNode> Simplifications(SyntaxNode root)
    {
        foreach (var n in root.DescendantNodes().OfType<ExpressionSyntax>())
        {
            if (n is ParenthesizedExpressionSyntax { Expression: IdentifierNameSyntax or LiteralExpressionSyntax or InvocationExpressionSyntax or ParenthesizedExpressionSyntax or MemberAccessExpressionSyntax } p)
                yield return root.ReplaceNode(n, p.Expression);
            if (n is LiteralExpressionSyntax or TypeSyntax and not IdentifierNameSyntax || n.FullSpan.Length < 4)
                continue;
            foreach (var literal in (string[])["1", "true", "\"a\"", "default"])
                yield return root.ReplaceNode(n, SyntaxFactory.ParseExpression(literal));
        }
    }
}
