// StackRequest: the methods on the machine stack of another thread, for dumps.
//
// .NET lets a thread see its own stack only. So whoever dumps asks, and the M of the goroutine answers where it comes by:
//   a running goroutine  in morestack, at its next prologue: the request sets its guard, as a preemption does
//   a pinned one         in ParkM: its thread is woken without a P, as if by an old token, answers, and sleeps on
// A loop without a call, foreign code and plain code come by nowhere. They have LimitNs; then the dump says that their stack is not to be had.
// Who has begun to answer may take longer: reading symbols for the first time takes the runtime a while. So may who only has to wake up.
//
// One dump asks at a time. The request hangs on the M (release); the answer is published by `_isAnswered` (release), and may come when nobody
// waits for it any more.

using System.Diagnostics;

namespace Weft.Runtime;

[NotWoven]
internal sealed class StackRequest
{
    private const long LimitNs = 100_000_000, AnswerNs = 5_000_000_000;
    private const uint PollUs = 200;

    private static readonly Lock s_one = new();

    private readonly G _g;
    private readonly M _m;
    private StackTrace? _segment;
    private Frame? _frames;
    private volatile bool _isServed, _isAnswered;

    private StackRequest(G g, M m)
    {
        _g = g;
        _m = m;
    }

    /// <summary>What is on the machine stack, innermost first, and the captured frames below it.</summary>
    internal (StackTrace Segment, Frame? Frames)? Answer => _isAnswered ? (_segment!, _frames) : null;

    /// <summary>Asks all of these that have something on a machine stack, and waits for the answers.</summary>
    internal static Dictionary<G, StackRequest> Ask(IEnumerable<G> goroutines)
    {
        lock (s_one)
        {
            var all = new Dictionary<G, StackRequest>();
            foreach (var g in goroutines)
                if (g.m is { foreign: false } m && (IsRunning(g, m) || IsPinned(g, m)))
                    all.Add(g, new StackRequest(g, m));
            foreach (var r in all.Values)
                Volatile.Write(ref r._m.stackRequest, r);
            var begin = Os.nanotime();
            while (Poll(all.Values, Os.nanotime() - begin))
                Os.Current.usleep(PollUs);
            foreach (var r in all.Values)
                Volatile.Write(ref r._m.stackRequest, null);
            return all;
        }
    }

    private static bool IsRunning(G g, M m) => g.Status is GStatus.Running && m.curg == g;

    private static bool IsPinned(G g, M m) => g.Status is GStatus.Waiting or GStatus.Runnable && g.lockedm == m && m.curg == g;

    private static bool Poll(IEnumerable<StackRequest> all, long waited)
    {
        var isOpen = false;
        foreach (var r in all)
            isOpen |= r.Poll(waited);
        return isOpen;
    }

    /// <summary>Reminds the M; false when there is nothing to wait for any more.</summary>
    private bool Poll(long waited)
    {
        if (_isAnswered || waited > (_isServed || IsPinned(_g, _m) ? AnswerNs : LimitNs))
            return false;
        if (_isServed)
            return true;
        if (_m == M.Current)
            Serve(_g);
        else if (IsRunning(_g, _m))
            Volatile.Write(ref _g.stackguard, G.StackPreempt); // again and again: each begin of a turn resets it
        else if (IsPinned(_g, _m))
            _m.park.semawakeup();
        else
            return false; // it has left its stack meanwhile: all of it is frames
        return !_isAnswered;
    }

    /// <summary>On the M that is asked.</summary>
    internal void Serve(G? g)
    {
        if (g != _g || _isServed)
            return;
        _isServed = true;
        _segment = new StackTrace(fNeedFileInfo: true);
        _frames = g.frames;
        _isAnswered = true;
    }
}
