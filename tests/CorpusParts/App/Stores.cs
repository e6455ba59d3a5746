// Overrides and implementations at each level, some of them in a class that was compiled without the weaver.

namespace Parts;

internal static class Stores
{
    public static void Virtual()
    {
        foreach (var s in All())
        {
            Out(s.Load(1));
            Out(s.Convert(7));
            Out(s.Convert("seven"));
            using (s)
                Out(Wait.For(s.GetType().Name));
        }
    }

    public static void Interface()
    {
        foreach (IStore<string> i in (IStore<string>[])[.. All(), new OwnStore(), new AppOnly(), new AppSealed()])
            Out(i.Load(3) + i.Size + i.Tag);
    }

    static Store[] All() => [new(), new PluginStore(), new RestatedStore(), new QuietStore(), new AppStore(), new AppPluginStore(), new AppMiddleStore()];

    public static void GuardedTypes()
    {
        Out(new AppGuarded().Both(3));
        IAppGuarded member = new AppMember();
        Out(member.Open(4) + member.More(5));
        foreach (var g in new IGuarded[] { new Guard(), new PluginGuard(), new AppGuard() })
            Out(g.Open(6));
        Step<string, object> step = s => Wait.For(s.Length);
        Out(step("four"));
        Out(new[] { 1, 2, 3 }.Sum(n => Wait.For(n) * 2));
        Out(Numbers().Sum(n => n));
    }

    static IEnumerable<int> Numbers()
    {
        yield return Wait.For(4);
        yield return Wait.For(5);
    }
}

// What implements the interface is two classes up, in the library.
internal sealed class AppMiddleStore : MiddleStore, IStore<string>;

internal class AppStore : Store
{
    public override string Load(int key) => base.Load(key) + Wait.For(" app");
}

public class AppPluginStore : PluginStore
{
    public override string Load(int key) => Wait.For("over ") + base.Load(key);
}

internal class AppOnly : IStore<string>
{
    public string Load(int key) => Wait.For("app only");

    public int Size => 0;
}

internal sealed class AppSealed : Store, IStore<string>
{
    public new int Size => Wait.For(66);

    string IStore<string>.Load(int key) => Wait.For("sealed ") + base.Load(key);
}

// Types of the library that only those who derive from it can name.
internal sealed class AppGuarded : Guarded
{
    sealed class Doubling : IOp
    {
        public int Do(int n) => Wait.For(n * 2);
    }

    public int Both(int n)
    {
        Op op = k => Wait.For(k + 1);
        IOp doubling = new Doubling();
        return op(n) * 100 + doubling.Do(n);
    }
}

internal interface IAppGuarded : IGuarded
{
    int More(int n) => Inner(n) * Wait.For(100);
}

internal sealed class AppGuard : Guard, IGuarded
{
    int IGuarded.Inner(int n) => Wait.For(n) - 2;
}

internal sealed class AppMember : IAppGuarded
{
    int IGuarded.Inner(int n) => Wait.For(n) * 7;
}

internal static class Jobs
{
    public static void All()
    {
        foreach (var j in new Job[] { new PluginJob(), new AppJob(), new AppPluginJob() })
            Out(j.Run(5));
        foreach (var q in new Quiet[] { new(), new PluginQuiet(), new AppQuiet(), new AppPluginQuiet() })
            Out(q.Both(1) + q.Name + q.Count(W(2)));
    }
}

public class AppQuiet : Quiet
{
    public override string Name => "app " + base.Name + W("!");

    public override int Count(int n) => base.Count(n) * W(100);
}

internal class AppPluginQuiet : PluginQuiet
{
    public override string Name => W("app ") + base.Name;

    public override int Count(int n)
    {
        Func<int, int> inherited = base.Count;
        return inherited(W(n)) * 1000;
    }
}

public class AppJob : Job
{
    public override int Work(int n) => Wait.For(n);
}

public class AppPluginJob : PluginJob
{
    protected override int Cost(int n) => W(base.Cost(n));
}
