using static Weft.Crash.Tests.Child;

namespace Weft.Crash.Tests;

/// <summary>An exception leaves a goroutine.</summary>
public sealed class PanicTests
{
    /// <summary>The main goroutine is number 1, and the only one shown.</summary>
    [Fact, Row("TestMainGoroutineID", "TestNoHelperGoroutines")]
    public void MainGoroutineID()
    {
        var outcome = Run("InMain");
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith($"panic: System.InvalidOperationException: test\n\ngoroutine 1 [running]:\nEnds.Panics.InMain()\n\t{At("Panics.cs", "main")}\n", outcome.Error);
        Assert.Single(outcome.Error.Split("goroutine "), s => s.Contains("[running]"));
        Assert.Equal("", outcome.Output);
    }

    /// <summary>Every method of the goroutine, innermost first, and who started it.</summary>
    [Fact, Row("TestPanicTraceback", "TestTracebackParentChildGoroutines")]
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

    /// <summary>The chain of causes; a message of several lines is indented.</summary>
    [Fact, Row("TestRecursivePanic")]
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

    /// <summary>Whatever computing the message does, the panic is printed.</summary>
    [Theory, Row("TestPanicWhilePanicking", "TestPanicDeadlockGosched", "TestPanicDeadlockSyscall", "TestPanicLoop")]
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

    /// <summary>Main returns while a goroutine's panic is printed: the process fails all the same.</summary>
    [Fact, Row("TestPanicRace")]
    public void PanicRace()
    {
        var outcome = Run("RaceWithMain");
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith("panic: Ends.Panics+Nasty: race\n", outcome.Error);
    }

    /// <summary>A finally block throws while an exception passes: .NET knows the second one only.</summary>
    [Fact, Row("TestDoublePanic")]
    public void TestDoublePanic()
    {
        var outcome = Run("InFinally");
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith($"panic: System.InvalidOperationException: second\n\ngoroutine 1 [running]:\nEnds.Panics.InFinally()\n\t{At("Panics.cs", "second")}\n", outcome.Error);
    }

    /// <summary>Thrown on, it is one panic, with the place where it began.</summary>
    [Fact, Row("TestRepanickedPanic", "TestRepanickedMiddlePanic")]
    public void TestRepanickedPanic()
    {
        var outcome = Run("Rethrown");
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith($"panic: System.InvalidOperationException: once\n\ngoroutine 1 [running]:\nEnds.Panics.Inner(String what)\n\t{At("Panics.cs", "inner")}\nEnds.Panics.Rethrown()\n", outcome.Error);
        Assert.Equal(2, outcome.Error.Split("panic: ").Length);
    }

    /// <summary>Go of nothing is fatal in Go. Here it is an exception of the go statement, in the goroutine that made it.</summary>
    [Fact, Row("TestGoNil")]
    public void TestGoNil()
    {
        var outcome = Run("GoNil");
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith("panic: System.ArgumentNullException: Value cannot be null. (Parameter 'body')\n\ngoroutine 1 [running]:\n", outcome.Error);
        Assert.Contains($"\nEnds.Panics.GoNil()\n\t{At("Panics.cs", "gonil")}\n", outcome.Error);
    }

    /// <summary>Past the limit of its stack a goroutine gets an exception; where nobody catches it, its number, the limit and the place.</summary>
    [Fact, Row("TestStackOverflow")]
    public void TestStackOverflow()
    {
        var outcome = Run("StackOverflow");
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith($"panic: System.InsufficientExecutionStackException: goroutine 1 stack exceeds 1474560-byte limit\n\ngoroutine 1 [running]:\nEnds.Panics.Endless(Int32 n)\n\t{At("Panics.cs", "endless")}\n", outcome.Error);
        Assert.True(outcome.Error.Split('\n').Length < 250);
    }

    /// <summary>Of a deep stack the innermost and the outermost fifty activations.</summary>
    [Fact, Row("TestTracebackElision")]
    public void TestTracebackElision()
    {
        var outcome = Run("Deep");
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith($"panic: System.InvalidOperationException: bottom\n\ngoroutine 1 [running]:\nEnds.Panics.Deep(Int32 n)\n\t{At("Panics.cs", "bottom")}\nEnds.Panics.Deep(Int32 n)\n\t{At("Panics.cs", "deep")}\n", outcome.Error);
        Assert.Matches(@"\n\.\.\.[0-9]+ frames elided\.\.\.\n", outcome.Error);
        Assert.Equal(99, outcome.Error.Split("Ends.Panics.Deep(Int32").Length - 1 + outcome.Error.Split("Ends.Panics.Deep()").Length - 1);
    }

    /// <summary>go-runtime 6.3.</summary>
    [Theory, Row("GOTRACEBACK")]
    [InlineData("none", 0)]
    [InlineData("0", 0)]
    [InlineData("single", 1)]
    [InlineData("all", 4)]
    [InlineData("1", 4)]
    [InlineData("system", 4)]
    [InlineData("2", 4)]
    [InlineData("crash", 4)]
    [InlineData("nonsense", 4)]
    public void Traceback_ByLevel(string level, int goroutines)
    {
        var outcome = Run("BesideOthers", ("WEFT_TRACEBACK", level));
        Assert.StartsWith("panic: System.InvalidOperationException: test\n", outcome.Error);
        Assert.Equal(goroutines, outcome.Error.Split("\ngoroutine ").Length - 1);
        if (goroutines > 1)
            Assert.Equal(4, outcome.Error.Split("[chan receive]:").Length + outcome.Error.Split("[running]:").Length - 2);
        Assert.Equal(level is "system" or "2" or "crash", outcome.Error.Contains(" m=nil [", StringComparison.Ordinal));
        if (level != "crash")
            Assert.Equal(2, outcome.ExitCode);
        else if (!OperatingSystem.IsWindows())
            Assert.Equal(134, outcome.ExitCode);
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
