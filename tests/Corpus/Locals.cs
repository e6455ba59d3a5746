// Scratch space of a thread: it must be the goroutine's own from one suspension point to the next.

namespace Corpus;

internal static class Locals
{
    [ThreadStatic]
    static List<int>? t_scratch;

    [ThreadStatic]
    static int t_depth;

    static readonly ThreadLocal<System.Text.StringBuilder> s_text = new(() => new System.Text.StringBuilder());
    static readonly ThreadLocal<int> s_count = new();

    static class Of<T>
    {
        [ThreadStatic]
        public static T? Value;
    }

    static List<int> Scratch()
    {
        t_scratch ??= [];
        t_scratch.Clear();
        return t_scratch;
    }

    static string Work(int id)
    {
        var mine = Scratch();
        Of<int>.Value = id;
        Of<string>.Value = "s" + id;
        s_text.Value!.Clear();
        for (var i = 0; i < 5; i++)
        {
            t_depth += S(1);
            mine.Add(id * 10 + i);
            s_text.Value!.Append(S(id));
            s_count.Value += S(1);
            Bump(ref t_depth);
        }
        return string.Join(",", mine) + " " + t_depth + " " + Of<int>.Value + Of<string>.Value + s_text.Value + s_count.Value + s_count.IsValueCreated + (t_scratch == mine);
    }

    static void Bump(ref int n) => n += S(10);

    public static void Scratchpads()
    {
        // Unwoven, a goroutine has a thread to itself while it blocks; a new thread begins with nothing, and so does a new goroutine.
        var results = new string[6];
        var wg = new WaitGroup();
        for (var k = 0; k < results.Length; k++)
        {
            var id = k;
            wg.Go(() =>
            {
                t_depth = 0;
                s_count.Value = 0;
                results[id] = Work(id);
            });
        }
        wg.Wait();
        foreach (var r in results)
            Out(r);
    }
}
