// Slots and interfaces of .NET itself that classes of the corpus override and implement: which body answers is for the CLR to say, and hot code must
// not be cleverer than that.

using System.Collections;
using System.Collections.ObjectModel;
using System.ComponentModel;
using System.Reflection;
using System.Text;
using Weft.Runtime;

namespace Corpus;

/// <summary>A stream whose bytes come late.</summary>
internal class LateStream(int length) : Stream
{
    int position;

    public override bool CanRead => true;

    public override bool CanSeek => S(false);

    public override bool CanWrite => true;

    public override long Length => S(length);

    public override long Position { get => S(position); set => position = S((int)value); }

    public override void Flush() => Out("flush " + S(position));

    public override int Read(byte[] buffer, int offset, int count)
    {
        var n = 0;
        for (; n < count && position < length; n++)
            buffer[offset + n] = (byte)S(position++);
        return n;
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException(S("no seek"));

    public override void SetLength(long value) => length = S((int)value);

    public override void Write(byte[] buffer, int offset, int count) => position += S(count);
}

/// <summary>Overrides again, hides, and adds overloads.</summary>
internal class OtherStream(int length) : LateStream(length)
{
    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, S(1)) + 0 * count;

    public new virtual void Flush() => Out("hidden flush " + S(1));

    public int Read(byte[] buffer, int offset, long count) => S(-1);
}

internal sealed class LastStream(int length) : OtherStream(length)
{
    public override void Flush() => Out("last flush " + S(2));

    public override int ReadByte() => S(base.ReadByte()) + 1000;
}

/// <summary>Not woven: its override must be the one that runs.</summary>
[NotWoven]
internal sealed class QuietStream(int length) : LateStream(length)
{
    public override int Read(byte[] buffer, int offset, int count) => 77;
}

internal sealed class LateWriter : TextWriter
{
    public readonly StringBuilder Text = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Text.Append(S(value));

    public override void Write(string? value) => Text.Append('[').Append(S(value)).Append(']');
}

internal class Observing(string name) : IObserver<string>, IObserver<int>
{
    public virtual void OnNext(string value) => Out($"{name} got {S(value)}");

    void IObserver<int>.OnNext(int value) => Out($"{name} counted {S(value)}");

    public void OnCompleted() => Out(S(name) + " done");

    public void OnError(Exception error) => Out(S(name) + " failed: " + error.Message);
}

internal sealed class Reobserving(string name) : Observing(name), IObserver<string>
{
    void IObserver<string>.OnNext(string value) => Out("again " + S(value));
}

internal sealed class ObservingAll : IObserver<object>
{
    public void OnNext(object value) => Out("all got " + S(value));

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}

internal struct Summing : IObserver<int>, IComparable<Summing>, IEquatable<Summing>
{
    public int Sum;

    public void OnNext(int value) => Sum += S(value);

    public void OnCompleted() => Sum = -S(Sum);

    public readonly void OnError(Exception error) => Out(S(Sum));

    public readonly int CompareTo(Summing other) => S(Sum).CompareTo(other.Sum);

    public readonly bool Equals(Summing other) => S(Sum) == other.Sum;

    public override readonly bool Equals(object? obj) => obj is Summing t && Equals(t);

    public override readonly int GetHashCode() => S(Sum);

    public override readonly string ToString() => "tally " + S(Sum);
}

/// <summary>References, results, a property, an event, an indexer, all of interfaces that are not woven.</summary>
internal sealed class LateMap : IReadOnlyDictionary<string, int>, INotifyPropertyChanged
{
    PropertyChangedEventHandler? changed;

    event PropertyChangedEventHandler? INotifyPropertyChanged.PropertyChanged
    {
        add => changed += S(value);
        remove => changed -= S(value);
    }

    public int Count => S(2);

    public int this[string key] => S(key).Length;

    public IEnumerable<string> Keys => S<IEnumerable<string>>(["a", "bc"]);

    public IEnumerable<int> Values => Keys.Select(k => k.Length);

    public bool ContainsKey(string key) => S(key) is "a" or "bc";

    public bool TryGetValue(string key, out int value)
    {
        value = S(key).Length;
        changed?.Invoke(this, new PropertyChangedEventArgs(key));
        return S(ContainsKey(key));
    }

    public IEnumerator<KeyValuePair<string, int>> GetEnumerator()
    {
        foreach (var k in Keys)
            yield return new(k, S(k).Length);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

internal sealed class ByLength : Comparer<string>, IEqualityComparer<string>
{
    public override int Compare(string? x, string? y) => S(x!.Length).CompareTo(S(y!.Length));

    public bool Equals(string? x, string? y) => S(x!.Length) == y!.Length;

    public int GetHashCode(string obj) => S(obj.Length);
}

internal sealed class Listed<T> : Collection<T>
{
    protected override void InsertItem(int index, T item)
    {
        Out("insert " + S(item));
        base.InsertItem(S(index), item);
    }
}

internal sealed class Formatted(int n) : IFormattable, ICloneable, IConvertible
{
    public string ToString(string? format, IFormatProvider? provider) => S(format ?? "none") + n;

    public object Clone() => new Formatted(S(n) + 1);

    public override string ToString() => ToString("plain", null);

    public TypeCode GetTypeCode() => S(TypeCode.Int32);

    public bool ToBoolean(IFormatProvider? provider) => S(true);

    public byte ToByte(IFormatProvider? provider) => S((byte)1);

    public char ToChar(IFormatProvider? provider) => S('c');

    public DateTime ToDateTime(IFormatProvider? provider) => S(DateTime.UnixEpoch);

    public decimal ToDecimal(IFormatProvider? provider) => S(1.5m);

    public double ToDouble(IFormatProvider? provider) => S(2.5);

    public short ToInt16(IFormatProvider? provider) => S((short)3);

    public int ToInt32(IFormatProvider? provider) => S(4);

    public long ToInt64(IFormatProvider? provider) => S(5L);

    public sbyte ToSByte(IFormatProvider? provider) => S((sbyte)6);

    public float ToSingle(IFormatProvider? provider) => S(7.5f);

    public string ToString(IFormatProvider? provider) => S("s");

    public object ToType(Type conversionType, IFormatProvider? provider) => S<object>(conversionType.Name);

    public ushort ToUInt16(IFormatProvider? provider) => S((ushort)8);

    public uint ToUInt32(IFormatProvider? provider) => S(9u);

    public ulong ToUInt64(IFormatProvider? provider) => S(10ul);
}

/// <summary>Answers for any interface, at run time.</summary>
[NotWoven]
public class Answering : DispatchProxy
{
    protected override object? Invoke(MethodInfo? method, object?[]? arguments) => method!.ReturnType == typeof(int) ? 12 : null;
}

internal static class Unwoven
{
    public static void Streams()
    {
        foreach (Stream s in new Stream[] { new LateStream(5), new OtherStream(5), new LastStream(5), new QuietStream(5), new MemoryStream([1, 2, 3]) })
        {
            var buffer = new byte[8];
            Out($"{s.GetType().Name}: {s.Read(buffer, 1, 3)} {buffer[1]} {buffer[2]} {s.ReadByte()} {s.CanSeek} {s.Length}");
            s.Flush();
            if (s is LateStream late)
                late.Flush();
            if (s is OtherStream other)
            {
                other.Flush();
                Out(other.Read(buffer, 0, 2L) + " " + other.Read(buffer, 0, 2));
            }
            s.Position = 4;
            Out(s.Position);
        }
        try
        {
            ((Stream)new LateStream(1)).Seek(0, SeekOrigin.Begin);
        }
        catch (NotSupportedException e)
        {
            Out(e.Message);
        }
        Out(Copy(new LateStream(3)) + Copy(new LastStream(3)) + CopyOf(new LateStream(4)) + CopyOf(new QuietStream(4)));
        Stream? none = null;
        try
        {
            none!.Flush();
        }
        catch (NullReferenceException)
        {
            Out("null");
        }
    }

    static int Copy(Stream from)
    {
        var sum = 0;
        var buffer = new byte[2];
        for (int n, turns = 0; turns < 3 && (n = from.Read(buffer, 0, 2)) > 0; turns++)
            sum += n * 10 + buffer[0];
        return sum;
    }

    static int CopyOf<T>(T from) where T : Stream => from.Read(new byte[4], 0, 4);

    public static void Writers()
    {
        var late = new LateWriter();
        TextWriter w = late;
        w.Write("text");
        w.Write('c');
        w.Write(12);
        w.WriteLine("line");
        Out(late.Text.Replace("\r", ""));
        w = new StringWriter();
        w.Write("quiet");
        Out(w.ToString());
    }

    public static void Observers()
    {
        Tell(new Observing("one"), "a");
        Tell(new Observing("two"), 5);
        Tell(new Reobserving("three"), "b");
        Tell(new ObservingAll(), "by variance");
        Tell<string>(new Observing("exact"), "c");
        var tally = new Summing();
        TellOf(ref tally, 3);
        TellOf(ref tally, 4);
        Out(tally.Sum);
        IObserver<int> box = tally;
        box.OnNext(5);
        box.OnNext(6);
        box.OnCompleted();
        box.OnError(new InvalidOperationException());
        Out(((Summing)box).Sum + " " + tally.Sum);
    }

    static void Tell<T>(IObserver<T> o, T value)
    {
        o.OnNext(value);
        o.OnCompleted();
        o.OnError(new InvalidOperationException("e"));
    }

    static void TellOf<T>(ref T o, int value) where T : IObserver<int> => o.OnNext(value);

    public static void Interfaces()
    {
        IReadOnlyDictionary<string, int> map = new LateMap();
        var changes = "";
        ((INotifyPropertyChanged)map).PropertyChanged += (_, e) => changes += S(e.PropertyName);
        var found = map.TryGetValue("bc", out var n);
        Out($"{found} {n} {map["abc"]} {map.Count} {string.Join(',', map.Keys)} {changes}");
        foreach (var (k, v) in map)
            Out(k + v);
        int[] places = [0, 0];
        Out(map.TryGetValue("a", out places[1]) && places[1] == 1);

        IComparer<string> comparer = new ByLength();
        IEqualityComparer<string> equality = new ByLength();
        Comparer<string> byClass = new ByLength();
        Out($"{comparer.Compare("a", "bb")} {equality.Equals("a", "b")} {equality.GetHashCode("abc")} {byClass.Compare("abc", "a")}");
        Out(string.Join(',', new SortedSet<string>(comparer) { "ccc", "a", "bb", "x" }));

        ICollection<string> list = new Listed<string>();
        list.Add("first");
        list.Add("second");
        Out(list.Count);

        var a = new Summing { Sum = 1 };
        Out($"{Order(a, new Summing { Sum = 2 })} {Same(a, a)} {Text(a)} {Text<object>(a)} {((object)a).Equals(a)} {a}");
        Formatted f = new(3);
        Out($"{((IFormattable)f).ToString("x", null)} {((ICloneable)f).Clone()} {f} {Text(f)}");
        IConvertible c = f;
        Out($"{c.ToBoolean(null)} {c.ToByte(null)} {c.ToChar(null)} {c.ToDecimal(null)} {c.ToDouble(null)} {c.ToInt64(null)} {c.ToSingle(null)} {c.ToType(typeof(int), null)} {c.GetTypeCode()} {c.ToUInt64(null)}");

        var proxy = DispatchProxy.Create<IComparer<int>, Answering>();
        Out(proxy.Compare(S(1), 2));
    }

    static int Order<T>(T x, T y) where T : IComparable<T> => x.CompareTo(y);

    static bool Same<T>(T x, T y) where T : IEquatable<T> => x.Equals(y);

    static string? Text<T>(T value) => value!.ToString();
}
