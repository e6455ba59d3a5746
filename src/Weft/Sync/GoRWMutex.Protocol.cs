// The protocol of GoRWMutex: the state word, and who lets whom in.
//
// Writers first take a mutex among themselves; so there is at most one that holds the lock or waits for readers to leave. The state word:
//     writer    one holds the lock, or waits for readers; no reader may enter
//     queued    readers wait for that writer
//     above     the readers inside
// A reader enters by adding itself. If it then sees a writer it takes itself off again and queues, under the lock; so the number may be too
// high for a moment, and whoever takes it to zero looks whether a writer waits. Unlock lets all queued readers in at once, then lets the
// next writer take the mutex: that one waits for them. Readers and writers alternate, whatever the traffic.
//
// Readers are queued, and let in, by one who has the lock and changes the word by compare-exchange with `writer` still set: so an Unlock that sees
// no `queued` need not take the lock.
//
// Go keeps two counters of readers that run into each other over the sign of a sum; a writer whose token fires could not be taken out of
// them. Here it leaves as if it had unlocked.

using System.Runtime.CompilerServices;
using Weft.Runtime;

namespace Weft;

public sealed partial class GoRWMutex
{
    private const int Writer = 1, Queued = 2, Shift = 2, One = 1 << Shift;

    // Stages of a writer, and of a reader.
    internal const int Write = 1;
    private const int WriteAlone = 2, WriterIsIn = 3, Read = 4, ReaderIsIn = 5;
    private const int ReaderPlace = 2, WriterPlace = 3;

    private readonly GoMutex _writers = new();
    private RuntimeLock<Ranks.Wait> _lock;
    private int _state;
    private WaiterQueue _readers;
    private Waiter? _writer; // waits for the readers inside

    /// <summary>Readers inside, at this moment, and whether a writer is or waits.</summary>
    internal (int Readers, bool Writer, bool Queued) State => (_state >> Shift, (_state & Writer) != 0, (_state & Queued) != 0);

    private bool TryLockFree()
    {
        if (!_writers.TryLockFree())
            return false;
        if (Interlocked.CompareExchange(ref _state, Writer, 0) == 0)
            return true;
        _writers.Unlock();
        return false;
    }

    /// <summary>False: the reader is counted, and a writer was there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryEnter() => (Interlocked.Add(ref _state, One) & Writer) == 0;

    bool IBlocker.Step(Waiter w) => w.stage switch
    {
        Read => Enter(w),
        Write or WriteAlone => LockStep(w),
        _ => true, // was let in, or its token has fired
    };

    /// <summary>The reader has counted itself.</summary>
    private bool Enter(Waiter w)
    {
        _lock.Lock();
        int old, now;
        do
        {
            old = Volatile.Read(ref _state);
            if ((old & Writer) == 0)
            {
                _lock.Unlock();
                return true; // and it counts
            }
            now = old - One | Queued;
        }
        while (Interlocked.CompareExchange(ref _state, now, old) != old);
        w.Prepare();
        w.stage = ReaderIsIn;
        _readers.Add(w, ReaderPlace);
        // The writer may have taken this reader for one that is inside.
        var writer = now >> Shift == 0 ? TakeWriter() : null;
        _lock.Unlock();
        writer?.Ready(M.Current);
        return false;
    }

    internal bool LockStep(Waiter w)
    {
        if (w.stage == Write)
        {
            if (!_writers.Step(w))
                return false;
            if (w.cancelled)
                return true;
            w.stage = WriteAlone;
        }
        // No more readers from here on.
        if (Interlocked.Or(ref _state, Writer) >> Shift == 0)
            return true;
        _lock.Lock();
        if (Volatile.Read(ref _state) >> Shift == 0)
        {
            _lock.Unlock();
            return true;
        }
        w.Prepare();
        w.stage = WriterIsIn;
        _writer = w;
        Volatile.Write(ref w.place, WriterPlace);
        _lock.Unlock();
        return false;
    }

    /// <summary>Under the lock.</summary>
    private Waiter? TakeWriter()
    {
        var w = _writer;
        if (w is not null)
        {
            _writer = null;
            w.place = 0;
        }
        return w;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RUnlockSlow(int now, M? m)
    {
        if (now < 0)
        {
            Interlocked.Add(ref _state, One);
            throw new InvalidOperationException("sync: RUnlock of unlocked RWMutex");
        }
        if (now >> Shift != 0)
            return;
        _lock.Lock();
        var writer = Volatile.Read(ref _state) >> Shift == 0 ? TakeWriter() : null;
        _lock.Unlock();
        writer?.Ready(m);
    }

    private void Unlock(M? m)
    {
        var old = Volatile.Read(ref _state);
        while ((old & Queued) == 0)
        {
            if ((old & Writer) == 0)
                throw new InvalidOperationException("sync: Unlock of unlocked RWMutex");
            var seen = Interlocked.CompareExchange(ref _state, old & ~Writer, old);
            if (seen == old)
            {
                _writers.UnlockBy(m);
                return;
            }
            old = seen;
        }
        _lock.Lock();
        var readers = LetReadersIn();
        _lock.Unlock();
        WaiterQueue.ReadyAll(readers, m);
        _writers.UnlockBy(m);
    }

    /// <summary>Under the lock: the writer leaves, all queued readers come in.</summary>
    private Waiter? LetReadersIn()
    {
        var readers = _readers.TakeAll(out var count);
        int old;
        do
            old = Volatile.Read(ref _state);
        while (Interlocked.CompareExchange(ref _state, (old & ~(Writer | Queued)) + count * One, old) != old);
        return readers;
    }

    bool IBlocker.Withdraw(Waiter w, int ticket) => Withdraw(w, ticket);

    internal bool Withdraw(Waiter w, int ticket)
    {
        if (_writers.Withdraw(w, ticket))
            return true;
        _lock.Lock();
        var isWriter = WaiterQueue.IsQueued(w, WriterPlace, ticket);
        if (!isWriter && !WaiterQueue.IsQueued(w, ReaderPlace, ticket))
        {
            _lock.Unlock();
            return false;
        }
        Waiter? readers = null;
        if (isWriter)
        {
            TakeWriter();
            readers = LetReadersIn();
        }
        else
        {
            _readers.Remove(w);
            if (_readers.IsEmpty)
                Interlocked.And(ref _state, ~Queued);
        }
        w.cancelled = true;
        _lock.Unlock();
        var m = M.Current;
        WaiterQueue.ReadyAll(readers, m);
        if (isWriter)
            _writers.UnlockBy(m);
        w.Ready(m);
        return true;
    }
}
