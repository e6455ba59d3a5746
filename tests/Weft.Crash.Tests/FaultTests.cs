using System.Runtime.InteropServices;
using static Weft.Crash.Tests.Child;

namespace Weft.Crash.Tests;

/// <summary>How the runtime starts, and what it cannot go on from.</summary>
public sealed partial class FaultTests
{
    [Fact, Row("TestNumGoroutine")]
    public void TestNumGoroutine() => Assert.Equal(new Outcome(0, "1\n5 5\n", ""), Run("NumGoroutine"));

    /// <summary>The number of processors is what .NET may use, unless it is set.</summary>
    [Fact, Row("TestNumCPU")]
    public void TestNumCPU()
    {
        Assert.Equal(new Outcome(0, "3\n", ""), Run("MaxProcs", ("DOTNET_PROCESSOR_COUNT", "3")));
        Assert.Equal(new Outcome(0, "7\n", ""), Run("MaxProcs", ("DOTNET_PROCESSOR_COUNT", "3"), ("WEFT_MAXPROCS", "7")));
    }

    [Fact, Row("TestBigGOMAXPROCS")]
    public void TestBigGOMAXPROCS() => Assert.Equal(new Outcome(0, "1024 5000\n", ""), Run("ManyProcs", ("WEFT_MAXPROCS", "1024")));

    [Fact, Row("TestLockOSThreadExit")]
    public void TestLockOSThreadExit_OfMain() => Assert.Equal(new Outcome(0, "alive False, reused 0\n", ""), Run("LockedMainExits"));

    [Fact, Row("TestLockOSThreadTemplateThreadRace")]
    public void TestLockOSThreadTemplateThreadRace()
    {
        for (var i = 0; i < 5; i++)
            Assert.Equal(new Outcome(0, "16\n", ""), Run("LockAll", ("WEFT_MAXPROCS", "4")));
    }

    /// <summary>There is no limit for the number of threads but the system's; when it is reached, both lines, and no hang.</summary>
    [Fact, Row("TestThreadExhaustion")]
    public void TestThreadExhaustion()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "limits itself by setrlimit");
        var outcome = Run("ThreadExhaustion", ("DOTNET_DefaultStackSize", "10000000"));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Matches(@"^runtime: failed to create new OS thread \(have [0-9]+ already; errno=[0-9]+\)\nfatal error: runtime.newosproc\n", outcome.Error);
    }

    /// <summary>Blocking on g0 is said once, and ends the process.</summary>
    [Fact, Row("TestG0StackOverflow")]
    public void TestG0StackOverflow()
    {
        var outcome = Run("BlockingOnG0", ("WEFT_TRACE", "1"));
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith("fatal error: blocking call on g0\n", outcome.Error);
        Assert.Equal(2, outcome.Error.Split("fatal error: ").Length);
    }

    /// <summary>The stack of a thread overflows beneath plain frames: .NET says so, once, and aborts. Nothing of ours can help.</summary>
    [Fact, Row("TestG0StackOverflow")]
    public void TestG0StackOverflow_InPlainCode()
    {
        var outcome = Run("PlainOverflow");
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Equal(2, outcome.Error.Split("Stack overflow.").Length);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    /// <summary>A signal that nobody handles ends the process with the status that is the signal's.</summary>
    [Fact, Row("TestSignalExitStatus")]
    public async Task TestSignalExitStatus()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no signals");
        const int SIGTERM = 15;
        using var process = Start("Ends", "UntilSignal");
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, Kill(process.Id, SIGTERM));
        Assert.Equal(128 + SIGTERM, End(process, "UntilSignal").ExitCode);
    }

    /// <summary>With `crash` SIGQUIT shows the thread of every goroutine, and the process aborts.</summary>
    [Fact, Row("TestCrashDumpsAllThreads")]
    public async Task TestCrashDumpsAllThreads()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no signals");
        const int SIGQUIT = 3, SIGABRT = 6;
        using var process = Start("Ends", "UntilSignal", ("WEFT_TRACEBACK", "crash"));
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, Kill(process.Id, SIGQUIT));
        var outcome = End(process, "UntilSignal");
        Assert.Equal(128 + SIGABRT, outcome.ExitCode);
        Assert.Matches(@"\ngoroutine [0-9]+ m=[0-9]+ \[running\]:\n\tgoroutine running on other thread", outcome.Error);
        Assert.Matches(@"\ngoroutine [0-9]+ m=nil \[chan receive\]:\nEnds\.", outcome.Error);
    }
}
