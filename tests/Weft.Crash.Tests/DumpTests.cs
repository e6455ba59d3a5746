using System.Diagnostics;
using System.Runtime.InteropServices;
using static Weft.Crash.Tests.Child;

namespace Weft.Crash.Tests;

/// <summary>All goroutines as text, on demand and by signal.</summary>
public sealed partial class DumpTests
{
    [Fact, Row("TestStackAllOutput")]
    public void Dump_ShowsEveryGoroutine()
    {
        var outcome = Run("Everything");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Goroutines(outcome.Output);
        Assert.Contains($"\ngoroutine 1 [running]:\nWeft.WeftRuntime.Dump(TextWriter w)\n", outcome.Output);
        Assert.Contains($"\nEnds.Dumps.Everything()\n\t{At("Dumps.cs", "dump")}\n", outcome.Output);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    [Fact]
    public async Task Quit_DumpsAndExitsWith2()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no signals");
        using var process = Start("Ends", "UntilSignal");
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, Kill(process.Id, 3));
        var outcome = End(process, "UntilSignal");
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith("SIGQUIT: quit\n\ngoroutine ", outcome.Error);
        Goroutines(outcome.Error);
        Assert.Contains($"[sleep]:\nEnds.Cases.Forever()\n\t/ends/Program.cs:", outcome.Error);
        Assert.Contains($"\nEnds.Dumps.UntilSignal()\n\t{At("Dumps.cs", "forever")}\n", outcome.Error);
    }

    private static void Goroutines(string dump)
    {
        Contains($"""
            [chan receive]:
            Ends.Dumps.Receive(Chan`1 chan)
            {'\t'}{At("Dumps.cs", "receive")}
            Ends.Dumps.Receiver(Chan`1 chan)
            {'\t'}{At("Dumps.cs", "receiver")}
            Ends.Dumps.<>c__DisplayClass3_0.<StartAll>b__0()
            {'\t'}{At("Dumps.cs", "goreceiver")}
            created by Ends.Dumps.StartAll in goroutine 1
            {'\t'}{At("Dumps.cs", "goreceiver")}

            """);
        Contains($"[chan send (nil chan)]:\nEnds.Dumps.<>c.<StartAll>b__3_1()\n\t{At("Dumps.cs", "gonil")}\ncreated by Ends.Dumps.StartAll in goroutine 1\n\t{At("Dumps.cs", "gonil")}\n");
        // On the stack of a thread: what blocks beneath plain code, and what runs; a loop without a call never answers.
        Contains($"\nEnds.Dumps.Pinned(Chan`1 chan)\n\t{At("Dumps.cs", "pinned")}\nEnds.Dumps.<>c__DisplayClass3_0.<StartAll>b__2()\n\t{At("Dumps.cs", "gopinned")}\ncreated by Ends.Dumps.StartAll in goroutine 1\n\t{At("Dumps.cs", "gopinned")}\n");
        Contains($"[running]:\nEnds.Dumps.Busy(Int32 n)\n");
        Contains($"\nEnds.Dumps.BusyForever()\n\t{At("Dumps.cs", "busy")}\ncreated by Ends.Dumps.StartAll in goroutine 1\n\t{At("Dumps.cs", "gobusy")}\n");
        Contains($"[running]:\n\tgoroutine running on other thread; stack unavailable\ncreated by Ends.Dumps.StartAll in goroutine 1\n\t{At("Dumps.cs", "gospin")}\n");
        Contains($"[sleep]:\nEnds.Dumps.<>c.<StartAll>b__3_4()\n\t{At("Dumps.cs", "gosleep")}\n");
        Contains($"[chan receive]:\nEnds.Dumps.Deep(Int32 n, Chan`1 chan)\n\t{At("Dumps.cs", "deepest")}\nEnds.Dumps.Deep(Int32 n, Chan`1 chan)\n\t{At("Dumps.cs", "deep")}\n");
        Contains($"Ends.Dumps.Deep(Int32 n, Chan`1 chan)\n\t{At("Dumps.cs", "deep")}\n...");
        Contains($"created by Ends.Dumps.StartAll in goroutine 1\n\t{At("Dumps.cs", "godeep")}\n");

        void Contains(string text) => Assert.True(dump.Contains(text, StringComparison.Ordinal), $"not there:\n{text}\nin:\n{dump}");
    }
}
