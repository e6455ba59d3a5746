// Keeps the events of a stretch of time.
//
// Add runs inside the scheduler, often on g0: it may neither block nor allocate nor use a goroutine primitive. So the place for
// the events is made before, a slot is taken by one interlocked increment, and what does not fit is dropped and counted.

using Weft.Runtime;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace Tour;

/// <summary>An event and when it came.</summary>
internal readonly record struct Moment(TraceRecord Record, long Ticks);

/// <summary>Records the runtime's events from its creation to <see cref="Stop"/>.</summary>
internal sealed class Recorder
{
    private readonly Moment[] _moments;
    private int _taken;

    public Recorder(int capacity)
    {
        _moments = new Moment[capacity];
        Trace.Hook = Add;
    }

    /// <summary>Stops, and returns what came, in order.</summary>
    public Moment[] Stop()
    {
        Trace.Hook = null;
        if (_taken > _moments.Length)
            Console.WriteLine($"   ({_taken - _moments.Length} more events did not fit)");
        return _moments[..Math.Min(_taken, _moments.Length)];
    }

    private void Add(TraceRecord record)
    {
        var slot = Interlocked.Increment(ref _taken) - 1;
        if (slot < _moments.Length)
            _moments[slot] = new Moment(record, Stopwatch.GetTimestamp());
    }
}
