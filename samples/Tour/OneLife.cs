using Weft;
using Weft.Runtime;
using static Weft.Goroutine;

namespace Tour;

/// <summary>One goroutine, from the go statement to the free list.</summary>
internal static class OneLife
{
    public static void Show()
    {
        Print.Title("1  One goroutine's life");
        // Some have to die first, or there is no dead record to be used again: more than one P keeps to itself.
        var dead = new WaitGroup();
        for (var i = 0; i < 1_000; i++)
            dead.Go(() => { });
        dead.Wait();

        var id = 0L;
        var door = new Chan<int>();
        var recorder = new Recorder(10_000);
        Go(() =>
        {
            id = Id;
            door.Receive();
        });
        Sleep(TimeSpan.FromMilliseconds(20)); // it runs, and parks at the door
        door.Send(1);
        Sleep(TimeSpan.FromMilliseconds(20)); // it goes on, and ends
        Print.Moments(LifeOf(id, recorder.Stop()));
    }

    /// <summary>What was reported of one goroutine, its creation, and the turn of the scheduler that chose it.</summary>
    private static List<Moment> LifeOf(long id, Moment[] all)
    {
        var life = new List<Moment>();
        for (var i = 0; i < all.Length; i++)
        {
            var (record, _) = all[i];
            if (record.Goid != id)
                continue;
            if (record.Event == TraceEvent.newproc1)
                AddFrom(TraceEvent.newproc, i);
            else if (record.Event == TraceEvent.execute)
                AddFrom(TraceEvent.schedule, i);
            life.Add(all[i]);
        }
        return life;

        // What led to event `end` on the same M, from the last `first` on.
        void AddFrom(TraceEvent first, int end)
        {
            var m = all[end].Record.M;
            var start = end - 1;
            while (start >= 0 && !(all[start].Record.M == m && all[start].Record.Event == first))
                start--;
            for (var i = Math.Max(start, 0); i < end; i++)
            {
                if (all[i].Record.M == m && all[i].Record.Event is TraceEvent.newproc or TraceEvent.gfget or TraceEvent.schedule)
                    life.Add(all[i]);
            }
        }
    }
}
