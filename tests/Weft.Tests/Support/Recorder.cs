namespace Weft.Tests;

/// <summary>Keeps the runtime's events while it is installed. The hook runs on g0: it only stores.</summary>
[NotWoven]
internal sealed class Recorder : IDisposable
{
    private readonly TraceRecord[] _records;
    private int _count;

    internal Recorder(int capacity = 100_000)
    {
        _records = new TraceRecord[capacity];
        Trace.Hook = Record;
    }

    internal IReadOnlyList<TraceRecord> Records => new ArraySegment<TraceRecord>(_records, 0, Math.Min(_count, _records.Length));

    public void Dispose() => Trace.Hook = null;

    private void Record(TraceRecord record)
    {
        var i = Interlocked.Increment(ref _count) - 1;
        if (i < _records.Length)
            _records[i] = record;
    }
}
