namespace Weft.Weaver.Analysis;

/// <summary>A set of small numbers, of a size fixed at birth.</summary>
internal sealed class Bits(int size)
{
    readonly ulong[] words = new ulong[(size + 63) / 64];

    public bool this[int i]
    {
        get => (words[i >> 6] >> (i & 63) & 1) != 0;
        set => words[i >> 6] = value ? words[i >> 6] | 1UL << (i & 63) : words[i >> 6] & ~(1UL << (i & 63));
    }

    /// <summary>Adds all of <paramref name="other"/>; true if that changed anything.</summary>
    public bool Or(Bits other)
    {
        var changed = false;
        for (var i = 0; i < words.Length; i++)
        {
            var w = words[i] | other.words[i];
            changed |= w != words[i];
            words[i] = w;
        }
        return changed;
    }

    public void Clear() => Array.Clear(words);

    public Bits Copy()
    {
        var b = new Bits(size);
        words.CopyTo(b.words, 0);
        return b;
    }

    /// <summary>The members in order.</summary>
    public IEnumerable<int> Members()
    {
        for (var i = 0; i < size; i++)
            if (this[i])
                yield return i;
    }
}
