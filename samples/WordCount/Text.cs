// What a word is, and what holds none: all that the two ways of counting share.

using System.Text;

namespace WordCount;

/// <summary>The tokenizer.</summary>
internal static class Text
{
    /// <summary>Folders that hold no text of a person's: what git keeps, and what builds leave.</summary>
    public static bool IsSkippedFolder(string name) => name is ".git" or "artifacts" or "bin" or "obj";

    /// <summary>Git's own rule: a zero byte near the start means binary.</summary>
    public static bool IsBinary(byte[] content) => content.AsSpan(0, Math.Min(content.Length, 8000)).Contains((byte)0);

    /// <summary>Adds the words of a text: runs of letters, digits and underscores, in lower case.</summary>
    public static void CountWords(byte[] content, Dictionary<string, long> words)
    {
        var text = Encoding.UTF8.GetString(content).ToLowerInvariant().AsSpan();
        var bySpan = words.GetAlternateLookup<ReadOnlySpan<char>>();
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] == '_'))
                continue;
            if (i > start)
            {
                var word = text[start..i];
                bySpan[word] = bySpan.TryGetValue(word, out var count) ? count + 1 : 1;
            }
            start = i + 1;
        }
    }
}
