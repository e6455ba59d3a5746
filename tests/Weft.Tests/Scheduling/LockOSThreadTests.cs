namespace Weft.Tests;

/// <summary>A goroutine bound to its thread.</summary>
public sealed class LockOSThreadTests
{
    private static int ThreadId => Environment.CurrentManagedThreadId;

    // Property: between LockOSThread and UnlockOSThread every statement runs on one thread, whatever blocks, yields or sleeps in between,
    // and whichever P the goroutine was readied on.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void LockOSThread_BlocksYieldsSleeps_StaysOnItsThread(int procs)
    {
        using var _ = new Procs(procs);
        var chan = new Chan<int>();
        var locked = Run(() =>
        {
            LockOSThread();
            var thread = ThreadId;
            for (var i = 0; i < 300; i++)
            {
                chan.Receive();
                Assert.Equal(thread, ThreadId);
                if (i % 3 == 0)
                    Yield();
                if (i % 50 == 0)
                    Sleep(TimeSpan.FromMilliseconds(1));
                Assert.Equal(thread, ThreadId);
            }
            UnlockOSThread();
        });
        var sender = Run(() =>
        {
            for (var i = 0; i < 300; i++)
                chan.Send(i);
        });
        Bounded.Wait([locked, sender]);
    }

    // Bad schedule: the M of a locked, parked goroutine takes another one on; what it keeps in thread statics is then not its own.
    [Fact]
    public void LockOSThread_WhileItIsParked_ItsThreadRunsNobodyElse()
    {
        using var _ = new Procs(2);
        var gate = new Chan<int>();
        var thread = 0;
        var locked = Run(() =>
        {
            LockOSThread();
            thread = ThreadId;
            gate.Receive();
            UnlockOSThread();
        });
        Bounded.Until(() => thread != 0, "it has locked its thread");
        for (var i = 0; i < 500; i++)
            Assert.NotEqual(thread, Bounded.OnGoroutine(() =>
            {
                Yield();
                return ThreadId;
            }));
        Bounded.OnGoroutine(() => gate.Send(1));
        Bounded.Wait(locked);
    }

    [Fact, Row("TestLockOSThreadNesting")]
    public void LockOSThread_Nested_IsUndoneByAsManyUnlocks()
    {
        Bounded.OnGoroutine(() =>
        {
            var m = M.Current!;
            LockOSThread();
            LockOSThread();
            UnlockOSThread();
            Assert.NotNull(m.lockedg);
            UnlockOSThread();
            Assert.Null(m.lockedg);
            UnlockOSThread();
            Assert.Null(m.lockedg);
            Assert.Equal(0, m.locks);
        });
    }

    // Property: a thread whose state a goroutine may have changed for good is not given to another.
    [Theory, Row("TestLockOSThreadExit")]
    [InlineData(1)]
    [InlineData(2)]
    public void LockOSThread_EndsLocked_ItsThreadEnds(int procs)
    {
        using var _ = new Procs(procs);
        Thread? thread = null;
        Bounded.OnGoroutine(() =>
        {
            LockOSThread();
            thread = Thread.CurrentThread;
        });
        Bounded.Until(() => !thread!.IsAlive, "the thread has ended");
        Bounded.OnGoroutine(() => Yield());
    }

    // Two that yield, both locked, on one P: each hand-over goes through the queue.
    [Fact, Row("TestYieldLockedProgress")]
    public void Yield_TwoLockedGoroutines_BothProgress()
    {
        using var _ = new Procs(1);
        var turns = new int[2];
        var tasks = Enumerable.Range(0, 2).Select(i => Run(() =>
        {
            LockOSThread();
            while (turns[i] < 50)
            {
                turns[i]++;
                Yield();
            }
            UnlockOSThread();
        })).ToList();
        Bounded.Wait(tasks);
        Assert.Equal([50, 50], turns);
    }

    [Fact]
    public void LockOSThread_OnAPlainThread_DoesNothing()
    {
        LockOSThread();
        UnlockOSThread();
        UnlockOSThread();
    }

    // Of the calling thread, on Linux. Threads inherit it.
    [System.Runtime.InteropServices.DllImport("libc")]
    private static extern int setpriority(int which, int who, int nice);

    [System.Runtime.InteropServices.DllImport("libc")]
    private static extern int getpriority(int which, int who);

    /// <summary>
    /// A locked goroutine changes its thread, and needs more threads: they are made from a clean one (golang/go 28979).
    /// Bad schedule: the locked goroutine starts others, Ps are idle, no M is: its own thread starts the next M.
    /// </summary>
    [Fact, Row("TestLockOSThreadAvoidsStatePropagation")]
    public void LockOSThread_ThreadsMadeFromAChangedThread_AreClean()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "priorities of single threads");
        using var procs = new Procs(64);
        var clean = getpriority(0, 0);
        Assert.SkipUnless(clean < 19, "no lower priority");
        var seen = new System.Collections.Concurrent.ConcurrentBag<int>();
        var door = new Chan<int>();
        var before = sched.mcount;
        var count = Volatile.Read(ref sched.nmidle) + 50; // more than the threads that earlier tests have left
        Bounded.OnGoroutine(() =>
        {
            LockOSThread();
            Assert.Equal(0, setpriority(0, 0, clean + 1));
            var blocked = new WaitGroup();
            var done = new WaitGroup();
            for (var i = 0; i < count; i++)
            {
                blocked.Add(1);
                done.Go(() => new List<int> { 1 }.ForEach(_ =>
                {
                    seen.Add(getpriority(0, 0));
                    blocked.Done();
                    door.Receive();
                }));
                Yield();
            }
            blocked.Wait();
            door.Close();
            done.Wait();
        });
        Assert.InRange(sched.mcount, before + 1, int.MaxValue);
        Assert.All(seen, nice => Assert.Equal(clean, nice));
    }

    private sealed class MainFrame(Action body) : Frame
    {
        public override void Resume(G g) => body();
    }

    /// <summary>
    /// A Main that belongs to its thread ([STAThread]) runs on the thread that called, also after it has blocked and after it has unlocked once too
    /// often; the thread is its caller's again when it ends.
    /// </summary>
    [Fact]
    public void MainLocked_BlocksAndUnlocks_RunsOnTheCallersThread()
    {
        using var procs = new Procs(2);
        var threads = new List<int>();
        var main = Bounded.OnThread(() =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            Proc.mainLocked(new MainFrame(() =>
            {
                threads.Add(Environment.CurrentManagedThreadId);
                var chan = new Chan<int>();
                Go(() => chan.Send(1));
                chan.Receive();
                UnlockOSThread();
                LockOSThread();
                UnlockOSThread();
                UnlockOSThread();
                Sleep(TimeSpan.FromMilliseconds(1));
                threads.Add(Environment.CurrentManagedThreadId);
            }) { parent = GoexitFrame.Instance });
            threads.Add(Environment.CurrentManagedThreadId);
            Assert.Equal(0, Id);
        });
        Bounded.Wait(main);
        Assert.Equal(4, threads.Count);
        Assert.Single(threads.Distinct());
    }
}
