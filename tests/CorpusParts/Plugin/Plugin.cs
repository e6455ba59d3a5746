// Code that the weaver never sees: it overrides and implements anew what the library's twins must not bypass.

using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("DynamicProxyGenAssembly2")]

namespace Parts;

public class PluginStore : Store
{
    public override string Load(int key) => "plugin " + key + "/" + base.Load(key);

    public override R Convert<R>(R value) => default!;
}

public class RestatedStore : Store, IStore<string>
{
    string IStore<string>.Load(int key) => "restated " + key;

    int IStore<string>.Size => 99;
}

public class QuietStore : Store;

public class PluginQuiet : Quiet
{
    public override string Name => "plugin " + base.Name;
}

public class PluginJob : Job
{
    public override int Work(int n) => n + 1000;

    protected override int Cost(int n) => base.Cost(n) + 1;
}

public class PluginBase : Base<string>
{
    public override (string, int) Get(string value, int n) => ("plugin", -n);
}

public sealed class OwnStore : IStore<string>
{
    public string Load(int key) => "own";

    public int Size => 5;

    public string Tag => "own tag";
}

/// <summary>Proxies made at run time override whatever is virtual here, be it internal.</summary>
public class Asked
{
    public virtual int Ask(int n) => Wait.For(n) * 10;

    public virtual T Same<T>(T value) => Wait.For(value);

    internal virtual int Inner(int n) => Wait.For(n) + 1;

    public string All(int n) => Ask(n) + " " + Same("s") + Same(n) + " " + Inner(n);
}

public class AskedMore : Asked
{
    public override int Ask(int n) => Wait.For(base.Ask(n)) + 1000;

    internal override int Inner(int n) => base.Inner(n) * 2;
}

/// <summary>Classes that no proxy derives from, between them and in them.</summary>
public class AskedLast : AskedMore
{
    public static Asked[] Kinds => [new AskedLast(), new AskedEnd(), new Hidden(), new HiddenMore()];

    public sealed override int Ask(int n) => base.Ask(Wait.For(n)) - 1;

    class Hidden : AskedMore
    {
        public override int Ask(int n) => base.Ask(n) + Wait.For(7);

        public override T Same<T>(T value) => base.Same(Wait.For(value));

        internal override int Inner(int n) => base.Inner(n) + Wait.For(8);
    }

    sealed class HiddenMore : Hidden
    {
        public override int Ask(int n) => base.Ask(Wait.For(n)) + base.Ask(9);

        public override T Same<T>(T value) => base.Same(base.Same(value));

        internal override int Inner(int n) => Wait.For(base.Inner(n)) * 2;
    }
}

public class AskedEnd : AskedLast
{
    public override T Same<T>(T value) => Ask(3) > base.Ask(4) ? value : base.Same(value);
}

public class AskedOf<T>
{
    public virtual T Ask(T value) => Wait.For(value);
}

public class AskedOfList<T> : AskedOf<List<T>>
{
    public override List<T> Ask(List<T> value) => [.. base.Ask(value), Wait.For(value[0])];
}

public class AskedStore : Store
{
    public override string Load(int key) => Wait.For("asked ") + base.Load(key);
}

public class PluginGuard : Guard, IGuarded
{
    int IGuarded.Inner(int n) => -n;
}

public class PluginHandler : Handler, IHandle<string>
{
    string IHandle<string>.Handle(string t) => "plugin string " + t;
}

public class PluginObjects : IHandle<object>
{
    public string Handle(object t) => "plugin object " + t;
}

public class PluginStrings : IHandle<string>
{
    public string Handle(string t) => "plugin only string " + t;
}

public class PluginSource : Source, ISource<object>
{
    object ISource<object>.Next() => "plugin source";
}
