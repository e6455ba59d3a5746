// Check: the runtime's own rules, verified while it runs. WEFT_CHECK=1 turns it on.
//
// What is verified, at the place where it happens:
//   status     every transition of a G and of a P is one of the table, is made by whoever may make it, and finds the state it expects;
//   places     a G is in at most one queue or list, and in one that fits its status; so are a sudog, an idle M and an idle P;
//   ownership  an M has at most one P and a P at most one M, each knowing the other; an M that sleeps has none;
//   locks      they are taken in the order of LockRank.cs, and none is held where a goroutine leaves or enters its stack, is readied,
//              or a thread goes to sleep.
//
// A violation is reported with the state of the G, M and P concerned, and ends the process with exit code 2: what comes after it means
// nothing.
//
// Off, it costs nothing: On is a static readonly that the JIT folds away, the places lie in gaps of the objects, and ranks are types.
// On, it does not change what is verified: it takes no lock, allocates nothing while all is well (tests count bytes), and marks an object
// before it is published and after it was claimed, so that a mark is never ahead of what it stands for. Rejected: a debug build only
// (nobody runs the stress tests there, and races want speed); walking all queues at times (finds the goroutine that is in two of them long
// after the mistake, or never).

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Weft.Runtime;

[NotWoven]
internal static partial class Check
{
    internal static readonly bool On = Environment.GetEnvironmentVariable("WEFT_CHECK") is { Length: > 0 } and not "0";

    private static void Require(
        [DoesNotReturnIf(false)] bool holds,
        [InterpolatedStringHandlerArgument(nameof(holds))] ref Rule rule,
        G? g = null,
        P? p = null,
        M? m = null)
    {
        if (!holds)
            Fail(rule.ToString(), g, p, m);
    }

    /// <summary>A text that is put together only if the rule is broken: the checker allocates nothing while all is well.</summary>
    [InterpolatedStringHandler]
    private ref struct Rule
    {
        private DefaultInterpolatedStringHandler _text;

        public Rule(int literalLength, int formattedCount, bool holds, out bool isBroken)
        {
            isBroken = !holds;
            if (isBroken)
                _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount);
        }

        public void AppendLiteral(string s) => _text.AppendLiteral(s);

        public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

        public override string ToString() => _text.ToStringAndClear();
    }

    [DoesNotReturn, MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fail(string rule, G? g = null, P? p = null, M? m = null)
    {
        var current = M.Current;
        var text = $"check: {rule}";
        if (g is not null)
            text += "\n\t" + Describe(g);
        foreach (var shown in new[] { m, current, g?.m, p?.m }.Distinct())
            if (shown is not null)
                text += "\n\t" + Describe(shown) + (shown == current ? " (this thread)" : "");
        foreach (var shown in new[] { p, current?.p, g?.m?.p }.Distinct())
            if (shown is not null)
                text += "\n\t" + Describe(shown);
        if (HeldText() is { Length: > 0 } locks)
            text += "\n\tthis thread holds " + locks;
        Fatal.Throw(text);
    }

    private static string Describe(G g) =>
        $"G {g.goid}: status {g.Status}, place {g.place}, M {Id(g.m)}, bound to M {Id(g.lockedm)}, wait reason \"{g.waitreason.Text()}\"";

    private static string Describe(M m) =>
        $"M {m.id}: P {Id(m.p)}, next P {Id(m.nextp)}, old P {Id(m.oldp)}, G {m.curg?.goid.ToString() ?? "none"}, locked to G {m.lockedg?.goid.ToString() ?? "none"}" +
        (m.spinning ? ", spinning" : "") + (m.idle ? ", in the idle list" : "") + (m.foreign ? ", foreign" : "") + (m.exiting ? ", exiting" : "");

    private static string Describe(P p) =>
        $"P {p.id}: status {p.status}, M {Id(p.m)}, runnext {p.runq.HasRunnext}, ring {p.runq.Count}" + (p.idle ? ", in the idle list" : "");

    private static string Id(M? m) => m?.id.ToString() ?? "none";

    private static string Id(P? p) => p?.id.ToString() ?? "none";
}
