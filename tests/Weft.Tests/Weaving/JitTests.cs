// Every woven method compiles: invalid IL that no other test happens to run is found here.

using System.Reflection;
using System.Runtime.CompilerServices;

namespace Weft.Tests;

/// <summary>JIT-compiles every method of the woven assemblies; generic ones over a reference and over a struct.</summary>
public sealed class JitTests
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private struct Value(long a, object b)
    {
        internal long A = a;
        internal object B = b;
    }

    [Fact]
    public void Weft_EveryMethod_Compiles() => Compile(typeof(Goroutine).Assembly);

    [Fact]
    public void Tests_EveryMethod_Compiles() => Compile(typeof(JitTests).Assembly);

    [Fact]
    public void Weaving_ThisAssembly_HasTwinsAndFrames()
    {
        Weaving.Required();
        var methods = typeof(DeepTests).GetMethods(All);
        Assert.Contains(methods, m => m.Name == "<Down>g");
        Assert.Contains(typeof(DeepTests).GetNestedTypes(All), t => t.IsSubclassOf(typeof(Frame)));
        // What reflection finds under a source name is what it found before.
        Assert.Equal("Down", typeof(DeepTests).GetMethod("Down", BindingFlags.NonPublic | BindingFlags.Static)!.Name);
        Assert.Single(methods, m => m.Name == "Down");
        Assert.Empty(typeof(DeepTests).GetInterfaces());
    }

    private static void Compile(Assembly assembly)
    {
        var failures = new List<string>();
        var compiled = 0;
        foreach (var type in assembly.GetTypes())
        {
            foreach (var over in Arguments(type.IsGenericTypeDefinition ? type.GetGenericArguments() : []))
            {
                Type exact;
                try
                {
                    exact = over.Length == 0 ? type : type.MakeGenericType(over);
                }
                catch (ArgumentException)
                {
                    continue; // a constraint
                }
                foreach (var method in exact.GetMethods(All).Concat<MethodBase>(exact.GetConstructors(All)))
                    compiled += Compile(method, over, failures);
            }
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {compiled}:\n{string.Join("\n", failures.Take(40))}");
        Assert.True(compiled > 100);
    }

    private static int Compile(MethodBase method, Type[] ofType, List<string> failures)
    {
        if (method.IsAbstract || method.GetMethodBody() is null)
            return 0;
        var n = 0;
        foreach (var over in Arguments(method.IsGenericMethodDefinition ? method.GetGenericArguments() : []))
        {
            var exact = method;
            try
            {
                if (over.Length > 0)
                    exact = ((MethodInfo)method).MakeGenericMethod(over);
            }
            catch (ArgumentException)
            {
                continue; // a constraint
            }
            try
            {
                RuntimeHelpers.PrepareMethod(exact.MethodHandle, [.. ofType.Concat(over).Select(t => t.TypeHandle)]);
                n++;
            }
            catch (Exception e)
            {
                failures.Add($"{exact.DeclaringType}: {exact}: {e.GetType().Name} {e.Message}");
            }
        }
        return n;
    }

    /// <summary>All parameters by a reference type, all by a struct, and the two in turn.</summary>
    private static IEnumerable<Type[]> Arguments(Type[] parameters)
    {
        if (parameters.Length == 0)
            return [[]];
        IEnumerable<Type[]> all =
        [
            [.. parameters.Select(_ => typeof(object))],
            [.. parameters.Select(_ => typeof(Value))],
            [.. parameters.Select(_ => typeof(int))],
        ];
        return parameters.Length == 1 ? all : all.Append([.. parameters.Select((_, i) => i % 2 == 0 ? typeof(string) : typeof(Value))]);
    }
}
