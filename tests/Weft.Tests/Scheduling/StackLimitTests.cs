namespace Weft.Tests;

/// <summary>The limit of a goroutine's stack, and the account of it.</summary>
public sealed class StackLimitTests
{
    private static int Endless(int n) => 1 + Endless(n + 1);

    private static int Down(int n) => n == 0 ? 0 : 1 + Down(n - 1);

    private static int DownAndThrow(int n) => n == 0 ? throw new InvalidOperationException("bottom") : 1 + DownAndThrow(n - 1);

    // go-runtime: TestStackOverflow; there it is fatal, here it can be caught.
    [Fact, Row("TestStackOverflow")]
    public void Recursion_PastTheLimit_ThrowsWithTheGoroutineAndTheLimit()
    {
        Weaving.Required();
        var before = WeftRuntime.MaxStack;
        WeftRuntime.MaxStack = 20_000_000;
        try
        {
            var (id, message) = Bounded.OnGoroutine(() =>
            {
                try
                {
                    Endless(0);
                    return (Id, "");
                }
                catch (InsufficientExecutionStackException e)
                {
                    return (Id, e.Message);
                }
            });
            Assert.Equal($"goroutine {id} stack exceeds 20000000-byte limit", message);
            // The stack is free again.
            Assert.Equal(100_000, Bounded.OnGoroutine(() => Down(100_000)));
        }
        finally
        {
            WeftRuntime.MaxStack = before;
        }
    }

    private static int Segments(G g)
    {
        var n = 0;
        for (var f = g.frames; f is not null; f = f.parent)
            n += f is SegmentFrame ? 1 : 0;
        return n;
    }

    // What has been returned from may stay in the account of a segment whose outermost frame still waits, but it must not add up.
    [Fact]
    public void Recursion_AgainAndAgain_LeavesNoSegmentsBehind()
    {
        Weaving.Required();
        Bounded.OnGoroutine(() =>
        {
            var g = M.Current!.curg!;
            for (var i = 0; i < 6; i++)
            {
                Down(500_000);
                Assert.InRange(Segments(g), 0, 2);
            }
            SegmentFrame.Recount(g);
            Assert.InRange(g.stackbytes, 0, 10_000);
        });
    }

    // Every level makes a deep excursion before it calls the next: each leaves a segment of which only a few frames are left.
    private static int Levels(int n)
    {
        Down(200_000);
        return n == 0 ? 0 : 1 + Levels(n - 1);
    }

    [Fact]
    public void Recursion_WithDeepExcursions_IsHeldToWhatIsLeft()
    {
        Weaving.Required();
        var before = WeftRuntime.MaxStack;
        WeftRuntime.MaxStack = 40_000_000;
        try
        {
            Assert.Equal(60, Bounded.OnGoroutine(() => Levels(60)));
        }
        finally
        {
            WeftRuntime.MaxStack = before;
        }
    }

    [Fact]
    public void Recursion_LeftByAnException_AccountDoesNotGrow()
    {
        Weaving.Required();
        Bounded.OnGoroutine(() =>
        {
            var g = M.Current!.curg!;
            for (var i = 0; i < 4; i++)
            {
                try
                {
                    DownAndThrow(300_000);
                    Assert.Fail("it throws");
                }
                catch (InvalidOperationException)
                {
                }
            }
            SegmentFrame.Recount(g);
            Assert.InRange(g.stackbytes, 0, 10_000);
        }, seconds: 60);
    }

    [Fact]
    public void Recursion_TenMillionDeep_Returns()
    {
        Weaving.Required();
        Assert.Equal(10_000_000, Bounded.OnGoroutine(() => Down(10_000_000), seconds: 60));
    }

    [Fact]
    public void MaxStack_Negative_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => WeftRuntime.MaxStack = -1);
}
