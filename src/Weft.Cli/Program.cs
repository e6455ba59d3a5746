using Spectre.Console;

var console = AnsiConsole.Console;
if (Console.IsOutputRedirected)
    console.Profile.Width = int.MaxValue; // for grep, one finding is one line
return (int)Weft.Cli.Commands.Run(args, console);
