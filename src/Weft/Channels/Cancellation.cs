// Cancellation: a token beside a plain send or receive that waits.
//
// The channel's lock decides between the token and a partner: whoever takes the sudog out of the queue has it. A partner completes the
// transfer; the token's callback marks the wait as cancelled, and nothing was sent or taken.
//
// The callback of one wait may come late, when the sudog is in use again: Unregister says whether it may still come. Then the sudog is
// not used again, and a late callback finds it in no queue. Rejected: waiting for the callback to end, which would block the thread.

namespace Weft.Runtime;

[NotWoven]
internal sealed class Cancellation
{
    private static readonly Action<object?> s_callback = static s => Cancel((Sudog)s!);

    private Hchan _chan = null!;
    private bool _isSend;
    private bool _cancelled;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;

    /// <summary>Watches the token for a sudog that is in the channel's queue, or was; on the waiter, before it leaves its stack.</summary>
    internal static void Arm(Sudog s, Hchan chan, bool isSend, CancellationToken token)
    {
        // A partner may look at the owner meanwhile; none and a cancellation mean the same to it.
        if (s.owner is not Cancellation c)
            s.owner = c = new Cancellation();
        c._chan = chan;
        c._isSend = isSend;
        c._cancelled = false;
        c._token = token;
        s.armed = true;
        c._registration = token.UnsafeRegister(s_callback, s); // calls back at once if it is cancelled already
    }

    private static void Cancel(Sudog s)
    {
        var c = (Cancellation)s.owner!;
        var chan = c._chan;
        chan.@lock.Lock();
        // The link is checked under the lock, so a callback that comes late does nothing.
        var mine = c._isSend ? chan.sendq.Remove(s) : chan.recvq.Remove(s);
        if (mine)
            c._cancelled = true;
        chan.@lock.Unlock();
        if (mine)
            Proc.goready(s.g!, M.Current);
    }

    /// <summary>On the waiter, woken: forgets the token, and throws if it was the token that woke it.</summary>
    internal static void Disarm(Sudog s)
    {
        var c = (Cancellation)s.owner!;
        s.armed = false;
        var cancelled = c._cancelled;
        var token = c._token;
        if (!c._registration.Unregister())
        {
            // The callback runs or has run: this sudog is left to it.
            var g = s.g!;
            if (g.sendSudog == s)
                g.sendSudog = null;
            if (g.recvSudog == s)
                g.recvSudog = null;
        }
        else
        {
            c._registration = default;
            c._token = default;
            c._chan = null!;
        }
        if (cancelled)
            throw new OperationCanceledException(token);
    }
}
