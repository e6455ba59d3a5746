// Twins of the targets of delegates that take the delegate's target as their first argument, since they are static:
//
//   Func<int> f = text.Count;          // an extension method: its own twin, static as it is
//   Action f = counter.Add;            // a method of a struct, on its box: the twin of the method `<Add>x` beside it (Emit/Boxes.cs in the weaver)
//   Action f = semaphore.Wait;         // a primitive of the class library: what [TwinOf] says of it
//
// Not for structs of type arguments that are references: their instantiations share code, so that the code pointer of the delegate does not tell which of them
// it is. Such delegates are called plainly, which the weaver tells where they are made.
//
// Of primitives only those that are not virtual and take nothing that belongs to a thread: what they take a caller by its name would count.

using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Weft.Runtime;

[NotWoven]
internal static class BoundTwins
{
    private static readonly Lazy<Dictionary<(Type, string), List<MethodInfo>>> s_primitives = new(FindPrimitives);

    /// <summary>The static twin that takes the target of a closed delegate first; null if there is none.</summary>
    internal static MethodInfo? Find(Type type, MethodInfo method, Type[] parameters)
    {
        if (type.IsValueType)
            return !method.IsStatic && !Array.Exists(type.GetGenericArguments(), a => !a.IsValueType) && Contract.OfBox(type, method) is { } unboxing
                ? Delegates.Twin(type, unboxing, [typeof(object), .. parameters]) : null;
        if (method.IsStatic)
            return parameters is [{ IsValueType: false }, ..] ? Delegates.Twin(type, method, parameters) : null;
        return OfPrimitive(method, parameters);
    }

    /// <summary>What stands for a method of the class library.</summary>
    internal static MethodInfo? OfPrimitive(MethodInfo method, Type[] parameters)
    {
        if (method.IsVirtual || method.IsGenericMethod || method.DeclaringType is not { IsGenericType: false, IsValueType: false, Namespace: "System.Threading" or "System.Threading.Tasks" } type)
            return null; // most cost no more than this: the list of primitives is made when it is needed
        Type[] expected = method.IsStatic ? [.. parameters, typeof(G)] : [type, .. parameters, typeof(G)];
        foreach (var twin in s_primitives.Value.GetValueOrDefault((type, method.Name), []))
            if (twin.ReturnType == method.ReturnType && expected.AsSpan().SequenceEqual(Array.ConvertAll(twin.GetParameters(), p => p.ParameterType)))
                return twin;
        return null;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "What was trimmed is not found: the call is made plainly.")]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "As above.")]
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "As above.")]
    private static Dictionary<(Type, string), List<MethodInfo>> FindPrimitives()
    {
        var found = new Dictionary<(Type, string), List<MethodInfo>>();
        foreach (var type in typeof(G).Assembly.GetTypes())
        {
            if (type is not { IsAbstract: true, IsSealed: true })
                continue;
            foreach (var method in type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly))
                foreach (var a in method.GetCustomAttributes<TwinOfAttribute>())
                    if (a is { Suspends: true, Holds: 0 } && !method.IsGenericMethodDefinition)
                    {
                        ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(found, (a.Type, a.Method), out _);
                        (list ??= []).Add(method);
                    }
        }
        return found;
    }
}
