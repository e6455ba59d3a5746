// What an application derives from, implements and calls. Woven as a library.

namespace Parts;

public static class Wait
{
    public static T For<T>(T value)
    {
        Yield();
        return value;
    }

    public static int Sum(this IEnumerable<int> source, Func<int, int> of)
    {
        var sum = 0;
        foreach (var x in source)
            sum += of(x);
        return sum;
    }
}

public interface IStore<T>
{
    T Load(int key);

    int Size { get; }

    string Tag => "default tag";
}

public class Store : IStore<string>, IDisposable
{
    public virtual string Load(int key) => Wait.For("library " + key);

    public int Size => Wait.For(1);

    public virtual R Convert<R>(R value) => Wait.For(value);

    public void Dispose() => Wait.For(0);
}

public class MiddleStore : Store;

/// <summary>Nothing here blocks; what overrides it may.</summary>
public class Quiet
{
    public virtual string Name => "quiet";

    public virtual int Count(int n) => n + 1;

    public string Both(int n) => Name + Count(n);
}

public abstract class Job
{
    public abstract int Work(int n);

    protected virtual int Cost(int n) => Wait.For(n) * 10;

    public int Run(int n) => Work(n) + Cost(n);
}

public class Base<T>
{
    public virtual (T, int) Get(T value, int n) => (Wait.For(value), n);
}

public delegate R Step<in A, out R>(A a);

public class Guarded
{
    protected delegate int Op(int n);

    protected interface IOp
    {
        int Do(int n);
    }
}
