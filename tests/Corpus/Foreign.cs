using System.Runtime.InteropServices;

namespace Corpus;

internal static unsafe partial class Foreign
{
    [DllImport("libc")]
    private static extern int abs(int n);

    [DllImport("libc", EntryPoint = "div")]
    private static extern Quotient Divide(int a, int b);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint strlen(string s);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    [LibraryImport("libc")]
    private static partial void qsort(int* items, nint n, nint size, delegate* unmanaged<int*, int*, int> compare);

    [LibraryImport("libc", EntryPoint = "memcpy")]
    private static partial nint Copy(Span<byte> to, ReadOnlySpan<byte> from, nint n);

    [LibraryImport("nosuchlibrary")]
    private static partial int Missing(ref int n);

    private struct Quotient(int value, int rest)
    {
        public int Value = value, Rest = rest;
    }

    public static void Calls()
    {
        if (OperatingSystem.IsWindows())
            return;
        // Arguments of outer calls are on the stack around them.
        Out(S(1) + abs(-S(2)) + S(abs(-3)));
        Out(string.Join(",", S(abs(-4)), strlen("straße" + S(5)), Divide(S(17), abs(-5)).Rest));
        Span<byte> to = stackalloc byte[3];
        Copy(to, "abc"u8, 3);
        Out(to[0] + to[2]);
        Out(S(6));
    }

    public static void Errors()
    {
        if (OperatingSystem.IsWindows())
            return;
        for (var i = 0; i < 3; i++)
        {
            var n = S(i);
            try
            {
                Out(S(n) + Missing(ref n));
            }
            catch (DllNotFoundException)
            {
                Out("missing " + abs(-n));
            }
            finally
            {
                Out("finally " + close(-1));
            }
            close(-1);
            n = S(n);
            Out(n + Marshal.GetLastPInvokeError());
        }
    }

    public static void Callbacks()
    {
        if (OperatingSystem.IsWindows())
            return;
        var items = new[] { S(5), S(3), S(9), S(1), S(7) };
        fixed (int* p = items)
            qsort(p, items.Length, sizeof(int), &Compare);
        Out(string.Join(",", items) + S(0));
    }

    // Several ends, one of them out of a try, and a loop that branches to one.
    [UnmanagedCallersOnly]
    private static int Compare(int* a, int* b)
    {
        try
        {
            if (*a == *b)
                return 0;
            Chance(*a);
        }
        catch (InvalidOperationException)
        {
            return *a < *b ? -1 : 1;
        }
        for (var i = 0; i < 100; i++)
            if (*a < i || *b < i)
                return *a < i ? *b < i ? a->CompareTo(*b) : -1 : 1;
        return a->CompareTo(*b);
    }

    private static void Chance(int n)
    {
        if (n % 4 == 1)
            throw new InvalidOperationException();
    }
}
