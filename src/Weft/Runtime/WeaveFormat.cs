// The runtime's half of the check of formats; the weaver's is an error of the build (WEFT2001). A program may be put together of assemblies that were
// woven at different times, and what they mean by a frame or a twin must be one thing: each woven assembly asks before any of its code runs, in its
// module initializer. Old assemblies ask a new runtime, so this method stays, with these parameters, whatever the format.
//
// Rejected: looking at [Woven] when an assembly is loaded (exceptions of that event reach nobody, and the entry assembly is loaded before Weft is).

using System.ComponentModel;

namespace Weft.Runtime;

/// <summary>Called by the module initializer of a woven assembly.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[NotWoven]
public static class WeaveFormat
{
    /// <summary>Throws if this runtime does not understand the assembly.</summary>
    public static void Check(int format, string assembly, string weaver)
    {
        if (format != WovenAttribute.CurrentFormat)
            throw new BadImageFormatException(
                $"{assembly} was woven by Weft {weaver} in format {format}, and this is Weft {typeof(WeaveFormat).Assembly.GetName().Version?.ToString(3)}, which runs format {WovenAttribute.CurrentFormat}. " +
                $"Weave {assembly} with the version of Weft that the program uses.", assembly);
    }
}
