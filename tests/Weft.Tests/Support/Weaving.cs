namespace Weft.Tests;

/// <summary>
/// Whether this assembly was woven. Unwoven it tests plain semantics: the same results, but each blocked goroutine holds a
/// thread, so numbers are scaled down and what only frames can do is skipped.
/// </summary>
internal static class Weaving
{
    internal static bool IsWoven { get; } = typeof(Weaving).Assembly.IsDefined(typeof(WovenAttribute), false);

    internal static void Required() => Assert.SkipUnless(IsWoven, "not woven: every blocked goroutine holds a thread");

    /// <summary>How many goroutines a test may block at once.</summary>
    internal static int Scale(int woven, int unwoven) => IsWoven ? woven : unwoven;
}
