// The child's side: runs a list of programs one after the other, each as a goroutine, and writes what each printed.
//
// Chaos is chosen when a process starts, hence a process of its own. One that hangs is dumped and ends the process: the parent goes on with
// the rest in another. The list has lines "assembly<tab>class"; the output has lines "> class", what was printed, "<".

using System.Reflection;
using System.Runtime.Loader;

namespace Weft.Fuzz;

internal static class Host
{
    /// <summary>How long a program may take, machine and all.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    public const int Hung = 3;

    public static int Run(string list, string output)
    {
        ThreadPool.SetMinThreads(16, 16); // asynchronous methods of programs may block their threads
        using var writer = new StreamWriter(output) { AutoFlush = true };
        var contexts = new Dictionary<string, AssemblyLoadContext>();
        foreach (var line in File.ReadAllLines(list))
        {
            var (path, name) = line.Split('\t') is [var a, var b] ? (a, b) : throw new InvalidDataException(line);
            writer.WriteLine("> " + name);
            if (!contexts.TryGetValue(path, out var context))
                contexts[path] = context = new AssemblyLoadContext(path);
            var run = context.LoadFromAssemblyPath(path).GetType(name, throwOnError: true)!.GetMethod("Run", BindingFlags.Public | BindingFlags.Static)!.CreateDelegate<Func<string>>();
            var task = Goroutine.Run(run);
            try
            {
                if (!task.Wait(patience))
                {
                    WeftRuntime.Dump(writer);
                    writer.WriteLine("HANG");
                    writer.Flush();
                    Environment.Exit(Hung);
                }
                writer.WriteLine(task.Result);
            }
            catch (AggregateException e)
            {
                writer.WriteLine("ESCAPED " + e.InnerException);
            }
            writer.WriteLine("<");
        }
        return 0;
    }
}
