// Dumps. The tests know the lines of this file by their markers, `// @name`.

using System.Runtime.CompilerServices;
using static Ends.Cases;

namespace Ends;

internal static class Dumps
{
    private static readonly object s_gate = new();

    public static void Everything()
    {
        StartAll();
        while (WeftRuntime.NumGoroutine < 8)
            Yield();
        Sleep(TimeSpan.FromSeconds(1)); // two goroutines never let go of their processors: the others wait for spare ones
        var text = new StringWriter();
        WeftRuntime.Dump(text); // @dump
        Out(text.ToString());
    }

    // The same, by the signal.
    public static void UntilSignal()
    {
        StartAll();
        Sleep(TimeSpan.FromSeconds(1)); // two goroutines never let go of their processors: the others wait for spare ones
        Out("ready");
        Forever(); // @forever
    }

    private static void StartAll()
    {
        Yield(); // a method that suspends: only such ones note their go statements
        var chan = new Chan<int>();
        Go(() => Receiver(chan)); // @goreceiver
        Go(() => Chan<int>.Nil.Send(1)); // @gonil
        Go(() => Pinned(chan)); // @gopinned
        Go(static () => // @gospin
        {
            while (true)
                Thread.SpinWait(1000);
        });
        Go(BusyForever); // @gobusy
        Go(() => Sleep(TimeSpan.FromHours(1))); // @gosleep
        var wg = new WaitGroup();
        wg.Go(() => Deep(400, chan)); // @godeep
    }

    private static void Receiver(Chan<int> chan)
    {
        Receive(chan); // @receiver
        Out("never");
    }

    private static int Receive(Chan<int> chan)
    {
        var before = 1;
        return chan.Receive() + before; // @receive
    }

    private static void BusyForever()
    {
        while (true)
            Busy(1000); // @busy
    }

    // Goes through prologues, since it might suspend; it never does.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Busy(int n)
    {
        if (n < 0)
            Yield();
        Thread.SpinWait(n);
    }

    private static void Pinned(Chan<int> chan)
    {
        new List<int> { 1 }.ForEach(_ => chan.Receive()); // @pinned
        Out("never");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Deep(int n, Chan<int> chan)
    {
        if (n == 0)
            return chan.Receive(); // @deepest
        return Deep(n - 1, chan) + 1; // @deep
    }
}
