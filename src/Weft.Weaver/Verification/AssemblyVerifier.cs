// Verifies assemblies: all that is wrong with one, or what is wrong with the woven one and was not with the compiled.

using Mono.Cecil;
using Mono.Cecil.Rocks;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Verification;

/// <summary>Checks the IL and the classes of assemblies against ECMA-335.</summary>
public static class AssemblyVerifier
{
    /// <summary>All that is wrong with an assembly.</summary>
    /// <param name="assembly">Path of the assembly.</param>
    /// <param name="references">Paths of what it references, or folders.</param>
    public static VerificationResult Verify(string assembly, IEnumerable<string> references)
    {
        using var resolver = new References([assembly, .. references]);
        using var module = Open(assembly, resolver);
        return Verify(module);
    }

    /// <summary>What is wrong with a woven assembly that was right when it was compiled.</summary>
    /// <param name="compiled">Path of the assembly before it was woven.</param>
    /// <param name="woven">Path of the assembly after.</param>
    /// <param name="references">Paths of what it references, or folders.</param>
    public static VerificationResult VerifyNew(string compiled, string woven, IEnumerable<string> references)
    {
        var paths = references.ToList();
        using var resolver = new References([compiled, .. paths]);
        using var before = Open(compiled, resolver);
        var old = Verify(before).Findings.Select(f => (f.Method, f.Fault, f.Message)).ToHashSet();
        using var resolverAfter = new References([woven, .. paths]);
        using var after = Open(woven, resolverAfter);
        return Verify(after, old);
    }

    static ModuleDefinition Open(string path, References resolver)
    {
        var assembly = AssemblyDefinition.ReadAssembly(path, new ReaderParameters { AssemblyResolver = resolver, InMemory = true });
        resolver.Add(assembly);
        return assembly.MainModule;
    }

    internal static VerificationResult Verify(ModuleDefinition module, HashSet<(string Method, Fault Fault, string Message)>? known = null)
    {
        var facts = new TypeFacts(module);
        var origins = new Origins(facts);
        var findings = new List<Finding>();
        var methods = 0;
        foreach (var type in module.GetAllTypes())
        {
            foreach (var f in ClassVerifier.Verify(type, facts))
                if (known?.Contains((f.Method, f.Fault, f.Message)) != true)
                    findings.Add(f);
            foreach (var m in type.Methods)
            {
                if (!m.HasBody)
                    continue;
                methods++;
                foreach (var f in BodyVerifier.Verify(m, facts))
                    if (known is null || !known.Contains((f.Method, f.Fault, f.Message)) && !(origins.Of(m) is { } origin && known.Contains((origin.FullName, f.Fault, f.Message))))
                        findings.Add(f);
            }
        }
        return new VerificationResult(methods, findings);
    }
}

/// <summary>What a verification found.</summary>
/// <param name="Methods">How many bodies were looked at.</param>
/// <param name="Findings">What is wrong, in metadata order.</param>
public sealed record VerificationResult(int Methods, IReadOnlyList<Finding> Findings);
