// UTF-8 to UTF-16 in pieces, for consoles. What is not UTF-8 becomes U+FFFD; no piece ends inside a surrogate pair.

using System.Text;

namespace Weft.Runtime;

[NotWoven]
internal static class Utf16Chunks
{
    /// <summary>Decodes as much as fits, takes it off <paramref name="rest"/>, and returns the number of units; at least two must fit.</summary>
    internal static int Next(ref ReadOnlySpan<byte> rest, Span<char> chunk)
    {
        var n = 0;
        while (!rest.IsEmpty)
        {
            Rune.DecodeFromUtf8(rest, out var rune, out var consumed); // U+FFFD for what it cannot read
            if (n + rune.Utf16SequenceLength > chunk.Length)
                break;
            n += rune.EncodeToUtf16(chunk[n..]);
            rest = rest[consumed..];
        }
        return n;
    }
}
