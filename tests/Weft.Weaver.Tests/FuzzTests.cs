using System.Diagnostics;

namespace Weft.Weaver.Tests;

/// <summary>
/// Random programs print the same unwoven, woven and under chaos, in Debug and Release; nothing that weaving makes of them is refused by
/// the verifier or left plain by the weaver's own failure.
/// </summary>
/// <remarks>
/// Some seconds of tests/Weft.Fuzz: programs that are always the same. WEFT_FUZZ_FRESH says how many new ones are added, whose seed is printed; with
/// WEFT_TESTS=full there are many. WEFT_FUZZ_SEED begins elsewhere, and WEFT_FUZZ_RUNS says how many: with the seed of new ones they run again.
/// </remarks>
public sealed class FuzzTests
{
    static readonly TimeSpan patience = TimeSpan.FromMinutes(10);

    [Fact]
    public void RandomPrograms_AreTheSameWovenUnwovenAndUnderChaos()
    {
        var seed = Environment.GetEnvironmentVariable("WEFT_FUZZ_SEED");
        var isFull = Environment.GetEnvironmentVariable("WEFT_TESTS") == "full";
        var runs = Environment.GetEnvironmentVariable("WEFT_FUZZ_RUNS") ?? (isFull ? "200" : "6");
        var fresh = seed is not null ? "0" : Environment.GetEnvironmentVariable("WEFT_FUZZ_FRESH") ?? (isFull ? "200" : "0");
        var tool = Path.Combine(Subject.Project("Weft.Fuzz").Folder, "Weft.Fuzz.dll");
        var start = new ProcessStartInfo("dotnet", [tool, "run", "--seed", seed ?? "1", "--runs", runs, "--fresh", fresh, "--chaos", "1", "2"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(isFull ? 6 * patience : patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("it hangs after: " + output.Result);
        }
        TestContext.Current.TestOutputHelper!.WriteLine(output.Result);
        Assert.True(process.ExitCode == 0, output.Result + error.Result);
        Assert.Contains("all the same", output.Result, StringComparison.Ordinal);
    }
}
