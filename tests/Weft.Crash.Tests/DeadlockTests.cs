using System.Runtime.InteropServices;
using static Weft.Crash.Tests.Child;

namespace Weft.Crash.Tests;

/// <summary>All goroutines wait for ever, or seem to.</summary>
public sealed partial class DeadlockTests
{
    private const string Asleep = "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine ";

    [Fact, Row("TestSimpleDeadlock")]
    public void SimpleDeadlock()
    {
        Reported();
        var outcome = Run("Simple");
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith(Asleep + $"1 [chan receive]:\nEnds.Deadlocks.Simple()\n\t{At("Deadlocks.cs", "simple")}\n", outcome.Error);
    }

    [Theory, Row("TestInitDeadlock", "TestLockedDeadlock", "TestLockedDeadlock2")]
    [InlineData("OnAStaticChannel", "1 [chan receive]:")]
    [InlineData("InATypeInitializer", "1 [chan receive, locked to thread]:")]
    [InlineData("Pinned", "1 [chan receive, locked to thread]:")]
    [InlineData("Circle", "2 [chan receive]:")]
    [InlineData("Locked", "1 [chan receive, locked to thread]:")]
    [InlineData("LockedToo", "[chan receive (nil chan), locked to thread]:")]
    [InlineData("OnAWaitGroup", "1 [sync.WaitGroup.Wait]:")]
    [InlineData("OnATask", "1 [task wait]:")]
    [InlineData("AfterOthersWorked", "1 [chan receive]:")]
    [InlineData("MainExitedOthersWait", "[chan receive]:")]
    public void Deadlock(string @case, string goroutine)
    {
        Reported();
        foreach (var outcome in new[] { Run(@case), Run(@case, ("WEFT_CHAOS", "1")) })
        {
            Assert.Equal(2, outcome.ExitCode);
            Assert.StartsWith(Asleep, outcome.Error);
            Assert.Contains(goroutine, outcome.Error);
        }
    }

    /// <summary>Main has exited, and all others have ended, whatever they did last.</summary>
    [Theory, Row("TestGoexitDeadlock", "TestGoexitCrash", "TestGoexitInPanic")]
    [InlineData("MainExited")]
    [InlineData("MainExitedAfterFinalizers")]
    [InlineData("ExitedInPanic")]
    public void GoexitDeadlock(string @case)
    {
        Reported();
        Assert.Equal(new Outcome(2, "", "fatal error: no goroutines (main called runtime.Goexit) - deadlock!\n"), Run(@case));
    }

    /// <summary>Something outside of Weft wakes a goroutine long after all have gone idle.</summary>
    [Theory, Row("TestNetpollDeadlock")]
    [InlineData("HealthyTimer")]
    [InlineData("HealthySleep")]
    [InlineData("HealthyThread")]
    [InlineData("HealthyUnnamedThreads")]
    [InlineData("HealthyThreadBlockedHere")]
    [InlineData("HealthyPool")]
    [InlineData("HealthyTask")]
    [InlineData("HealthySyscall")]
    [InlineData("HealthyChildProcess")]
    [InlineData("HealthySocket")]
    [InlineData("HealthyFinalizer")]
    public void Healthy_IsLeftAlone(string @case)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && @case is "HealthyChildProcess" or "HealthySocket", "needs a shell");
        Assert.Equal(new Outcome(0, "1\n", ""), Run(@case));
    }

    [Fact]
    public void HealthyMainOnlyWaits_IsLeftAlone() => Assert.Equal(new Outcome(7, "", ""), Run("HealthyMainOnlyWaits"));

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    [Fact]
    public async Task HealthySignal_IsLeftAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no signals");
        using var process = Start("Ends", "HealthySignal");
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        await Task.Delay(2500, TestContext.Current.CancellationToken);
        Assert.Equal(0, Kill(process.Id, 15));
        Assert.Equal(new Outcome(0, "1\n", ""), End(process, "HealthySignal"));
    }

    private static void Reported() => Assert.SkipUnless(OperatingSystem.IsLinux(), "deadlocks are reported where threads can be told apart: on Linux");
}
