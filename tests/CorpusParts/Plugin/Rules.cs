// Slots and interfaces that woven assemblies override and implement, and whose own assembly is not woven.

namespace Parts;

public interface IRule<in T>
{
    string Check(T value);

    string Name => "rule " + GetType().Name;

    R Weigh<R>(R value, ref int weight);
}

public abstract class Rule<T> : IRule<T>
{
    public abstract string Check(T value);

    public virtual R Weigh<R>(R value, ref int weight)
    {
        weight++;
        return value;
    }

    public virtual Rule<T> Copy() => this;

    public virtual int Strength { get; set; }

    protected virtual string Inner(T value) => "inner " + value;

    public string All(T value) => Check(value) + Inner(value);
}

public class PluginRule : Rule<string>
{
    public override string Check(string value) => "plugin " + value;
}

/// <summary>Over a class of the woven library that implements an interface of nobody woven.</summary>
public class PluginServices : Services
{
    public override object? GetService(Type serviceType) => "plugin " + serviceType.Name;
}
