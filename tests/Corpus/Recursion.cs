namespace Corpus;

internal static class Recursion
{
    static int Sum(int n) => n == 0 ? 0 : n + Sum(n - 1);

    static int Fib(int n) => n < 2 ? n : Fib(n - 1) + Fib(n - 2);

    static int SlowFib(int n) => n < 2 ? S(n) : SlowFib(n - 1) + SlowFib(n - 2);

    static bool Even(int n) => n == 0 || Odd(n - 1);

    static bool Odd(int n) => n != 0 && Even(n - 1);

    sealed class Tree_(int key)
    {
        Tree_? left, right;

        public void Insert(int k)
        {
            if (k < key)
            {
                if (left is null)
                    left = new Tree_(k);
                else
                    left.Insert(k);
            }
            else if (right is null)
            {
                right = new Tree_(k);
            }
            else
            {
                right.Insert(k);
            }
        }

        public IEnumerable<int> Walk()
        {
            if (left is not null)
                foreach (var k in left.Walk())
                    yield return k;
            yield return S(key);
            if (right is not null)
                foreach (var k in right.Walk())
                    yield return k;
        }

        public int Depth() => 1 + Math.Max(left?.Depth() ?? 0, right?.Depth() ?? 0);
    }

    static int Bottom(int n) => n == 0 ? Echo(1) : 1 + Bottom(n - 1);

    static int FailAt(int n) => n == 0 ? Fail("bottom") : 1 + FailAt(n - 1);

    static int Guarded(int n)
    {
        if (n == 0)
            return Fail("guarded");
        try
        {
            return 1 + Guarded(n - 1);
        }
        catch (ArgumentException)
        {
            return -1;
        }
    }

    public static void Self()
    {
        Out(Sum(100));
        Out(Fib(15));
        Out(SlowFib(10));
    }

    public static void Mutual()
    {
        Out(Even(101));
        Out(Odd(101));
    }

    public static void Deep()
    {
        Out(Sum(5_000));
        Out(Bottom(5_000));
    }

    public static void Tree()
    {
        var t = new Tree_(50);
        foreach (var k in new[] { 20, 70, 10, 30, 60, 80, 65 })
            t.Insert(k);
        Out(string.Join(",", t.Walk()));
        Out(t.Depth());
        var sum = 0;
        foreach (var k in t.Walk())
            sum += S(k);
        Out(sum);
    }

    public static void Throw()
    {
        try
        {
            FailAt(500);
        }
        catch (InvalidOperationException e)
        {
            Out(e.Message);
        }
        try
        {
            Guarded(50);
        }
        catch (InvalidOperationException e)
        {
            Out(e.Message);
        }
    }
}
