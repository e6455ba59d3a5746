// walk -> read, a goroutine a file -> tokenise, one for each P -> merge
//
// Each stage is plain blocking code and talks to the next over a channel. Whoever closes a channel is the one who knows that
// nothing more will be sent: the walker for paths, the last reader for texts, the last tokenizer for counts.
//
// However many files there are, only a few are in memory: a reader waits for a ticket before it opens its file and gives it
// back once a tokenizer has taken the text. A waiting goroutine costs a few hundred bytes, so all may wait at once.

using Weft;
using static Weft.Goroutine;

namespace WordCount;

/// <summary>Counts a folder with goroutines.</summary>
internal sealed class Pipeline
{
    private const int OpenFiles = 64;

    private int _started, _alive, _mostAlive;

    /// <summary>Goroutines started so far.</summary>
    public int Started => _started;

    /// <summary>The most that were alive at the same time.</summary>
    public int MostAlive => _mostAlive;

    public Result Count(string folder)
    {
        var paths = new Chan<string>(OpenFiles);
        var texts = new Chan<byte[]>();
        var counts = new Chan<Result>();

        Start(() =>
        {
            Walk(folder, paths);
            paths.Close();
        });
        Start(() => ReadAll(paths, texts));
        Start(() => TokeniseAll(texts, counts));

        var total = new Result();
        foreach (var part in counts)
            total.Add(part);
        return total;
    }

    private static void Walk(string folder, Chan<string> paths)
    {
        foreach (var file in Directory.GetFiles(folder, "*", ThisFolder))
            paths.Send(file);
        foreach (var inner in Directory.GetDirectories(folder, "*", ThisFolder))
        {
            if (!Text.IsSkippedFolder(Path.GetFileName(inner)))
                Walk(inner, paths);
        }
    }

    private void ReadAll(Chan<string> paths, Chan<byte[]> texts)
    {
        var tickets = new Chan<bool>(OpenFiles);
        var readers = new WaitGroup();
        foreach (var path in paths)
        {
            readers.Add(1);
            Start(() =>
            {
                tickets.Send(true);
                if (TryRead(path) is { } content)
                    texts.Send(content);
                tickets.Receive();
                readers.Done();
            });
        }
        readers.Wait();
        texts.Close();
    }

    private void TokeniseAll(Chan<byte[]> texts, Chan<Result> counts)
    {
        var tokenizers = new WaitGroup();
        for (var i = 0; i < WeftRuntime.MaxProcs; i++)
        {
            tokenizers.Add(1);
            Start(() =>
            {
                var mine = new Result();
                foreach (var content in texts)
                {
                    mine.Files++;
                    mine.Bytes += content.Length;
                    Text.CountWords(content, mine.Words);
                }
                counts.Send(mine);
                tokenizers.Done();
            });
        }
        tokenizers.Wait();
        counts.Close();
    }

    /// <summary>The go statement, with a count of who is there.</summary>
    private void Start(Action body)
    {
        Interlocked.Increment(ref _started);
        Highest(ref _mostAlive, Interlocked.Increment(ref _alive));
        Go(() =>
        {
            body();
            Interlocked.Decrement(ref _alive);
        });
    }

    private static void Highest(ref int highest, int value)
    {
        int seen;
        while (value > (seen = Volatile.Read(ref highest)) && Interlocked.CompareExchange(ref highest, value, seen) != seen)
        {
        }
    }

    /// <summary>The content of a text file; nothing for what is binary, gone, or not ours to read.</summary>
    private static byte[]? TryRead(string path)
    {
        try
        {
            var content = File.ReadAllBytes(path);
            return Text.IsBinary(content) ? null : content;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>No links, which may lead in circles; nothing that we may not list.</summary>
    private static EnumerationOptions ThisFolder => new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
}
