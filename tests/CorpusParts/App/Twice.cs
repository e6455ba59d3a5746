// Types of one name from two assemblies: what keeps a value of one must not keep one of the other.

using Parts.Twice;

namespace Parts;

internal static class SameNames
{
    public static void Beneath()
    {
        var a = OfLibrary.Make(1);
        var b = OfPlugin.Make(2);
        Out(OfLibrary.Show(a, Wait.For(1)) + OfPlugin.Show(b, Wait.For(2)) + OfLibrary.Show(a, Wait.For(3)));
    }

    // As many arguments are put aside that their places are used again.
    public static void Arguments()
    {
        var a = OfLibrary.Make(1);
        var b = OfPlugin.Make(2);
        var f = OfLibrary.Shows;
        var g = OfPlugin.Shows;
        var s = "";
        s += f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a);
        s += f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a);
        s += f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a);
        s += f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a);
        s += f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a);
        s += f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a);
        s += f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a);
        s += f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a);
        s += f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a);
        s += f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a) + f(a);
        s += g(b);
        Out(s + f(a) + g(b) + Wait.For(1));
    }
}
