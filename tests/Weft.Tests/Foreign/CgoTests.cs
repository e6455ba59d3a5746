using System.Runtime.InteropServices;

namespace Weft.Tests;

/// <summary>The rows of cmd/cgo/internal/test and crash_cgo_test.go that the Windows rows (CallbackTests) do not have already.</summary>
public sealed unsafe class CgoTests
{
    private static Chan<int> s_values = null!;
    private static int s_before, s_during;

    [UnmanagedCallersOnly]
    private static nint Add(nint upTo)
    {
        for (var i = 0; i < upTo; i++)
            s_values.Send(i);
        return 0;
    }

    // cthread: six threads of C's, each adding 0 to 9 by way of goroutines, make 270.
    [Fact, Row("cthread tests")]
    public void Cthreads_AddByGoroutines_NothingIsLost()
    {
        s_values = new Chan<int>();
        Bounded.OnGoroutine(() =>
        {
            var total = new Chan<int>();
            Go(() =>
            {
                var sum = 0;
                foreach (var v in s_values)
                    sum += v;
                total.Send(sum);
            });
            var threads = stackalloc nint[6];
            for (var i = 0; i < 6; i++)
                Assert.Equal(0, Native.pthread_create(threads + i, 0, &Add, 10));
            for (var i = 0; i < 6; i++)
            {
                nint result;
                Assert.Equal(0, Native.pthread_join(threads[i], &result));
            }
            s_values.Close();
            Assert.Equal(270, total.Receive());
        });
    }

    [UnmanagedCallersOnly]
    private static nint Locked(nint argument)
    {
        var thread = Environment.CurrentManagedThreadId;
        LockOSThread();
        for (var i = 0; i < 10; i++)
        {
            s_values.Send(i);
            Yield();
            if (Environment.CurrentManagedThreadId != thread)
                return 0;
        }
        UnlockOSThread();
        s_during = WeftRuntime.NumGoroutine;
        return argument;
    }

    // ThreadLock: the lock is kept inside a callback, on a thread of C's; CgoNumGoroutine: that thread counts as no goroutine.
    [Fact, Row("ThreadLock", "CgoNumGoroutine")]
    public void Callback_LocksItsThread_StaysAndIsNoGoroutine()
    {
        s_values = new Chan<int>();
        Bounded.OnGoroutine(() =>
        {
            Go(() =>
            {
                foreach (var v in s_values)
                {
                }
            });
            Yield();
            s_before = WeftRuntime.NumGoroutine;
            nint thread, result;
            Assert.Equal(0, Native.pthread_create(&thread, 0, &Locked, 7));
            Assert.Equal(0, Native.pthread_join(thread, &result));
            Assert.Equal(7, result);
            s_values.Close();
        });
        Assert.True(s_during <= s_before, $"{s_during} goroutines, {s_before} before");
    }

    [UnmanagedCallersOnly]
    private static nint Length(nint text)
    {
        var s = Marshal.PtrToStringUTF8(text)!;
        s_values.Send(s.Length);
        return s_values.ReceiveOk().Value;
    }

    // CallGoWithString: what C passes is still there when the callback goes on after a wait.
    [Fact, Row("CallGoWithString")]
    public void Callback_WithAString_HasItAfterAWait()
    {
        s_values = new Chan<int>();
        var text = Marshal.StringToCoTaskMemUTF8("a string of C's");
        try
        {
            Bounded.OnGoroutine(() =>
            {
                Go(() => s_values.Send(s_values.Receive() * 2));
                nint thread, result;
                Assert.Equal(0, Native.pthread_create(&thread, 0, &Length, text));
                Assert.Equal(0, Native.pthread_join(thread, &result));
                Assert.Equal(30, result);
            });
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }
}
