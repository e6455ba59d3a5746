namespace Weft.Cli;

/// <summary>What a shell script learns. Codes never change their meaning; README.md lists them.</summary>
internal enum ExitCode
{
    /// <summary>Done, nothing found.</summary>
    Success = 0,

    /// <summary>Done, and what was looked for was found: the assembly has a problem, the tool has none.</summary>
    ProblemFound = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 2,

    /// <summary>A file, an assembly or a method that was named is not there.</summary>
    NotFound = 3,

    /// <summary>The assembly cannot be woven: it was woven in another format, or is no IL.</summary>
    CannotWeave = 4,

    /// <summary>A bug of ours.</summary>
    ToolFailed = 70,
}

/// <summary>Ends a command with a message and a code.</summary>
internal sealed class CommandException(ExitCode code, string message) : Exception(message)
{
    public ExitCode Code { get; } = code;
}
