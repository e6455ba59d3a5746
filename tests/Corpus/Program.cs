// Every construct of C# that can meet a suspension point. The program must print the same woven, unwoven, and with chaos.
//
// Suspension points are S (returns its argument after a yield) and Echo (through a channel to another goroutine and back).

namespace Corpus;

internal static class Program
{
    /// <summary>A value that was worth waiting for.</summary>
    public static T S<T>(T value)
    {
        Yield();
        return value;
    }

    /// <summary>A round trip through another goroutine, so that the caller really parks.</summary>
    public static T Echo<T>(T value)
    {
        var there = new Chan<T>();
        var back = new Chan<T>();
        Go(() => back.Send(there.Receive()));
        there.Send(value);
        return back.Receive();
    }

    /// <summary>Fails after a suspension.</summary>
    public static int Fail(string message)
    {
        Yield();
        throw new InvalidOperationException(message);
    }

    public static void Out(object? value) => Console.WriteLine("  " + value);

    static int Main(string[] args)
    {
        Passes.Run(args, Cases.All);
        Console.WriteLine("done");
        return 42;
    }
}
