namespace Weft.Tests;

/// <summary>The list of all Gs, and the counts that come from it.</summary>
public sealed class AllGsTests
{
    [Fact]
    public void Snapshot_AfterAdds_HoldsAllInOrder()
    {
        var list = new AllGs();
        var gs = Enumerable.Range(0, 100).Select(i => new G { goid = i }).ToList();
        for (var i = 0; i < gs.Count; i++)
        {
            list.Add(gs[i]);
            Assert.Equal(i + 1, list.Count);
            Assert.Equal(gs.Take(i + 1), list.Snapshot().ToArray());
        }
    }

    // Property: a reader sees a prefix of what was added, without holes.
    // Bad schedule: the reader takes the new count with the old, shorter array.
    [Fact]
    public void Snapshot_WhileAnotherThreadAdds_IsAPrefixWithoutHoles()
    {
        var list = new AllGs();
        var stop = false;
        var reader = Bounded.OnThread(() =>
        {
            var before = 0;
            while (!Volatile.Read(ref stop))
            {
                var all = list.Snapshot();
                Assert.True(all.Length >= before);
                before = all.Length;
                for (var i = Math.Max(0, all.Length - 50); i < all.Length; i++)
                    Assert.Equal(i, all[i]!.goid);
            }
        });
        for (var i = 0; i < 200_000; i++)
            list.Add(new G { goid = i });
        Volatile.Write(ref stop, true);
        Bounded.Wait(reader);
    }
}
