// The child's side: runs a list of programs one after the other, each as a goroutine, and writes what each printed.
//
// Whether there is chaos is chosen when a process starts, its seed is not: a program runs with each seed in turn, since most of its time
// is that of the JIT. One that hangs is dumped and ends the process: the parent goes on with the rest in another. The list has lines
// "assembly<tab>class"; for each program and seed, the output has the lines "> class", what was printed, "<", and
// at its end "# " and what it has cost.
//
// On a machine that is busy with other things a minute proves nothing. Patience is a number of heartbeats, each of which has to get
// its turn as the program has.

using System.Reflection;
using System.Runtime.Loader;

namespace Weft.Fuzz;

internal static class Host
{
    static readonly TimeSpan beat = TimeSpan.FromMilliseconds(100);

    /// <summary>How many beats a program may take.</summary>
    const int Patience = 300;

    public const int Hung = 3;

    public static int Run(string list, string output, uint[] seeds)
    {
        ThreadPool.SetMinThreads(64, 16); // asynchronous methods of programs block their threads
        var reseed = typeof(Goroutine).Assembly.GetType("Weft.Runtime.Chaos")!.GetMethod("Reseed", BindingFlags.NonPublic | BindingFlags.Static)!.CreateDelegate<Action<uint>>();
        using var writer = new StreamWriter(output) { AutoFlush = true };
        var contexts = new Dictionary<string, AssemblyLoadContext>();
        foreach (var line in File.ReadAllLines(list))
        {
            var (path, name) = line.Split('\t') is [var a, var b] ? (a, b) : throw new InvalidDataException(line);
            if (!contexts.TryGetValue(path, out var context))
                contexts[path] = context = Context(path);
            foreach (var seed in seeds is [] ? [0] : seeds)
            {
                if (seeds is not [])
                    reseed(seed);
                writer.WriteLine("> " + name);
                var program = context.LoadFromAssemblyPath(path);
                var soFar = context.LoadFromAssemblyPath(Path.Combine(Path.GetDirectoryName(path)!, "Base.dll")).GetType("Fuzz.Ctx")!.GetMethod("SoFar")!.CreateDelegate<Func<string>>();
                writer.WriteLine(Outcome(program.GetType(name, throwOnError: true)!, soFar, writer));
                writer.WriteLine("<");
            }
        }
        WriteCost(writer);
        return 0;
    }

    static void WriteCost(StreamWriter writer) => writer.WriteLine("# " + Environment.CpuUsage.TotalTime);

    static string Outcome(Type program, Func<string> soFar, StreamWriter writer)
    {
        var task = Goroutine.Run(program.GetMethod("Run", BindingFlags.Public | BindingFlags.Static)!.CreateDelegate<Func<string>>());
        try
        {
            for (var beats = 0; !task.Wait(beat); beats++)
                if (beats == Patience)
                {
                    WeftRuntime.Dump(writer);
                    // What no goroutine waits for, a thread of the pool does, or nobody.
                    writer.WriteLine($"thread pool: {ThreadPool.ThreadCount} threads, {ThreadPool.PendingWorkItemCount} items wait\nso far: {soFar()}");
                    writer.WriteLine("HANG");
                    WriteCost(writer);
                    Environment.Exit(Hung);
                }
            return task.Result;
        }
        catch (AggregateException e)
        {
            return "ESCAPED " + e.InnerException;
        }
    }

    // The libraries of a batch lie beside its programs.
    static AssemblyLoadContext Context(string path)
    {
        var context = new AssemblyLoadContext(path);
        context.Resolving += (c, name) => Path.Combine(Path.GetDirectoryName(path)!, name.Name + ".dll") is var beside && File.Exists(beside) ? c.LoadFromAssemblyPath(beside) : null;
        return context;
    }
}
