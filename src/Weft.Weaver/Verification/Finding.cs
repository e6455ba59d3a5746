namespace Weft.Weaver.Verification;

/// <summary>The kinds of faults that the verifier tells apart.</summary>
public enum Fault
{
    /// <summary>An instruction takes more off the stack than is there.</summary>
    StackUnderflow,

    /// <summary>Stacks of different depths meet, or values are left where none may be.</summary>
    StackDepth,

    /// <summary>Values that have no common type meet at a join.</summary>
    Join,

    /// <summary>A value is stored, passed or returned where its type does not fit.</summary>
    Assignment,

    /// <summary>An instruction finds an operand that it is not made for.</summary>
    Operand,

    /// <summary>Unmanaged pointers, which nothing can be said about; code of `unsafe` methods.</summary>
    Pointer,

    /// <summary>Control enters or leaves a protected region other than by its rules.</summary>
    Region,

    /// <summary>Control runs off the end of the body.</summary>
    EndOfBody,

    /// <summary>A prefix stands before an instruction that cannot have it, or a branch goes between the two.</summary>
    Prefix,

    /// <summary>A local is read that may not have been written, in a body that does not ask for zeroed ones.</summary>
    Unassigned,

    /// <summary>A type or member that is named does not exist with this signature.</summary>
    Unresolved,

    /// <summary>A type or member is named that code in this place may not name.</summary>
    Access,

    /// <summary>Generic arguments do not satisfy the constraints, or are too many or too few.</summary>
    Constraint,

    /// <summary>A ref struct or a managed pointer is put where only the heap is: boxed, in a field, in an array, as a type argument.</summary>
    StackOnly,

    /// <summary>A delegate is made over a method that does not have its signature.</summary>
    Delegate,

    /// <summary>A method is called in a way that it cannot be: abstract directly, static with a receiver.</summary>
    Call,

    /// <summary>A field that only constructors may write is written elsewhere.</summary>
    InitOnly,

    /// <summary>A class leaves out, doubles or wrongly overrides a method.</summary>
    Class,

    /// <summary>The verifier itself failed on the body.</summary>
    Verifier,
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Method">Full name of the method, or of the type where no method is at fault.</param>
/// <param name="Fault">What kind of fault.</param>
/// <param name="Message">What was found; the same for the same fault in another copy of the code.</param>
/// <param name="At">The instruction, or an empty string.</param>
public sealed record Finding(string Method, Fault Fault, string Message, string At)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Method}: {Fault}: {Message}{(At.Length > 0 ? " at " + At : "")}";
}
