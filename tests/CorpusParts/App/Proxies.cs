// What stands for a woven object without being one: decorators, proxies and mocks, whose classes nobody wove.

using NSubstitute;

namespace Parts;

internal sealed class AppStage(IStage next) : IStage
{
    public int Run(int n, int depth) => W(next.Run(n, depth)) + 1;

    public void Each(Action<int> then) => next.Each(n =>
    {
        then(W(n));
        then(-n);
    });
}

internal static class Decorators
{
    public static void Chain()
    {
        var stages = new IStage[]
        {
            new Stage(null), new Decorator(new Stage(null)), new AppStage(new Decorator(new AppStage(new Stage(new Decorator(new Stage(null)))))), new PluginStage(new AppStage(new PluginStage(null))),
            Traced<IStage>.Of(new AppStage(Traced<IStage>.Of(new Decorator(new Stage(null))))),
        };
        foreach (var s in stages)
        {
            Out(s.Run(1, 2) + W(s.Run(3, 0)));
            s.Each(n => Out(W(n)));
        }
    }
}

internal static class Proxies
{
    public static void Dispatch()
    {
        var store = Traced<IStore<string>>.Of(new AppOnly());
        Out(store.Load(1) + store.Size + store.Tag);
        var greeter = Traced<IGreeter>.Of(new AppGreeter());
        Out(greeter.Greet("a") + greeter.Twice("b") + greeter.Polite("c") + greeter.Turn("d"));
    }

    /// <summary>A proxy may override internal members of these, and must not meet what the weaver has added.</summary>
    public static void Friends()
    {
        foreach (var a in new Asked[] { new(), new AskedMore(), new AppAsked() }.Concat(AskedLast.Kinds))
            Out(a.All(3) + " " + a.Ask(4) + a.Same(W("x")));
        foreach (var a in new AskedOf<List<int>>[] { new(), new AskedOfList<int>(), new AppAskedOf() })
            Out(string.Join(",", a.Ask([W(1), 2])));
        foreach (var s in new Store[] { new AskedStore(), Substitute.ForPartsOf<AskedStore>() })
            Out(s.Load(W(1)));
        foreach (var part in new Asked[] { Substitute.ForPartsOf<Asked>(), Substitute.ForPartsOf<AskedMore>(), Substitute.ForPartsOf<AppAsked>() })
        {
            part.Ask(3).Returns(W(33));
            part.Same("s").Returns("mocked");
            Out(part.All(3) + " " + part.Ask(4) + part.All(4));
            part.Received(1).Ask(3);
            part.Received(2).Ask(4);
        }
        var mock = Substitute.For<AskedMore>();
        mock.Ask(Arg.Is<int>(n => W(n) > 5)).Returns(c => W(c.Arg<int>()));
        Out(mock.Ask(6) + mock.Ask(5) + mock.Same(1) + mock.All(7));
    }

    public static void Mocks()
    {
        var store = Substitute.For<IStore<string>>();
        store.Load(5).Returns("five");
        store.Load(Arg.Is<int>(n => n > 10)).Returns(c => W("big " + c.Arg<int>()));
        store.Size.Returns(3, 4);
        Out(store.Load(5) + store.Load(11) + store.Load(1) + store.Size + store.Size + store.Tag);
        store.Received(1).Load(5);

        // It answers default members itself, and leaves alone what cannot be overridden.
        var greeter = Substitute.For<IGreeter>();
        greeter.Polite("a").Returns(c => W("mocked"));
        Out(greeter.Polite("a") + greeter.Polite("b").Length + greeter.Sealed("a") + greeter.Shown("c") + (greeter.Turn("d") is null or ""));

        // Of a class: a subclass made at run time, that overrides what is virtual.
        var some = Substitute.For<Store>();
        some.Load(1).Returns("mocked");
        Out(some.Load(1) + some.Load(2).Length + some.Size);
        var part = Substitute.ForPartsOf<AppMockable>();
        part.Load(3).Returns("part");
        Out(part.Load(3) + part.Load(4) + part.Convert(W(6)));
        IStore<string> through = part;
        Out(through.Load(3) + through.Load(5) + through.Size);

        var round = Substitute.For<Round>();
        round.Edges(1).Returns(W("mocked edges"));
        Out(round.Edges(1) + round.Edges(2).Length + (round.Copy() is null) + (round.Tag() ?? "null"));

        var then = Substitute.For<Action<int>>();
        new Stage(null).Each(then);
        then.Received(2)(Arg.Any<int>());
        var fold = Substitute.For<Func<int, int>>();
        fold(2).Returns(c => W(20));
        Out(fold(2) + fold(3));
    }
}

// Its slots are those of an assembly that is open to proxies, which does not make this one so.
public class AppAsked : AskedMore
{
    public override int Ask(int n) => W(base.Ask(n)) + 5;

    public override T Same<T>(T value) => base.Same(W(value));
}

internal sealed class AppAskedOf : AskedOfList<int>
{
    public override List<int> Ask(List<int> value) => [.. base.Ask(value), W(7)];
}

// Public, or the mock could not derive from it.
public class AppMockable : Store
{
    public override string Load(int key) => W("app ") + base.Load(key);
}
