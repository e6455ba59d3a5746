// What the weaver reads and writes on assemblies, types and methods. The ABI is described in docs/abi.md.

using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Weft.Runtime;

/// <summary>Marks an assembly that the weaver has rewritten, with the format of its twins and frames.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class WovenAttribute(int format, string weaver) : Attribute
{
    /// <summary>The weave format that this runtime understands.</summary>
    public const int CurrentFormat = 8;

    /// <summary>Version of the ABI between woven methods.</summary>
    public int Format { get; } = format;

    /// <summary>Version of the weaver.</summary>
    public string Weaver { get; } = weaver;
}

/// <summary>Marks a hand-written hot variant: same type, name and parameters as the plain method, plus a trailing <see cref="G"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TwinAttribute : Attribute
{
    /// <summary>False: hot bodies call it, but it alone does not make its callers suspendable.</summary>
    public bool Suspends { get; set; } = true;
}

/// <summary>
/// Redirects calls of <paramref name="type"/>.<paramref name="method"/> in hot bodies to this static method: the same
/// parameters (the receiver first, by <c>ref</c> if it is a struct) and a trailing <see cref="G"/>.
/// A twin of a virtual method applies to receivers of exactly that static type's declared method.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class TwinOfAttribute(Type type, string method) : Attribute
{
    /// <summary>The type that declares the method.</summary>
    public Type Type { get; } = type;

    /// <summary>The name of the method or property.</summary>
    public string Method { get; } = method;

    /// <summary>
    /// 1: takes something that belongs to the thread and counts it in the G; -1: gives it back. A method in which the two are not equal in
    /// number is hot whatever else it does, since its plain form would leave the count of a hot caller wrong.
    /// </summary>
    public int Holds { get; set; }

    /// <summary>False: hot bodies call it, but it alone does not make its callers suspendable.</summary>
    public bool Suspends { get; set; } = true;
}

/// <summary>On a method that starts a goroutine: woven callers note where they are, for dumps.</summary>
[AttributeUsage(AttributeTargets.Method)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class GoStatementAttribute : Attribute;

/// <summary>Marks a hand-written shadow of a foreign interface: its methods, each with a trailing <see cref="G"/>.</summary>
[AttributeUsage(AttributeTargets.Interface)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ShadowOfAttribute(Type type) : Attribute
{
    /// <summary>The interface that is shadowed.</summary>
    public Type Type { get; } = type;
}

/// <summary>
/// On an assembly: calls of members of the type may suspend, since woven classes that derive from it, or implement it, wait in them. For types of
/// assemblies that are not woven (<see cref="System.IO.Stream"/>, an interface of a package). The weaver sees this, and says so by this attribute to
/// those who refer to the assembly, where it meets such classes; by hand it is wanted where they come from assemblies that nobody refers to, such as
/// plug-ins. Without it a call is as correct, and holds its thread.
/// </summary>
/// <example><code>
/// [assembly: MaySuspend(typeof(IServiceProvider))]
/// </code></example>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class MaySuspendAttribute : Attribute
{
    /// <summary>Members of this type may suspend.</summary>
    /// <param name="type">A class or an interface; open if it is generic.</param>
    public MaySuspendAttribute(Type type) => Type = type;

    /// <summary>A class or an interface; open if it is generic.</summary>
    public Type Type { get; }
}

/// <summary>
/// On the original of a woven method: tells stack traces that its frame class stands for it. A subclass of ours, since
/// tools take <see cref="AsyncStateMachineAttribute"/> itself on a void method for <c>async void</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class WeftStateMachineAttribute(Type frame) : StateMachineAttribute(frame);
