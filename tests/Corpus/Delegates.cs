namespace Corpus;

public class Speaker(int n)
{
    public int Number() => S(n);

    public int Add(int k) => S(n) + k;

    public virtual string Say(string what) => S("speaker says " + what);

    public virtual string Quiet() => "speaker";

    public virtual T Same<T>(T value) => S(value);
}

public class Echoer(int n) : Speaker(n)
{
    public override string Say(string what) => S("echo " + what);

    public override string Quiet() => S("echoer");

    public override T Same<T>(T value) => S(default(T)!);

    public string Both()
    {
        Func<string, string> own = Say, inherited = base.Say;
        Func<string> quiet = Quiet, inheritedQuiet = base.Quiet;
        Func<int, int> same = Same, inheritedSame = base.Same;
        return $"{own("a")}, {inherited("b")}, {quiet()}, {inheritedQuiet()}, {same(7)}, {inheritedSame(7)}";
    }
}

internal static class DelegateKinds
{
    static int Lengths(this string s, string t) => S(s.Length * 10 + t.Length);

    static T Open<T>(string method) where T : Delegate => typeof(Speaker).GetMethod(method)!.CreateDelegate<T>();

    // One method as the target of closed and of open delegates, in both orders.
    public static void OpenAndClosed()
    {
        var five = new Speaker(5);
        Func<int> closed = five.Number;
        var open = Open<Func<Speaker, int>>(nameof(Speaker.Number));
        Out(closed() + open(new Speaker(7)) + closed());

        var openAdd = Open<Func<Speaker, int, int>>(nameof(Speaker.Add));
        Func<int, int> add = five.Add;
        Out(openAdd(new Speaker(1), 2) + add(3) + openAdd(five, 4));

        Func<string, string, int> openStatic = Lengths;
        Func<string, int> closedStatic = "abc".Lengths;
        Out(openStatic("a", "bb") + closedStatic("dddd") + openStatic("", "x"));

        Func<string, int> first = "abc".Combined;
        Func<string, string, int> second = Combined;
        Out(first("x") + second("y", "zz"));

        // Closed over null: nothing in the delegate says so but the lack of a thunk.
        string? none = null;
        Func<string, int> ofNull = none.Measured, ofText = "abc".Measured;
        Func<string?, string, int> third = Measured;
        Out(ofNull("xy"));
        Out(ofText("xy") + third(null, "z") + ofNull(""));
    }

    static int Combined(this string s, string t) => S(s.Length * 100 + t.Length);

    static int Measured(this string? s, string t) => S((s?.Length ?? -1) * 100 + t.Length);

    // A delegate to a base method runs that, on an object that overrides it.
    public static void Base()
    {
        Func<string, string> say = new Speaker(1).Say;
        Out(say("x"));
        Out(new Echoer(2).Both());
        say = new Echoer(3).Say;
        Out(say("y"));
    }
}
