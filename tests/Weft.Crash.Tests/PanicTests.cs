using static Weft.Crash.Tests.Child;

namespace Weft.Crash.Tests;

/// <summary>An exception leaves a goroutine. Names in brackets are the rows of Go's crash tests that a test stands for.</summary>
public sealed class PanicTests
{
    /// <summary>[TestMainGoroutineID, TestNoHelperGoroutines] The main goroutine is number 1, and the only one shown.</summary>
    [Fact]
    public void MainGoroutineID()
    {
        var outcome = Run("InMain");
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith($"panic: System.InvalidOperationException: test\n\ngoroutine 1 [running]:\nEnds.Panics.InMain()\n\t{At("Panics.cs", "main")}\n", outcome.Error);
        Assert.Single(outcome.Error.Split("goroutine "), s => s.Contains("[running]"));
        Assert.Equal("", outcome.Output);
    }

    /// <summary>[TestPanicTraceback] Every method of the goroutine, innermost first, and who started it.</summary>
    [Fact]
    public void PanicTraceback()
    {
        var outcome = Run("InGoroutine");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal($"""
            panic: System.InvalidOperationException: boom

            goroutine 2 [running]:
            Ends.Panics.Inner(String what)
            {'\t'}{At("Panics.cs", "inner")}
            Ends.Panics.Outer(String what)
            {'\t'}{At("Panics.cs", "outer")}
            Ends.Panics.<>c.<InGoroutine>b__1_0()
            {'\t'}{At("Panics.cs", "go")}
            created by Ends.Panics.InGoroutine in goroutine 1
            {'\t'}{At("Panics.cs", "go")}

            """, outcome.Error);
    }

    [Fact]
    public void PanicTraceback_Unwoven_NamesTheMethods()
    {
        var outcome = RunUnwoven("InGoroutine");
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith("panic: System.InvalidOperationException: boom\n\ngoroutine ", outcome.Error);
        Assert.Contains($"Ends.Panics.Outer(String what)\n\t{At("Panics.cs", "outer")}\n", outcome.Error);
    }

    /// <summary>[TestRecursivePanic] The chain of causes; a message of several lines is indented.</summary>
    [Fact]
    public void RecursivePanic()
    {
        var outcome = Run("WithCauses");
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith("panic: System.ApplicationException: two\n\tlines\n\ngoroutine 1 [running]:\nEnds.Panics.WithCauses()\n", outcome.Error);
        Assert.Contains($"\ncaused by System.InvalidOperationException: the cause\nEnds.Panics.Inner(String what)\n\t{At("Panics.cs", "inner")}\n", outcome.Error);
    }

    [Fact]
    public void Aggregate_PrintsEveryInnerException()
    {
        var outcome = Run("Aggregate");
        Assert.Contains("\ncaused by System.InvalidOperationException: first\n", outcome.Error);
        Assert.Contains("\ncaused by System.ArgumentException: second\n", outcome.Error);
    }

    /// <summary>[TestPanicWhilePanicking, TestPanicDeadlockGosched, TestPanicDeadlockSyscall] Whatever computing the message does, the panic is printed.</summary>
    [Theory]
    [InlineData("MessageThrows", "[panic while printing panic value: System.InvalidOperationException]")]
    [InlineData("MessageYields", "yielded")]
    [InlineData("MessageBlocks", "blocked")]
    public void PanicWhilePanicking(string @case, string message)
    {
        foreach (var outcome in new[] { Run(@case), Run(@case, ("WEFT_CHAOS", "1")) })
        {
            Assert.Equal(2, outcome.ExitCode);
            Assert.StartsWith($"panic: Ends.Panics+Nasty: {message}\n\ngoroutine 1 [running]:\nEnds.Panics.{@case}()\n", outcome.Error);
        }
    }

    /// <summary>Two goroutines panic: one prints, the other waits.</summary>
    [Fact]
    public void TwoPanics_OneIsPrinted()
    {
        var outcome = Run("Two");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal(2, outcome.Error.Split("one of two").Length);
        Assert.Equal(2, outcome.Error.Split("[running]").Length);
    }

    /// <summary>[TestPanicRace] Main returns while a goroutine's panic is printed: the process fails all the same.</summary>
    [Fact]
    public void PanicRace()
    {
        var outcome = Run("RaceWithMain");
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith("panic: Ends.Panics+Nasty: race\n", outcome.Error);
    }

    [Fact]
    public void BeneathPlainFrames_TheyAreInTheTrace()
    {
        var outcome = Run("BeneathPlainFrames");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("\nEnds.Panics.Inner(String what)\n", outcome.Error);
        Assert.Contains("\nSystem.Collections.Generic.List`1.ForEach(Action`1 action)\n", outcome.Error);
    }

    [Fact]
    public void Handlers_RunBeforeTheText_OursFirst()
    {
        var outcome = Run("HandlersInOrder");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal("Weft seen True False\nAppDomain seen True\n", outcome.Output);
        Assert.StartsWith("panic: System.InvalidOperationException: seen\n", outcome.Error);
    }

    /// <summary>A handler takes the exceptions of a hundred goroutines; each ends, and AppDomain's event is not raised.</summary>
    [Fact]
    public void Handled_OnlyTheGoroutineEnds() => Assert.Equal(new Outcome(0, "goroutines True\n", ""), Run("Handled"));

    [Fact]
    public void Handled_InMain_EndsMain() => Assert.Equal(new Outcome(5, "", ""), Run("HandledInMain"));

    [Fact]
    public void Handlers_Throw_TheExceptionIsPrintedWithANote()
    {
        var outcome = Run("HandlersThrow");
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith("panic: System.InvalidOperationException: original\n[a handler of WeftRuntime.UnhandledException failed: System.InvalidOperationException: bad handler]\n\ngoroutine 1 ", outcome.Error);
    }
}
