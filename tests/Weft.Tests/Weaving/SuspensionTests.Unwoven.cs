// Slots and interfaces of assemblies that are not woven: .NET's own.

using System.Collections;
using System.Data;
using System.Text;

namespace Weft.Tests;

public sealed partial class SuspensionTests
{
    private static readonly Dictionary<string, Action> s_unwoven = new()
    {
        ["Stream.Read"] = () => Read(new SlowStream()),
        ["Stream.Read, of the class itself"] = () => _ = new SlowStream().Read(new byte[1], 0, 1),
        ["Stream.Read that a base class overrides"] = () => Read(new DerivedStream()),
        ["Stream.Read that calls the base's"] = () => Read(new FurtherStream()),
        ["Stream.Read, a decorator"] = () => Read(new Decorator(new SlowStream())),
        ["Stream.Read, a generic class"] = () => Read(new StreamOf<string>()),
        ["Stream.Read, through a type parameter"] = () => ReadOf(new SlowStream()),
        ["Stream.Read, a delegate"] = () => ((Func<byte[], int, int, int>)((Stream)new SlowStream()).Read)(new byte[1], 0, 1),
        ["TextReader.ReadLine"] = () => Line(new SlowReader()),
        ["TextWriter.Write"] = () => Print(new SlowWriter()),
        ["a property of a class"] = () => Position(new SlowStream()),
        ["IObserver.OnNext"] = () => Push(new Observer()),
        ["IObserver.OnNext, by variance"] = () => Push<string>(new ObjectObserver()),
        ["IObserver.OnNext that calls a delegate"] = () => Push(new Calling(n => Wait())),
        ["IObserver.OnNext of a struct in a box"] = () => Push(new SmallObserver()),
        ["IObserver.OnNext of a struct through a type parameter"] = () => PushOf(new SmallObserver()),
        ["IProgress.Report"] = () => ((IProgress<int>)new Progressing()).Report(1),
        ["IComparer.Compare"] = () => Compare(new Comparing()),
        ["Comparer.Compare, a class"] = () => CompareOf(new SlowComparer()),
        ["IComparable.CompareTo of a record"] = () => Order(new Version2(1), new Version2(2)),
        ["IEquatable.Equals of a struct through a type parameter"] = () => Same(new Key(1), new Key(2)),
        ["IEnumerable.GetEnumerator"] = () =>
        {
            foreach (var n in (IEnumerable<int>)new Source())
                _ = n;
        },
        ["IList's indexer"] = () => First(new Lazily()),
        ["ICollection.Add, explicit"] = () => ((ICollection<int>)new Lazily()).Add(1),
        ["IServiceProvider.GetService"] = () => ((IServiceProvider)new Services()).GetService(typeof(int)),
        ["IFormattable.ToString"] = () => Format(new Slow()),
        ["Object.ToString"] = () => Text(new Slow()),
        ["IDbCommand.ExecuteScalar"] = () => Execute(new Command()),
        ["EncoderFallback.MaxCharCount"] = () => Encode(new SlowFallback()),
    };

    private static int Read(Stream s) => s.Read(new byte[1], 0, 1);

    private static int ReadOf<T>(T s) where T : Stream => s.Read(new byte[1], 0, 1);

    private static long Position(Stream s) => s.Position;

    private static string? Line(TextReader r) => r.ReadLine();

    private static void Print(TextWriter w) => w.Write("a");

    private static void Push(IObserver<int> o) => o.OnNext(1);

    private static void Push<T>(IObserver<T> o) => o.OnNext(default!);

    private static void PushOf<T>(T o) where T : IObserver<int> => o.OnNext(1);

    private static int Compare(IComparer<int> c) => c.Compare(1, 2);

    private static int CompareOf(Comparer<int> c) => c.Compare(1, 2);

    private static int Order<T>(T a, T b) where T : IComparable<T> => a.CompareTo(b);

    private static bool Same<T>(T a, T b) where T : IEquatable<T> => a.Equals(b);

    private static int First(IList<int> list) => list[0];

    private static string Format(IFormattable f) => f.ToString("x", null);

    private static string? Text(object o) => o.ToString();

    private static object? Execute(IDbCommand c) => c.ExecuteScalar();

    private static bool Encode(EncoderFallback f) => f.MaxCharCount > 0;

    private class SlowStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => 0;

        public override long Position
        {
            get => Wait();
            set => Wait();
        }

        public override void Flush() => Wait();

        public override int Read(byte[] buffer, int offset, int count) => Wait();

        public override long Seek(long offset, SeekOrigin origin) => 0;

        public override void SetLength(long value)
        {
        }

        public override void Write(byte[] buffer, int offset, int count) => Wait();
    }

    private sealed class DerivedStream : SlowStream
    {
        public override long Length => 1;
    }

    private sealed class FurtherStream : SlowStream
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, count) + 1;
    }

    private sealed class StreamOf<T> : SlowStream
    {
        public override int Read(byte[] buffer, int offset, int count) => typeof(T).Name.Length + Wait();
    }

    private sealed class Decorator(Stream inner) : SlowStream
    {
        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);
    }

    private sealed class SlowReader : TextReader
    {
        public override string? ReadLine() => Wait().ToString();
    }

    private sealed class SlowWriter : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(string? value) => Wait();
    }

    private sealed class Observer : IObserver<int>
    {
        public void OnCompleted() => Wait();

        public void OnError(Exception error) => Wait();

        public void OnNext(int value) => Wait();
    }

    private sealed class ObjectObserver : IObserver<object>
    {
        public void OnCompleted() => Wait();

        public void OnError(Exception error) => Wait();

        public void OnNext(object value) => Wait();
    }

    private sealed class Calling(Action<int> onNext) : IObserver<int>
    {
        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void OnNext(int value) => onNext(value);
    }

    private struct SmallObserver : IObserver<int>
    {
        private int _n;

        public void OnCompleted() => _n++;

        public void OnError(Exception error) => _n++;

        public void OnNext(int value) => _n += Wait();
    }

    private sealed class Progressing : IProgress<int>
    {
        public void Report(int value) => Wait();
    }

    private sealed class Comparing : IComparer<int>
    {
        public int Compare(int x, int y) => Wait();
    }

    private sealed class SlowComparer : Comparer<int>
    {
        public override int Compare(int x, int y) => Wait();
    }

    private sealed record Version2(int N) : IComparable<Version2>
    {
        public int CompareTo(Version2? other) => N + Wait();
    }

    private readonly record struct Key(int N) : IEquatable<Key>
    {
        public bool Equals(Key other) => N == other.N + Wait();

        public override int GetHashCode() => N;
    }

    private sealed class Source : IEnumerable<int>
    {
        public IEnumerator<int> GetEnumerator()
        {
            Wait();
            return Enumerable.Empty<int>().GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class Lazily : IList<int>
    {
        public int Count => 0;

        public bool IsReadOnly => true;

        public int this[int index]
        {
            get => Wait();
            set => Wait();
        }

        void ICollection<int>.Add(int item) => Wait();

        public void Clear()
        {
        }

        public bool Contains(int item) => false;

        public void CopyTo(int[] array, int arrayIndex)
        {
        }

        public IEnumerator<int> GetEnumerator() => Enumerable.Empty<int>().GetEnumerator();

        public int IndexOf(int item) => 0;

        public void Insert(int index, int item)
        {
        }

        public bool Remove(int item) => false;

        public void RemoveAt(int index)
        {
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class Services : IServiceProvider
    {
        public object? GetService(Type serviceType) => Wait();
    }

    private sealed class Slow : IFormattable
    {
        public string ToString(string? format, IFormatProvider? formatProvider) => Wait().ToString();

        public override string ToString() => Wait().ToString();
    }

    private sealed class SlowFallback : EncoderFallback
    {
        public override int MaxCharCount => Wait();

        public override EncoderFallbackBuffer CreateFallbackBuffer() => throw new NotSupportedException();
    }

    private sealed class Command : IDbCommand
    {
        [System.Diagnostics.CodeAnalysis.AllowNull]
        public string CommandText { get; set; } = "";

        public int CommandTimeout { get; set; }

        public CommandType CommandType { get; set; }

        public IDbConnection? Connection { get; set; }

        public IDataParameterCollection Parameters => throw new NotSupportedException();

        public IDbTransaction? Transaction { get; set; }

        public UpdateRowSource UpdatedRowSource { get; set; }

        public void Cancel()
        {
        }

        public IDbDataParameter CreateParameter() => throw new NotSupportedException();

        public void Dispose()
        {
        }

        public int ExecuteNonQuery() => 0;

        public IDataReader ExecuteReader() => throw new NotSupportedException();

        public IDataReader ExecuteReader(CommandBehavior behavior) => throw new NotSupportedException();

        public object? ExecuteScalar() => Wait();

        public void Prepare()
        {
        }
    }
}
