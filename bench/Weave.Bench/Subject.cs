// The assembly that is compiled and woven: 20 methods a class, of everyday kinds. A fifth call a blocking primitive, as much again call
// those, the rest has nothing to do with goroutines.

using System.Text;

namespace Weave.Bench;

internal static class Subject
{
    public static string Source(int methods)
    {
        var b = new StringBuilder("using System; using System.Collections.Generic; using System.Linq; using System.Text; using Weft; using static Weft.Goroutine;\nnamespace Subject;\n");
        for (var c = 0; c < methods / 20; c++)
            b.Append(Class(c));
        return b.ToString();
    }

    static string Class(int c) => $$"""
        public interface IWork{{c}} { int Do(int n); }
        public sealed class Work{{c}}(Chan<int> source, int scale) : IWork{{c}}
        {
            readonly Dictionary<string, int> seen = new();
            public int Total { get; private set; }

            public int Take() => source.Receive() * scale;
            public int TakeMany(int n)
            {
                var sum = 0;
                for (var i = 0; i < n; i++)
                    sum += source.Receive() + i;
                Total += sum;
                return sum;
            }
            public int Guarded(int n)
            {
                try { return Take() / n; }
                catch (DivideByZeroException) { return -1; }
                finally { Total++; }
            }
            public void Send(Chan<string> to, string s) { foreach (var c in s.Split(' ')) to.Send(c.Trim()); }
            public int Do(int n) => Take() + TakeMany(n);
            public int Chain(IWork{{c}} next, int n) => n == 0 ? 0 : next.Do(n) + Guarded(n);
            public IEnumerable<int> Stream(int n) { for (var i = 0; i < n; i++) yield return Take() + i; }
            public int Start(int n) { var all = new WaitGroup(); for (var i = 0; i < n; i++) all.Go(() => Total += i); all.Wait(); return Total; }

            public int Add(int a, int b) => a + b * scale;
            public string Name(int n) => $"work {n} of {scale}: {Total}";
            public int Count(string s) { if (!seen.TryGetValue(s, out var n)) n = 0; seen[s] = ++n; return n; }
            public int[] Sorted(int[] a) { var b = (int[])a.Clone(); for (var i = 1; i < b.Length; i++) for (var k = i; k > 0 && b[k - 1] > b[k]; k--) (b[k - 1], b[k]) = (b[k], b[k - 1]); return b; }
            public double Mean(double[] a) { double s = 0; foreach (var x in a) s += x; return a.Length == 0 ? 0 : s / a.Length; }
            public string Kind(object o) => o switch { int i when i > 0 => "positive", int => "number", string { Length: > 3 } s => s, null => "null", _ => o.ToString()! };
            public List<string> Words(string s) => s.Split(' ').Where(w => w.Length > scale).Select(w => w.ToUpperInvariant()).ToList();
            public void Clear() { seen.Clear(); Total = 0; }
            public bool Has(string s) => seen.ContainsKey(s) || seen.Keys.Any(k => k.StartsWith(s, StringComparison.Ordinal));
            public StringBuilder Write(StringBuilder b) { foreach (var (k, v) in seen) b.Append(k).Append('=').Append(v).AppendLine(); return b; }
        }

        """;
}
