// SegmentFrame: the account of a goroutine's stack.
//
// Lies under the frames of a segment that newstack has moved and knows how many bytes they took; when control returns to it, or an
// exception passes it, they are gone. What of a segment has been returned from already is not subtracted one by one, which would cost
// every switch: the account is too high by that much. Hence it is made exact, by a walk over all frames, before it is held against
// the limit. What a goroutine saves when it parks is not counted: it had room on a thread.
//
// Rejected: counting frames at push and pop (a nanosecond for each switch, and frames differ in size).

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Weft.Runtime;

[NotWoven]
internal sealed class SegmentFrame : Frame
{
    private static readonly ConcurrentDictionary<Type, long> s_sizes = new();

    private long _bytes;

    /// <summary>Before the segment is saved: its frames will be linked above this one.</summary>
    internal static SegmentFrame Open(G g)
    {
        // Nothing is left of a segment whose marker is on top.
        if (g.frames is SegmentFrame s)
        {
            s.Free(g);
        }
        else
        {
            s = new SegmentFrame { parent = g.frames };
            g.frames = s;
        }
        s._bytes = -GC.GetAllocatedBytesForCurrentThread();
        return s;
    }

    /// <summary>The frames are saved: this thread has allocated nothing else since.</summary>
    internal void Close(G g)
    {
        _bytes += GC.GetAllocatedBytesForCurrentThread();
        g.stackbytes += _bytes;
    }

    internal void Free(G g)
    {
        g.stackbytes -= _bytes;
        _bytes = 0;
    }

    [StackTraceHidden]
    public override void Resume(G g)
    {
        Free(g);
        g.CheckThrow(); // a result stays where it is, for the frame below
    }

    public override ref byte Address(int argument) => ref parent!.Address(argument);

    /// <summary>Makes the account of all segments exact.</summary>
    internal static void Recount(G g)
    {
        long bytes = 0;
        g.stackbytes = 0;
        for (var f = g.frames; f is not null; f = f.parent)
        {
            if (f is SegmentFrame s)
            {
                s._bytes = bytes;
                g.stackbytes += bytes;
                bytes = 0;
            }
            else
            {
                bytes += SizeOf(f.GetType());
            }
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2067", Justification = "The type has an instance: this frame.")]
    [UnconditionalSuppressMessage("Trimming", "IL2111", Justification = "As above.")]
    private static long SizeOf(Type type) => s_sizes.GetOrAdd(type, static t =>
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        RuntimeHelpers.GetUninitializedObject(t);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    });
}
