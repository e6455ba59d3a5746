namespace Weft.Tests;

/// <summary>The rehearsal of a process's end, which every program goes through before its first goroutine.</summary>
public sealed class LastWordsTests
{
    /// <summary>Bad schedule: none. It once slept as many seconds as the exit code says, and each program began two seconds late.</summary>
    [Fact]
    public void Rehearsal_NeitherEndsTheProcessNorSleeps()
    {
        Bounded.Wait(Bounded.OnThread(() =>
        {
            LastWords.Prepare();
            LastWords.Exit(600, dry: true);
            LastWords.Wait(dry: true);
        }));
    }
}
