// The ids of the weaver's remarks, each with a page in docs/diagnostics. An id is never reused; 1008 and 1009 were never used.
// 1xxx: something stays plain. 2xxx: the assembly cannot be woven. 9xxx: the weaver itself failed, and the assembly stays as
// compiled.

namespace Weft.Weaver;

internal static class Rules
{
    public const string InHandler = "WEFT1001";
    public const string LivePointer = "WEFT1002";
    public const string Fixed = "WEFT1003";
    public const string Constrained = "WEFT1004";
    public const string NeverHot = "WEFT1005";
    public const string InConstructor = "WEFT1006";
    public const string InAsync = "WEFT1007";
    public const string Unanalysed = "WEFT1010";
    public const string EntryPoint = "WEFT1011";
    public const string Boxed = "WEFT1012";
    public const string Untold = "WEFT1013";
    public const string Plain = "WEFT1014";
    public const string Handed = "WEFT1015";
    public const string Reflected = "WEFT1016";

    public const string FormatMismatch = "WEFT2001";
    public const string RuntimeMismatch = "WEFT2002";
    public const string BadInput = "WEFT2003";
    public const string NoSuchReference = "WEFT2004";
    public const string ReferenceNotCopied = "WEFT2005";

    public const string Failed = "WEFT9001";

    /// <summary>What to do about a call that stays plain, as a sentence.</summary>
    public static string Advice(string id) => id switch
    {
        InHandler => "Catch, ask in the handler, and throw again.",
        LivePointer => "Wait first and take the reference afterwards, or use an array or Memory<T>.",
        Fixed => "Move the call out of 'fixed'.",
        Constrained => "Call it on a variable of the class.",
        NeverHot => "Move the call into a method of its own.",
        InConstructor => "Wait in a factory method, and pass the constructor what it needs.",
        InAsync => "Await it, or put 'await Goroutine.Run(...)' around what waits.",
        Unanalysed => "Please report it.",
        Boxed => "Call it on a variable, a field or an array element.",
        Untold => "Use a delegate.",
        _ => "",
    };
}

/// <summary>The assembly as a whole cannot be woven.</summary>
internal sealed class WeaveException(string id, string message) : Exception(message)
{
    public string Id { get; } = id;
}
