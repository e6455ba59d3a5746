// A batch of programs through the whole course: compiled in both shapes, woven, verified, run and compared.

using System.Collections.Concurrent;

namespace Weft.Fuzz;

internal static class Batch
{
    /// <summary>What is wrong with the programs; those that are fine are not there.</summary>
    public static IReadOnlyDictionary<Subject, Verdict> Run(IReadOnlyList<Subject> subjects, IReadOnlyList<uint> chaos, int jobs, bool[]? shapes = null)
    {
        var folder = Directory.CreateTempSubdirectory("weft-fuzz-").FullName;
        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = jobs };
            var packs = new ConcurrentBag<Pack>();
            Parallel.ForEach(shapes ?? [false, true], parallel, shape => packs.Add(Pack.Prepare(subjects, shape, folder)));

            // Traces are compared where nothing is inlined, so what is expected differs by the JIT.
            Setting[] plain = [new(null, false), new(null, true)];
            Setting[] woven = [.. plain, .. chaos.Select((c, i) => new Setting(c, i % 2 == 1))];
            var outputs = new ConcurrentDictionary<(Setting, bool), string[]>();
            // Shapes share a child: starting one costs as much as some programs.
            var all = packs.OrderBy(p => p.Optimised).SelectMany(p => p.Sound.Where(s => !p.Verdicts.ContainsKey(s)).Select(s => (Pack: p, Subject: s))).ToList();
            Parallel.ForEach(plain.Select(s => (s, false)).Concat(woven.Select(s => (s, true))), parallel, r =>
                outputs[r] = Runner.Run([.. all.Select(x => (r.Item2 ? x.Pack.Woven : x.Pack.Compiled, x.Subject.Namespace + ".P"))], r.Item1, folder));

            var verdicts = new Dictionary<Subject, Verdict>();
            foreach (var p in packs)
                foreach (var (subject, verdict) in p.Verdicts)
                    verdicts.TryAdd(subject, verdict);
            for (var i = 0; i < all.Count; i++)
            {
                var optimised = all[i].Pack.Optimised;
                foreach (var s in woven)
                {
                    var expected = outputs[(plain[s.Optimised ? 1 : 0], false)][i];
                    if ((Verdict.Ended(expected) is not null ? new Verdict(Failure.Unsound, optimised, expected) : Verdict.Of(expected, outputs[(s, true)][i], optimised, s)) is { } verdict)
                        verdicts.TryAdd(all[i].Subject, verdict);
                }
            }
            return verdicts;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
