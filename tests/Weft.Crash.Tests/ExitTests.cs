using static Weft.Crash.Tests.Child;

namespace Weft.Crash.Tests;

/// <summary>Main returns; Goroutine.Exit. Names in brackets are the rows of Go's crash tests that a test stands for.</summary>
public sealed class ExitTests
{
    /// <summary>Goroutines that wait, and one that never does, are not waited for.</summary>
    [Fact]
    public void MainReturns_TheProcessEndsWithItsCode() => Assert.Equal(new Outcome(17, "", ""), Run("MainReturns"));

    [Fact]
    public void MainReturns_ExitCodeIsSet() => Assert.Equal(new Outcome(18, "", ""), Run("MainSetsExitCode"));

    public static TheoryData<string, string> Cases => new()
    {
        // [TestGoexitDefer]
        { "Finallies", "inner,outer,exited" },
        { "FinalliesOfCapturedFrames", "frame 0,frame 1,frame 2,frame 3,frame 4,frame 5,exited" },
        { "CatchesOfOthers", "as E: System.InvalidOperationException,filter ran for System.InvalidOperationException,filtered,as E: System.ArgumentException,caught System.ArgumentException,as E: System.ArgumentException,caught all,returned" },
        { "FinallyBlocks", "received in finally,caught in finally,finally goes on,exited" },
        { "UnderALock", "free,returned" },
        { "OfTaskWithResult", "The goroutine ended by Goroutine.Exit.,returned" },
        { "WaitGroupCounts", "all done,returned" },
        { "OnAPlainThread", "refused" },
        { "InAForeach", "iterator disposed,exited" },
        { "Many", "1000,returned" },
        { "Woven_NoCatchSeesIt", "finally,exited" },
        { "Woven_ThroughPlainFrames", "beneath the plain frame,above the plain frame,exited" },
        { "Woven_WrappedByAPlainFrame", "finally,exited" },
        { "Woven_StoppedByAPlainFrame", "swallowed,finally,exited" },
        { "Woven_StoppedByAKnownPlainObject", "swallowed,finally,exited" },
        // [TestRecoverBeforePanicAfterGoexit, TestRecoveredPanicAfterGoexit]
        { "Woven_RecoveredPanicDuringExit", "caught in finally,outer finally,exited" },
        { "Woven_HandlerDuringExit", "caught in finally1,and again in finally,not left yet,outer finally,exited" },
    };

    [Theory, Row("TestGoexitDefer", "TestRecoveredPanicAfterGoexit", "TestRecoverBeforePanicAfterGoexit"), MemberData(nameof(Cases))]
    public void Exit(string @case, string lines)
    {
        var expected = new Outcome(0, lines.Replace(",", "\n", StringComparison.Ordinal) + "\n", "");
        Assert.Equal(expected, Run(@case));
        Assert.Equal(expected, Run(@case, ("DOTNET_TieredCompilation", "0")));
        for (var seed = 1; seed <= 3; seed++)
            Assert.Equal((seed, expected), (seed, Run(@case, ("WEFT_CHAOS", $"{seed}"))));
        if (!@case.StartsWith("Woven", StringComparison.Ordinal))
            Assert.Equal(expected, RunUnwoven(@case));
    }

    [Fact, Row("TestPanicAfterGoexit")]
    public void PanicAfterGoexit()
    {
        foreach (var outcome in new[] { Run("PanicDuringExit"), RunUnwoven("PanicDuringExit") })
        {
            Assert.Equal(2, outcome.ExitCode);
            Assert.StartsWith("panic: System.InvalidOperationException: after exit\n", outcome.Error);
        }
    }

    /// <summary>Main ends, the others go on.</summary>
    [Fact]
    public void Exit_InMain_TheProcessGoesOn() => Assert.Equal(new Outcome(9, "main's finally\nstill here\n", ""), Run("MainExits"));
}
