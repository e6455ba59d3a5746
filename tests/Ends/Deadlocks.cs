// Deadlocks, and what only looks like one. The names of the second kind begin with Healthy.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using static Ends.Cases;

namespace Ends;

internal static class Deadlocks
{
    // TestSimpleDeadlock
    public static void Simple()
    {
        Park();
        new Chan<int>().Receive(); // @simple
    }

    private static readonly Chan<int> s_static = new();

    public static void OnAStaticChannel() => s_static.Receive();

    // TestInitDeadlock
    private static class Init
    {
        internal static readonly int Value = new Chan<int>().Receive();
    }

    public static void InATypeInitializer() => Out($"{Init.Value}");

    // TestLockedDeadlock
    public static void Pinned() => new List<int> { 1 }.ForEach(_ => new Chan<int>().Receive());

    public static void Circle()
    {
        var a = new Chan<int>();
        var b = new Chan<int>();
        Go(() =>
        {
            a.Receive();
            b.Send(1);
        });
        b.Receive();
        a.Send(1);
    }

    public static void OnAWaitGroup()
    {
        var wg = new WaitGroup();
        wg.Add(1);
        wg.Go(() => { });
        wg.Wait();
    }

    public static void OnATask() => Await(Run(() => Chan<int>.Nil.Receive()));

    // After the thread pool, timers and threads have been at work.
    public static void AfterOthersWorked()
    {
        var chan = new Chan<int>();
        Task.Run(() => chan.Send(1));
        chan.Receive();
        using (new Timer(_ => chan.Send(2), null, 10, Timeout.Infinite))
            chan.Receive();
        var thread = new Thread(() => chan.Send(3));
        thread.Start();
        chan.Receive();
        chan.Receive();
    }

    // TestGoexitDeadlock
    public static void MainExited()
    {
        Go(() => Yield());
        Exit();
    }

    // TestLockedDeadlock
    public static void Locked()
    {
        LockOSThread();
        new Chan<int>().Receive();
    }

    // TestLockedDeadlock2
    public static void LockedToo()
    {
        Go(() =>
        {
            LockOSThread();
            Chan<int>.Nil.Receive();
        });
        Sleep(TimeSpan.FromMilliseconds(1));
        Chan<int>.Nil.Receive();
    }

    // TestGoexitCrash
    public static void MainExitedAfterFinalizers()
    {
        Go(() => Sleep(TimeSpan.FromMilliseconds(1)));
        AbandonQuietly();
        GC.Collect();
        Exit();
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void AbandonQuietly() => _ = new Quiet();

    private sealed class Quiet
    {
        ~Quiet() => s_keep = null;
    }

    // TestGoexitInPanic
    public static void ExitedInPanic()
    {
        Go(() =>
        {
            try
            {
                Park();
                throw new InvalidOperationException("hello");
            }
            finally
            {
                Exit();
            }
        });
        Exit();
    }

    public static void MainExitedOthersWait()
    {
        var chan = new Chan<int>();
        Go(() => chan.Receive());
        Exit();
    }

    // Each of these is woken in the end, or ends otherwise.

    private static void Woken(Action<Chan<int>> later)
    {
        var chan = new Chan<int>();
        later(chan);
        Out($"{chan.Receive()}");
    }

    private const int Long = 2500;

    public static void HealthyTimer() => Woken(chan => s_keep = new Timer(_ => chan.Send(1), null, Long, Timeout.Infinite));

    private static object? s_keep;

    public static void HealthySleep() => Woken(chan => Go(() =>
    {
        Sleep(TimeSpan.FromMilliseconds(Long));
        chan.Send(1);
    }));

    public static void HealthyThread() => Woken(chan => new Thread(() =>
    {
        Thread.Sleep(Long);
        chan.Send(1);
    }) { IsBackground = true }.Start());

    // A thread without a name has that of the M that started it.
    public static void HealthyUnnamedThreads() => Woken(chan =>
    {
        Park();
        for (var i = 0; i < 3; i++)
            new Thread(() =>
            {
                Thread.Sleep(Long);
                chan.TrySend(1);
            }) { IsBackground = true }.Start();
    });

    public static void HealthyThreadBlockedHere() => Woken(chan =>
    {
        var other = new Chan<int>();
        new Thread(() => chan.Send(other.Receive())) { IsBackground = true }.Start();
        s_keep = new Timer(_ => other.Send(1), null, Long, Timeout.Infinite);
    });

    public static void HealthyPool() => Woken(chan => Task.Run(() =>
    {
        Thread.Sleep(Long);
        chan.Send(1);
    }));

    public static void HealthyTask() => Await(Task.Delay(Long).ContinueWith(_ => Out("1")));

    public static void HealthySyscall() => Woken(chan =>
    {
        var gate = new object();
        Go(() =>
        {
            lock (gate)
                Sleep(TimeSpan.FromMilliseconds(Long));
        });
        Go(() =>
        {
            Sleep(TimeSpan.FromMilliseconds(20));
            lock (gate)
                chan.Send(1);
        });
    });

    public static void HealthySignal()
    {
        var chan = new Chan<int>();
        using var registration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            chan.Send(1);
        });
        Out("ready");
        Out($"{chan.Receive()}");
    }

    public static void HealthyChildProcess() => Woken(chan =>
    {
        var child = Process.Start("sleep", "2.5");
        child.EnableRaisingEvents = true;
        child.Exited += (_, _) => chan.Send(1);
        s_keep = child;
    });

    // TestNetpollDeadlock
    public static void HealthySocket() => Woken(chan =>
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        listener.AcceptTcpClientAsync().ContinueWith(_ => chan.Send(1));
        var client = Process.Start("bash", ["-c", $"sleep 2.5; exec 3<>/dev/tcp/127.0.0.1/{((IPEndPoint)listener.LocalEndpoint).Port}"]);
        GC.KeepAlive(client);
    });

    private sealed class Finalized(Chan<int> chan)
    {
        ~Finalized() => Task.Run(() => chan.Send(1));
    }

    // Woken by the finalizer that the look for a deadlock itself makes run.
    public static void HealthyFinalizer() => Woken(chan => Abandon(chan));

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Abandon(Chan<int> chan) => _ = new Finalized(chan);

    // Main waits for ever on purpose, and threads do the work.
    public static void HealthyMainOnlyWaits()
    {
        var timer = new Timer(_ => Environment.Exit(7), null, Long, Timeout.Infinite);
        Chan<int>.Nil.Receive();
        GC.KeepAlive(timer);
    }
}
