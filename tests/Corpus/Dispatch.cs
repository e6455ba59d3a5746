namespace Corpus;

public interface ISource<out T>
{
    T Get();

    int Count => 3;
}

internal interface IShape
{
    int Area(int n);

    string Name { get; }
}

internal interface IVisitor
{
    R Visit<R>(R value, int depth);
}

public class Numbers(int first) : ISource<int>, ISource<string>
{
    public virtual int Get() => S(first++);

    string ISource<string>.Get() => "s" + S(first);
}

public class LoudNumbers(int first) : Numbers(first)
{
    public override int Get() => base.Get() * 1000;
}

public sealed class Restated(int first) : Numbers(first), ISource<int>
{
    int ISource<int>.Get() => S(-1);
}

internal sealed class QuietNumbers : ISource<int>
{
    public int Get() => 77;
}

public abstract class Animal
{
    public abstract string Speak(int times);

    public virtual int Legs => S(4);

    public string Twice() => Speak(1) + Speak(2);
}

public class Dog : Animal
{
    public override string Speak(int times)
    {
        var text = "";
        for (var i = 0; i < times; i++)
            text += S("woof");
        return text;
    }
}

public class Fish : Animal
{
    public override string Speak(int times) => "";

    public override int Legs => 0;
}

public sealed class Puppy : Dog
{
    public sealed override string Speak(int times) => base.Speak(times + 1).ToUpperInvariant();
}

internal class Circle : IShape, IVisitor
{
    public int Area(int n) => S(n) * 3;

    public string Name => S("circle");

    public R Visit<R>(R value, int depth) => depth == 0 ? S(value) : Visit(value, depth - 1);
}

internal struct Dot : IShape
{
    int calls;

    public int Area(int n) => S(n) + calls++;

    public readonly string Name => S("dot");
}

internal class Node<T>
{
    public virtual T Hold(T value) => S(value);
}

internal class Doubling : Node<int>
{
    public override int Hold(int value) => base.Hold(value) * 2;
}

internal delegate int Transform(ref int n, int by);

internal static class Dispatch
{
    public static void Virtual()
    {
        foreach (var a in new Animal[] { new Dog(), new Fish(), new Puppy() })
        {
            Out(a.Speak(2));
            Out(a.Legs);
            Out(a.Twice());
        }
    }

    public static void Interface()
    {
        foreach (var s in new ISource<int>[] { new Numbers(1), new LoudNumbers(2), new Restated(3), new QuietNumbers() })
            Out(s.Get() + s.Get());
        ISource<string> text = new Numbers(8);
        Out(text.Get());
        ISource<object> wide = text;
        Out(wide.Get());
        IShape c = new Circle();
        Out(c.Name + c.Area(3));
        IVisitor v = new Circle();
        Out(v.Visit("deep", 3) + v.Visit(5, 2));
    }

    static T Pull<T>(ISource<T> s) => s.Get();

    static int Total<T>(T shape) where T : IShape => shape.Area(1) + shape.Area(2);

    public static void Generic()
    {
        Out(Pull<int>(new Numbers(5)));
        Out(Pull<string>(new Numbers(5)));
        Out(Total(new Circle()));
        Out(Total(new Dot()));
        Node<int> n = new Doubling();
        Out(n.Hold(21));
        Out(new Node<string>().Hold("held"));
    }

    static int Half(int n) => S(n) / 2;

    public static void Delegates()
    {
        Func<int, int> f = Half;
        Out(f(8));
        f = n => S(n) + 1;
        Out(f(8));
        var counter = new Counter(5);
        Func<int> g = counter.Next;
        Out(g() + g());
        Animal a = new Puppy();
        Func<int, string> speak = a.Speak;
        Out(speak(1));
        Action? all = null;
        for (var i = 0; i < 3; i++)
        {
            var k = i;
            all += () => Out("m" + S(k));
        }
        all!();
        Transform t = (ref int n, int by) =>
        {
            n += by;
            return S(by);
        };
        var x = 1;
        Out(t(ref x, 5) + x);
        Func<object> variance = new Func<string>(() => S("variant"));
        Out(variance());
        Func<Vec, (long, string)> wide = v => (S(1L) + v.X, S("tuple"));
        Out(wide(new Vec(4, 5)));
        Func<int> boundStruct = new Accumulator { Total = 6 }.Peek;
        Out(boundStruct());
    }

    public static void Explicit()
    {
        ISource<int> s = new Restated(4);
        Out(s.Get());
        Out(new Restated(4).Get());
    }

    public static void Default()
    {
        ISource<int> s = new Numbers(1);
        Out(s.Count + S(1));
    }

    public static void Structs()
    {
        var d = new Dot();
        Out(d.Area(1) + d.Area(1));
        IShape s = d;
        Out(s.Area(1) + s.Area(1));
        Out(s.Name);
    }
}
