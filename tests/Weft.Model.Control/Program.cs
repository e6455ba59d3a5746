namespace Weft.Model.Control;

internal static class Program
{
    private static int Main(string[] args)
    {
        if (args.Length != 2 && args is not [_, _, "--sites"])
        {
            Console.Error.WriteLine("usage: Weft.Model.Control <Weft.dll> <where the instrumented one goes> [--sites]");
            return 2;
        }
        var sites = Instrumenter.Run(args[0], args[1]);
        if (args.Length == 3)
            Console.WriteLine(string.Join("\n", sites));
        return 0;
    }
}
