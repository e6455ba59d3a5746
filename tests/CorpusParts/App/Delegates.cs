// Delegates that were not made by `ldftn; newobj`, and those that unwoven code calls.

using System.Linq.Expressions;
using System.Reflection;

namespace Parts;

internal static class Delegates
{
    static int Half(int n) => W(n) / 2;

    static int Combine(string s, int n) => W(s.Length) * n;

    public static void Reflection()
    {
        const BindingFlags Hidden = BindingFlags.NonPublic | BindingFlags.Static;
        var half = typeof(Delegates).GetMethod(nameof(Half), Hidden)!;
        Out(half.CreateDelegate<Func<int, int>>()(W(8)) + half.Invoke(null, [6])!.ToString());
        var combine = typeof(Delegates).GetMethod(nameof(Combine), Hidden)!;
        Out(combine.CreateDelegate<Func<string, int, int>>()("abc", 2) + combine.CreateDelegate<Func<int, int>>("abcd")(3));

        var run = typeof(IStage).GetMethod(nameof(IStage.Run))!;
        foreach (var s in new IStage[] { new Stage(null), new PluginStage(null), new AppStage(new Stage(null)), new Decorator(new Stage(null)) })
        {
            var closed = run.CreateDelegate<Func<int, int, int>>(s);
            var open = run.CreateDelegate<Func<IStage, int, int, int>>();
            Out(closed(1, 2) + open(s, 3, 0) + W(closed(4, 1)));
            Out(Relay.Emitted<IStage>(run)(s, 5) + Relay.Compiled<IStage>(run)(s, 6));
            Out(Relay.Invoke(s, "Run", 7, 1) + " " + run.Invoke(s, [8, 1]));
        }
        // Of the base's method over an object that overrides it.
        var virtually = typeof(Stage).GetMethod(nameof(Stage.Run))!;
        var stage = new PluginStage(null);
        Out(virtually.CreateDelegate<Func<int, int, int>>(stage)(1, 1) + Relay.Created<Func<int, int, int>>(stage, virtually)(2, 0) + Relay.Emitted<Stage>(virtually)(stage, 3));
        var visit = typeof(Visitor).GetMethod(nameof(Visitor.Pair))!.MakeGenericMethod(typeof(int));
        foreach (var v in new Visitor[] { new(), new PluginVisitor(), new AppPluginVisitor() })
            Out(string.Join("", visit.CreateDelegate<Func<int, int, int[]>>(v)(1, W(2))));
        Expression<Func<int, int>> e = n => W(n) + Half(n);
        Out(e.Compile()(10) + W(e.Compile(preferInterpretation: true)(20)));
        var getter = typeof(IStore<string>).GetProperty("Size")!.GetMethod!.CreateDelegate<Func<IStore<string>, int>>();
        Out(getter(new Store()) + getter(new RestatedStore()) + getter(new AppSealed()));
        Out((int)new Func<int, int>(Half).DynamicInvoke(W(12))! + Activator.CreateInstance<AppStageOf>().Run(1));
    }

    sealed class AppStageOf
    {
        public int Run(int n) => W(n);
    }

    public static void Relayed()
    {
        Out(Relay.Call(() => W(5)) + Relay.Each([1, 2, 3], n => W(n) * 2));
        Out(Relay.Each(Lazily(3), n => Relay.Call(() => Relay.Each(Lazily(n), m => W(m)))));
        var self = new AppStage(new Stage(null));
        Func<int, int, int> group = self.Run;
        Out(Relay.Call(() => group(W(1), 1)));
        Lazy<int> lazy = new(() => W(77));
        Out(lazy.Value + W(lazy.Value));
        Out(string.Join(",", new[] { 3, 1, 2 }.OrderBy(n => W(n)).Select(n => W(n) * 2)));
    }

    static IEnumerable<int> Lazily(int n)
    {
        for (var i = 1; i <= n; i++)
            yield return W(i);
    }

    static event Func<int, int>? Asked;

    // Each target in turn suspends, woven or not; the result is that of the last; a target that throws is the last.
    public static void Multicast()
    {
        var log = new List<string>();
        Action<string>? all = s => log.Add("a" + W(s));
        all += new List<string>().Add;
        all += s => log.Add("b" + W(s.Length));
        all += log.Add;
        all("text");
        Out(string.Join(",", log));

        Asked = null;
        Asked += n => W(n) + 1;
        Asked += Half;
        Out(Asked(W(10)));
        Asked += n => W(n) > 3 ? throw new InvalidOperationException("no " + W(n)) : n;
        Asked += n => W(-1);
        Out(Asked(2));
        try
        {
            Asked(W(4));
        }
        catch (InvalidOperationException e)
        {
            Out(e.Message + W("!"));
        }

        Fold<int> fold = (int a, ref int b) => b += W(a);
        fold += (int a, ref int b) =>
        {
            b *= W(2);
            return b - a;
        };
        var sum = 5;
        Out(fold(3, ref sum) + " " + sum);
        var box = new int[2];
        Out(fold(1, ref box[W(1)]) + " " + box[1]);
        Func<string> narrow = () => W("first");
        narrow += () => W("second");
        Func<object> wide = narrow;
        Out(wide());
    }
}
