namespace Weft.Runtime;

/// <summary>
/// Leaves a method, or all methods of a type, as compiled: they never suspend, and what blocks in them blocks its thread.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface | AttributeTargets.Constructor | AttributeTargets.Assembly)]
public sealed class NotWovenAttribute : Attribute;
