// References to variables, used on both sides of a suspension point: each must still mean the same variable.

namespace Corpus;

internal static partial class References
{
    struct Counter(int start)
    {
        public int N = start;
        public string? Log;

        public int Next() => N += S(1);

        public void Add(int n)
        {
            for (var i = 0; i < n; i++)
            {
                N += S(i);
                Log += Echo(N) + ";";
            }
        }

        public int Total
        {
            get => S(N) + N;
            set => N = S(value) - N;
        }

        public readonly int Peek() => N + S(N) + N;

        public Counter Twice()
        {
            Add(2);
            Next();
            return this;
        }

        public void Replace() => this = new Counter(S(N) * 2);

        public static Counter operator +(in Counter a, in Counter b) => new(a.N + S(b.N) + a.N);
    }

    sealed class Box
    {
        public int F = 1;
        public Counter C = new(10);
        public (int A, (int B, string C) D) Deep = (1, (2, "x"));
        public static int Static = 3;
        public static Counter StaticCounter = new(20);
        public int[] Items = [1, 2, 3];

        public int Use() => Bump(ref F) + C.Next() + Bump(ref Deep.D.B);
    }

    static int Bump(ref int n)
    {
        n += S(1);
        n *= 2;
        Yield();
        return n + Echo(n);
    }

    static int BumpTwice(ref int n) => Bump(ref n) + S(n) + Bump(ref n);

    static void Make(out int a, out string b)
    {
        a = S(5);
        b = Echo("out") + a;
        a += S(1);
    }

    static int Read(in (int A, int B) p) => p.A + S(p.B) + p.A;

    static void Swap<T>(ref T a, ref T b)
    {
        var t = a;
        a = S(b);
        b = Echo(t);
    }

    static void Recurse(ref int n, int depth)
    {
        if (depth == 0)
        {
            n += S(1);
            return;
        }
        n++;
        Recurse(ref n, depth - 1);
        n++;
    }

    static int Sum(int depth, in int each) => depth == 0 ? S(0) : each + Sum(depth - 1, each);

    public static void Parameters()
    {
        int x = 1, y = 2;
        Out(Bump(ref x) + " " + x);
        Out(BumpTwice(ref x) + " " + x);
        var b = new Box();
        Out(Bump(ref b.F) + " " + b.F);
        Out(Bump(ref b.Deep.D.B) + " " + b.Deep);
        Out(b.Use() + " " + b.F + b.C.N);
        Out(Bump(ref Box.Static) + " " + Box.Static);
        Box.Static = 3;
        var a = new[] { 1, 2, 3 };
        Out(Bump(ref a[S(1)]) + " " + a[1]);
        Out(Bump(ref b.Items[2]) + " " + b.Items[2]);
        var m = new int[2, 2];
        Out(Bump(ref m[1, 1]) + " " + m[1, 1]);
        Make(out var o, out var s);
        Out(o + s);
        Make(out a[0], out b.Deep.D.C);
        Out(a[0] + b.Deep.D.C);
        Out(Read((S(3), 4)));
        Swap(ref x, ref y);
        Out(x + " " + y);
        string p = "p", q = "q";
        Swap(ref p, ref q);
        Out(p + q);
        Swap(ref a[0], ref a[2]);
        Swap(ref x, ref x);
        Out(a[0] + " " + a[2] + " " + x);
        var n = 0;
        Recurse(ref n, 3000);
        Out(n);
        Out(Sum(5000, 2));
        Nullable(ref Unsafely());
    }

    static int s_place = 7;

    static ref int Unsafely() => ref s_place;

    // A reference that nobody can make again: its call keeps the thread.
    static void Nullable(ref int n)
    {
        n += S(1);
        Out(n);
        s_place = 7;
    }

    public static void Structs()
    {
        var c = new Counter(1);
        Out(c.Next() + c.Next());
        c.Add(3);
        Out(c.N + c.Log);
        Out(c.Total);
        c.Total = 100;
        Out(c.N + " " + c.Peek());
        var d = c.Twice().Twice();
        Out(d.N + " " + c.N);
        c.Replace();
        Out(c.N);
        var all = new Counter[] { new(1), new(2) };
        all[S(1)].Add(2);
        all[0].Next();
        Out(all[0].N + " " + all[1].N + all[1].Log);
        var box = new Box();
        box.C.Add(2);
        Out(box.C.Next() + box.C.Log);
        Box.StaticCounter.Add(1);
        Out(Box.StaticCounter.N + Box.StaticCounter.Log);
        Box.StaticCounter = new(20);
        Out((c + d).N);
        Counter? maybe = new Counter(S(4));
        Out(maybe.Value.Next() + maybe.GetValueOrDefault().N);
        object boxed = new Counter(6);
        Out(((Counter)boxed).Next());
        var generic = new Cell<string>("g");
        generic.Set("h");
        Out(generic.Get() + generic.Before);
        var view = new View("view");
        Out(view.Show(3));
    }

    struct Cell<T>(T value)
    {
        T current = value;
        public T? Before;

        public void Set(T next)
        {
            Before = current;
            current = Echo(next);
        }

        public readonly T Get() => S(current);
    }

    readonly struct View(string name)
    {
        readonly string name = name;

        public string Show(int n)
        {
            var s = "";
            for (var i = 0; i < n; i++)
                s += S(name) + i + name;
            return s;
        }
    }

    public static void Locals()
    {
        var a = new[] { 1, 2, 3, 4 };
        ref var first = ref a[0];
        first += S(10);
        first *= 2;
        Out(first + " " + a[0]);
        for (var i = 0; i < a.Length; i++)
        {
            ref var e = ref a[i];
            e += S(i);
            if (e % 2 == 0)
                e = Echo(-e);
            Bump(ref e);
        }
        Out(string.Join(",", a));
        var b = new Box();
        ref var f = ref b.F;
        b = new Box();
        f = S(9);
        Out(f + " " + b.F);
        ref var deep = ref b.Deep.D.B;
        deep = S(deep) + deep;
        Out(b.Deep);
        ref var counter = ref b.C;
        counter.Add(2);
        Out(counter.N + b.C.Log);
        var x = 5;
        ref var alias = ref x;
        alias += S(1);
        x += S(1);
        Out(x + alias);
        ref readonly var ro = ref Box.Static;
        Out(ro + S(ro) + ro);
        ref var either = ref (S(true) ? ref a[1] : ref a[2]);
        either = S(77);
        Out(a[1] + " " + a[2]);
        ref var moving = ref a[0];
        moving = S(1);
        moving = ref a[3];
        moving = S(2);
        Out(string.Join(",", a));
        Through(ref x);
        Out(x);
    }

    static void Through(ref int n)
    {
        ref var m = ref n;
        m += S(1);
        try
        {
            m += Fail("through");
        }
        catch (InvalidOperationException)
        {
            m += S(10);
            n += S(100);
        }
        finally
        {
            m *= S(2);
        }
    }

    // Local functions keep what they capture in a struct and take it by reference.
    public static void LocalFunctions()
    {
        var total = 0;
        var log = "";
        Add(1);
        Add(2);
        for (var i = 0; i < 3; i++)
        {
            var k = i * 10;
            Inner();

            void Inner()
            {
                total += S(k);
                log += Echo(k) + ",";
                Add(1);
            }
        }
        Out(total + " " + log);
        Out(Fact(10));
        Out(Outer(3));

        void Add(int n)
        {
            total += S(n);
            log += total + " ";
        }

        int Fact(int n)
        {
            total++;
            return n <= 1 ? S(1) : n * Fact(n - 1);
        }

        int Outer(int n)
        {
            var mine = n;
            return Next() + mine;

            int Next()
            {
                mine += S(total);
                return mine > 100 ? mine : Next();
            }
        }
    }
}
