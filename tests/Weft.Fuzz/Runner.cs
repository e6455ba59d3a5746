// Runs programs in child processes, and reads what they printed.

using System.Diagnostics;
using System.Globalization;

namespace Weft.Fuzz;

/// <summary>How a child process is set up.</summary>
/// <param name="Chaos">Seeds of chaos, one after the other; none for no chaos.</param>
/// <param name="Optimised">Code is compiled in full at once, and nothing is known of how it was called. If not, nothing is inlined: neither
/// in quick code, nor in the methods for which the JIT has none (`stackalloc` in one with a loop).</param>
internal sealed record Setting(uint[] Chaos, bool Optimised)
{
    /// <summary>How often it runs each program.</summary>
    public int Times => Math.Max(Chaos.Length, 1);

    public string Text(int time) => (Chaos is [] ? "no chaos" : "chaos " + Chaos[time]) + (Optimised ? ", full JIT" : "");
}

internal static class Runner
{
    static readonly TimeSpan patience = TimeSpan.FromMinutes(60);

    /// <summary>What each program printed each time, in order; null where an earlier time has ended the process.</summary>
    public static string?[][] Run(IReadOnlyList<(string Assembly, string Class)> programs, Setting setting, string folder)
    {
        var results = new List<string?[]>();
        while (results.Count < programs.Count)
        {
            var some = RunSome(programs.Skip(results.Count), setting, folder);
            while (some.Count % setting.Times != 0)
                some.Add(null);
            results.AddRange(some.Chunk(setting.Times));
        }
        return [.. results];
    }

    // All of them, or as many as there are before one ends the process.
    static List<string?> RunSome(IEnumerable<(string Assembly, string Class)> programs, Setting setting, string folder)
    {
        string list = Path.Combine(folder, Path.GetRandomFileName()), output = list + ".out";
        File.WriteAllLines(list, programs.Select(p => $"{p.Assembly}\t{p.Class}"));
        var start = new ProcessStartInfo("dotnet", [typeof(Runner).Assembly.Location, "child", list, output, .. setting.Chaos.Select(c => c.ToString())]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TieredCompilation"] = setting.Optimised ? "0" : "1";
        start.Environment["DOTNET_TC_CallCounting"] = "0";
        start.Environment["DOTNET_JITMinOpts"] = setting.Optimised ? "0" : "1";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["FUZZ_TRACES"] = "1";
        start.Environment.Remove("WEFT_CHAOS");
        if (setting.Chaos is not [])
        {
            start.Environment["WEFT_CHAOS"] = setting.Chaos[0].ToString();
            start.Environment["DOTNET_GCgen0size"] = "20000"; // hexadecimal: collect often
        }
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEndAsync();
        var ended = process.WaitForExit(patience);
        if (!ended)
            process.Kill(entireProcessTree: true);
        process.WaitForExit();

        var results = new List<string?>();
        List<string>? lines = null;
        foreach (var line in File.Exists(output) ? File.ReadLines(output) : [])
            if (lines is null && line.StartsWith("> ", StringComparison.Ordinal))
                lines = [];
            else if (line.StartsWith("# ", StringComparison.Ordinal))
                Cost.Add("run", TimeSpan.Parse(line[2..], CultureInfo.InvariantCulture));
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
