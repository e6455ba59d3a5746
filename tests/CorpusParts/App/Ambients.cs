// One variable under one name, whether the library reaches for it or the program. Nothing suspends in between: without the library it is the thread's.

namespace Parts;

internal sealed class Ambients : Ambient
{
    public static void Fields()
    {
        var n = W(1);
        Out(ByProgram(n) + ByLibrary(n));
        Out(ByProgram("a", n) + ByLibrary("b", n));
    }

    static string ByProgram(int n)
    {
        Name = "program";
        depth = n;
        Add(ref depth);
        return Read() + Name + depth;
    }

    static string ByLibrary(int n)
    {
        Set("library", n);
        Add(ref depth);
        return Read() + Name + depth;
    }

    static string ByProgram<T>(T value, int n)
    {
        Ambient<T>.Value = value;
        Ambient<(T, int)>.Value.Item2 = n;
        return "" + Ambient<T>.Read() + Ambient<T>.Value + Ambient<(T, int)>.Read().Item2;
    }

    static string ByLibrary<T>(T value, int n)
    {
        Ambient<T>.Set(value);
        Ambient<(T, int)>.Set((value, n));
        return "" + Ambient<T>.Read() + Ambient<T>.Value + Ambient<(T, int)>.Value.Item2;
    }

    static void Add(ref int n) => n += 10;
}
