// Runs programs in child processes, and reads what they printed.

using System.Diagnostics;

namespace Weft.Fuzz;

/// <summary>How a child process is set up.</summary>
/// <param name="Chaos">Seed of chaos, or null.</param>
/// <param name="Optimised">Code is compiled in full at once, and nothing is known of how it was called.</param>
internal sealed record Setting(uint? Chaos, bool Optimised)
{
    public override string ToString() => (Chaos is { } c ? "chaos " + c : "no chaos") + (Optimised ? ", full JIT" : "");
}

internal static class Runner
{
    static readonly TimeSpan patience = TimeSpan.FromMinutes(5);

    /// <summary>What each program printed, in order.</summary>
    public static string[] Run(IReadOnlyList<(string Assembly, string Class)> programs, Setting setting, string folder)
    {
        var results = new List<string>();
        while (results.Count < programs.Count)
            results.AddRange(RunSome(programs.Skip(results.Count), setting, folder));
        return [.. results];
    }

    // All of them, or as many as there are before one ends the process.
    static List<string> RunSome(IEnumerable<(string Assembly, string Class)> programs, Setting setting, string folder)
    {
        string list = Path.Combine(folder, Path.GetRandomFileName()), output = list + ".out";
        File.WriteAllLines(list, programs.Select(p => $"{p.Assembly}\t{p.Class}"));
        var start = new ProcessStartInfo("dotnet", [typeof(Runner).Assembly.Location, "child", list, output]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TieredCompilation"] = setting.Optimised ? "0" : "1";
        start.Environment["DOTNET_TC_CallCounting"] = "0";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["FUZZ_TRACES"] = setting.Optimised ? "0" : "1";
        start.Environment.Remove("WEFT_CHAOS");
        if (setting.Chaos is { } seed)
        {
            start.Environment["WEFT_CHAOS"] = seed.ToString();
            start.Environment["DOTNET_GCgen0size"] = "20000"; // hexadecimal: collect often
        }
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEndAsync();
        var ended = process.WaitForExit(patience);
        if (!ended)
            process.Kill(entireProcessTree: true);
        process.WaitForExit();

        var results = new List<string>();
        List<string>? lines = null;
        foreach (var line in File.Exists(output) ? File.ReadLines(output) : [])
            if (lines is null && line.StartsWith("> ", StringComparison.Ordinal))
                lines = [];
            else if (line == "<")
            {
                results.Add(string.Join('\n', lines!));
                lines = null;
            }
            else
                lines?.Add(line);
        if (lines is not null)
            results.Add(string.Join('\n', lines) + $"\nENDED with {(ended ? process.ExitCode : "a timeout")}\n{error.Result}{said.Result}");
        else if (results.Count == 0)
            throw new InvalidOperationException($"the child runs nothing: {error.Result}{said.Result}");
        File.Delete(list);
        File.Delete(output);
        return results;
    }
}
