using Weft;
using Weft.Runtime;
using static Weft.Goroutine;

namespace Tour;

/// <summary>A goroutine blocks beneath List.ForEach, whose frame knows nothing of us and cannot be moved to the heap.</summary>
internal static class Pinned
{
    public static void Show()
    {
        Print.Title("5  A goroutine that keeps its thread");
        var id = 0L;
        var door = new Chan<int>();
        var others = 0;
        var recorder = new Recorder(1_000_000);
        Go(() =>
        {
            id = Id;
            new List<int> { 1 }.ForEach(_ => door.Receive());
        });
        Sleep(TimeSpan.FromMilliseconds(20)); // it blocks

        var all = new WaitGroup();
        for (var i = 0; i < 1_000; i++)
        {
            all.Add(1);
            Go(() =>
            {
                Interlocked.Increment(ref others);
                all.Done();
            });
        }
        all.Wait();
        var meanwhile = others;
        door.Send(1);
        Sleep(TimeSpan.FromMilliseconds(20)); // it goes on, and ends
        var moments = recorder.Stop();

        var m = moments.FirstOrDefault(x => x.Record.Goid == id && x.Record.Event == TraceEvent.pinned).Record.M;
        Print.Moments([.. moments.Where(x => x.Record.Goid == id || (x.Record.M == m && x.Record.Event == TraceEvent.handoffp))]);
        Console.WriteLine($"While it was blocked, {meanwhile} other goroutines ran to their end.\n");
    }
}
