namespace WordCount;

/// <summary>What was counted.</summary>
internal sealed class Result
{
    public Dictionary<string, long> Words { get; } = [];
    public long Files { get; set; }
    public long Bytes { get; set; }

    /// <summary>Adds what was counted elsewhere.</summary>
    public void Add(Result other)
    {
        Files += other.Files;
        Bytes += other.Bytes;
        foreach (var (word, count) in other.Words)
            Words[word] = Words.GetValueOrDefault(word) + count;
    }

    /// <summary>One number over all counts, whatever their order: equal counts have equal fingerprints.</summary>
    public ulong Fingerprint()
    {
        var sum = 0UL;
        foreach (var (word, count) in Words)
        {
            // FNV-1a, since string.GetHashCode differs from run to run.
            var hash = 14695981039346656037UL;
            foreach (var c in word)
                hash = (hash ^ c) * 1099511628211UL;
            sum += (hash ^ (ulong)count) * 1099511628211UL;
        }
        return sum;
    }
}
