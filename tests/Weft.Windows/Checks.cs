using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weft.Windows;

internal static unsafe class Checks
{
    private static readonly Chan<int> s_to = new(), s_from = new();
    private static int s_count;

    internal static int All()
    {
        Say("spawn and join", Spawn());
        Say("channels", Channels());
        Say("timers", Timers());
        Say("preemption", Preemption());
        Say("growing stacks", Descend(200_000) == 200_000);
        Say("blocking calls", BlockingCalls());
        Say("last error", LastError());
        Say("last-resort output", WeftRuntime.Write(99, "x"u8) < 0 && WeftRuntime.Write(1, "  (this line by write)\n"u8) == 23);
        Go(Echo);
        Say("callbacks that block", Sorting());
        Say("callbacks on foreign threads", ForeignThreads());
        s_to.Close();
        Console.WriteLine("all passed");
        return 0;
    }

    private static void Say(string what, bool ok)
    {
        Console.WriteLine($"{(ok ? "ok    " : "FAILED")} {what}");
        if (!ok)
            Environment.Exit(1);
    }

    private static bool Spawn()
    {
        var done = new WaitGroup();
        var n = 0;
        for (var i = 0; i < 100_000; i++)
            done.Go(() =>
            {
                Yield();
                Interlocked.Increment(ref n);
            });
        done.Wait();
        return n == 100_000;
    }

    private static bool Channels()
    {
        var sum = 0L;
        var results = new Chan<long>();
        for (var k = 0; k < 8; k++)
        {
            var ch = new Chan<int>(k);
            Go(() =>
            {
                for (var i = 0; i < 20_000; i++)
                    ch.Send(i);
                ch.Close();
            });
            Go(() =>
            {
                var mine = 0L;
                foreach (var v in ch)
                    mine += v;
                results.Send(mine);
            });
        }
        for (var k = 0; k < 8; k++)
            sum += results.Receive();
        return sum == 8 * 199_990_000L;
    }

    private static bool Timers()
    {
        var done = new WaitGroup();
        var early = 0;
        for (var i = 0; i < 200; i++)
        {
            var ms = i % 20;
            done.Go(() =>
            {
                var clock = Stopwatch.StartNew();
                Sleep(TimeSpan.FromMilliseconds(ms));
                if (clock.Elapsed < TimeSpan.FromMilliseconds(ms))
                    Interlocked.Increment(ref early);
            });
        }
        done.Wait();
        return early == 0;
    }

    // One processor: the loop makes hot calls, so its slice can be ended.
    private static bool Preemption()
    {
        var before = WeftRuntime.MaxProcs;
        WeftRuntime.MaxProcs = 1;
        var stop = false;
        Go(() => Volatile.Write(ref stop, true));
        while (!Volatile.Read(ref stop))
            Descend(2);
        WeftRuntime.MaxProcs = before;
        return true;
    }

    private static int Descend(int n)
    {
        if (n == 0)
            return 0;
        return DescendMore(n - 1) + 1;
    }

    private static int DescendMore(int n) => Descend(n);

    private static bool BlockingCalls()
    {
        const int Calls = 200;
        var before = WeftRuntime.MaxProcs;
        WeftRuntime.MaxProcs = 2;
        var done = new WaitGroup();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Calls; i++)
            done.Go(() =>
            {
                Yield();
                Threads.Block(100);
            });
        done.Wait();
        WeftRuntime.MaxProcs = before;
        return clock.Elapsed < TimeSpan.FromMilliseconds(Calls * 100 / 2 / 2); // two at a time would take twice that
    }

    private static bool LastError()
    {
        var wrong = 0;
        var done = new WaitGroup();
        for (var i = 0; i < 20; i++)
        {
            var mine = i;
            done.Go(() =>
            {
                for (var k = 0; k < 100; k++)
                {
                    Yield();
                    var expected = mine + 1000;
                    if (mine % 2 == 0)
                        expected = Threads.Fail();
                    else
                        Marshal.SetLastPInvokeError(expected);
                    Yield();
                    if (Marshal.GetLastPInvokeError() != expected)
                        Interlocked.Increment(ref wrong);
                }
            });
        }
        done.Wait();
        return wrong == 0;
    }

    private static void Echo()
    {
        foreach (var v in s_to)
            s_from.Send(2 * v);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Compare(int* a, int* b)
    {
        s_to.Send(*a);
        return s_from.Receive().CompareTo(2 * *b);
    }

    private static bool Sorting()
    {
        var items = Enumerable.Range(0, 200).ToArray();
        new Random(7).Shuffle(items);
        Yield();
        Threads.Sort(items, &Compare);
        Yield();
        return items.SequenceEqual(Enumerable.Range(0, 200));
    }

    [UnmanagedCallersOnly]
    private static nint OnForeignThread(nint argument)
    {
        s_to.Send((int)argument);
        var done = new WaitGroup();
        done.Go(() => Interlocked.Increment(ref s_count));
        done.Wait();
        Sleep(TimeSpan.FromMilliseconds(1));
        return s_from.Receive();
    }

    private static bool ForeignThreads()
    {
        for (var i = 0; i < 20; i++)
        {
            Yield();
            if (Threads.Run(&OnForeignThread, i) != 2 * i)
                return false;
        }
        return s_count == 20;
    }

    internal static int BadCallback()
    {
        WeftRuntime.ForeignCallbacks = ForeignCallbacks.Refuse;
        Yield();
        // On a goroutine's own thread a callback is taken all the same.
        Go(Echo);
        if (!Sorting())
            return 1;
        Threads.Run(&OnForeignThread, 1);
        Console.WriteLine("the callback returned");
        return 1;
    }
}
