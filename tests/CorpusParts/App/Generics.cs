// Woven classes over unwoven generic ones and the reverse, generic virtual methods, overrides that return more than their base.

namespace Parts;

internal sealed class AppBase : Base<string>
{
    public override (string, int) Get(string value, int n)
    {
        var (a, b) = base.Get(value, n);
        return (a + "!", b + Wait.For(1));
    }
}

internal class AppTree : PluginTree<int>
{
    public override int Leaf(int value) => W(value) * 10;
}

internal sealed class AppWideTree<T> : PluginTree<List<T>> where T : new()
{
    public override List<T> Leaf(List<T> value) => [.. W(value), new T()];

    public override List<T>[] Branch(List<T> a, List<T> b) => [.. base.Branch(b, a), W(a)];
}

internal sealed class AppPair : PluginPair<int>
{
    public override (List<int>, int) Get(List<int> value, int n)
    {
        var (list, m) = base.Get([.. value, W(9)], n);
        return (list, m + W(1));
    }
}

internal class AppVisitor : Visitor
{
    public override R Visit<T, R>(T value, Func<T, R> f)
    {
        var r = f(W(value));
        return base.Visit(value, _ => W(r));
    }
}

internal sealed class AppPluginVisitor : PluginVisitor
{
    public override T[] Pair<T>(T a, T b) => [.. base.Pair(a, W(b)), W(b)];
}

internal class AppRound : Round
{
    public override AppRound Copy() => W(new AppRound());

    public override string Tag() => "app " + W(base.Tag());

    public override string Edges(int n) => W("some of ") + n;
}

internal sealed class AppPluginRound : PluginRound
{
    public override AppPluginRound Copy() => W(new AppPluginRound());

    public override string Tag() => "app " + W(base.Tag());
}

internal sealed class AppLeaf : AppRound
{
    public override AppLeaf Copy() => W(new AppLeaf());
}

internal static class Generics
{
    public static void Bases()
    {
        foreach (var b in new Base<string>[] { new(), new PluginBase(), new AppBase() })
            Out(b.Get("value", 3));
        Out(new AppTree().Show(1, 2));
        PluginTree<int> tree = new AppTree();
        Out(tree.Leaf(3) + tree.Branch(4, 5).Length);
        PluginTree<List<string?>> wide = new AppWideTreeOf();
        Out(wide.Branch(["a"], ["b", "c"]).Sum(l => W(l.Count)));
        foreach (var p in new Base<List<int>>[] { new(), new PluginPair<int>(), new AppPair() })
        {
            var (list, n) = p.Get([1, 2], 3);
            Out(string.Join(",", list) + n);
        }
    }

    // A class under a woven one under an unwoven one.
    sealed class AppWideTreeOf : PluginTree<List<string?>>
    {
        public override List<string?> Leaf(List<string?> value) => new AppWideTree<object>().Leaf([.. value.OfType<object>()]).Select(o => W(o as string)).ToList();
    }

    public static void Virtual()
    {
        foreach (var v in new Visitor[] { new(), new PluginVisitor(), new AppVisitor(), new AppPluginVisitor() })
        {
            Out(v.Visit("abc", s => W(s.Length)));
            Out(v.Visit(7, n => W("n" + n)));
            Out(string.Join("", v.Pair(1, 2)) + string.Join("", v.Pair("x", "y")));
        }
    }

    public static void Covariant()
    {
        foreach (var s in new Shape[] { new Round(), new PluginRound(), new AppRound(), new AppPluginRound(), new AppLeaf() })
        {
            Out(s.Copy().GetType().Name + s.Tag());
            var r = (Round)s;
            Out(r.Copy().GetType().Name + r.Tag().Length + r.Edges(W(1)));
            if (r is AppRound a)
                Out(a.Copy().Copy().Tag());
        }
    }

}
