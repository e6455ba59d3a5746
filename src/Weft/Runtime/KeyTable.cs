// KeyTable: a direct-mapped table of words that are addresses, of which code asks whether one is in it.
//
// Memory of its own, so that compiled code has the address as a constant, and an answer is one compare. Never freed, like the classes that have one.
// A key lies where its low bits say, above those that alignment leaves zero: one instruction. What collides is evicted, and asked again.
//
// Readers take no lock: a key is one aligned word, and they see it or what it replaces.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weft.Runtime;

[NotWoven]
internal static unsafe class KeyTable
{
    /// <summary>An empty one; 0 is in it until a key takes its place.</summary>
    internal static byte* New(int bits) => (byte*)NativeMemory.AllocZeroed(1u << bits, (nuint)sizeof(nint));

    /// <summary>Where a key lies, if it is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ref nint At(byte* table, int bits, nint key) => ref *(nint*)(table + ((uint)key & (uint)sizeof(nint) * ((1u << bits) - 1)));
}
