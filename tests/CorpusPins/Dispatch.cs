// Calls that lead to a plain method, and those that might be taken for such.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Weft;

namespace CorpusPins;

internal static class Extensions
{
    public static int Take(this Chan<int> ch) => ch.Receive();

    public static (long, long, long) TakeThree(this Chan<int> ch) => (ch.Receive(), ch.Receive(), 3);

    public static (T, string, long) TakeGeneric<T>(this Chan<T> ch) => (ch.Receive(), typeof(T).Name, 3);

    public static int TakeNull(this string? text, Chan<int> ch) => text is null ? ch.Receive() : throw new InvalidOperationException();
}

internal static partial class Cases
{
    [Pins("WEFT1013")]
    public static unsafe class ThroughFunctionPointer
    {
        public static void Run(Chan<int> ch)
        {
            delegate*<Chan<int>, int> wait = &Wait;
            wait(ch); // pins
        }
    }

    public static class ThroughDelegateOfExtension
    {
        public static void Run(Chan<int> ch)
        {
            Func<int> one = ch.Take;
            one();
            Func<(long, long, long)> three = ch.TakeThree;
            if (three() is not (5, 5, 3))
                throw new InvalidOperationException();
            Func<(int, string, long)> generic = ch.TakeGeneric;
            if (generic() is not (5, "Int32", 3))
                throw new InvalidOperationException();
            Func<Chan<int>, int> onNull = ((string?)null).TakeNull;
            onNull(ch);
        }
    }

    struct Counter<T>(Chan<int> ch)
    {
        public int Sum;

        public int Add() => Sum += ch.Receive();

        public readonly string Add<U>(U value) => typeof(U).Name + ch.Receive();
    }

    public static class ThroughDelegateOfStruct
    {
        public static void Run(Chan<int> ch)
        {
            var counter = new Counter<int>(ch);
            Func<int> add = counter.Add;
            add();
            if (add() != 10 || counter.Sum != 0)
                throw new InvalidOperationException();
            Func<string, string> generic = counter.Add;
            if (generic("") != "String5")
                throw new InvalidOperationException();
            IWorker worker = new Worker();
            Func<Chan<int>, int> work = worker.Work;
            work(ch);
        }
    }

    [Pins("WEFT1014")]
    public static class ThroughDelegateOfGenericStruct
    {
        public static void Run(Chan<int> ch)
        {
            Func<int> add = new Counter<string>(ch).Add; // pins
            add();
        }
    }

    public static class ThroughDelegateOfPrimitive
    {
        public static void Run(Chan<int> ch)
        {
            var gate = new SemaphoreSlim(0);
            var done = new TaskCompletionSource();
            Goroutine.Go(() =>
            {
                ch.Receive();
                gate.Release();
                ch.Receive();
                done.SetResult();
            });
            Action wait = gate.Wait;
            wait();
            wait = done.Task.Wait;
            wait();
            Action<int> sleep = Thread.Sleep;
            sleep(1);
            Func<int> receive = ch.Receive;
            receive();
        }
    }

    public static class StartsDelegates
    {
        public static void Run(Chan<int> ch)
        {
            var left = new WaitGroup();
            Action both = () => ch.Receive();
            both += () => ch.Receive();
            both += left.Done;
            left.Add(1);
            Goroutine.Go(both);
            left.Wait();
        }
    }

    [Pins("WEFT1014")]
    public static class ThroughDelegateOfDelegate
    {
        public static void Run(Chan<int> ch)
        {
            Func<int> wait = () => ch.Receive();
            var again = new Func<int>(wait); // pins
            again();
        }
    }

    [ComImport, Guid("C0B8F7A2-1E2B-4C5E-9B7C-6E7A5C0B8F7A"), InterfaceType(ComInterfaceType.InterfaceIsIUnknown)]
    interface IComWorker
    {
        int Work([MarshalAs(UnmanagedType.IUnknown)] object ch);

        int Rest([MarshalAs(UnmanagedType.IUnknown)] object ch);
    }

    sealed class ComWorker : IComWorker
    {
        public int Work(object ch) => ((Chan<int>)ch).Receive();

        public int Rest(object ch) => 0;
    }

    [Pins("WEFT1014")]
    public static class ThroughInterfaceOfCom
    {
        public static void Run(Chan<int> ch)
        {
            IComWorker worker = new ComWorker();
            worker.Rest(ch);
            worker.Work(ch); // pins
        }
    }

    interface IHandler<in T>
    {
        void Handle(T value, Chan<int> ch);
    }

    [Pins("WEFT1014")]
    public static class ThroughOneOfSeveralInterfaces
    {
        sealed class Handler : IHandler<object>, IHandler<Exception>
        {
            void IHandler<object>.Handle(object value, Chan<int> ch) => ch.Receive(); // pins

            void IHandler<Exception>.Handle(Exception value, Chan<int> ch) => ch.Receive();
        }

        public static void Run(Chan<int> ch)
        {
            IHandler<ArgumentException> handler = (IHandler<ArgumentException>)(object)new Handler();
            handler.Handle(new ArgumentException(), ch);
        }
    }

    public static class ThroughVariantInterface
    {
        sealed class Handler : IHandler<string>, IHandler<Exception>
        {
            void IHandler<string>.Handle(string value, Chan<int> ch) => ch.Receive();

            void IHandler<Exception>.Handle(Exception value, Chan<int> ch) => ch.Receive();
        }

        public static void Run(Chan<int> ch)
        {
            IHandler<ArgumentException> handler = new Handler();
            handler.Handle(new ArgumentException(), ch);
        }
    }

    [Pins("WEFT1015")]
    public static class UnderQuery
    {
        public static void Run(Chan<int> ch)
        {
            var query = from n in s_table where ch.Receive() == 5 select n; // pins
            foreach (var n in query)
                s_table[0] = n;
        }
    }

    [Pins("WEFT1015")]
    public static class UnderLibrary
    {
        public static void Run(Chan<int> ch)
        {
            s_ch = ch;
            new List<int> { 1 }.ForEach(static n => Wait(s_ch)); // pins
        }
    }

    [Pins("WEFT1015")]
    public static class UnderLazy
    {
        public static void Run(Chan<int> ch) => _ = new Lazy<int>(() => ch.Receive()).Value; // pins
    }

    [Pins("WEFT1015")]
    public static unsafe class UnderNativeCode
    {
        delegate int Callback();

        public static void Run(Chan<int> ch) => ((delegate* unmanaged<int>)Marshal.GetFunctionPointerForDelegate<Callback>(() => ch.Receive()))(); // pins
    }

    /// <summary>What is handed on and does not wait, what is kept, and what is started elsewhere.</summary>
    public static class HandsOn
    {
        static event Action? Raised;

        public static void Run(Chan<int> ch)
        {
            var later = new List<Func<int>> { () => ch.Receive() };
            var sum = s_table.Where(static n => n > 0).Select(n => n + later.Count).Sum();
            Raised += () => ch.Receive();
            Raised();
            var task = Task.Run(() => s_table.Sum());
            later[0]();
            using var canceled = new CancellationTokenSource().Token.Register(() => ch.Receive());
            s_table[0] = sum + task.Result;
        }
    }

    [Pins("WEFT1016")]
    public static class ThroughReflection
    {
        public static void Run(Chan<int> ch) => typeof(Extensions).GetMethod(nameof(Extensions.Take))!.Invoke(null, [ch]); // pins
    }

    public static class ThroughDelegateOfReflection
    {
        public static void Run(Chan<int> ch) => typeof(Extensions).GetMethod(nameof(Extensions.Take))!.CreateDelegate<Func<Chan<int>, int>>()(ch);
    }

    [Pins("WEFT1016")]
    public static class ThroughDynamicInvoke
    {
        public static void Run(Chan<int> ch) => ((Delegate)(() => ch.Receive())).DynamicInvoke(); // pins
    }

    [Pins("WEFT1016")]
    public static class ThroughDynamic
    {
        public static void Run(Chan<int> ch)
        {
            dynamic worker = new Worker2();
            worker.Work(ch); // pins
        }
    }

    public sealed class Worker2
    {
        public int Work(Chan<int> ch) => ch.Receive();
    }

    [Pins("WEFT1016")]
    public static class ThroughExpression
    {
        public static void Run(Chan<int> ch)
        {
            Expression<Func<int>> wait = () => ch.Receive();
            wait.Compile()(); // pins
        }
    }
}
