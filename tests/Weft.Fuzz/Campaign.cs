// A long run: batches of programs from consecutive seeds, what fails is kept in a folder and printed.

using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Weft.Fuzz.Generation;

namespace Weft.Fuzz;

internal static class Campaign
{
    const int BatchSize = 40;

    public static ulong FreshSeed() => (ulong)Random.Shared.NextInt64(1_000_000, 1L << 40);

    /// <summary>0 if no program failed.</summary>
    public static int Run(ulong first, int count, int fresh, uint[] chaos, int jobs, string keep, TextWriter log)
    {
        var clock = Stopwatch.StartNew();
        var failures = new SortedDictionary<Failure, int>();
        var other = FreshSeed();
        var seeds = Enumerable.Range(0, count).Select(i => first + (ulong)i).Concat(Enumerable.Range(0, fresh).Select(i => other + (ulong)i));
        var done = 0;
        foreach (var (turn, batch) in seeds.Chunk(BatchSize).Index())
        {
            var subjects = batch.Select(s => new Subject("N" + s, Compiler.Parse(Generator.Program(s, "N" + s), $"N{s}.cs"))).ToList();
            foreach (var (subject, verdict) in Batch.Run(subjects, chaos, jobs, turn))
            {
                failures[verdict.Failure] = failures.GetValueOrDefault(verdict.Failure) + 1;
                Directory.CreateDirectory(keep);
                var text = $"{subject.Name} {verdict}";
                File.WriteAllText(Path.Combine(keep, subject.Name + ".txt"), text);
                File.WriteAllText(Path.Combine(keep, subject.Name + ".cs"), subject.Program.ToString());
                log.WriteLine(text.Length > 1500 ? text[..1500] + "..." : text);
            }
            done += batch.Length;
            log.WriteLine($"{done} programs from seed {first}{(fresh > 0 ? $" and {other}" : "")}, {clock.Elapsed:hh\\:mm\\:ss}: {(failures.Count == 0 ? "all the same" : string.Join(", ", failures.Select(f => $"{f.Key} {f.Value}")))}; {Cost.Total / done:F2} s of CPU each ({Cost.Text()})");
        }
        return failures.Count == 0 ? 0 : 1;
    }

    /// <summary>Makes a program that was kept smaller.</summary>
    public static int Minimise(string file, uint[] chaos, int jobs, TimeSpan patience, TextWriter log)
    {
        var program = Compiler.Parse(File.ReadAllText(file), file);
        var name = program.GetRoot().DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().First().Name.ToString()["Fuzz.".Length..];
        var turn = 0;
        if ((Batch.Run([new Subject(name, program)], chaos, jobs, turn).Values.FirstOrDefault() ?? Batch.Run([new Subject(name, program)], chaos, jobs, ++turn).Values.FirstOrDefault()) is not { } verdict)
        {
            log.WriteLine("It does not fail.");
            return 1;
        }
        log.WriteLine(verdict);
        var small = new Minimiser(verdict, chaos, jobs, turn, log).Run(program.GetRoot(), patience);
        File.WriteAllText(Path.ChangeExtension(file, ".min.cs"), small.ToFullString());
        log.WriteLine(small.ToFullString());
        return 0;
    }
}
