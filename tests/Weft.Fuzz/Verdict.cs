namespace Weft.Fuzz;

/// <summary>Why a program failed. The minimiser keeps the kind.</summary>
internal enum Failure
{
    None,

    /// <summary>It does not compile: a bug of the generator.</summary>
    Compile,

    /// <summary>The weaver failed on a method, or altogether.</summary>
    Weave,

    /// <summary>The verifier finds a fault in what was woven.</summary>
    Verify,

    /// <summary>It prints something else.</summary>
    Output,

    /// <summary>All is the same but for stack traces.</summary>
    Trace,

    /// <summary>It does not end.</summary>
    Hang,

    /// <summary>It ends the process.</summary>
    Crash,

    /// <summary>Unwoven it hangs, ends the process, or prints now this and now that: nothing can be held against the weaver.</summary>
    Unsound,
}

/// <summary>What went wrong with a program, in which shape of the code, and how.</summary>
internal sealed record Verdict(Failure Failure, bool Optimised, string Detail)
{
    public override string ToString() => $"{(Optimised ? "release" : "debug")}: {Failure}: {Detail}";

    /// <summary>Compares what the woven program has printed with what it had to; null if it is the same.</summary>
    public static Verdict? Of(string expected, string actual, bool optimised, Setting setting, int time, bool exits)
    {
        if (Ended(expected) is not null)
            return new Verdict(Failure.Unsound, optimised, expected);
        // An exception that a finally block threw has taken the place of an exit. Unwoven, the goroutine goes on then.
        if (Ended(actual) is null && expected.Contains("EXIT OVERTAKEN", StringComparison.Ordinal))
            return null;
        (expected, actual) = (Traces.Normal(expected, optimised, exits), Traces.Normal(actual, optimised, exits));
        if (optimised && setting.Optimised)
            expected = Traces.Inlined(expected, actual);
        if (actual == expected)
            return null;
        var kind = Ended(actual) ?? (Traces.Without(expected) == Traces.Without(actual) ? Failure.Trace : Failure.Output);
        if (kind == Failure.Output)
            (expected, actual) = (Traces.Without(expected), Traces.Without(actual));
        string[] a = expected.Split('\n'), b = actual.Split('\n');
        var at = 0;
        while (at < a.Length && at < b.Length && a[at] == b[at])
            at++;
        return new Verdict(kind, optimised, $"{setting.Text(time)}: line {at + 1}\n  expected: {string.Join("\n            ", a.Skip(at).Take(3))}\n  but was:  {string.Join("\n            ", b.Skip(at).Take(kind is Failure.Output or Failure.Trace ? 3 : 80))}");
    }

    /// <summary>How it ended, if not as it should.</summary>
    public static Failure? Ended(string output)
        => output.Contains("\nHANG", StringComparison.Ordinal) ? Failure.Hang : output.Contains("\nENDED with", StringComparison.Ordinal) ? Failure.Crash : null;
}
