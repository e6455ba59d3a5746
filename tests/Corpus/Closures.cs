namespace Corpus;

internal static class Closures
{
    public static void Capture()
    {
        var sum = 0;
        Action<int> add = n => sum += S(n);
        add(1);
        add(2);
        Out(sum);
        var list = new List<Func<int>>();
        for (var i = 0; i < 3; i++)
        {
            var k = S(i);
            list.Add(() => S(k) * 10);
        }
        foreach (var f in list)
            Out(f());
    }

    public static void Nested()
    {
        Func<int, Func<int, int>> curry = a => b => S(a) - S(b);
        Out(curry(10)(3));
        Func<int, int> fact = null!;
        fact = n => n <= 1 ? 1 : n * fact(n - 1);
        Out(fact(10));
    }

    public static void Shared()
    {
        var done = new Chan<int>(3);
        var shared = 0;
        var wg = new WaitGroup();
        for (var i = 0; i < 3; i++)
        {
            var k = i;
            wg.Go(() => done.Send(S(k) * S(k)));
        }
        wg.Wait();
        for (var i = 0; i < 3; i++)
            shared += done.Receive();
        Out(shared);
    }
}
