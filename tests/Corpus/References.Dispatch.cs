// References that are passed through delegates, interfaces, overrides, and down a deep stack.

namespace Corpus;

internal static partial class References
{
    delegate int Change(ref int n, out string s);

    interface IChange
    {
        int Apply(ref int n, in int by);
    }

    sealed class Adder : IChange
    {
        public int Apply(ref int n, in int by)
        {
            n += S(by);
            return n + by;
        }
    }

    class Base
    {
        public virtual void Touch(ref Counter c) => c.Add(1);
    }

    class Derived : Base
    {
        public override void Touch(ref Counter c)
        {
            base.Touch(ref c);
            c.Next();
            base.Touch(ref c);
        }
    }

    static int Changes(ref int n, out string s)
    {
        n += S(3);
        s = Echo("changed") + n;
        return n;
    }

    public static void Dispatch()
    {
        var n = 1;
        Change change = Changes;
        Out(change(ref n, out var s) + s + n);
        var by = 5;
        Change lambda = (ref int k, out string t) =>
        {
            k += S(by);
            t = "lambda" + S(k);
            return k - 1;
        };
        Out(lambda(ref n, out s) + s + n);
        IChange adder = new Adder();
        Out(adder.Apply(ref n, n) + " " + n);
        var c = new Counter(1);
        foreach (var b in new Base[] { new(), new Derived() })
            b.Touch(ref c);
        Out(c.N + c.Log);
        var wg = new WaitGroup();
        var shared = new int[4];
        for (var i = 0; i < 4; i++)
        {
            var mine = i;
            wg.Go(() =>
            {
                for (var k = 0; k < 3; k++)
                    Bump(ref shared[mine]);
            });
        }
        wg.Wait();
        Out(string.Join(",", shared));
    }

    // The frames of a goroutine that is deep in references and goes away at every step.
    public static void Deep()
    {
        var c = new Counter(0);
        var sum = 0;
        Down(ref c, ref sum, 40);
        Out(c.N + " " + sum);

        static void Down(ref Counter c, ref int sum, int depth)
        {
            var local = new Counter(depth);
            ref var n = ref local.N;
            n += S(1);
            if (depth > 0 && depth % 2 == 0)
                Down(ref c, ref n, depth - 1);
            else if (depth > 0)
                Down(ref local, ref sum, depth - 1);
            sum += S(n);
            c.N += local.N;
            if (depth > 0)
                Down2(ref c, ref sum, ref n, depth / 4);
        }

        static void Down2(ref Counter c, ref int sum, ref int n, int depth)
        {
            if (depth > 0)
                Down2(ref c, ref n, ref sum, depth - 1);
            c.Next();
            sum += S(depth);
            n -= S(1);
        }
    }
}
