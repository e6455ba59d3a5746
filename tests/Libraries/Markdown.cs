using Markdig;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Libraries;

internal static class Markdown
{
    sealed class Slow : IMarkdownExtension
    {
        public void Setup(MarkdownPipelineBuilder pipeline) => pipeline.DocumentProcessed += d => Echo(d.Count);

        public void Setup(MarkdownPipeline pipeline, IMarkdownRenderer renderer)
        {
            if (renderer is HtmlRenderer html)
                html.ObjectRenderers.ReplaceOrAdd<HeadingRenderer>(new SlowHeading());
        }
    }

    sealed class SlowHeading : HeadingRenderer
    {
        protected override void Write(HtmlRenderer renderer, HeadingBlock obj)
        {
            renderer.Write(Echo("<!-- heading -->"));
            base.Write(renderer, obj);
        }
    }

    public static string Run(int n)
    {
        var pipeline = new MarkdownPipelineBuilder().UseAdvancedExtensions().Use<Slow>().Build();
        var text = string.Concat(Enumerable.Range(0, 6).Select(i => $"""
            # Title {i + n} {"{"}#id-{i}{"}"}

            A *paragraph* with **bold**, `code`, [a link](http://example.org/{i}), a footnote[^{i}] and ~~nothing~~.

            | a | b |
            |---|--:|
            | {i} | {n} |

            1. one
               - nested *{i}*
               - [x] done
            2. two

            > quote
            > goes on

            ```csharp
            var x = {i};
            ```

            [^{i}]: The note.


            """));
        var writer = new SlowWriter();
        var renderer = new HtmlRenderer(writer);
        pipeline.Setup(renderer);
        var document = Markdig.Markdown.Parse(text, pipeline);
        renderer.Render(document);
        var links = document.Descendants<LinkInline>().Select(l => S(l.Url)).Count();
        return $"{Digest.Of(writer.ToString())}; {links}; {Digest.Of(Markdig.Markdown.ToPlainText(text, pipeline))}; {Digest.Of(Markdig.Markdown.Normalize(text))}";
    }
}
