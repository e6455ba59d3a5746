namespace Weft.Model.Control;

/// <summary>Threads of the system that are used again: thousands of executions have a handful of threads each.</summary>
internal static class Workers
{
    private static readonly Stack<Worker> s_idle = new();

    internal static void Run(Action job)
    {
        Worker? worker;
        lock (s_idle)
            if (!s_idle.TryPop(out worker))
                worker = new Worker();
        worker.Give(job);
    }

    private sealed class Worker
    {
        private readonly SemaphoreSlim _work = new(0);
        private Action? _job;

        internal Worker() => new Thread(Loop) { IsBackground = true, Name = "model worker" }.Start();

        internal void Give(Action job)
        {
            _job = job;
            _work.Release();
        }

        private void Loop()
        {
            while (true)
            {
                _work.Wait();
                _job!();
                _job = null;
                lock (s_idle)
                    s_idle.Push(this);
            }
        }
    }
}
