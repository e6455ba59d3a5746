// Weft.Testing as a user gets it: a reference to it alone brings Weft, the weaver and the runtime's switch.

namespace Weft.Integration;

/// <summary>See the file head.</summary>
public sealed class TestingPackageTests(PackedFeed feed)
{
    [Fact]
    public async Task Program_ReferencesWeftTestingAlone_RunsBubblesAndFindsTheSeed()
    {
        var app = new OutsideProject(feed, "Testing", "App", package: false,
            items: $"<PackageReference Include=\"Weft.Testing\" Version=\"{feed.Version}\" />").With("Program.cs", """
            using Weft;
            using Weft.Testing;
            using static Weft.Goroutine;

            Bubble.Run(() =>
            {
                var start = Bubble.TimeProvider.GetTimestamp();
                Thread.Sleep(TimeSpan.FromHours(1)); // the bubble's time, since the program is woven
                Console.WriteLine(Bubble.TimeProvider.GetElapsedTime(start));
            });
            try
            {
                Schedule.Search(LockOrder);
            }
            catch (ScheduleException e)
            {
                Console.WriteLine(e.InnerException!.GetType().Name);
                try
                {
                    Schedule.Run(e.Seed, LockOrder);
                }
                catch (ScheduleException again)
                {
                    Console.WriteLine(again.Seed == e.Seed);
                }
            }

            static void LockOrder()
            {
                var (a, b) = (new GoMutex(), new GoMutex());
                var done = new WaitGroup();
                done.Go(() => { a.Lock(); b.Lock(); b.Unlock(); a.Unlock(); });
                done.Go(() => { b.Lock(); a.Lock(); a.Unlock(); b.Unlock(); });
                done.Wait();
            }
            """);
        await app.Build("Release");
        Assert.Equal(["01:00:00", "BubbleDeadlockException", "True"], (await app.Run("Release")).Lines);
    }

    // Weft alone has no bubbles, and says what is missing.
    [Fact]
    public async Task Program_WithoutTheSwitch_SaysSo()
    {
        var app = new OutsideProject(feed, "TestingOff", "App", package: false, properties: "<WeftWeave>false</WeftWeave>",
            items: $"<PackageReference Include=\"Weft.Testing\" Version=\"{feed.Version}\" ExcludeAssets=\"build;buildTransitive\" />").With("Program.cs", """
            try
            {
                Weft.Testing.Bubble.Run(() => { });
            }
            catch (InvalidOperationException e)
            {
                Console.WriteLine(e.Message.Split('.')[0]);
            }
            """);
        await app.Build("Release");
        Assert.Equal(["Bubble"], (await app.Run("Release")).Lines);
    }
}
