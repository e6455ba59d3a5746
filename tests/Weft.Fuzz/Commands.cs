// The command line.

using System.CommandLine;
using Weft.Fuzz.Generation;

namespace Weft.Fuzz;

internal static class Commands
{
    public static int Run(string[] arguments)
    {
        if (arguments is ["child", var list, var output, .. var seeds])
            return Host.Run(list, output, [.. seeds.Select(uint.Parse)]);

        var first = new Option<ulong>("--seed", "-s") { Description = "The first seed.", DefaultValueFactory = _ => Campaign.FreshSeed() };
        var count = new Option<int>("--runs", "-n") { Description = "How many programs.", DefaultValueFactory = _ => 100 };
        var fresh = new Option<int>("--fresh", "-f") { Description = "How many programs more, from a seed that nobody has chosen." };
        var chaos = new Option<uint[]>("--chaos", "-c") { Description = "Seeds of chaos.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 2, 3] };
        var jobs = new Option<int>("--jobs", "-j") { Description = "How many at a time.", DefaultValueFactory = _ => 2 };
        var keep = new Option<string>("--keep", "-k") { Description = "The folder for programs that fail.", DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "weft-fuzz-failures") };
        var run = new Command("run", "Generates programs and compares them woven and unwoven.") { first, count, fresh, chaos, jobs, keep };
        run.SetAction(p => Campaign.Run(p.GetValue(first), p.GetValue(count), p.GetValue(fresh), p.GetValue(chaos)!, p.GetValue(jobs), p.GetValue(keep)!, Console.Out));

        var seed = new Argument<ulong>("seed");
        var show = new Command("show", "Prints the program of a seed.") { seed };
        show.SetAction(p => Console.WriteLine(Generator.Program(p.GetRequiredValue(seed), "N" + p.GetRequiredValue(seed))));

        var file = new Argument<string>("program") { Description = "A file that 'run' has kept." };
        var minutes = new Option<double>("--minutes", "-m") { Description = "How long to try.", DefaultValueFactory = _ => 10 };
        var minimise = new Command("minimise", "Makes a failing program smaller, and writes it beside the file with the ending .min.cs.") { file, chaos, jobs, minutes };
        minimise.SetAction(p => Campaign.Minimise(p.GetRequiredValue(file), p.GetValue(chaos)!, p.GetValue(jobs), TimeSpan.FromMinutes(p.GetValue(minutes)), Console.Out));

        return new RootCommand("Differential fuzzing of Weft's weaver.") { run, show, minimise }.Parse(arguments).Invoke();
    }
}
