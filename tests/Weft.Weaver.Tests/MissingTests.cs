namespace Weft.Weaver.Tests;

/// <summary>An assembly that is not among the references, as the optional dependency of a library: what needs it stays plain, and nothing is lost.</summary>
public sealed class MissingTests
{
    const string Optional = """
        namespace Optional;
        public enum Level : byte { Low = 1, High = 200 }
        public enum Size : ulong { Large = ulong.MaxValue }
        public struct Options { public int N; public Level Level; }
        public class Sink { public virtual int Write(int n) => n; }
        public interface IReader { int Read(); }
        """;

    const string App = """
        using System;
        using Optional;
        using Weft;
        class App
        {
            const Level Default = Level.High;
            static readonly Options s_options = new() { N = 3 };
            static int Wait(int n) { Goroutine.Yield(); return n; }
            static string Level_(int n, Level level = Level.High, Level? other = Level.Low, Size size = Size.Large) { const Level here = Level.Low; return Wait(n) + $"{level} {other} {size} {here}"; }
            static Options Take(Options o, ref Level level) { o.N += Wait(o.N); level = Level.Low; return o; }
            sealed class OwnSink : Sink, IReader { public override int Write(int n) => base.Write(Wait(n)) + 1; public int Read() => Wait(4); }
            static int Present(int n) { var m = Wait(n); return m + Wait(n); }
            static int Main()
            {
                Goroutine.Run(() =>
                {
                    var level = Default;
                    Console.WriteLine(Level_(1) + Take(s_options, ref level).N + level);
                    Sink sink = new OwnSink();
                    Console.WriteLine(sink.Write(5) + ((IReader)sink).Read() + Present(6));
                }).Wait();
                return 42;
            }
        }
        """;

    [Fact]
    public void AssemblyThatIsNotThere_KeepsPlainWhatNeedsIt()
    {
        var compiled = Subject.Compile("App", App, "Optional", Optional);
        var expected = compiled.Run();
        Assert.Equal(42, expected.ExitCode);
        var (here, away) = (Path.Combine(compiled.Folder, "Optional.dll"), Path.Combine(compiled.Folder, "Optional.away"));
        File.Move(here, away);
        var woven = compiled.Weave(out var result);
        Assert.DoesNotContain(result.Diagnostics, d => d.Severity != Severity.Info);
        File.Copy(away, Path.Combine(woven.Folder, "Optional.dll"));
        Assert.Equal(expected, woven.Run());
        Assert.Equal(expected, woven.Run(("WEFT_CHAOS", "1")));
        using var module = Mono.Cecil.ModuleDefinition.ReadModule(woven.Assembly);
        Assert.Contains(module.GetType("App").Methods, m => m.Name == "<Present>g");
    }
}
