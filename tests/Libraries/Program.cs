// Libraries that know nothing of Weft, each doing its work on several goroutines at once, with user code beneath it that suspends: a
// converter, a reader, a sink, a predicate. The program must print the same unwoven, woven with all libraries woven whole, and with chaos.

using System.Text;

namespace Libraries;

internal static class Program
{
    static readonly (string Name, Func<int, string> Body)[] cases =
    [
        ("json", Json.Run),
        ("yaml", Yaml.Run),
        ("markdown", Markdown.Run),
        ("dapper", Sql.Run),
        ("roslyn", Roslyn.Run),
        ("serilog", Log.Run),
        ("csv", Csv.Run),
        ("validation", Validation.Run),
        ("humanizer", Words.Run),
        ("zip", Zip.Run),
        ("time", Dates.Run),
        ("polly", Retries.Run),
        ("container", Container.Run),
        ("observables", Observables.Run),
        ("templates", Templates.Run),
        ("interception", Interception.Run),
    ];

    /// <summary>A value that was worth waiting for.</summary>
    public static T S<T>(T value)
    {
        Yield();
        return value;
    }

    /// <summary>A round trip through another goroutine, so that the caller really parks.</summary>
    public static T Echo<T>(T value)
    {
        var there = new Chan<T>();
        var back = new Chan<T>();
        Go(() => back.Send(there.Receive()));
        there.Send(value);
        return back.Receive();
    }

    static int Main(string[] args)
    {
        const int Each = 3;
        foreach (var (name, body) in cases)
        {
            if (args.Length > 0 && !args.Contains(name))
                continue;
            var results = new string[Each];
            var done = new WaitGroup();
            for (var i = 0; i < Each; i++)
            {
                var n = i;
                done.Go(() => results[n] = Attempt(body, n));
            }
            done.Wait();
            Console.WriteLine("== " + name);
            foreach (var r in results)
                Console.WriteLine(r);
        }
        return 42;
    }

    static string Attempt(Func<int, string> body, int n)
    {
        try
        {
            return body(n);
        }
        catch (Exception e)
        {
            return $"ended by {e.GetType()}: {e.Message}";
        }
    }
}

/// <summary>Text that arrives a few characters at a time.</summary>
internal sealed class SlowReader(string text) : TextReader
{
    int at;

    public override int Peek() => at < text.Length ? text[at] : -1;

    public override int Read()
    {
        if (at % 64 == 0)
            Yield();
        return at < text.Length ? text[at++] : -1;
    }

    public override int Read(char[] buffer, int index, int count)
    {
        var n = Math.Min(Math.Min(count, 37), text.Length - at);
        text.CopyTo(at, buffer, index, n);
        at += Echo(n);
        return n;
    }

    public override int Read(Span<char> buffer)
    {
        var n = Math.Min(Math.Min(buffer.Length, 37), text.Length - at);
        text.AsSpan(at, n).CopyTo(buffer);
        at += n;
        Yield();
        return n;
    }
}

/// <summary>Text that leaves slowly.</summary>
internal sealed class SlowWriter : StringWriter
{
    public override void Write(char value)
    {
        if (GetStringBuilder().Length % 16 == 0)
            Yield();
        base.Write(value);
    }

    public override void Write(string? value)
    {
        Yield();
        base.Write(value);
    }

    public override void Write(char[] buffer, int index, int count) => base.Write(buffer, S(index), count);
}

/// <summary>Bytes that come and go a few at a time.</summary>
internal sealed class SlowStream(Stream inner) : Stream
{
    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => inner.CanSeek;
    public override long Length => inner.Length;
    public override long Position { get => inner.Position; set => inner.Position = value; }
    public override void Flush() => inner.Flush();
    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);
    public override void SetLength(long value) => inner.SetLength(value);
    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, Math.Min(S(count), 61));
    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, S(offset), count);
}

internal static class Digest
{
    /// <summary>Long text as a number that every run can be held to.</summary>
    public static string Of(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in Encoding.UTF8.GetBytes(text))
            hash = (hash ^ b) * 1099511628211UL;
        return $"{text.Length} characters, {hash:x16}";
    }
}
