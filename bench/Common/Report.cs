// The lines that bench/run reads: name procs value unit alloc.

using System.Globalization;

namespace Bench.Common;

/// <summary>Output and checks.</summary>
internal static class Report
{
    /// <summary>The number of processors that every line names.</summary>
    public static int Procs { get; set; }

    /// <summary>Prints one figure; <paramref name="allocated"/> is bytes an operation, null where it says nothing.</summary>
    public static void Emit(string name, double value, string unit, double? allocated = null)
    {
        var alloc = allocated is { } bytes ? bytes.ToString("F1", CultureInfo.InvariantCulture) : "-";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {Procs} {value:F2} {unit} {alloc}"));
    }

    /// <summary>A workload that computes the wrong thing has no figure: the process ends with an error.</summary>
    public static void Check<T>(T expected, T actual) where T : IEquatable<T>
    {
        if (!expected.Equals(actual)) throw new InvalidOperationException($"wrong answer: expected {expected}, got {actual}");
    }
}
