using Spectre.Console;
using Weft.Weaver.Verification;

namespace Weft.Cli;

internal static class Verify
{
    public static ExitCode Run(Subject subject, string? unwoven, IAnsiConsole console)
    {
        using var _ = subject;
        if (unwoven is not null && !File.Exists(unwoven))
            throw new CommandException(ExitCode.NotFound, $"There is no file {unwoven}.");
        VerificationResult result;
        if (unwoven is not null)
            result = AssemblyVerifier.VerifyNew(unwoven, subject.Path, subject.References);
        else if (subject.IsWoven)
            result = AssemblyVerifier.Verify(subject.Path, subject.References);
        else
            result = AssemblyVerifier.VerifyNew(subject.Path, subject.Weave().Path, subject.References);

        foreach (var f in result.Findings)
            console.WriteLine(f.ToString());
        console.WriteLine($"{result.Methods} methods, {result.Findings.Count} faults{(subject.IsWoven && unwoven is null ? "" : " that weaving made")}");
        return result.Findings.Count == 0 ? ExitCode.Success : ExitCode.ProblemFound;
    }
}
