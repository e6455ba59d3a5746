// A program that ends in as many ways as there are: `Ends <case>` runs one. The tests look at what it prints and how it exits.

using System.Runtime.CompilerServices;

namespace Ends;

internal static class Program
{
    private static int Main(string[] args)
    {
        switch (args[0])
        {
            // Main.
            case "MainReturns":
                Go(() => new Chan<int>().Receive());
                Go(() => Spin());
                return 17;
            case "MainSetsExitCode":
                Environment.ExitCode = 18;
                return Environment.ExitCode;
            default:
                Cases.All[args[0]]();
                return 0;
        }
    }

    private static void Spin()
    {
        while (true)
            Yield();
    }
}

internal static class Cases
{
    internal static readonly Dictionary<string, Action> All =
        new[] { typeof(Panics), typeof(Exits), typeof(Dumps), typeof(Deadlocks), typeof(Faults), typeof(Violations) }
            .SelectMany(t => t.GetMethods(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.Public))
            .Where(m => m.GetParameters().Length == 0)
            .ToDictionary(m => m.Name, m => m.CreateDelegate<Action>());

    internal static void Out(string text)
    {
        Console.Out.WriteLine(text);
        Console.Out.Flush();
    }

    /// <summary>Blocks what runs it for ever, by a wait that the runtime knows to end.</summary>
    internal static void Forever() => Sleep(TimeSpan.FromMinutes(5));

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Park()
    {
        var done = new Chan<int>();
        Go(() => done.Send(1));
        done.Receive();
    }
}
