using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weft.Tests;

/// <summary>cgocallback, needm: foreign code that calls back, named after the rows of Go's syscall_windows_test.go where they fit.</summary>
public sealed unsafe class CallbackTests
{
    private static Chan<int> s_to = new(), s_from = new();
    private static int s_calls;

    public CallbackTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "calls the C library by its Linux name");
        Weaving.Required();
        s_to = new Chan<int>();
        s_from = new Chan<int>();
        s_calls = 0;
    }

    // The comparison sends the first item and receives an answer, so each level of the sort blocks.
    [UnmanagedCallersOnly]
    private static int CompareByChannel(int* a, int* b)
    {
        s_calls++;
        s_to.Send(*a);
        var twice = s_from.Receive();
        return twice.CompareTo(2 * *b);
    }

    [UnmanagedCallersOnly]
    private static int ComparePlain(int* a, int* b)
    {
        s_calls++;
        if (s_calls % 100 == 0)
            GC.Collect(0);
        return a->CompareTo(*b);
    }

    private static void Echo()
    {
        foreach (var v in s_to)
            s_from.Send(2 * v);
    }

    private static bool IsSorted(ReadOnlySpan<int> items)
    {
        for (var i = 1; i < items.Length; i++)
            if (items[i - 1] > items[i])
                return false;
        return true;
    }

    private static int[] Shuffled(int n)
    {
        var items = Enumerable.Range(0, n).ToArray();
        new Random(7).Shuffle(items);
        return items;
    }

    private static bool SortByChannel(int[] items)
    {
        fixed (int* p = items)
            Native.qsort(p, items.Length, sizeof(int), &CompareByChannel);
        return IsSorted(items);
    }

    // TestBlockingCallback: the callback blocks on channels, ten times and more.
    [Theory, Row("TestBlockingCallback")]
    [InlineData(1)]
    [InlineData(2)]
    public void TestBlockingCallback(int procs)
    {
        using var _ = new Procs(procs);
        Bounded.OnGoroutine(() =>
        {
            Go(Echo);
            for (var i = 0; i < 10; i++)
            {
                Assert.True(SortByChannel(Shuffled(50)));
                Yield();
            }
            s_to.Close();
        });
        Assert.True(s_calls > 500);
    }

    // TestCallbackGC, TestEnumWindows, TestCallback.
    [Fact, Row("TestCallbackGC", "TestEnumWindows", "TestCallback")]
    public void TestCallbackGC()
    {
        Bounded.OnGoroutine(() =>
        {
            var items = Shuffled(2000);
            Yield();
            fixed (int* p = items)
                Native.qsort(p, items.Length, sizeof(int), &ComparePlain);
            Yield();
            Assert.True(IsSorted(items));
        });
    }

    // The callback gives its P up again: while the sort goes on in foreign code, sysmon may take it.
    [Fact]
    public void Callback_TakesAProcessorAndGivesItBack()
    {
        using var recorder = new Recorder(1_000_000);
        var id = 0L;
        Bounded.OnGoroutine(() =>
        {
            id = Id;
            Yield();
            var items = new[] { 2, 1 };
            fixed (int* p = items)
                Native.qsort(p, 2, sizeof(int), &ComparePlain);
        });
        var mine = recorder.Records.Where(r => r.Goid == id && r.Event is TraceEvent.entersyscall or TraceEvent.exitsyscall && r.Goid == id).Select(r => r.Event).ToArray();
        Assert.Equal([TraceEvent.entersyscall, TraceEvent.exitsyscall, TraceEvent.entersyscall, TraceEvent.exitsyscall], mine);
    }

    // A delegate has no place for an entry: it takes its P at the first operation.
    [Fact]
    public void Callback_ByDelegate_MayBlock()
    {
        using var procs = new Procs(1);
        Comparer compare = (a, b) =>
        {
            s_to.Send(*a);
            return s_from.Receive().CompareTo(2 * *b);
        };
        var pointer = Marshal.GetFunctionPointerForDelegate(compare);
        Bounded.OnGoroutine(() =>
        {
            Go(Echo);
            var items = Shuffled(100);
            SortBy(items, pointer);
            Assert.True(IsSorted(items));
            Yield();
            SortBy(items, pointer);
            Assert.True(IsSorted(items));
            s_to.Close();
        });
        GC.KeepAlive(compare);
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Comparer(int* a, int* b);

    private static void SortBy(int[] items, nint compare)
    {
        fixed (int* p = items)
            Native.QsortBy(p, items.Length, sizeof(int), compare);
        Yield();
    }

    [UnmanagedCallersOnly]
    private static int CompareNested(int* a, int* b)
    {
        var inner = new[] { 3, 1, 2 };
        fixed (int* p = inner)
            Native.qsort(p, 3, sizeof(int), &CompareByChannel);
        return IsSorted(inner) ? a->CompareTo(*b) : 0;
    }

    // A callback calls foreign code that calls back, and that blocks.
    [Fact]
    public void Callback_Nested_Works()
    {
        Bounded.OnGoroutine(() =>
        {
            Go(Echo);
            var items = Shuffled(20);
            fixed (int* p = items)
                Native.qsort(p, items.Length, sizeof(int), &CompareNested);
            Yield();
            Assert.True(IsSorted(items));
            s_to.Close();
        });
    }

    [UnmanagedCallersOnly]
    private static nint OnForeignThread(nint argument)
    {
        s_to.Send((int)argument);
        var sum = new WaitGroup();
        sum.Go(() => Interlocked.Increment(ref s_calls));
        sum.Wait();
        Sleep(TimeSpan.FromMilliseconds(1));
        Yield();
        return s_from.Receive() + (nint)Id; // no goroutine: 0
    }

    // The case that badcallback refused in 2012.
    [Fact, Row("TestCallbackInAnotherThread")]
    public void TestCallbackInAnotherThread()
    {
        Bounded.OnGoroutine(() =>
        {
            Go(Echo);
            for (var i = 0; i < 10; i++)
                Assert.Equal(2 * i, Start(i, &OnForeignThread));
            s_to.Close();
        });
        Assert.Equal(10, s_calls);
    }

    // dropm: what was adopted goes with its thread.
    [Fact]
    public void ForeignThreads_ThatEnded_AreForgotten()
    {
        Bounded.OnGoroutine(() =>
        {
            Go(Echo);
            for (var i = 0; i < 50; i++)
                Start(i, &OnAdoptedThread);
            s_to.Close();
        });
        Bounded.Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return s_adopted.Count(w => w.TryGetTarget(out M? _)) <= 1;
        }, "the stand-ins are collected");
    }

    private static readonly List<WeakReference<M>> s_adopted = [];

    [UnmanagedCallersOnly]
    private static nint OnAdoptedThread(nint argument)
    {
        s_to.Send((int)argument);
        var answer = s_from.Receive();
        s_adopted.Add(new WeakReference<M>(M.Current!));
        return answer;
    }

    private static nint Start(int argument, delegate* unmanaged<nint, nint> start)
    {
        nint thread, result;
        Assert.Equal(0, Native.pthread_create(&thread, 0, start, argument));
        Assert.Equal(0, Native.pthread_join(thread, &result));
        Yield();
        return result;
    }
}
