// Runs named cases, several times over if asked: under another seed of chaos each time, if that is on. One process for fifty seeds, since most of
// a short program's time is its start. Prints for each pass a line "== pass N" and for each case its name, then what it has to say.

namespace Corpus;

internal static class Passes
{
    /// <summary>Arguments: [--passes N] [beginning of the names to run].</summary>
    public static void Run(string[] args, params (string Name, Action Body)[] cases)
    {
        var (passes, rest) = args is ["--passes", var n, .. var others] ? (int.Parse(n, System.Globalization.CultureInfo.InvariantCulture), others) : (0, args);
        if (passes == 0)
            Pass(cases, rest);
        for (var pass = 1; pass <= passes; pass++)
        {
            Reseed((uint)pass);
            Console.WriteLine($"== pass {pass}");
            Pass(cases, rest);
        }
    }

    static void Pass((string Name, Action Body)[] cases, string[] wanted)
    {
        foreach (var (name, body) in cases)
        {
            if (wanted.Length > 0 && !name.StartsWith(wanted[0], StringComparison.Ordinal))
                continue;
            Console.WriteLine(name);
            try
            {
                body();
            }
            catch (Exception e)
            {
                Console.WriteLine($"  ended by {e.GetType().Name}: {e.GetBaseException().Message}");
            }
        }
    }

    // Nothing for users: seeds are for those who test the weaver.
    static void Reseed(uint seed)
        => typeof(Goroutine).Assembly.GetType("Weft.Runtime.Chaos")!.GetMethod("Reseed", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!.Invoke(null, [seed]);
}
