using Mono.Cecil;
using Weft.Weaver.Verification;

namespace Weft.Weaver.Tests;

/// <summary>Thread-statics of a library are one variable, the goroutine's, whichever woven assembly asks for them, and whether the library knows Weft or not.</summary>
public sealed class LocalsTests
{
    /// <summary>
    /// A program and its library set and read the same fields, on goroutines that yield in between and on a thread. The schedule that would
    /// break it: none is needed, the program's store goes to the thread and the library's load comes from the goroutine.
    /// </summary>
    [Fact]
    public void FieldOfALibrary_IsOneVariable()
    {
        const string Library = """
            using System;
            [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("LocalsApp")]
            public unsafe class Ctx
            {
                [ThreadStatic] public static string? Name;
                [ThreadStatic] internal static volatile int Depth;
                [ThreadStatic] protected internal static (int, string) Pair;
                [ThreadStatic] protected static long Ticks;
                [ThreadStatic] private protected static object? Key;
                [ThreadStatic] public static int Untouched;
                [ThreadStatic] public static readonly int First = 7;
                [ThreadStatic] public const int Constant = 5;
                [ThreadStatic] public static int* Pointer;
                public struct Of<T> { [ThreadStatic] public static T? Value; public class In<U> { [ThreadStatic] public static (T, U)[]? Both; } }
                public static string Read() => $"{Name} {Depth} {Pair} {Ticks} {Key} {Constant} {Of<string>.Value} {Of<int>.Value} {Of<int>.In<string>.Both?[0]}";
                public static void Set(string s, int n) { Name = s; Depth = n; Pair = (n, s); Ticks = n; Key = s; Of<string>.Value = s; Of<int>.Value = n; Of<int>.In<string>.Both = [(n, s)]; }
                public static bool IsAt(int* p) => Pointer == p;
                public static void Hot() => Weft.Goroutine.Yield();
                public static T? Value<T>() => Of<T>.Value;
            }
            [Weft.Runtime.NotWoven] public static class Plain { [ThreadStatic] public static int N; public static int Read() => N; }
            """;
        const string App = """
            using System;
            using System.Threading;
            using Weft;
            unsafe class App : Ctx
            {
                static string Fields() => $"{Name} {Depth} {Pair} {Ticks} {Key} {Constant} {Of<string>.Value} {Of<int>.Value} {Of<int>.In<string>.Both?[0]}";
                static void Put(string s, int n) { Name = s; Depth = n; Pair = (n, s); Ticks = n; Key = s; Value(s); Value(n); Of<int>.In<string>.Both = [(n, s)]; }
                static void Value<T>(T value) => Of<T>.Value = value;
                static void Add(ref int n, int by) { Hot(); n += by; }
                static string Work(int id)
                {
                    Put("program" + id, id);
                    Hot();
                    var said = Read() + "|" + Fields();
                    Set("library" + id, id + 10);
                    Hot();
                    said += "|" + Read() + "|" + Fields() + "|" + Value<string>();
                    Untouched = id;
                    Add(ref Untouched, 100);
                    Pair.Item1 += 1;
                    Ticks++;
                    Hot();
                    Plain.N = id;
                    Pointer = (int*)id;
                    return said + "|" + Untouched + Pair + Ticks + (Plain.Read() == id) + IsAt((int*)id);
                }
                static int Main()
                {
                    var said = new string[6];
                    var wg = new WaitGroup();
                    for (var k = 0; k < said.Length - 1; k++)
                    {
                        var id = k;
                        wg.Go(() => said[id] = Work(id));
                    }
                    wg.Wait();
                    var thread = new Thread(() => said[5] = Work(5));
                    thread.Start();
                    thread.Join();
                    foreach (var s in said)
                        Console.WriteLine(s);
                    return 42;
                }
            }
            """;
        var expected = string.Concat(Enumerable.Range(0, 6).Select(k =>
        {
            var (program, library) = (Of("program" + k, k), Of("library" + k, k + 10));
            return $"{program}|{program}|{library}|{library}|library{k}|{k + 100}({k + 11}, library{k}){k + 11}TrueTrue{Environment.NewLine}";
        }));
        var compiled = Subject.Compile("LocalsApp", App, "LocalsLibrary", Library);
        var woven = compiled.WeaveOnly("LocalsLibrary", "LocalsApp");
        foreach (var name in new[] { "LocalsLibrary.dll", "LocalsApp.dll" })
            Assert.Empty(AssemblyVerifier.VerifyNew(Path.Combine(compiled.Folder, name), Path.Combine(woven.Folder, name), woven.References).Findings);
        Assert.Equal((expected, 42), woven.Run());
        for (var seed = 1; seed <= 5; seed++)
            Assert.Equal((expected, 42), woven.Run(("WEFT_CHAOS", $"{seed}")));

        static string Of(string s, int n) => $"{s} {n} ({n}, {s}) {n} {s} 5 {s} {n} ({n}, {s})";
    }

    /// <summary>
    /// The compiler leaves out a reference that no code names. The schedule that would break it: two goroutines on one thread, of which the
    /// second sets its value while the first one is suspended.
    /// </summary>
    [Theory]
    [InlineData("[ThreadStatic] static int t_value; public static int Value { get => t_value; set => t_value = value; }")]
    [InlineData("static readonly System.Threading.ThreadLocal<int> s_value = new(); public static int Value { get => s_value.Value; set => s_value.Value = value; }")]
    [InlineData("[ThreadStatic] public static int Value;")]
    public void LibraryThatNamesNothingOfWeft_HasThem(string members)
    {
        const string App = """
            using System;
            using Weft;
            class App
            {
                static int Main()
                {
                    var mixed = 0;
                    var wg = new WaitGroup();
                    for (var k = 1; k <= 20; k++)
                    {
                        var id = k;
                        wg.Go(() =>
                        {
                            Scratch.Value = id;
                            Goroutine.Yield();
                            if (Scratch.Value != id)
                                System.Threading.Interlocked.Increment(ref mixed);
                        });
                    }
                    wg.Wait();
                    Console.WriteLine(mixed);
                    return 42;
                }
            }
            """;
        var compiled = Subject.Compile("QuietApp", App, "QuietLibrary", $"using System; public static class Scratch {{ {members} }}");
        var library = Path.Combine(compiled.Folder, "QuietLibrary.dll");
        using (var before = ModuleDefinition.ReadModule(library))
            Assert.DoesNotContain(before.AssemblyReferences, r => r.Name == "Weft");
        Assert.True(Weave(compiled, "QuietLibrary", library + ".woven").Woven);
        File.Move(library + ".woven", library, overwrite: true);
        using (var after = AssemblyDefinition.ReadAssembly(library))
            Assert.Equal(Abi.Format, Abi.FormatOf(after));
        var woven = compiled.Weave(out _);
        Assert.Equal(("0" + Environment.NewLine, 42), woven.Run());
        Assert.Equal(("0" + Environment.NewLine, 42), woven.Run(("WEFT_CHAOS", "1")));
    }

    /// <summary>A program that names nothing of Weft either, and reaches a library's.</summary>
    [Fact]
    public void ProgramThatNamesNothingOfWeft_ReachesThoseOfALibrary()
    {
        const string Library = "public static class Ctx { [System.ThreadStatic] public static int N; public static int Read() => N; public static void Run(System.Action f) => Weft.Goroutine.Run(f).Wait(); }";
        const string App = "class App { static int Main() { var n = 0; Ctx.Run(() => { Ctx.N = 42; n = Ctx.Read(); }); return n; } }";
        Assert.Equal(("", 42), Subject.Compile("GuestApp", App, "GuestLibrary", Library).WeaveOnly("GuestLibrary", "GuestApp").Run());
    }

    /// <summary>It may call delegates that wait. Without Weft among the references the output is the input, byte for byte.</summary>
    [Fact]
    public void AssemblyThatNamesNothingOfWeft_IsWoven()
    {
        var compiled = Subject.Compile("CallingApp", "class App { static void Main() { } }", "CallingLibrary", "public class Calls { public static T Twice<T>(System.Func<T> f) { f(); return f(); } }");
        var library = Path.Combine(compiled.Folder, "CallingLibrary.dll");
        Assert.True(Weave(compiled, "CallingLibrary", library + ".woven").Woven);
        using (var module = ModuleDefinition.ReadModule(library + ".woven"))
            Assert.Contains(module.GetType("Calls").Methods, m => m.Name == "<Twice>g");
        File.Delete(Path.Combine(compiled.Folder, "Weft.dll"));
        Assert.False(Weave(compiled, "CallingLibrary", library + ".woven").Woven);
        Assert.Equal(File.ReadAllBytes(library), File.ReadAllBytes(library + ".woven"));
    }

    // As the build of the library's own project does.
    static WeaveResult Weave(Subject subject, string library, string output)
        => WeaverEngine.Weave(new WeaveOptions { Input = Path.Combine(subject.Folder, library + ".dll"), Output = output, References = subject.References, IsLibrary = true });
}
