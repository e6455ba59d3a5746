// Places in a method where it cannot be suspended.

using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using Weft;

namespace CorpusPins;

internal static partial class Cases
{
    static ref int Find(int[] table) => ref table[1];

    [Pins("WEFT1001", Warns = true)]
    public static class InFilter
    {
        public static void Run(Chan<int> ch)
        {
            try
            {
                throw new InvalidOperationException();
            }
            catch (InvalidOperationException) when (ch.Receive() == 5) // pins
            {
            }
        }
    }

    [Pins("WEFT1001")]
    public static class UnderFilter
    {
        public static void Run(Chan<int> ch)
        {
            try
            {
                throw new InvalidOperationException();
            }
            catch (InvalidOperationException) when (Wait(ch) == 5) // pins
            {
            }
        }
    }

    public static class InHandlers
    {
        public static void Run(Chan<int> ch)
        {
            try
            {
                throw new InvalidOperationException();
            }
            catch (InvalidOperationException e) when (e.Message.Length > 0)
            {
                ch.Receive();
            }
            finally
            {
                ch.Receive();
            }
        }
    }

    [Pins("WEFT1002", Warns = true)]
    public static class AroundReference
    {
        public static void Run(Chan<int> ch)
        {
            ref var found = ref Find(s_table);
            found += ch.Receive(); // pins
        }
    }

    public static class AroundReference_WhoseOriginIsKnown
    {
        public static void Run(Chan<int> ch)
        {
            ref var found = ref s_table[Wait(ch) & 3];
            found += ch.Receive();
            found++;
        }
    }

    public static class AroundReference_ThatIsNotUsedAfterwards
    {
        public static void Run(Chan<int> ch)
        {
            ref var found = ref Find(s_table);
            found++;
            ch.Receive();
        }
    }

    [Pins("WEFT1002", Warns = true)]
    public static class AroundReference_InIterator
    {
        static IEnumerable<int> Read(Chan<int> ch)
        {
            {
                ref var found = ref Find(s_table);
                found += ch.Receive(); // pins
            }
            yield return 1;
        }

        public static void Run(Chan<int> ch)
        {
            foreach (var n in Read(ch))
                s_table[0] = n;
        }
    }

    [Pins("WEFT1002")]
    public static class PassesReference
    {
        static void Add(ref int n, Chan<int> ch) => n += ch.Receive();

        public static void Run(Chan<int> ch) => Add(ref Find(s_table), ch); // pins
    }

    [Pins("WEFT1002", Warns = true)]
    public static class AroundSpanOfStack
    {
        public static void Run(Chan<int> ch)
        {
            Span<int> span = stackalloc int[3];
            span[1] = ch.Receive(); // pins
            s_table[0] = span[1];
        }
    }

    [Pins("WEFT1002", Warns = true)]
    public static unsafe class AroundPointer
    {
        public static void Run(Chan<int> ch)
        {
            var n = 0;
            var pointer = &n;
            *pointer = ch.Receive(); // pins
            s_table[0] = n;
        }
    }

    [Pins("WEFT1002", Warns = true)]
    public static class AroundRefStruct
    {
        ref struct Slot
        {
            public ref int N;
        }

        public static void Run(Chan<int> ch)
        {
            var slot = new Slot { N = ref s_table[1] };
            var n = ch.Receive(); // pins
            slot.N = n;
        }
    }

    public static class BeforeTemporaryRefStruct
    {
        ref struct Count
        {
            int n;

            public Count GetEnumerator() => this;

            public bool MoveNext() => ++n < 3;

            public int Current => n;
        }

        public static void Run(Chan<int> ch)
        {
            var n = ch.Receive();
            foreach (var i in new Count())
                n += i;
            s_table[0] = n;
        }
    }

    [InterpolatedStringHandler]
    ref struct Handler(int literals, int holes)
    {
        public readonly int N = literals + holes;

        public void AppendLiteral(string text)
        {
        }

        public void AppendFormatted(int n)
        {
        }
    }

    [Pins("WEFT1002", Warns = true)]
    public static class AroundStringHandler
    {
        static int Length(Handler handler) => handler.N;

        public static void Run(Chan<int> ch) => Length($"a{ch.Receive()}"); // pins
    }

    [Pins("WEFT1003", Warns = true)]
    public static unsafe class InFixed
    {
        public static void Run(Chan<int> ch)
        {
            fixed (int* pointer = s_table)
                *pointer = ch.Receive(); // pins
        }
    }

    [Pins("WEFT1003")]
    public static unsafe class UnderFixed
    {
        public static void Run(Chan<int> ch)
        {
            fixed (char* pointer = "text")
                s_table[0] = *pointer + Wait(ch); // pins
        }
    }

    [Pins("WEFT1004", Warns = true)]
    public static class ThroughTypeParameter
    {
        static void Enter<T>(ref T gate) where T : SemaphoreSlim => gate.Wait(); // pins

        public static void Run(Chan<int> ch)
        {
            var gate = new SemaphoreSlim(0);
            Goroutine.Go(() =>
            {
                ch.Receive();
                gate.Release();
            });
            Enter(ref gate);
        }
    }

    interface IWorker
    {
        int Work(Chan<int> ch);
    }

    struct Worker : IWorker
    {
        public int Sum;

        public int Work(Chan<int> ch) => Sum += ch.Receive();
    }

    [Pins("WEFT1012")]
    public static class OnReferenceOfTypeParameter
    {
        static ref T First<T>(T[] table) => ref table[0];

        static int Work<T>(T[] table, Chan<int> ch) where T : IWorker => First(table).Work(ch); // pins

        public static void Run(Chan<int> ch) => Work(new Worker[1], ch);
    }

    public static class OnElementOfTypeParameter
    {
        static int Work<T>(T[] table, Chan<int> ch) where T : IWorker => table[0].Work(ch);

        public static void Run(Chan<int> ch) => Work(new Worker[1], ch);
    }

    /// <summary>Whoever takes a lock keeps the thread.</summary>
    [Pins("")]
    public static class InLock
    {
        static readonly object s_gate = new();

        public static void Run(Chan<int> ch)
        {
            lock (s_gate)
                ch.Receive();
        }
    }

    [Pins("")]
    public static class InLockOnLock
    {
        static readonly Lock s_gate = new();

        public static void Run(Chan<int> ch)
        {
            lock (s_gate)
                Wait(ch);
        }
    }
}
