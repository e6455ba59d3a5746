using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weft.Weaver;

/// <summary>Collects remarks and finds their source lines.</summary>
internal sealed class Reporter
{
    readonly List<(int Order, WeaveDiagnostic Diagnostic)> all = [];

    public int Pinned { get; private set; }

    /// <summary>In order of the methods' places in the assembly, then of the code.</summary>
    public IReadOnlyList<WeaveDiagnostic> Diagnostics => [.. all.OrderBy(d => d.Order).Select(d => d.Diagnostic).Distinct()];

    public void Add(string id, Severity severity, string message, MethodDefinition? method = null, Instruction? at = null)
    {
        var point = method is null ? null : LineOf(method, at);
        all.Add(((int)(method?.MetadataToken.RID ?? 0), new WeaveDiagnostic(id, severity, message, point?.Document.Url, point?.StartLine ?? 0, point?.StartColumn ?? 0,
            method?.FullName ?? "")));
    }

    /// <summary>A call that could suspend stays plain.</summary>
    public void Pin(string id, bool primitive, string message, MethodDefinition method, Instruction at)
    {
        Pinned++;
        Add(id, primitive ? Severity.Warning : Severity.Info, Rules.Advice(id) is { Length: > 0 } advice ? message + " " + advice : message, method, at);
    }

    // The last visible sequence point at or before the instruction.
    static SequencePoint? LineOf(MethodDefinition method, Instruction? at)
    {
        if (!method.HasBody || method.DebugInformation is not { HasSequencePoints: true } info)
            return null;
        SequencePoint? best = null;
        foreach (var p in info.SequencePoints)
            if (!p.IsHidden && (best is null || at is not null && p.Offset <= at.Offset))
                best = p;
        return best;
    }
}
