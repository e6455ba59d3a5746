namespace Weft;

/// <summary>
/// On a method with <see cref="System.Runtime.InteropServices.DllImportAttribute"/> or
/// <see cref="System.Runtime.InteropServices.LibraryImportAttribute"/>: it returns within microseconds and waits for nothing, so goroutines
/// call it as it is, without telling the scheduler.
/// </summary>
/// <remarks>
/// Saves some 15 ns a call. If it blocks after all, its processor is blocked with it. Not needed with
/// <see cref="System.Runtime.InteropServices.SuppressGCTransitionAttribute"/>, which says more.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NonBlockingAttribute : Attribute;
