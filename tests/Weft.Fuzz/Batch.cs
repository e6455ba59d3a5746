// A batch of programs through the whole course: compiled in both shapes, woven, verified, run and compared.
//
// Three children run them: what is expected is printed by the unwoven programs; the woven ones run without chaos and with each seed of it. One of
// these two is compiled by the JIT in full, the first or the second by turns. What Debug code is compiled to is the same in both.

using System.Collections.Concurrent;

namespace Weft.Fuzz;

internal static class Batch
{
    /// <summary>What is wrong with the programs; those that are fine are not there.</summary>
    /// <param name="turn">Which of the two children compiles in full.</param>
    public static IReadOnlyDictionary<Subject, Verdict> Run(IReadOnlyList<Subject> subjects, uint[] chaos, int jobs, int turn, bool[]? shapes = null)
    {
        var folder = Directory.CreateTempSubdirectory("weft-fuzz-").FullName;
        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = jobs };
            var packs = new ConcurrentBag<Pack>();
            Parallel.ForEach(shapes ?? [false, true], parallel, shape => packs.Add(Pack.Prepare(subjects, shape, folder)));

            var plain = new Setting([], Optimised: false);
            Setting[] woven = chaos is [] ? [new([], turn % 2 == 0)] : [new([], turn % 2 == 0), new(chaos, turn % 2 == 1)];
            var outputs = new ConcurrentDictionary<(Setting, bool), string?[][]>();
            // Shapes share a child: starting one costs as much as some programs.
            var all = packs.OrderBy(p => p.Optimised).SelectMany(p => p.Sound.Where(s => !p.Verdicts.ContainsKey(s)).Select(s => (Pack: p, Subject: s))).ToList();
            Parallel.ForEach(woven.Select(s => (s, true)).Prepend((plain, false)), parallel, r =>
                outputs[r] = Runner.Run([.. all.Select(x => (x.Pack.Assembly(x.Subject, r.Item2), x.Subject.Namespace + ".P"))], r.Item1, folder));

            var verdicts = new Dictionary<Subject, Verdict>();
            foreach (var p in packs)
                foreach (var (subject, verdict) in p.Verdicts)
                    verdicts.TryAdd(subject, verdict);
            for (var i = 0; i < all.Count; i++)
            {
                var optimised = all[i].Pack.Optimised;
                var expected = outputs[(plain, false)][i][0]!;
                foreach (var s in woven)
                    for (var time = 0; time < s.Times; time++)
                        if (outputs[(s, true)][i][time] is { } actual && Verdict.Of(expected, actual, optimised, s, time, all[i].Subject.Exits) is { } verdict)
                            verdicts.TryAdd(all[i].Subject, verdict);
            }
            return verdicts;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
