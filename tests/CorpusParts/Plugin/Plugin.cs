// Code that the weaver never sees: it overrides and implements anew what the library's twins must not bypass.

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
