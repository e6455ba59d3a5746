// How long the weaver takes, against the compiler on the same assembly: both as processes of their own that start cold, which is what a
// build does. The target is under twice the compiler's time.
//
//   Weave.Bench [methods = 10000] [runs = 3]
//   Weave.Bench monster [numbers = 600] [points = 330] [tries = 0]      // one method, with as many strings as numbers; runs the program, too
//
// The best run of each is printed, wall time and CPU time, since the machine may be busy.

using System.Diagnostics;
using System.Globalization;
using Weave.Bench;
using Weft.Weaver;

if (args is ["weave", var input, var output, ..])
{
    var result = WeaverEngine.Weave(new WeaveOptions { Input = input, Output = output, References = args[3..], IsLibrary = true });
    var s = result.Statistics;
    Console.WriteLine($"{s.Methods} {s.Twins} {s.Sites} {s.Pinned}");
    return result.Failed ? 1 : 0;
}

if (args is ["monster", ..])
{
    var n = args[1..].Select(a => int.Parse(a, CultureInfo.InvariantCulture)).ToArray();
    return Monster(n.ElementAtOrDefault(0) is > 0 and var numbers ? numbers : 600, n.ElementAtOrDefault(1) is > 0 and var points ? points : 330, n.ElementAtOrDefault(2));
}

var methods = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10_000;
var runs = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
var folder = Directory.CreateTempSubdirectory("weave-bench-").FullName;
try
{
    var (compile, weave, compiled, woven) = Commands(folder, Subject.Source(methods), "library");
    var csc = Best(compile, runs, out _);
    var weaver = Best(weave, runs, out var said);

    var n = said.Split(' ');
    Console.WriteLine($"methods           {n[0]}, of them woven {n[1]}, with {n[2]} suspension points");
    Print(csc, weaver, compiled, woven);
}
finally
{
    Directory.Delete(folder, recursive: true);
}
return 0;

static int Monster(int numbers, int points, int tries)
{
    var folder = Directory.CreateTempSubdirectory("weave-bench-").FullName;
    try
    {
        var (compile, weave, compiled, woven) = Commands(folder, Weave.Bench.Monster.Source(numbers, points, tries), "exe");
        var csc = Best(compile, 1, out _);
        var weaver = Best(weave, 1, out _);
        Console.WriteLine($"monster           {2 * numbers} variables, {points} points, {tries} tries");
        Print(csc, weaver, compiled, woven);
        var outputs = new List<string>();
        foreach (var program in new[] { compiled, woven })
        {
            File.Copy(typeof(Weft.Goroutine).Assembly.Location, Path.Combine(Path.GetDirectoryName(program)!, "Weft.dll"));
            File.Copy(Path.ChangeExtension(typeof(Program).Assembly.Location, ".runtimeconfig.json"), Path.ChangeExtension(program, ".runtimeconfig.json"));
            var run = Best([program], 1, out var output, expected: 42);
            Console.WriteLine($"run {(program == woven ? "woven" : "plain"),-14}{run.Wall.TotalMilliseconds,8:f0} ms, {run.Cpu.TotalMilliseconds:f0} ms of CPU");
            outputs.Add(output);
        }
        return outputs[0] == outputs[1] ? 0 : 1;
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

static (string[] Compile, string[] Weave, string Compiled, string Woven) Commands(string folder, string text, string target)
{
    var weft = typeof(Weft.Goroutine).Assembly.Location;
    var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
    string source = Path.Combine(folder, "Subject.cs"), compiled = Path.Combine(folder, "Subject.dll"), woven = Path.Combine(folder, "woven", "Subject.dll");
    File.WriteAllText(source, text);
    Directory.CreateDirectory(Path.GetDirectoryName(woven)!);
    string[] references = [weft, .. Directory.GetFiles(framework, "System*.dll").Where(f => !f.Contains(".Native.", StringComparison.Ordinal)), Path.Combine(framework, "netstandard.dll")];
    return (
        [Compiler(), "/noconfig", "/nologo", "/optimize+", "/debug:portable", $"/target:{target}", "/langversion:latest", "/nullable", $"/out:{compiled}", .. references.Select(r => "/r:" + r), source],
        [typeof(Program).Assembly.Location, "weave", compiled, woven, weft, framework], compiled, woven);
}

static void Print((TimeSpan Wall, TimeSpan Cpu) csc, (TimeSpan Wall, TimeSpan Cpu) weaver, string compiled, string woven)
{
    Console.WriteLine($"compiler          {csc.Wall.TotalMilliseconds,8:f0} ms, {csc.Cpu.TotalMilliseconds:f0} ms of CPU");
    Console.WriteLine($"weaver            {weaver.Wall.TotalMilliseconds,8:f0} ms, {weaver.Cpu.TotalMilliseconds:f0} ms of CPU");
    Console.WriteLine($"weaver/compiler   {weaver.Wall / csc.Wall,8:f2}, {weaver.Cpu / csc.Cpu:f2} in CPU time");
    long before = new FileInfo(compiled).Length, after = new FileInfo(woven).Length;
    Console.WriteLine($"size              {before / 1024} KB -> {after / 1024} KB, {(double)after / before:f2} times");
}

// The compiler of the SDK that runs us.
static string Compiler()
{
    var root = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(typeof(object).Assembly.Location))))!;
    return Directory.GetFiles(root, "csc.dll", SearchOption.AllDirectories).Where(f => f.Contains("bincore", StringComparison.Ordinal)).Max()
        ?? throw new FileNotFoundException("no compiler beside " + root);
}

static (TimeSpan Wall, TimeSpan Cpu) Best(string[] command, int runs, out string said, int expected = 0)
{
    (TimeSpan Wall, TimeSpan Cpu) best = (TimeSpan.MaxValue, TimeSpan.MaxValue);
    said = "";
    for (var i = 0; i < runs; i++)
    {
        var isManaged = command[0].EndsWith(".dll", StringComparison.Ordinal);
        var start = new ProcessStartInfo(isManaged ? "dotnet" : command[0], isManaged ? command : command[1..]) { RedirectStandardOutput = true };
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var cpu = TimeSpan.Zero;
        while (!process.WaitForExit(10))
            cpu = Cpu(process, cpu);
        said = output.Result;
        if (process.ExitCode != expected)
            throw new InvalidOperationException($"{command[0]} failed: {said}");
        if (clock.Elapsed < best.Wall)
            best.Wall = clock.Elapsed;
        if (cpu < best.Cpu)
            best.Cpu = cpu;
    }
    return best;
}

// While it runs: nothing is told of a process that has ended.
static TimeSpan Cpu(Process process, TimeSpan last)
{
    try
    {
        return process.TotalProcessorTime;
    }
    catch (InvalidOperationException)
    {
        return last;
    }
}
