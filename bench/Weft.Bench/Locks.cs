// A mutex, a read-write lock and a wait group under many goroutines; an operation is one lock and unlock, or one round of the group.

using Bench.Common;
using static Weft.Goroutine;

namespace Weft.Bench;

internal static class Locks
{
    /// <summary>Goroutines that want the lock.</summary>
    public const int Contenders = 1000;

    /// <summary>Goroutines that a round of the wait group waits for.</summary>
    public const int Members = 10;

    /// <summary>Each of them as often; <paramref name="yield"/>: lets others run while it holds it, so that all of them queue.</summary>
    public static void Mutex(int operations, bool yield)
    {
        var mutex = new GoMutex();
        var count = 0;
        All(operations, each =>
        {
            for (var i = 0; i < each; i++)
            {
                mutex.Lock();
                count++;
                if (yield) Goroutine.Yield();
                mutex.Unlock();
            }
        });
        Report.Check(operations / Contenders * Contenders, count);
    }

    /// <summary>One in <paramref name="writes"/> locks for writing.</summary>
    public static void RWMutex(int operations, int writes)
    {
        var rw = new GoRWMutex();
        var count = 0;
        All(operations, each =>
        {
            for (var i = 1; i <= each; i++)
            {
                if (i % writes == 0)
                {
                    rw.Lock();
                    count++;
                    rw.Unlock();
                }
                else
                {
                    rw.RLock();
                    if (count < 0) return;
                    rw.RUnlock();
                }
            }
        });
        Report.Check(operations / Contenders / writes * Contenders, count);
    }

    public static void Group(int rounds)
    {
        var done = new WaitGroup();
        Action one = done.Done;
        var left = rounds;
        for (var round = 0; round < rounds; round++)
        {
            done.Add(Members);
            for (var i = 0; i < Members; i++) Go(one);
            done.Wait();
            left--;
        }
        Report.Check(0, left);
    }

    private static void All(int operations, Action<int> body)
    {
        var all = new WaitGroup();
        for (var i = 0; i < Contenders; i++) all.Go(() => body(operations / Contenders));
        all.Wait();
    }
}
