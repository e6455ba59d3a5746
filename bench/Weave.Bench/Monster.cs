// A program whose one method has as many variables, suspension points and tries as one likes, all variables live from the first to the last
// point: what a generated parser or a solver's unrolled loop looks like to the weaver.

using System.Globalization;
using System.Text;

namespace Weave.Bench;

internal static class Monster
{
    /// <param name="numbers">Numbers, and as many strings, that live through the whole method.</param>
    /// <param name="points">Suspension points.</param>
    /// <param name="tries">Tries, one after the other, that share the points; 0 for none.</param>
    public static string Source(int numbers, int points, int tries)
    {
        var b = new StringBuilder("""
            using System;
            using static Weft.Goroutine;

            Console.WriteLine(Monster.Run(3));
            return 42;

            static class Monster
            {
                static int count;

                static int Next() { Yield(); return ++count; }
                static string Text(int n) { Yield(); return (n + ++count).ToString(); }
                static int Swap(ref int a, ref int b) { Yield(); (a, b) = (b, a); return a ^ b; }
                static void Fail(int n) { Yield(); if (n % 3 == 0) throw new InvalidOperationException(n.ToString()); }

                public static string Run(int seed)
                {

            """);
        for (var i = 0; i < numbers; i++)
            Line($"int n{i} = seed + {i}; string s{i} = \"s{i}\";");
        var each = tries == 0 ? points : Math.Max(1, points / tries);
        for (var p = 0; p < points; p++)
        {
            if (tries > 0 && p % each == 0)
                Line("try {");
            int i = p % numbers, k = (p * 7 + 3) % numbers, m = (p * 13 + 5) % numbers;
            Line((p % 4) switch
            {
                0 => $"n{i} = n{k} * 31 + Next() * n{m};",
                1 => $"s{i} = s{k}[..1] + Text(n{m});",
                2 => $"n{m} += Swap(ref n{i}, ref n{k});",
                _ => tries > 0 ? $"Fail(n{i} & 0xff);" : $"n{i} ^= s{k}.Length + Next();",
            });
            if (tries > 0 && (p % each == each - 1 || p == points - 1))
                Line($"}} catch (InvalidOperationException e) {{ s{i} = e.Message; n{k}--; }} finally {{ n{m} = n{m} * 17 + 1; }}");
        }
        Line("var h = 17;");
        for (var i = 0; i < numbers; i++)
            Line($"h = h * 31 + n{i}; foreach (var c in s{i}) h = h * 31 + c;");
        Line("return h.ToString();");
        return b.Append("    }\n}\n").ToString();

        void Line(string text) => b.Append(CultureInfo.InvariantCulture, $"        {text}\n");
    }
}
