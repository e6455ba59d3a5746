// What an application derives from, implements and calls. Woven as a library.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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

public interface IGuarded
{
    protected int Inner(int n);

    int Open(int n) => Inner(n) + Wait.For(n);
}

public class Guard : IGuarded
{
    int IGuarded.Inner(int n) => Wait.For(n) + 2;
}

/// <summary>A static method whose first parameter stands where the receiver of the virtual one does.</summary>
public class Matched(int n)
{
    public int N => n;

    public virtual string Match(Matched other) => n + (Wait.For(n) < other.N ? " below " : " from ") + other.N;

    public static string Match(Matched a, Matched b) => "both " + Wait.For(b.N) + a.N;

    public static string Meet(Matched a, Matched b) => "met " + Wait.For(a.N) + b.N;

    public virtual string Meet(Matched other) => "meets";
}

/// <summary>COM has the bodies of its members; there is room for no others.</summary>
[ComImport, Guid("b196b284-bab4-101a-b69c-00aa00341d07")]
public interface IComThing
{
    int Ask(int n);
}

[ComImport, Guid("b196b285-bab4-101a-b69c-00aa00341d07")]
public class ComThing : IComThing
{
    [MethodImpl(MethodImplOptions.InternalCall)]
    public virtual extern int Ask(int n);
}
