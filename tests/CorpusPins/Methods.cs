// Methods that can never be suspended.

using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using Weft;

namespace CorpusPins;

internal static partial class Cases
{
    static readonly int[] s_table = new int[4];
    static Chan<int> s_ch = null!;

    static int Wait(Chan<int> ch) => ch.Receive();

    [Pins("WEFT1005", Warns = true)]
    public static class TakesSpan
    {
        static int First(Span<int> span, Chan<int> ch) => span[0] + ch.Receive(); // pins

        public static void Run(Chan<int> ch) => First(s_table, ch);
    }

    public static class TakesSpan_ThatIsMadeAfterTheWait
    {
        static int First(Span<int> span, int n) => span[0] + n;

        public static void Run(Chan<int> ch) => First(s_table, ch.Receive());
    }

    [Pins("WEFT1005", Warns = true)]
    public static class TakesParamsSpan
    {
        static int First(Chan<int> ch, params ReadOnlySpan<int> span) => span[0] + ch.Receive(); // pins

        public static void Run(Chan<int> ch) => First(ch, 1, 2, 3);
    }

    public static class PassesParamsSpan
    {
        static int First(params ReadOnlySpan<int> span) => span[0];

        public static void Run(Chan<int> ch) => First(1, ch.Receive(), Wait(ch));
    }

    [Pins("WEFT1005", Warns = true)]
    public static class ReturnsSpan
    {
        static Span<int> Table(Chan<int> ch)
        {
            ch.Receive(); // pins
            return s_table;
        }

        public static void Run(Chan<int> ch) => Table(ch)[0] = 1;
    }

    [Pins("WEFT1005", Warns = true)]
    public static class ReturnsReference
    {
        static ref int First(Chan<int> ch)
        {
            ch.Receive(); // pins
            return ref s_table[0];
        }

        public static void Run(Chan<int> ch) => First(ch)++;
    }

    [Pins("WEFT1005", Warns = true)]
    public static class OfRefStruct
    {
        ref struct Reader(Chan<int> ch)
        {
            public int Read() => ch.Receive(); // pins
        }

        public static void Run(Chan<int> ch) => new Reader(ch).Read();
    }

    [Pins("WEFT1005", Warns = true)]
    public static class DisposesRefStruct
    {
        ref struct Reader(Chan<int> ch)
        {
            public void Dispose() => ch.Receive(); // pins
        }

        public static void Run(Chan<int> ch)
        {
            using var reader = new Reader(ch);
        }
    }

    [Pins("WEFT1005", Warns = true)]
    public static class AllowsRefStruct
    {
        static int Read<T>(T value, Chan<int> ch) where T : allows ref struct => ch.Receive(); // pins

        public static void Run(Chan<int> ch) => Read(1, ch);
    }

    [Pins("WEFT1005", Warns = true)]
    public static class IsSynchronized
    {
        [MethodImpl(MethodImplOptions.Synchronized)]
        static int Read(Chan<int> ch) => ch.Receive(); // pins

        public static void Run(Chan<int> ch) => Read(ch);
    }

    [Pins("WEFT1005", Warns = true)]
    public static class UsesTypedReference
    {
        public static void Run(Chan<int> ch)
        {
            var n = 0;
            var reference = __makeref(n);
            __refvalue(reference, int) = ch.Receive(); // pins
        }
    }

    [Pins("WEFT1005", Warns = true)]
    public static unsafe class IsCalledByNativeCode
    {
        [UnmanagedCallersOnly]
        static int Read(nint handle) => ((Chan<int>)GCHandle.FromIntPtr(handle).Target!).Receive(); // pins

        public static void Run(Chan<int> ch)
        {
            delegate* unmanaged<nint, int> read = &Read;
            read(GCHandle.ToIntPtr(GCHandle.Alloc(ch)));
        }
    }

    [Pins("WEFT1006", Warns = true)]
    public static class InConstructor
    {
        sealed class Session
        {
            public Session(Chan<int> ch) => ch.Receive(); // pins
        }

        public static void Run(Chan<int> ch) => _ = new Session(ch);
    }

    [Pins("WEFT1006")]
    public static class UnderConstructor
    {
        sealed class Session
        {
            public Session(Chan<int> ch) => Wait(ch); // pins
        }

        public static void Run(Chan<int> ch) => _ = new Session(ch);
    }

    [Pins("WEFT1006", Warns = true)]
    public static class InBaseCall
    {
        class Base(int n)
        {
            public int N => n;
        }

        sealed class Session(Chan<int> ch) : Base(ch.Receive()); // pins

        public static void Run(Chan<int> ch) => _ = new Session(ch);
    }

    [Pins("WEFT1006", Warns = true)]
    public static class InFieldInitializer
    {
        sealed class Session(Chan<int> ch)
        {
            public readonly int N = ch.Receive(); // pins
        }

        public static void Run(Chan<int> ch) => _ = new Session(ch);
    }

    [Pins("WEFT1006", Warns = true)]
    public static class InStaticConstructor
    {
        static class Settings
        {
            public static readonly int N = s_ch.Receive(); // pins
        }

        public static void Run(Chan<int> ch)
        {
            s_ch = ch;
            _ = Settings.N;
        }
    }

    public static class InObjectInitializer
    {
        sealed class Session
        {
            public int N { get; set; }
        }

        public static void Run(Chan<int> ch) => _ = new Session { N = ch.Receive() };
    }

    public static class InConstructorsArgument
    {
        sealed class Session(int n)
        {
            public int N => n;
        }

        public static void Run(Chan<int> ch) => _ = new Session(ch.Receive());
    }

    /// <summary>Constructors that start goroutines, keep delegates and fill collections.</summary>
    public static class AfterConstructor
    {
        sealed class Session
        {
            readonly List<int> numbers = [1, 2, 3];
            readonly Func<int> read;

            public Session(Chan<int> ch)
            {
                foreach (var n in numbers)
                    s_table[0] += n;
                read = () => ch.Receive();
                Goroutine.Go(() => numbers.Add(1));
            }

            public int Read() => read();
        }

        public static void Run(Chan<int> ch) => new Session(ch).Read();
    }

    [Pins("WEFT1007", Warns = true)]
    public static class InAsyncMethod
    {
        static async Task<int> Read(Chan<int> ch)
        {
            var n = ch.Receive(); // pins
            await Task.Yield();
            return n;
        }

        public static void Run(Chan<int> ch) => Read(ch).Wait();
    }

    [Pins("WEFT1007", Warns = true)]
    public static class InAsyncIterator
    {
        static async IAsyncEnumerable<int> Read(Chan<int> ch)
        {
            yield return ch.Receive(); // pins
            await Task.CompletedTask;
        }

        static async Task Drain(Chan<int> ch)
        {
            await foreach (var n in Read(ch))
                s_table[0] = n;
        }

        public static void Run(Chan<int> ch) => Drain(ch).Wait();
    }

    public static class InAsyncMethod_ThatAwaits
    {
        static async Task<int> Read(Chan<int> ch) => await Goroutine.Run(() => ch.Receive());

        public static void Run(Chan<int> ch) => Read(ch).Wait();
    }

    [Pins("")]
    public static class IsNotWoven
    {
        [Weft.Runtime.NotWoven]
        static int Read(Chan<int> ch) => ch.Receive();

        public static void Run(Chan<int> ch) => Read(ch);
    }
}
