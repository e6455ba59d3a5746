// Compiles every method of an assembly, so that what only the JIT and the type loader can find is found without running it.

using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using GenericParameterAttributes = System.Reflection.GenericParameterAttributes;

namespace Weft.Weaver.Tests;

internal static class Jit
{
    const BindingFlags All = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    /// <summary>Compiles the subject itself, in a context of its own.</summary>
    public static (int Methods, List<string> Failures) Prepare(Subject s) => Prepare(s.Folder, s.Name);

    /// <summary>Compiles an assembly of a folder, in a context of its own; says which methods could not be.</summary>
    public static (int Methods, List<string> Failures) Prepare(string folder, string name)
    {
        var context = new AssemblyLoadContext(name, isCollectible: true);
        context.Resolving += (c, n) => File.Exists(Path.Combine(folder, n.Name + ".dll")) ? c.LoadFromAssemblyPath(Path.Combine(folder, n.Name + ".dll")) : null;
        var failures = new List<string>();
        var compiled = 0;
        foreach (var type in Types(context.LoadFromAssemblyPath(Path.Combine(folder, name + ".dll")), failures))
            foreach (var method in Methods(type))
                if (!method.IsAbstract && (method.MethodImplementationFlags & (MethodImplAttributes.InternalCall | MethodImplAttributes.Runtime)) == 0 && (method.Attributes & MethodAttributes.PinvokeImpl) == 0)
                    foreach (var arguments in Instantiations(type, method))
                        try
                        {
                            RuntimeHelpers.PrepareMethod(method.MethodHandle, arguments);
                            compiled++;
                        }
                        catch (Exception e)
                        {
                            failures.Add($"{type}.{method}: {e.GetType().Name}: {e.Message}");
                        }
        context.Unload();
        return (compiled, failures);
    }

    static IEnumerable<Type> Types(Assembly assembly, List<string> failures)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            failures.AddRange(e.LoaderExceptions.Select(x => $"{x!.GetType().Name}: {x.Message}"));
            return e.Types.OfType<Type>();
        }
    }

    static IEnumerable<MethodBase> Methods(Type type) => [.. type.GetMethods(All), .. type.GetConstructors(All)];

    // Over a reference and over a struct, where the constraints allow it.
    static IEnumerable<RuntimeTypeHandle[]?> Instantiations(Type type, MethodBase method)
    {
        var parameters = type.GetGenericArguments().Concat(method is MethodInfo { IsGenericMethodDefinition: true } m ? m.GetGenericArguments() : []).ToArray();
        if (parameters.Length == 0)
            return [null];
        return new[] { typeof(object), typeof(string), typeof(int), typeof(Guid), typeof(InvalidOperationException) }
            .Where(t => parameters.All(p => Satisfies(t, p))).Select(t => Enumerable.Repeat(t.TypeHandle, parameters.Length).ToArray());
    }

    static bool Satisfies(Type t, Type parameter)
    {
        var wanted = parameter.GenericParameterAttributes;
        if ((wanted & GenericParameterAttributes.NotNullableValueTypeConstraint) != 0 && !t.IsValueType)
            return false;
        if ((wanted & GenericParameterAttributes.ReferenceTypeConstraint) != 0 && t.IsValueType)
            return false;
        if ((wanted & GenericParameterAttributes.DefaultConstructorConstraint) != 0 && !t.IsValueType && t.GetConstructor([]) is null)
            return false;
        return parameter.GetGenericParameterConstraints().All(c => c.ContainsGenericParameters
            ? c.IsGenericType && t.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == c.GetGenericTypeDefinition() && i.GetGenericArguments()[0] == t)
            : c.IsAssignableFrom(t));
    }
}
