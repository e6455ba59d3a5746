// Calls through type parameters and on structs, default and static interface members, covariant results, extension members.

using System.Runtime.CompilerServices;

namespace Corpus;

internal interface IWorker
{
    int Work(int n);

    int Count { get; set; }

    T Generic<T>(T value);

    int Twice(int n) => S(n) + Work(n) + Work(n);

    static abstract int Static(int n);

    static virtual string Name => "worker " + S(1);
}

internal interface IPlace<T>
{
    T Put(T value, ref int count);
}

internal class ClassWorker : IWorker, IPlace<string>
{
    public int Count { get; set; }

    public virtual int Work(int n) => S(n) + ++Count;

    public T Generic<T>(T value) => Echo(value);

    public static int Static(int n) => S(n) * 2;

    string IPlace<string>.Put(string value, ref int count)
    {
        count += S(1);
        return value + S(count);
    }
}

internal sealed class DerivedWorker : ClassWorker, IWorker
{
    public override int Work(int n) => base.Work(n) + S(100);

    public int Twice(int n) => S(n) * 1000;

    public static string Name => "derived " + S(2);
}

internal struct StructWorker : IWorker, IPlace<int>, IDisposable, IEquatable<StructWorker>
{
    int count;

    public int Count
    {
        readonly get => count;
        set => count = S(value);
    }

    public int Work(int n)
    {
        count++;
        count += S(n);
        return count;
    }

    public readonly T Generic<T>(T value) => S(value);

    public static int Static(int n) => S(n) * 3;

    public int Put(int value, ref int places)
    {
        places += S(value);
        return count += places;
    }

    public void Dispose() => Out("dispose " + S(++count));

    public readonly bool Equals(StructWorker other) => S(count) == other.count;

    public override readonly string ToString() => "struct " + S(count);

    public override readonly int GetHashCode() => S(count);

    public override readonly bool Equals(object? o) => o is StructWorker w && Equals(w);
}

internal static class Constrained
{
    static string All<T>(ref T worker, int n) where T : IWorker
    {
        worker.Count = S(3);
        worker.Count += S(2);
        return worker.Work(n) + " " + worker.Work(S(n)) + " " + worker.Count + " " + worker.Generic("g") + worker.Generic(S(1)) + " " + worker.Twice(2) + " " + T.Static(S(4)) + " " + T.Name;
    }

    static string ByValue<T>(T worker) where T : IWorker
    {
        worker.Work(S(1));
        worker.Work(S(1));
        return worker.Count + worker.ToString();
    }

    static T Place<T, W>(W[] places, T value, ref int count) where W : IPlace<T>
        => places[S(0)].Put(value, ref count);

    static void Using<T>(T t) where T : IDisposable
    {
        using (t)
            Out(S("using"));
    }

    public static void Types()
    {
        var c = new ClassWorker();
        Out(All(ref c, 1) + " " + c.Count);
        var d = new DerivedWorker();
        Out(All(ref d, 1));
        IWorkerBox(d);
        var s = new StructWorker();
        Out(All(ref s, 1) + " " + s.Count);
        Out(ByValue(s) + " " + s.Count);
        Out(ByValue(c).Length);
        var n = 1;
        Out(Place(new[] { c }, "put", ref n) + n);
        Out(Place(new[] { s }, 5, ref n) + n);
        Using(s);
    }

    sealed class Saying
    {
        public override string ToString() => "saying " + S(1);
    }

    static string Said<T>(T t) => "[" + t!.ToString() + "]";

    public static void Nullables()
    {
        Out(Said<int?>(null) + Said<int?>(S(5)) + Said<StructWorker?>(null) + Said<StructWorker?>(new StructWorker()) + Said(new Saying()));
        try
        {
            Said<string>(null!);
        }
        catch (NullReferenceException)
        {
            Out("null");
        }
    }

    static void IWorkerBox(ClassWorker d) => Out(d.Work(S(1)) + ((IPlace<string>)d).Put("box", ref Slot.Value));

    static class Slot
    {
        public static int Value;
    }

    // Nobody but the interfaces lead to what it does.
    internal struct Hidden<T>(T value) : IDisposable, IPlace<T>, IEnumerator<T>
    {
        int left = 2;

        readonly T IEnumerator<T>.Current => Echo(value);

        readonly object? System.Collections.IEnumerator.Current => value;

        bool System.Collections.IEnumerator.MoveNext() => S(left--) > 0;

        void System.Collections.IEnumerator.Reset() => left = S(2);

        T IPlace<T>.Put(T with, ref int count)
        {
            (value, with) = (with, value);
            count += S(left);
            return with;
        }

        void IDisposable.Dispose() => Out("hidden " + S(++left) + value);
    }

    static class Seeking
    {
        internal static int Through<E>(E e) where E : IEnumerator<string>
        {
            var n = 0;
            using (e)
                while (e.MoveNext())
                    n += e.Current.Length;
            e.Reset();
            return n;
        }

        internal static int Put<P>(ref P p, string text) where P : struct, IPlace<string>
        {
            var n = 0;
            return p.Put(text, ref n).Length + n;
        }
    }

    public static void Explicit()
    {
        using (new Hidden<int>(4))
            Out(S("in"));
        var h = new Hidden<string>("four");
        Out(Seeking.Put(ref h, "thirteen text") + Seeking.Through(h));
        using (h)
            Out(S("out"));
    }

    public static void Structs()
    {
        var s = new StructWorker();
        using (var t = new StructWorker())
            Out(t.Count + S(1));
        Out(s.ToString() + s.GetHashCode() + s.Equals(new StructWorker()) + s.Equals((object)s));
        Out($"{s}{S(s)}");
        var list = new List<int> { 1, 2 };
        foreach (var i in list)
            Out(S(i));
        var map = new Dictionary<StructWorker, string> { [s] = "a" };
        Out(map[s] + map.Count);
        foreach (var p in map)
            Out(p.Value + S(1));
        foreach (var i in new Range3(S(4)))
            Out(i);
        object boxed = s;
        ((IWorker)boxed).Work(S(5));
        Out(((IWorker)boxed).Count);
    }

    // An enumerator of our own, used by its shape, then through its interfaces.
    struct Range3(int start) : IDisposable
    {
        int left = 3;

        public readonly Range3 GetEnumerator() => this;

        public int Current { get; private set; }

        public bool MoveNext()
        {
            Current = start + S(left);
            return left-- > 0;
        }

        public readonly void Dispose() => Out("range " + S(left));
    }

    abstract class Animal
    {
        public abstract Animal Young();

        public virtual object Food() => S("any");
    }

    class Cat : Animal
    {
        public override Cat Young() => S(new Cat());

        public override string Food() => S("fish");

        public virtual string Say() => "meow" + S(1);
    }

    sealed class Tiger : Cat
    {
        public override Tiger Young() => S(new Tiger());

        public override string Food() => base.Food() + S(" and meat");

        public override string Say() => "roar" + S(2) + base.Say();
    }

    sealed class Breeder<T> : Animal where T : Cat, new()
    {
        public override T Young() => S(new T());
    }

    public static void Covariant()
    {
        Animal breeder = new Breeder<Tiger>();
        Out(breeder.Young().GetType().Name);
        foreach (var a in new Animal[] { new Cat(), new Tiger() })
            Out(a.Young().GetType().Name + a.Food() + ((Cat)a).Young().Say());
    }

    public static void Extensions()
    {
        Out(5.Tripled() + "x".Repeated(S(2)) + "abc".Middle + int.Answer);
        var n = 4;
        n.Increase(S(2));
        Out(n);
    }
}

internal static class ExtensionMembers
{
    public static int Tripled(this int n) => S(n) * 3;

    public static void Increase(this ref int n, int by)
    {
        n += S(by);
        n += S(by);
    }

    extension(string s)
    {
        public string Repeated(int n) => n == 0 ? "" : s + S(s).Repeated(n - 1);

        public char Middle => s[S(s.Length / 2)];
    }

    extension(int)
    {
        public static int Answer => S(42);
    }
}
