// RuntimeTimer: what GoTimer, Ticker and Time.After are made of. A deadline, perhaps a period, and a channel or a function.
//
// Semantics of Go 1.23. The channel has room for one value, and says that it has none. After Stop or Reset no value of an earlier arming is
// received: firing, Stop and Reset are under one lock; a firing that comes late finds that the arming has another number;
// a value that lies in the channel is taken out. So Stop says exactly whether the value was received, or will be, by nobody. A ticker
// whose value is not fetched drops the next.
//
// A timer that nobody can reach is collected, armed or not. The heap knows a timer with a channel by a weak handle only, and the channel
// keeps its timer. But those who are blocked in the channel need not be reachable from anywhere else, nor hold the channel; so the
// finalizer looks: if somebody waits, the heap keeps the timer from now on, until it has fired. Else the heap forgets it.
// Firing needs no reference: it may come between the collection that found the timer unreachable and the finalizer, and wake somebody who holds
// it, and stops it or arms it anew. So the finalizer is that of an object of its own, the guard, which is replaced by whoever lets the handle go
// after such a firing: what an old guard says is not heard. Where the handle was not let go, as in a ticker, the finalizer asks for one more collection.
// Rejected: a finalizer of the timer's own, registered again at each arming. Whether one that was suppressed is under way already, nobody can tell.
//
// Deadlines are on the monotonic clock, those of a TimeProvider on its timestamps. A provider's own timers do the waiting then: one
// for each arming, so that a firing knows its number. They are made outside the lock, since a fake clock fires them at once; and the provider is
// asked for the time outside it, since it may have a lock of its own, and touch timers while it holds that.

using System.Runtime.InteropServices;

namespace Weft.Runtime;

[NotWoven]
internal sealed class RuntimeTimer : ITimerTarget
{
    internal readonly Chan<DateTimeOffset>? Chan;

    private readonly Action? _func;
    private readonly Starter? _starter; // of the function: the thread that finds the deadline passed has a context of somebody else's
    private readonly TimeProvider? _provider; // null: the heaps and the clock of the system
    private readonly long _origin;            // of the provider's timestamps
    private readonly DateTimeOffset _originTime;
    private readonly TimerEntry? _entry;
    private readonly SynctestBubble? _bubble; // the heap and the clock are its
    private RuntimeLock<Ranks.Timer> _lock;
    private ITimer? _shot;
    private int _number;
    private bool _isArmed;
    private Guard? _guard;
    private bool _isHeldWeakly; // there is a handle, and the guard will be finalized
    private bool _hasRevived;   // fired for somebody since the handle was made: the finalizer may be on its way although he holds the timer
    private long _when, _period;

    /// <summary>A timer with a channel, or one that runs <paramref name="func"/>.</summary>
    internal RuntimeTimer(Action? func, TimeProvider? provider)
    {
        _func = func;
        if (func is null)
            Chan = new Chan<DateTimeOffset>(this);
        _bubble = SynctestBubble.For(provider);
        if (func is not null)
            _starter = new Starter(_bubble, ThreadContext.Capture(null));
        if (_bubble is not null || provider is null || provider == TimeProvider.System)
        {
            _entry = new TimerEntry { strong = func is null && _bubble is null ? null : this, home = _bubble?.timers };
            return;
        }
        _provider = provider;
        _origin = provider.GetTimestamp();
        _originTime = provider.GetUtcNow();
    }

    /// <summary>Reached by its timer alone, and so finalized after a collection that did not reach the timer.</summary>
    private sealed class Guard(RuntimeTimer timer)
    {
        ~Guard() => timer.CollectorCame(this);
    }

    // What was reached only from here is still whole, and the channel with its waiters among it.
    private void CollectorCame(Guard guard)
    {
        _lock.Lock();
        if (guard == _guard && _isHeldWeakly)
        {
            var isWaitedFor = Chan!.HasReceivers;
            if (isWaitedFor)
                _entry!.strong = this;
            if (isWaitedFor || _hasRevived)
            {
                _hasRevived = false;
                GC.ReRegisterForFinalize(guard);
            }
            else
            {
                _isArmed = false;
                _number++;
                _entry!.Disarm();
                LetGo();
            }
        }
        _lock.Unlock();
    }

    /// <summary>Arms it anew. True if it was armed, or its value was not received.</summary>
    internal bool Reset(TimeSpan d, TimeSpan period)
    {
        if (_bubble is not null)
            SynctestBubble.Require(_bubble, null, "reset of a bubble's timer");
        var now = Now();
        _lock.Lock();
        var wasPending = Cancel(out var waiter);
        var when = _when = now + Math.Min(Nanoseconds(d), long.MaxValue - now);
        _period = Nanoseconds(period);
        _isArmed = true;
        var number = ++_number;
        var old = _shot;
        _shot = null;
        var isEarliest = false;
        if (_entry is not null)
        {
            HoldWeakly();
            isEarliest = _entry.Arm(when, number);
        }
        _lock.Unlock();
        if (isEarliest)
            Proc.wakeTimerSleeper(when);
        waiter?.Wake(M.Current);
        old?.Dispose();
        if (_entry is null)
            Shoot(number, d);
        return wasPending;
    }

    /// <summary>True if it was armed, or its value was not received.</summary>
    internal bool Stop()
    {
        if (_bubble is not null)
            SynctestBubble.Require(_bubble, null, "stop of a bubble's timer");
        _lock.Lock();
        var wasPending = Cancel(out var waiter);
        _number++;
        var old = _shot;
        _shot = null;
        _entry?.Disarm();
        LetGo();
        _lock.Unlock();
        waiter?.Wake(M.Current);
        old?.Dispose();
        return wasPending;
    }

    public void Fire(int number, M? m)
    {
        var now = Now();
        _lock.Lock();
        if (number != _number || !_isArmed)
        {
            _lock.Unlock();
            return;
        }
        if (Chan is { HasReceivers: true })
            _hasRevived = true;
        var when = _when;
        if (when > now)
        {
            // A provider's timer that is early.
            _lock.Unlock();
            Shoot(number, TimeSpan.FromTicks((when - now + 99) / 100));
            return;
        }
        var isEarliest = false;
        if (_period == 0)
        {
            _isArmed = false;
            LetGo();
        }
        else
        {
            // Periods that were missed are skipped; the next deadline lies on the same grid.
            var periods = 1 + (now - when) / _period;
            _when = _period > (long.MaxValue - when) / periods ? long.MaxValue : when + _period * periods;
            if (_entry is not null)
            {
                if (_entry.strong is not null && _bubble is null && Chan is not null && !Chan.HasReceivers)
                    _entry.strong = null;
                isEarliest = _entry.Arm(_when, number);
            }
        }
        var waiter = Chan?.Deliver(Time(when, now));
        var next = _when;
        var isPeriodic = _period != 0;
        _lock.Unlock();
        waiter?.Wake(m);
        if (isEarliest)
            Proc.wakeTimerSleeper(next);
        if (_func is not null)
            Proc.newproc(_func, m, _starter);
        if (isPeriodic && _entry is null)
            Shoot(number, TimeSpan.FromTicks((next - now + 99) / 100));
    }

    /// <summary>
    /// Under the lock: what was pending is not any more. True if something was. To be woken after the unlock: somebody of the program who
    /// has tried to send on the channel himself.
    /// </summary>
    private bool Cancel(out Sudog? waiter)
    {
        var wasPending = _isArmed;
        _isArmed = false;
        waiter = null;
        return Chan is not null && Chan.TakeBack(out waiter) || wasPending;
    }

    /// <summary>Under the lock, before arming: the collector may take it from now on.</summary>
    private void HoldWeakly()
    {
        if (_bubble is not null)
        {
            _entry!.strong = this; // it must fire, or not, whether or not the collector has come
            return;
        }
        if (_isHeldWeakly || Chan is null)
            return;
        _entry!.weak = GCHandle.Alloc(this, GCHandleType.WeakTrackResurrection);
        _isHeldWeakly = true;
        if (_guard is null)
            _guard = new Guard(this);
        else
            GC.ReRegisterForFinalize(_guard);
    }

    /// <summary>Under the lock, not armed; what may still lie in the heap is not looked at any more. No handle, and no need of a finalizer.</summary>
    private void LetGo()
    {
        if (_entry is null || Chan is null)
            return;
        _entry.strong = null;
        if (!_isHeldWeakly)
            return;
        _entry.weak.Free();
        _isHeldWeakly = false;
        GC.SuppressFinalize(_guard!);
        if (_hasRevived)
            _guard = null;
        _hasRevived = false;
    }

    /// <summary>Under no lock: a timer of the provider's for that arming.</summary>
    private void Shoot(int number, TimeSpan d)
    {
        var due = d < TimeSpan.Zero ? TimeSpan.Zero : d < s_longest ? d : s_longest;
        var shot = _provider!.CreateTimer(static o =>
        {
            var (timer, number) = ((RuntimeTimer, int))o!;
            timer.Fire(number, M.Current);
        }, (this, number), due, Timeout.InfiniteTimeSpan);
        _lock.Lock();
        var isOld = number != _number || !_isArmed;
        if (!isOld)
            (_shot, shot) = (shot, _shot!);
        _lock.Unlock();
        shot?.Dispose();
    }

    // The longest that a timer of .NET takes.
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>If it fired now, nothing would follow from it.</summary>
    internal bool IsUnnoticed => Chan is { HasReceivers: false };

    /// <summary>Under no lock.</summary>
    private long Now() => _provider is null ? SynctestBubble.Now(_bubble) : Nanoseconds(_provider.GetElapsedTime(_origin));

    /// <summary>The time of day of a deadline that has passed.</summary>
    private DateTimeOffset Time(long when, long now) =>
        _bubble is not null ? _bubble.UtcNow - TimeSpan.FromTicks((now - when) / 100) : _provider is null ? DateTimeOffset.UtcNow - TimeSpan.FromTicks((now - when) / 100) : _originTime + TimeSpan.FromTicks(when / 100);

    internal static long Nanoseconds(TimeSpan d) => d.Ticks <= 0 ? 0 : d.Ticks > long.MaxValue / 100 ? long.MaxValue : d.Ticks * 100;
}
