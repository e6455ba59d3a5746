// Derives from woven and unwoven types alike, and calls all of them through the library's declarations.

using Parts;

static void Out(object? value) => Console.WriteLine(value);

foreach (var s in new Store[] { new(), new PluginStore(), new RestatedStore(), new QuietStore(), new AppStore(), new AppPluginStore(), new AppMiddleStore() })
{
    Out(s.Load(1));
    Out(s.Convert(7));
    Out(s.Convert("seven"));
    IStore<string> i = s;
    Out(i.Load(2));
    Out(i.Size);
    Out(i.Tag);
    using (s)
        Out(Wait.For(s.GetType().Name));
}
foreach (var i in new IStore<string>[] { new OwnStore(), new AppOnly(), new AppSealed() })
    Out(i.Load(3) + i.Size + i.Tag);
foreach (var j in new Job[] { new PluginJob(), new AppJob(), new AppPluginJob() })
    Out(j.Run(5));
foreach (var b in new Base<string>[] { new(), new PluginBase(), new AppBase() })
    Out(b.Get("value", 3));
Step<string, object> step = s => Wait.For(s.Length);
Out(step("four"));
Out(new[] { 1, 2, 3 }.Sum(n => Wait.For(n) * 2));
Out(Numbers().Sum(n => n));
Out(new AppGuarded().Both(3));

static IEnumerable<int> Numbers()
{
    yield return Wait.For(4);
    yield return Wait.For(5);
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

public class AppJob : Job
{
    public override int Work(int n) => Wait.For(n);
}

public class AppPluginJob : PluginJob
{
    protected override int Cost(int n) => Wait.For(base.Cost(n));
}

internal sealed class AppBase : Base<string>
{
    public override (string, int) Get(string value, int n)
    {
        var (a, b) = base.Get(value, n);
        return (a + "!", b + Wait.For(1));
    }
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
