// What a caller of the weaver (the MSBuild task, the command line, a test) says and hears.

namespace Weft.Weaver;

/// <summary>One assembly to weave.</summary>
public sealed record WeaveOptions
{
    /// <summary>The assembly as the compiler made it. It is only read; its symbols lie beside it, inside it, or nowhere.</summary>
    public required string Input { get; init; }

    /// <summary>Where the woven assembly goes: another path than <see cref="Input"/>. Symbols are written as they were found.</summary>
    public required string Output { get; init; }

    /// <summary>Paths of all referenced assemblies: implementations for what may be woven, since twins are not in reference assemblies.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>The assembly is used by code that is not known yet, so its public virtual and interface methods stay open.</summary>
    public bool IsLibrary { get; init; }

    /// <summary>The assembly was compiled without Weft, and is woven all the same: Weft is among the references. Implies <see cref="IsLibrary"/>.</summary>
    public bool IsThirdParty { get; init; }

    /// <summary>Key pair to sign the output with, if the input is strong-named.</summary>
    public string? StrongNameKeyFile { get; init; }

    /// <summary>For tests: how many values the sites of a method may save together before its variables stay in the frame.</summary>
    internal int SavedValues { get; init; } = 4000;

    /// <summary>For tests: called before a hot body is written; what it throws is taken for a failure of the weaver.</summary>
    internal Action<Mono.Cecil.MethodDefinition>? Emitting { get; init; }
}

/// <summary>How bad a diagnostic is.</summary>
public enum Severity
{
    /// <summary>Worth knowing: something stays plain, and works.</summary>
    Info,

    /// <summary>A blocking call will hold its thread.</summary>
    Warning,

    /// <summary>Nothing was written.</summary>
    Error,
}

/// <summary>One remark of the weaver, at a line of the source when the symbols tell it.</summary>
/// <param name="Id">Stable identifier, such as WEFT1002.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Message">What, why, and what to do instead.</param>
/// <param name="File">Source file, or null.</param>
/// <param name="Line">Line, from 1; 0 when unknown.</param>
/// <param name="Column">Column, from 1; 0 when unknown.</param>
/// <param name="Method">The method it was seen in.</param>
public sealed record WeaveDiagnostic(string Id, Severity Severity, string Message, string? File, int Line, int Column, string Method);

/// <summary>What a weave did, in numbers.</summary>
/// <param name="Methods">Methods with a body in the input.</param>
/// <param name="Twins">Methods that got a hot twin with a frame or a forwarder.</param>
/// <param name="Sites">Calls at which a goroutine may suspend.</param>
/// <param name="Pinned">Calls that would suspend but had to stay plain.</param>
/// <param name="Milliseconds">Time taken.</param>
public sealed record WeaveStatistics(int Methods, int Twins, int Sites, int Pinned, long Milliseconds);

/// <summary>The outcome of a weave.</summary>
/// <param name="Woven">True if the output was rewritten; false if it is a copy of the input, or on error not there.</param>
/// <param name="Diagnostics">Remarks in order of the methods in the assembly.</param>
/// <param name="Statistics">What was done.</param>
public sealed record WeaveResult(bool Woven, IReadOnlyList<WeaveDiagnostic> Diagnostics, WeaveStatistics Statistics)
{
    /// <summary>True if there is an error among the diagnostics.</summary>
    public bool Failed => Diagnostics.Any(d => d.Severity == Severity.Error);
}
