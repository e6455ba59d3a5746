// The command line: names, arguments, help. What a command does is in its own file; here failures become exit codes.

using System.CommandLine;
using Spectre.Console;

namespace Weft.Cli;

internal static class Commands
{
    public static ExitCode Run(string[] arguments, IAnsiConsole console)
    {
        var parsed = Root(console).Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var e in parsed.Errors)
                Console.Error.WriteLine(e.Message);
            Console.Error.WriteLine("'weft --help' tells more.");
            return ExitCode.Usage;
        }
        try
        {
            return (ExitCode)parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (CommandException e)
        {
            Console.Error.WriteLine(e.Message);
            return e.Code;
        }
        catch (Exception e)
        {
            Console.Error.WriteLine($"weft failed. Please report this: {e}");
            return ExitCode.ToolFailed;
        }
    }

    static RootCommand Root(IAnsiConsole console)
    {
        var assembly = new Argument<string>("assembly") { Description = "The assembly, woven or as it was compiled." };
        var references = new Option<string[]>("--reference", "-r") { Description = "A referenced assembly, or a folder of them; may be given more than once." };
        var library = new Option<bool>("--library") { Description = "Weave as a library: code that is not known may override and implement what is public." };

        var before = new Option<string?>("--unwoven") { Description = "The same assembly as it was compiled: only faults that it does not have count." };
        var verify = new Command("verify", "Checks the IL and the classes of an assembly. Of one that is not woven, what weaving makes wrong.") { assembly, references, library, before };
        verify.SetAction(p => (int)Verify.Run(Subject.Of(p.GetRequiredValue(assembly), p.GetValue(references) ?? [], p.GetValue(library)), p.GetValue(before), console));

        var strict = new Option<bool>("--strict") { Description = "Exit with 1 if a blocking call keeps its thread." };
        var all = new Option<bool>("--all") { Description = "List the methods that are left alone, too." };
        var report = new Command("report", "Says which methods can suspend, which calls keep their thread and why, and which methods are left alone.") { assembly, references, library, strict, all };
        report.SetAction(p => (int)Report.Run(Subject.Of(p.GetRequiredValue(assembly), p.GetValue(references) ?? [], p.GetValue(library)), p.GetValue(strict), p.GetValue(all), console));

        var method = new Argument<string>("method") { Description = "Method, Type.Method or Namespace.Type.Method." };
        var il = new Command("il", "Shows a method as it was compiled, and what the weaver makes of it.") { assembly, method, references, library };
        il.SetAction(p => (int)Il.Run(Subject.Of(p.GetRequiredValue(assembly), p.GetValue(references) ?? [], p.GetValue(library)), p.GetRequiredValue(method), console));

        return new RootCommand("Weft: goroutines for .NET.") { verify, report, il };
    }
}
