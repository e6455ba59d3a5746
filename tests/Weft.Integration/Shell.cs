// Child processes, each with a time limit after which it and all that it started are ended.

using System.Diagnostics;
using System.Text;

namespace Weft.Integration;

/// <summary>What a child process left.</summary>
internal sealed record Outcome(int ExitCode, string Output)
{
    /// <summary>The output's lines, without the empty ones.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>Runs commands.</summary>
internal static class Shell
{
    /// <summary>Long enough for a build on a busy machine; whatever takes longer hangs.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>
    /// What the tests' own compiler server is called. They start some sixty compilers, and to start one takes more than to compile.
    /// </summary>
    public static readonly string Compiler = $"weft-integration-{Environment.ProcessId}";

    /// <summary>The `dotnet` that runs these tests.</summary>
    private static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Runs `dotnet` and fails the test, with its output, if it fails.</summary>
    public static async Task<Outcome> Succeed(string folder, params string[] arguments)
    {
        var outcome = await Run(folder, arguments);
        Assert.True(outcome.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}: exit code {outcome.ExitCode}\n{outcome.Output}");
        return outcome;
    }

    /// <summary>Runs `dotnet`.</summary>
    public static Task<Outcome> Run(string folder, params string[] arguments) => Start(new ProcessStartInfo(DotNet, arguments) { WorkingDirectory = folder });

    /// <summary>Runs a program of its own.</summary>
    public static Task<Outcome> Execute(string program, params string[] arguments) => Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Path.GetDirectoryName(program)! });

    private static async Task<Outcome> Start(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        // The build that runs us describes itself to its children, who would take its word for their own.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        // No node may outlive a test and keep its folder in use; the compiler's server is ours, and ends with the feed.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "true";
        start.Environment["SharedCompilationId"] = Compiler;
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";

        using var process = Process.Start(start)!;
        var output = new StringBuilder();
        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{start.FileName} {string.Join(' ', start.ArgumentList)}: not done after {Limit}\n{Text()}");
        }
        return new Outcome(process.ExitCode, Text());

        void Append(object sender, DataReceivedEventArgs e)
        {
            lock (output)
                output.AppendLine(e.Data);
        }

        string Text()
        {
            lock (output)
                return output.ToString();
        }
    }
}
