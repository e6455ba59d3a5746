// Locks that belong to a thread, taken and given back in code of different forms: a goroutine that has one must stay where it is, and one that
// has none need not.

namespace Corpus;

internal static class Locks
{
    // Ten at once, each five times: nobody else is inside, whatever the way in and out.
    static void Exclude(string what, Func<IDisposable> enter)
    {
        var left = new WaitGroup();
        var (inside, bad) = (0, 0);
        for (var i = 0; i < 10; i++)
            left.Go(() =>
            {
                for (var k = 0; k < 5; k++)
                {
                    using (enter())
                    {
                        if (++inside != 1)
                            bad++;
                        Yield();
                        inside--;
                    }
                    Yield();
                }
            });
        left.Wait();
        Out($"{what} {bad}");
    }

    sealed class Leave(Action leave) : IDisposable
    {
        public void Dispose() => leave();
    }

    // Each of these enters in a constructor, which is plain, and leaves in a method, which is not.
    sealed class MonitorScope : IDisposable
    {
        readonly object o;

        public MonitorScope(object o) => Monitor.Enter(this.o = o);

        public void Dispose() => Monitor.Exit(o);
    }

    readonly struct WriteScope : IDisposable
    {
        readonly ReaderWriterLockSlim rw;

        public WriteScope(ReaderWriterLockSlim rw) => (this.rw = rw).EnterWriteLock();

        public void Dispose() => rw.ExitWriteLock();
    }

    sealed class MutexScope : IDisposable
    {
        readonly Mutex mutex;

        public MutexScope(Mutex mutex) => (this.mutex = mutex).WaitOne();

        public void Dispose() => mutex.ReleaseMutex();
    }

    sealed class LockScope : IDisposable
    {
        readonly Lock l;

        public LockScope(Lock l)
        {
            while (!l.TryEnter(TimeSpan.FromMilliseconds(1)))
                Thread.Yield();
            this.l = l;
        }

        public void Dispose() => l.Exit();
    }

    // And the reverse.
    sealed class Left
    {
        public Left(object o) => Monitor.Exit(o);
    }

    sealed class Gate
    {
        readonly object o = new();
        bool taken;

        public void Enter()
        {
            Monitor.Enter(o);
            if (taken)
            {
                Monitor.Exit(o);
                throw new InvalidOperationException("taken");
            }
            taken = true;
        }

        public void Guard()
        {
            Monitor.Enter(o);
            try
            {
                if (taken)
                    throw new InvalidOperationException("taken");
                taken = true;
            }
            catch
            {
                Monitor.Exit(o);
                throw;
            }
        }

        public void Exit()
        {
            taken = false;
            Monitor.Exit(o);
        }
    }

    public static void Scopes()
    {
        var (o, rw, mutex, l, gate) = (new object(), new ReaderWriterLockSlim(), new Mutex(), new Lock(), new Gate());
        Exclude("monitor", () => new MonitorScope(o));
        Exclude("writer", () => new WriteScope(rw));
        Exclude("mutex", () => new MutexScope(mutex));
        Exclude("lock", () => new LockScope(l));
        Exclude("left", () =>
        {
            Monitor.Enter(o);
            return new Leave(() => _ = new Left(o));
        });
        Exclude("gate", () =>
        {
            gate.Enter();
            return new Leave(gate.Exit);
        });
        Exclude("guard", () =>
        {
            gate.Guard();
            return new Leave(gate.Exit);
        });
    }

    public static void Lambdas()
    {
        var (o, l, rw) = (new object(), new Lock(), new ReaderWriterLockSlim());
        Exclude("query", () =>
        {
            _ = new[] { o }.Where(x =>
            {
                Monitor.Enter(x);
                return true;
            }).First();
            return new Leave(() => Monitor.Exit(o));
        });
        Exclude("each", () =>
        {
            new List<object> { o }.ForEach(x => Monitor.Enter(x));
            return new Leave(() => new List<object> { o }.ForEach(x => Monitor.Exit(x)));
        });
        Exclude("method", () =>
        {
            Action enter = l.Enter;
            enter();
            return new Leave(l.Exit);
        });
        Exclude("static", () =>
        {
            Action<object> enter = Monitor.Enter, exit = Monitor.Exit;
            enter(o);
            return new Leave(() => exit(o));
        });
        Exclude("reader", () =>
        {
            Action enter = rw.EnterWriteLock;
            enter();
            return new Leave(rw.ExitWriteLock);
        });
    }

    static IEnumerable<int> Within(object o)
    {
        lock (o)
        {
            yield return S(1);
            yield return S(2);
        }
    }

    static IDisposable Writing(ReaderWriterLockSlim rw)
    {
        rw.EnterWriteLock();
        return new Leave(rw.ExitWriteLock);
    }

    public static void Failing()
    {
        var (o, rw) = (new object(), new ReaderWriterLockSlim());
        for (var i = 0; i < 3; i++)
            try
            {
                foreach (var n in Within(o))
                {
                    Out(S(n) + " " + Monitor.IsEntered(o));
                    throw new FormatException();
                }
            }
            catch (FormatException)
            {
                Out(S("caught ") + Monitor.IsEntered(o));
            }
        try
        {
            using (Writing(rw))
            {
                Yield();
                Out(rw.IsWriteLockHeld);
                throw new FormatException();
            }
        }
        catch (FormatException)
        {
            Out(S("caught ") + rw.IsWriteLockHeld);
        }
        foreach (var n in Within(o))
            Out(S(n) + " " + Monitor.IsEntered(o));
        Exclude("iterator", () =>
        {
            var e = Within(o).GetEnumerator();
            e.MoveNext();
            return e;
        });
    }

    public static void Timed()
    {
        var (o, l, spin, old, soon) = (new object(), new Lock(), new SpinLock(), new ReaderWriterLock(), TimeSpan.FromSeconds(100));
        Exclude("monitor", () =>
        {
            var taken = false;
            Monitor.TryEnter(o, soon, ref taken);
            return new Leave(() => Monitor.Exit(o));
        });
        Exclude("lock", () =>
        {
            l.TryEnter(100_000);
            return new Leave(l.Exit);
        });
        Exclude("spin", () =>
        {
            var taken = false;
            spin.TryEnter(soon, ref taken);
            return new Leave(() => spin.Exit());
        });
        Exclude("old", () =>
        {
            old.AcquireWriterLock(soon);
            return new Leave(old.ReleaseWriterLock);
        });
        Exclude("flow", () =>
        {
            Monitor.Enter(o);
            var flow = ExecutionContext.SuppressFlow();
            return new Leave(() =>
            {
                flow.Dispose();
                Monitor.Exit(o);
            });
        });
    }

    public static void Mutexes()
    {
        var mutex = new Mutex(true);
        Yield();
        mutex.ReleaseMutex();
        mutex = new Mutex(true, null, out var isNew);
        Yield();
        mutex.ReleaseMutex();
        Out(isNew);
        using var signal = new ManualResetEvent(false);
        Exclude("signalled", () =>
        {
            WaitHandle.SignalAndWait(signal, mutex);
            return new Leave(mutex.ReleaseMutex);
        });
        foreach (var all in new[] { false, true })
        {
            var abandoned = new Mutex();
            var thread = new Thread(() => abandoned.WaitOne());
            thread.Start();
            thread.Join();
            try
            {
                if (all)
                    WaitHandle.WaitAny([abandoned, signal]);
                else
                    abandoned.WaitOne();
            }
            catch (AbandonedMutexException)
            {
                Out("abandoned");
            }
            Yield();
            abandoned.ReleaseMutex();
            Yield();
        }
    }
}
