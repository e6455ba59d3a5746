// Delegates whose target is what a static twin takes first: of extension methods, of structs in their boxes, of primitives of the class library.

namespace Corpus;

internal static class BoundDelegates
{
    static (int, long, long, string) Four<T>(this string s, T value) => (S(s.Length), 2, Echo(3), typeof(T).Name + S(value));

    static T Twice<T>(this List<T> list, T value)
    {
        list.Add(S(value));
        list.Add(value);
        return S(list[^1]);
    }

    static int Null(this string? s, int n) => s is null ? S(n) : -1;

    interface ICounter
    {
        int Add(int n);
    }

    struct Counter<T> : ICounter
    {
        public int Sum;
        public T Last;

        public int Add(int n) => Sum += S(n);

        public int Add(T value, ref int n)
        {
            Last = S(value);
            n += S(Sum);
            return S(n);
        }

        public U Same<U>(U value) => S(value);

        public readonly Func<int, int> Own()
        {
            Func<int, int> add = Add;
            return add;
        }
    }

    delegate int Adder<T>(T value, ref int n);

    public static void Run()
    {
        Func<int, (int, long, long, string)> four = "abc".Four;
        Func<string, (int, long, long, string)> fourOther = "abcd".Four;
        Out($"{four(5)} {fourOther("x")}");
        Func<string, string> twice = new List<string>().Twice;
        Out(twice("a") + twice("b"));
        Func<int, int> none = ((string?)null).Null;
        Out(none(7));

        var counter = new Counter<int> { Sum = 1 };
        Func<int, int> add = counter.Add;
        Out(add(2) + add(3) + counter.Sum);
        Adder<int> last = counter.Add;
        var n = 5;
        Out(last(1, ref n) + n);
        Func<string, string> same = counter.Same;
        Out(same("same") + counter.Own()(4));
        ICounter boxed = counter;
        add = boxed.Add;
        add += counter.Add;
        add += add;
        Out(add(10) + boxed.Add(0));
        Func<int, int> ofReference = new Counter<string>().Add, ofOther = new Counter<object>().Add;
        Out(ofReference(1) + ofOther(2));

        var gate = new SemaphoreSlim(0);
        var task = Goroutine.Run(() => gate.Release(S(2)));
        Action wait = gate.Wait;
        wait();
        Func<int, bool> tryWait = gate.Wait;
        Out(tryWait(1000));
        wait = task.Wait;
        wait();
        Action<int> sleep = Thread.Sleep;
        sleep(1);
        Out(task.IsCompletedSuccessfully);

        var done = new WaitGroup();
        done.Add(2);
        Action end = done.Done;
        Go(end + end);
        done.Wait();
    }
}
