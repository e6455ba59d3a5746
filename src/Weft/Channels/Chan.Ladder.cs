// The ladder: what a send and a receive try, in order, under the lock. Shared by plain operations, async ones, and the cases of selects.
//
// The buffer is a ring. A large one begins small and grows when it is full: capacity is a limit, not a claim on memory. A sender waits
// only when the capacity is reached, so whenever somebody waits the ring has its full size. It grows under the lock: doubling makes that
// rare, and to let the lock go in the middle of the ladder would be one more state in it.

using System.Runtime.CompilerServices;
using Weft.Runtime;

namespace Weft.Runtime
{
    /// <summary>How far an attempt under the lock has come.</summary>
    internal enum Attempt
    {
        /// <summary>Nothing was done: the operation must wait.</summary>
        Wait,
        /// <summary>It is complete.</summary>
        Done,
        /// <summary>A send on a closed channel: nothing was done, and it throws.</summary>
        Closed,
    }
}

namespace Weft
{
    public sealed partial class Chan<T>
    {
        private const int EagerBytes = 64 * 1024;

        private T[] _buffer;
        private int _sendIndex; // where the next value goes
        private int _recvIndex; // where the next value is taken

        private static int EagerLength => Math.Max(EagerBytes / Unsafe.SizeOf<T>(), 16);

        /// <summary>Could the machine hold such a buffer? The limit of an array counts too, but for values that have no size in Go.</summary>
        private static bool Fits(int capacity)
        {
            var size = Unsafe.SizeOf<T>();
            return (size == 1 || capacity <= Array.MaxLength)
                && ((long)capacity * size < 1 << 30 || (long)capacity * size <= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        }

        /// <summary>Under the lock. The waiter, if any, must be woken after the unlock.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal Attempt SendLocked(T value, out Sudog? waiter)
        {
            waiter = null;
            if (closed)
                return Attempt.Closed;
            // A waiting receiver: the value goes straight to it.
            if (recvq.Dequeue() is { } receiver)
            {
                waiter = receiver;
                Unsafe.As<Sudog<T>>(receiver).elem = value;
                receiver.success = true;
                return Attempt.Done;
            }
            // Room in the buffer.
            if (count < capacity)
            {
                if (count == _buffer.Length)
                    Grow();
                Put(value);
                return Attempt.Done;
            }
            return Attempt.Wait;
        }

        /// <summary>Under the lock. The waiter, if any, must be woken after the unlock.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal Attempt ReceiveLocked(out T value, out bool ok, out Sudog? waiter)
        {
            waiter = null;
            // A value in the buffer; a waiting sender's takes its place.
            if (count > 0)
            {
                ok = true;
                value = _buffer[_recvIndex];
                if (sendq.Dequeue() is { } next)
                {
                    waiter = next;
                    _buffer[_recvIndex] = Unsafe.As<Sudog<T>>(next).elem!;
                    next.success = true;
                    if (++_recvIndex == _buffer.Length)
                        _recvIndex = 0;
                    _sendIndex = _recvIndex;
                    return Attempt.Done;
                }
                Take();
                if (count == 0 && closed)
                    end?.Schedule();
                return Attempt.Done;
            }
            // A waiting sender: its value comes straight from it.
            if (sendq.Dequeue() is { } sender)
            {
                waiter = sender;
                ok = true;
                value = Unsafe.As<Sudog<T>>(sender).elem!;
                sender.success = true;
                return Attempt.Done;
            }
            value = default!;
            ok = false;
            return closed ? Attempt.Done : Attempt.Wait;
        }

        /// <summary>Under the lock, with room in the ring: appends.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Put(T value)
        {
            var buffer = _buffer;
            var i = _sendIndex;
            buffer[i] = value;
            _sendIndex = i + 1 == buffer.Length ? 0 : i + 1;
            count++;
        }

        /// <summary>Under the lock: drops the oldest value, which has been read.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Take()
        {
            var buffer = _buffer;
            var i = _recvIndex;
            if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
                buffer[i] = default!;
            _recvIndex = i + 1 == buffer.Length ? 0 : i + 1;
            count--;
        }

        /// <summary>True: sent. False: the lock is held, and the send must wait. Throws if the channel is closed.</summary>
        /// <param name="value">The value.</param>
        /// <param name="g">The caller where it is known, to save looking it up.</param>
        internal bool SendOrLock(T value, G? g)
        {
            if (SynctestBubble.On)
                RequireBubble(g, "send on a bubble's channel");
            @lock.Lock();
            // The ladder's most frequent rung by itself, a tenth faster: room in the buffer, nobody waits.
            if (count < _buffer.Length && recvq.IsEmpty && !closed)
            {
                Put(value);
                @lock.Unlock();
                return true;
            }
            switch (SendLocked(value, out var waiter))
            {
                case Attempt.Wait:
                    return false;
                case Attempt.Closed:
                    @lock.Unlock();
                    throw new ChanClosedException();
            }
            @lock.Unlock();
            waiter?.Wake(g is null ? M.Current : g.m);
            return true;
        }

        /// <summary>True: received, or the channel is closed and drained. False: the lock is held, and the receive must wait.</summary>
        internal bool ReceiveOrLock(G? g, out T value, out bool ok)
        {
            if (SynctestBubble.On)
                RequireBubble(g, "receive on a bubble's channel");
            @lock.Lock();
            // As in SendOrLock: a value in the buffer, nobody waits.
            if (count > 0 && sendq.IsEmpty && !closed)
            {
                ok = true;
                value = _buffer[_recvIndex];
                Take();
                @lock.Unlock();
                return true;
            }
            if (ReceiveLocked(out value, out ok, out var waiter) == Attempt.Wait)
                return false;
            @lock.Unlock();
            waiter?.Wake(g is null ? M.Current : g.m);
            return true;
        }

        /// <summary>The goroutine is Parking and in the queue; the lock, held before, is let go.</summary>
        private Sudog<T> ParkSend(T value, G g, CancellationToken token)
        {
            var s = Sudog<T>.ForSend(g);
            s.elem = value;
            Proc.gopark_begin(g, isNil ? WaitReason.ChanSendNil : SynctestBubble.On && bubble is not null ? WaitReason.ChanSendDurable : WaitReason.ChanSend);
            var chan = isNil ? LeaveNil(token) : this;
            chan?.sendq.Enqueue(s);
            chan?.@lock.Unlock();
            if (token.CanBeCanceled)
                Cancellation.Arm(s, chan!, isSend: true, token);
            return s;
        }

        /// <summary>As <see cref="ParkSend"/>.</summary>
        private Sudog<T> ParkReceive(G g, ChanOp op, CancellationToken token)
        {
            var s = Sudog<T>.ForReceive(g, op);
            Proc.gopark_begin(g, isNil ? WaitReason.ChanReceiveNil : SynctestBubble.On && bubble is not null ? WaitReason.ChanReceiveDurable : WaitReason.ChanReceive);
            var chan = isNil ? LeaveNil(token) : this;
            chan?.recvq.Enqueue(s);
            chan?.@lock.Unlock();
            if (token.CanBeCanceled)
                Cancellation.Arm(s, chan!, isSend: false, token);
            return s;
        }

        /// <summary>
        /// What waits on the nil channel is not queued there, where it would be kept for ever and meet the other side. If a token may end
        /// the wait it needs a queue to be taken out of: that of a channel that nobody else knows, locked.
        /// </summary>
        private Chan<T>? LeaveNil(CancellationToken token)
        {
            @lock.Unlock();
            if (!token.CanBeCanceled)
                return null;
            var alone = new Chan<T>();
            alone.@lock.Lock();
            return alone;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Grow()
        {
            var length = (int)Math.Min((long)_buffer.Length * 2, Math.Min(capacity, Array.MaxLength));
            var larger = new T[length];
            var head = _buffer.Length - _recvIndex; // the ring is full: it begins and ends at _recvIndex
            Array.Copy(_buffer, _recvIndex, larger, 0, head);
            Array.Copy(_buffer, 0, larger, head, _recvIndex);
            _recvIndex = 0;
            _sendIndex = _buffer.Length;
            _buffer = larger;
        }
    }
}
