// Which calls reach foreign code that may block, so that the scheduler must know.
//
// [DllImport] is the call itself. [LibraryImport] is an ordinary method that a generator has written: it marshals, makes the call by an inner
// [DllImport], and records the error code. It is taken as a whole: the marshalling is plain code, which needs no processor of Weft's,
// and the error code is recorded before the goroutine looks for one. (Where nothing is to be marshalled the generator makes the method itself
// a [DllImport], and no difference is left.)
//
// Not foreign: [SuppressGCTransition], which promises to be short and to wait for nothing, and [NonBlocking], which promises the same.

using Mono.Cecil;

namespace Weft.Weaver.Analysis;

internal static class Foreign
{
    const string Interop = "System.Runtime.InteropServices.";

    public static bool MayBlock(MethodDefinition m)
    {
        if (!m.IsStatic || !m.IsPInvokeImpl && !(m.HasBody && Attribute(m, Interop + "LibraryImportAttribute") is not null))
            return false;
        return Attribute(m, "Weft.NonBlockingAttribute") is null && Attribute(m, Interop + "SuppressGCTransitionAttribute") is null && !SuppressesTransition(m);
    }

    /// <summary>Does the call record errno, or GetLastError?</summary>
    public static bool RecordsError(MethodDefinition m)
        => Attribute(m, Interop + "LibraryImportAttribute") is { } import
            ? import.Properties.Any(p => p.Name == "SetLastError" && p.Argument.Value is true)
            : m.PInvokeInfo?.SupportsLastError == true;

    public static bool IsCallback(MethodDefinition m) => m.HasBody && Attribute(m, Interop + "UnmanagedCallersOnlyAttribute") is not null;

    // The same promise in its newer form: [UnmanagedCallConv(CallConvs = [typeof(CallConvSuppressGCTransition)])].
    static bool SuppressesTransition(MethodDefinition m)
        => Attribute(m, Interop + "UnmanagedCallConvAttribute") is { } conventions
            && conventions.Fields.Concat(conventions.Properties).Any(f => f.Name == "CallConvs" && f.Argument.Value is CustomAttributeArgument[] types
                && types.Any(t => t.Value is TypeReference { Name: "CallConvSuppressGCTransition" }));

    static CustomAttribute? Attribute(MethodDefinition m, string name)
        => m.HasCustomAttributes ? m.CustomAttributes.FirstOrDefault(a => a.AttributeType.FullName == name) : null;
}
