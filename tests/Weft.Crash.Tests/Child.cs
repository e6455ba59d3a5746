// Runs the program in tests/Ends and keeps what it left.

using System.Diagnostics;
using System.Reflection;

namespace Weft.Crash.Tests;

/// <summary>How a child process ended.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error);

internal static class Child
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs a case of the program to its end.</summary>
    internal static Outcome Run(string @case, params (string Name, string Value)[] environment) => Run("Ends", @case, environment);

    /// <summary>The same as the compiler made it.</summary>
    internal static Outcome RunUnwoven(string @case) => Run("EndsUnwoven", @case);

    private static Outcome Run(string program, string @case, params (string Name, string Value)[] environment)
    {
        using var process = Start(program, @case, environment);
        return End(process, @case);
    }

    internal static Process Start(string program, string @case, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(Metadata("Binaries"), program, Metadata("Configuration"), program + ".dll"));
        start.ArgumentList.Add(@case);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Waits for the end of the process.</summary>
    internal static Outcome End(Process process, string @case)
    {
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill();
            Assert.Fail($"{@case} hangs after: {output.Result}{error.Result}");
        }
        return new Outcome(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>The line of a marker <c>// @name</c> in a source file of the program, as traces show it.</summary>
    internal static string At(string file, string marker)
    {
        var lines = File.ReadAllLines(Path.Combine(Metadata("Sources"), file));
        var line = Array.FindIndex(lines, l => l.EndsWith("// @" + marker, StringComparison.Ordinal));
        Assert.True(line >= 0, $"no marker {marker} in {file}");
        return $"/ends/{file}:{line + 1}";
    }

    private static string Metadata(string key) =>
        typeof(Child).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
