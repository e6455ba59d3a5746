// Default members, in all ways in which a class can come by one, and static members.

namespace Parts;

internal sealed class AppGreeter : Greeter, IGreeter
{
    public override string Greet(string who) => "app " + W(base.Greet(who));

    public R Turn<R>(R value) => W(value) is string s ? (R)(object)(s + "-turned") : value;
}

// Gets all of them from the interfaces.
internal sealed class AppPlain : IBoth
{
    public string Greet(string who) => W("plain ") + who;
}

internal struct AppStruct : ILeft
{
    int calls;

    public string Greet(string who) => W("struct ") + who + ++calls;
}

internal interface IAppDefault : IPluginDefault
{
    string IGreeter.Polite(string who) => "app default " + W(who);
}

internal class AppDefault : Greeter, IAppDefault;

internal sealed class AppPluginPolite : PluginPolite, ILeft;

internal sealed class AppPluginLeft : PluginLeft, IBoth;

internal sealed class AppMaker : IMaker<int>
{
    public int Made { get; set; }
}

internal sealed class AppOwnMaker<T> : IMaker<T[]>
{
    public int Made { get; set; }

    T[] IMaker<T[]>.Make(T[] seed) => [.. seed, .. W(seed)];
}

internal static class Defaults
{
    public static void Methods()
    {
        foreach (var g in new IGreeter[] { new Greeter(), new LeftGreeter(), new PluginGreeter(), new PluginPolite(), new AppGreeter(), new AppPlain(), new AppStruct(), new SmallGreeter(), new PluginSmall() })
            All(g);
        Out(IGreeter.Loud("loud"));
        Out(Through(new AppStruct()) + Through(new AppPlain()) + Through(new PluginGreeter()) + Through(new SmallGreeter()) + Through(new PluginSmall()));
        IGreeter box = new SmallGreeter();
        Out(box.Greet("a") + box.Turn(W(1)) + box.Greet("b") + box.Twice("c"));
        var small = new SmallGreeter { Said = [""] };
        using (small)
            small.Greet("d");
        Out(small.Said[0]);
    }

    static string Through<T>(T greeter) where T : IGreeter => greeter.Greet("t") + greeter.Polite("u") + greeter.Twice("v");

    static void All(IGreeter g)
    {
        Out(g.Greet("a") + g.Twice("b"));
        Out(g.Polite("c") + g.Turn("d") + g.Turn(5));
        Out(g.Sealed("e") + g.Shown("f"));
    }

    public static void Diamond()
    {
        foreach (var g in new IGreeter[] { new PluginRight(), new AppDefault(), new AppPluginPolite(), new AppPlain(), new PluginLeft(), new AppPluginLeft() })
            All(g);
    }

    public static void Generic()
    {
        IMaker<int> m = new AppMaker();
        Out(m.Make(3) + m.Many(4).Sum(n => W(n)) + m.Made);
        IMaker<string> p = new PluginMaker();
        Out(p.Make("p") + string.Join("", p.Many("q")) + p.Made);
        IMaker<char[]> o = new AppOwnMaker<char>();
        Out(new string(o.Make(['x'])) + o.Many(['y']).Count() + o.Made);
    }
}

internal readonly struct AppNumber(int n) : INumber<AppNumber>
{
    public int Value => W(n);

    public static int Count { get; set; }

    public static AppNumber From(int n) => new(W(n));

    public static AppNumber operator +(AppNumber a, AppNumber b) => new(W(a.Value) + b.Value);

    public static string Name(int n) => "app number " + W(n);
}

internal sealed class AppText(int n) : INumber<AppText>
{
    public int Value => n;

    static int count;

    static int INumber<AppText>.Count
    {
        get => W(count);
        set => count = W(value);
    }

    static AppText INumber<AppText>.From(int n) => new(W(n) * 2);

    public static AppText operator +(AppText a, AppText b) => new(a.Value + W(b.Value));
}

internal sealed class AppNamed(int n) : INamedNumber<AppNamed>
{
    public int Value => W(n);

    public static int Count { get; set; }

    public static AppNamed From(int n) => new(W(n));

    public static AppNamed operator +(AppNamed a, AppNamed b) => new(a.Value + W(b.Value));
}

internal sealed class AppPluginNumber(int n) : IPluginNumber<AppPluginNumber>
{
    public int Value => n;

    public static int Count { get; set; }

    public static AppPluginNumber From(int n) => new(W(n));

    public static AppPluginNumber operator +(AppPluginNumber a, AppPluginNumber b) => W(b);
}

internal static class Statics
{
    public static void Members()
    {
        Out(Numbers.Sum<AppNumber>(1, 2, 3));
        Out(Numbers.Sum<AppText>(1, 2, 3));
        Out(Numbers.Sum<PluginNumber>(1, 2, 3));
        Out(Numbers.Sum<AppNamed>(1, 2, 3) + Numbers.Sum<AppPluginNumber>(1, 2) + Local<AppNamed>(1) + Local<AppPluginNumber>(2));
        Out(Local<AppNumber>(4) + Local<AppText>(5) + Local<PluginNumber>(6));
    }

    /// <summary>What a call of the static method binds to is not the way into the slot of the virtual one.</summary>
    public static void Receivers()
    {
        Matched a = new(W(1)), b = new(2);
        Out(a.Match(b) + ", " + Matched.Match(a, b) + ", " + a.Meet(b) + ", " + Matched.Meet(a, b));
        Func<Matched, Matched, string> match = Matched.Match, meet = Matched.Meet;
        Func<Matched, string> of = a.Match;
        Out(match(b, a) + ", " + meet(b, a) + ", " + of(b));
    }

    public static void Com() => Out(typeof(ComThing).GetMethod("Ask")!.GetMethodImplementationFlags() + W(" ") + typeof(IComThing).IsInterface);

    static string Local<T>(int n) where T : INumber<T>
    {
        Func<int, T> from = T.From;
        return W((from(n) + T.From(W(n))).Value) + T.Name(n);
    }
}
