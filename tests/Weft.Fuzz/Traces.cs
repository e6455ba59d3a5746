// What is promised of stack traces: the methods, in order, in Debug code with the lines.
//
// A method that throws again what it has caught is there twice when the handler was moved out of its place, once for each throw, as with
// `await`; so neighbours of one name count as one, with the first line. In Release code the compiler itself knows the lines of calls only
// roughly.

using System.Text.RegularExpressions;

namespace Weft.Fuzz;

internal static partial class Traces
{
    const string Mark = "   at ";

    public static string Normal(string output, bool optimised)
    {
        var lines = new List<string>();
        var last = "";
        foreach (var compared in output.Split('\n'))
        {
            var line = compared;
            if (!line.StartsWith(Mark, StringComparison.Ordinal))
            {
                lines.Add(line);
                last = "";
                continue;
            }
            if (Dispatcher().IsMatch(line))
                continue;
            line = Twin().Replace(line, "$1$2($3) in ");
            line = IteratorClass().Replace(Iterator().Replace(line, "$1.MoveNext()"), "$1.MoveNext()");
            var method = InFile().Replace(line, "");
            if (method == last)
                continue;
            last = method;
            lines.Add(optimised ? method : line);
        }
        return string.Join('\n', lines);
    }

    public static string Without(string output) => string.Join('\n', output.Split('\n').Where(l => !l.StartsWith(Mark, StringComparison.Ordinal)));

    // As the runtime shows an iterator, and as its twin shows itself.
    [GeneratedRegex(@"(\w+)(\[[^\]]*\])?\([^()]*\)\+MoveNext\(\)")]
    private static partial Regex Iterator();

    [GeneratedRegex(@"<(\w+)>d__\d+(`\d+)?(\[[^\]]*\])?\.MoveNext\(\)")]
    private static partial Regex IteratorClass();

    // The weaver's own, in which a virtual call of null fails: the one frame that a trace has too many.
    [GeneratedRegex(@">v(\[[^\]]*\])?\(.*G g\)$")]
    private static partial Regex Dispatcher();

    // A body that runs and has not been suspended yet, under the name of the twin.
    [GeneratedRegex(@"<(\w+)>[vgb](\[[^\]]*\])?\(([^()]*?)(?:, )?G g\) in ")]
    private static partial Regex Twin();

    [GeneratedRegex(@" in \S+:line \d+$")]
    private static partial Regex InFile();
}
