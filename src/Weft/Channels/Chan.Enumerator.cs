// foreach over a channel. A loop parks without allocating: the frame that finishes MoveNext is made once, and stands in for the sudog's.

using System.Collections;
using System.ComponentModel;
using Weft.Runtime;

namespace Weft;

public sealed partial class Chan<T>
{
    /// <summary>Receives from a channel until it is closed and drained.</summary>
    public sealed class Enumerator : IEnumerator<T>
    {
        private readonly Chan<T> _chan;
        private T _current = default!;
        private Step? _step;

        internal Enumerator(Chan<T> chan) => _chan = chan;

        /// <inheritdoc/>
        public T Current => _current;

        object? IEnumerator.Current => _current;

        /// <summary>Receives the next value, blocking until there is one; false once the channel is closed and drained.</summary>
        public bool MoveNext()
        {
            (_current, var ok) = _chan.ReceiveOk();
            return ok;
        }

        /// <summary>Hot form of <see cref="MoveNext()"/>.</summary>
        [Twin, EditorBrowsable(EditorBrowsableState.Never)]
        public bool MoveNext(G g)
        {
            if (SynctestBubble.On)
                SynctestBubble.Point(g);
            if (_chan.ReceiveOrLock(g, out _current, out var ok))
                return Chaos.On ? Chaos.Primitive(g, ok) : ok;
            var s = _chan.ParkReceive(g, ChanOp.ReceiveOk, default);
            if (g.held != 0)
            {
                Proc.block(g);
                return Finish(s);
            }
            Proc.gopark(g);
            g.push(_step ??= new Step(this));
            return false;
        }

        private bool Finish(Sudog<T> s)
        {
            (_current, var ok) = s.FinishReceive();
            return ok;
        }

        void IEnumerator.Reset() => throw new NotSupportedException("a channel cannot be read again");

        /// <summary>Nothing to release: the channel stays as it is.</summary>
        public void Dispose()
        {
        }

        /// <summary>Finishes a parked MoveNext, in place of the sudog. One for each loop, so that the loop allocates nothing.</summary>
        private sealed class Step(Enumerator of) : Frame
        {
            public override void Resume(G g)
            {
                parent = null; // as a sudog's
                g.SetResult(of.Finish((Sudog<T>)g.recvSudog!));
            }
        }
    }
}
