// Pins that no analysis of a call can tell, because the call is none that could be made in another way: through a function pointer. Where it leads to
// nobody knows, so it is a remark wherever it stands.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver;

internal sealed class Untold(Reporter reporter, Suspension suspension, Eligibility eligibility)
{
    public void Report()
    {
        foreach (var m in suspension.Methods)
            if (m.HasBody && eligibility.Of(m) is not { Rule: null })
                foreach (var i in m.Body.Instructions)
                    if (i is { OpCode.Code: Code.Calli, Operand: CallSite { CallingConvention: MethodCallingConvention.Default } })
                        reporter.Pin(Rules.Untold, primitive: false, "A call through a function pointer holds its thread if what it points to waits, because the pointer leads to the plain method.", m, i);
    }
}
