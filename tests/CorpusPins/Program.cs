// Where a goroutine keeps its thread while it waits: each case is a class with a method Run that waits for what the program sends it. The program says of each
// whether its goroutine could leave the thread. `Pins` says that it cannot, and the remark that is due, in the line that ends with `// pins`; every other case
// suspends, and the weaver has nothing to say of it (PinTests).

using System;
using System.Diagnostics;
using System.Linq;
using System.Reflection;
using System.Threading;
using Weft;
using static Weft.Goroutine;

namespace CorpusPins;

/// <summary>The goroutine keeps its thread, and this is said of it.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PinsAttribute(string id) : Attribute
{
    /// <summary>The remark; empty where none is made, on purpose.</summary>
    public string Id { get; } = id;

    /// <summary>The waiting call itself stands there.</summary>
    public bool Warns { get; set; }
}

internal static class Program
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(60), settled = TimeSpan.FromMilliseconds(200);

    static int Main()
    {
        foreach (var type in typeof(Cases).GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).OrderBy(t => t.Name, StringComparer.Ordinal))
            if (type.GetMethod("Run", BindingFlags.Public | BindingFlags.Static) is { } run)
                Console.WriteLine($"{type.Name} {Outcome(run.CreateDelegate<Action<Chan<int>>>())}");
        return 42;
    }

    static string Outcome(Action<Chan<int>> run)
    {
        var ch = new Chan<int>();
        var ended = false;
        Exception? error = null;
        Go(() =>
        {
            try
            {
                run(ch);
            }
            catch (Exception e)
            {
                error = e;
            }
            Volatile.Write(ref ended, true);
        });
        bool waited = false, pinned = false;
        var clock = Stopwatch.StartNew();
        while (!Volatile.Read(ref ended))
        {
            if (clock.Elapsed > patience)
                return "hangs";
            pinned |= KeepsThread(ref ended);
            if (Volatile.Read(ref ended))
                break;
            waited = true;
            ch.TrySend(5);
            Yield();
        }
        return error is not null ? error.ToString() : pinned ? "pins" : waited ? "suspends" : "does not wait";
    }

    // Once nobody runs but this goroutine: does one that waits keep its thread? One that still runs then waits in code that Weft does not know.
    static bool KeepsThread(ref bool ended)
    {
        for (var since = Stopwatch.StartNew(); ; Sleep(TimeSpan.FromMilliseconds(1)))
        {
            var stats = WeftRuntime.Stats();
            if (Volatile.Read(ref ended))
                return false;
            if (stats is { Running: 1, Runnable: 0, InSyscall: 0, Waiting: > 0 })
                return stats.Pinned > 0;
            if (since.Elapsed > settled)
                return true;
        }
    }
}
