// StringHandler: the text of an interpolated string, so far.
//
// `$"{a} and {ch.Receive()}"` compiles to calls of DefaultInterpolatedStringHandler, a ref struct that lives across the call in the hole and
// that no frame can hold. In hot bodies the weaver puts this struct in its place, member for member, where a hole can suspend.
//
// All formatting is left to the original, one hole at a time, so that cultures, alignments and custom formatters mean what they mean there.
// The text is copied once more than there.

using System.Buffers;
using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Weft.Runtime;

/// <summary>Stands for <see cref="DefaultInterpolatedStringHandler"/> in woven code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[NotWoven]
public struct StringHandler
{
    private const int GuessedHole = 11;
    private const int Minimum = 256;
    private const int Scratch = 128;

    private readonly IFormatProvider? _provider;
    private char[] _text;
    private int _length;

#pragma warning disable CS1591 // the original's members, with the original's meaning
    public StringHandler(int literalLength, int formattedCount)
        : this(literalLength, formattedCount, null)
    {
    }

    public StringHandler(int literalLength, int formattedCount, IFormatProvider? provider)
    {
        _provider = provider;
        _text = ArrayPool<char>.Shared.Rent(Math.Max(Minimum, literalLength + formattedCount * GuessedHole));
        _length = 0;
    }

    public void AppendLiteral(string value) => Append(value);

    public void AppendFormatted(string? value)
    {
        // A provider may want to format strings too.
        if (_provider is null)
            Append(value);
        else
            AppendFormatted<string?>(value);
    }

    public void AppendFormatted(scoped ReadOnlySpan<char> value) => Append(value);

    public void AppendFormatted<T>(T value)
    {
        var one = new DefaultInterpolatedStringHandler(0, 1, _provider, stackalloc char[Scratch]);
        one.AppendFormatted(value);
        Take(ref one);
    }

    public void AppendFormatted<T>(T value, string? format)
    {
        var one = new DefaultInterpolatedStringHandler(0, 1, _provider, stackalloc char[Scratch]);
        one.AppendFormatted(value, format);
        Take(ref one);
    }

    public void AppendFormatted<T>(T value, int alignment)
    {
        var one = new DefaultInterpolatedStringHandler(0, 1, _provider, stackalloc char[Scratch]);
        one.AppendFormatted(value, alignment);
        Take(ref one);
    }

    public void AppendFormatted<T>(T value, int alignment, string? format)
    {
        var one = new DefaultInterpolatedStringHandler(0, 1, _provider, stackalloc char[Scratch]);
        one.AppendFormatted(value, alignment, format);
        Take(ref one);
    }

    public void AppendFormatted(scoped ReadOnlySpan<char> value, int alignment = 0, string? format = null)
    {
        var one = new DefaultInterpolatedStringHandler(0, 1, _provider, stackalloc char[Scratch]);
        one.AppendFormatted(value, alignment, format);
        Take(ref one);
    }

    public void AppendFormatted(string? value, int alignment = 0, string? format = null) => AppendFormatted<string?>(value, alignment, format);

    public void AppendFormatted(object? value, int alignment = 0, string? format = null) => AppendFormatted<object?>(value, alignment, format);

    public string ToStringAndClear()
    {
        var result = new string(_text, 0, _length);
        ArrayPool<char>.Shared.Return(_text);
        _text = [];
        _length = 0;
        return result;
    }

    public override readonly string ToString() => new(_text, 0, _length);

    /// <summary><see cref="string.Create(IFormatProvider?, ref DefaultInterpolatedStringHandler)"/>; the provider went into the constructor.</summary>
    public static string Create(IFormatProvider? provider, ref StringHandler handler) => handler.ToStringAndClear();
#pragma warning restore CS1591

    private void Take(ref DefaultInterpolatedStringHandler one)
    {
        Append(one.Text);
        one.Clear();
    }

    private void Append(scoped ReadOnlySpan<char> s)
    {
        if (s.Length > _text.Length - _length)
        {
            var larger = ArrayPool<char>.Shared.Rent(Math.Max(_length + s.Length, _text.Length * 2));
            _text.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<char>.Shared.Return(_text);
            _text = larger;
        }
        s.CopyTo(_text.AsSpan(_length));
        _length += s.Length;
    }
}
