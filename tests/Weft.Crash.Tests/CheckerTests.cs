using static Weft.Crash.Tests.Child;

namespace Weft.Crash.Tests;

/// <summary>The checker of the runtime's own rules, WEFT_CHECK=1: every planted violation is named, with the state, and ends the process.</summary>
public sealed class CheckerTests
{
    private static readonly (string, string) s_on = ("WEFT_CHECK", "1");

    [Theory]
    [InlineData("NoSuchTransition", "goroutine 1001, Dead -> Waiting, makes a transition that does not exist", "G 1001: status Dead")]
    [InlineData("BadIncomingStatus", "goroutine 1001 goes Runnable -> Running but its status is Waiting", "G 1001: status Waiting")]
    [InlineData("MovedByAnotherThread", "goroutine 1, Running -> Parking, is moved by a thread that does not run it", "G 1: status Running")]
    [InlineData("QueuedTwice", "goroutine 1001 goes from None to Ring but its place is Ring", "G 1001: status Runnable, place Ring")]
    [InlineData("QueuedInTwoQueues", "goroutine 1001 goes from None to Global but its place is Runnext", "this thread holds Sched")]
    [InlineData("QueuedWhileItWaits", "goroutine 1001 goes from None to Ring with status Waiting", "G 1001: status Waiting")]
    [InlineData("GlobalQueueWithoutItsLock", "the global queue is changed, and this thread does not hold Sched", "(this thread)")]
    [InlineData("WokenInAWaitQueue", "goroutine 1001, Waiting -> Runnable, is woken while it is in a wait structure: nobody has claimed it", "G 1001: status Waiting")]
    [InlineData("WokenInATimerHeap", "goroutine 1001, Waiting -> Runnable, is woken while it is in a wait structure", "G 1001: status Waiting, place Timer")]
    [InlineData("WokenInAWaiterQueue", "goroutine 1001, Waiting -> Runnable, is woken while it is in a wait structure", "G 1001: status Waiting")]
    [InlineData("WaiterQueuedTwice", "a waiter is queued twice", "(this thread)")]
    [InlineData("SudogQueuedTwice", "a sudog of goroutine 1001 is queued twice", "G 1001: status Waiting")]
    [InlineData("BusyPGoesIdle", "goes Running -> Idle but an M has it", "status Running, M ")]
    [InlineData("BusyMGoesIdle", "goes idle with a P", "(this thread)")]
    [InlineData("LocksInTheWrongOrder", "lock of rank Chan is taken under one of rank Sched", "this thread holds Sched")]
    [InlineData("TwoLocksOfOneRank", "lock of rank Chan is taken under another of rank Chan", "this thread holds Chan")]
    [InlineData("LocksOfOneRankDescending", "lock of rank Chan (1) is taken under another of rank Chan (2)", "this thread holds Chan (2)")]
    [InlineData("ReleasedByAnotherThread", "lock of rank Sched is released by a thread that does not hold one", "Violations")]
    [InlineData("LockHeldWhileItParks", "a lock is held at block: Chan", "this thread holds Chan")]
    [InlineData("LockHeldWhileAnotherIsReadied", "a lock is held at goready: Chan", "this thread holds Chan")]
    public void Violation_Planted_IsNamedAndFatal(string @case, string rule, string state)
    {
        var outcome = Run(@case, s_on);
        Assert.StartsWith("fatal error: check: ", outcome.Error);
        Assert.Contains(rule, outcome.Error);
        Assert.Contains(state, outcome.Error);
        Assert.Equal(2, outcome.ExitCode);
    }

    [Fact]
    public void Healthy_CheckerOn_IsNotDisturbed()
    {
        var outcome = Run("Healthy", s_on);
        Assert.Equal((0, "healthy\n", ""), (outcome.ExitCode, outcome.Output, outcome.Error));
    }

    /// <summary>What the tests above find is found by the checker and nobody else.</summary>
    [Fact]
    public void QueuedTwice_CheckerOff_GoesUnnoticed() => Assert.Equal(0, Run("QueuedTwice", ("WEFT_CHECK", "0")).ExitCode);
}
