using System.Text.RegularExpressions;
using Mono.Cecil;

namespace Weft.Weaver.Tests;

/// <summary>
/// No construct of C# keeps a thread without a word: tests/CorpusPins has a case for each that might, and says of each what the weaver has to say.
/// </summary>
public sealed class PinTests
{
    sealed record Case(string Name, string? Id, bool Warns)
    {
        public string Expected => Id is null ? "suspends" : "pins";
    }

    static IReadOnlyList<Case> CasesOf(Subject subject)
    {
        using var module = ModuleDefinition.ReadModule(subject.Assembly);
        return [.. module.GetType("CorpusPins.Cases").NestedTypes.Where(t => t.Methods.Any(m => m.Name == "Run")).Select(t =>
        {
            var pins = t.CustomAttributes.FirstOrDefault(a => a.AttributeType.Name == "PinsAttribute");
            return new Case(t.Name, (string?)pins?.ConstructorArguments[0].Value, pins?.Properties is [{ Argument.Value: true }]);
        })];
    }

    static Subject Program(bool optimised) => Subject.CompileFolder(Path.Combine(Subject.Repository, "tests", "CorpusPins"), optimised);

    /// <summary>
    /// A case that is marked keeps its thread, with one remark of the id and the severity that are due, in the line that is marked; any other
    /// suspends, and nothing is said of it. The schedule that would break it: a goroutine whose thread is held and which nobody was told of.
    /// </summary>
    [Theory, InlineData(false), InlineData(true)]
    public void EachCase_KeepsItsThreadIfAndOnlyIfItIsSaid(bool optimised)
    {
        var subject = Program(optimised);
        var cases = CasesOf(subject);
        Assert.True(cases.Count >= 60, $"only {cases.Count} cases");
        var woven = subject.Weave(out var result);
        var (output, exitCode) = woven.Run();
        Assert.Equal(42, exitCode);
        Assert.Equal(cases.Select(c => $"{c.Name} {c.Expected}").Order(StringComparer.Ordinal), output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal));

        Assert.Equal(cases.Select(c => (c.Name, Said(c))), cases.Select(c => (c.Name, string.Join(", ", result.Diagnostics.Where(d => IsOf(d, c)).Select(d => $"{d.Severity} {d.Id} {Marked(d)}").Distinct()))));
        Assert.All(result.Diagnostics, d => Assert.Contains(cases, c => IsOf(d, c)));

        string Said(Case c) => string.IsNullOrEmpty(c.Id) ? "" : $"{(c.Warns ? Severity.Warning : Severity.Info)} {c.Id} marked";
        string Marked(WeaveDiagnostic d) => File.ReadAllLines(Path.Combine(subject.Folder, Path.GetFileName(d.File!)))[d.Line - 1].EndsWith("// pins", StringComparison.Ordinal) ? "marked" : $"not marked, line {d.Line}";
    }

    /// <summary>Each remark says what, why, and what to do: three things, of which the last is a sentence of its own.</summary>
    [Fact]
    public void EachRemark_SaysWhatToDo()
    {
        Program(optimised: true).Weave(out var result);
        Assert.All(result.Diagnostics, d => Assert.Matches(@"^.* (holds|hold) its thread (while|if) .*(, because .*\.|\.) [A-Z].*\.$", d.Message));
    }

    /// <summary>What another assembly does not open, or hides, is told where it is used.</summary>
    [Fact]
    public void WhatAnotherAssemblyDoesNotOpen_IsTold()
    {
        const string Library = """
            [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("PinsApp")]
            public class Base
            {
                internal virtual int Work(Weft.Chan<int> ch) => 0;
                protected internal virtual int Open(Weft.Chan<int> ch) => 0;
                protected delegate int Reader();
                protected interface IReader { int Read(); }
                public struct Counter(Weft.Chan<int> ch) { public int Take() => ch.Receive(); }
            }
            internal interface IWorker { int Work(Weft.Chan<int> ch); }
            public interface IGuarded { protected int Inner(Weft.Chan<int> ch); }
            """;
        const string App = """
            sealed class Derived : Base, IWorker
            {
                internal override int Work(Weft.Chan<int> ch) => ch.Receive();
                protected internal override int Open(Weft.Chan<int> ch) => ch.Receive();
                int IWorker.Work(Weft.Chan<int> ch) => ch.Receive();
                public int ByDelegate(Weft.Chan<int> ch) { Reader reader = () => ch.Receive(); return reader(); }
                protected static int ByInterface(IReader reader) => reader.Read();
                public int OfStruct(Weft.Chan<int> ch) { System.Func<int> take = new Counter(ch).Take; return take(); }
                [System.Runtime.CompilerServices.ModuleInitializer]
                internal static void Initialize() => System.Threading.Thread.Sleep(0);
                static void Main() { }
            }
            interface IMore : IGuarded { int Through(Weft.Chan<int> ch) => Inner(ch); }
            """;
        Subject.Compile("PinsApp", App, "PinsLibrary", Library).Weave(out var result, "PinsLibrary");
        Assert.Equal(["ByDelegate WEFT1014", "ByInterface WEFT1014", "Initialize WEFT1006", "OfStruct WEFT1014", "Through WEFT1014", "Work WEFT1014"],
            result.Diagnostics.Select(d => $"{Regex.Match(d.Method, @"::(\w+)\(").Groups[1].Value} {d.Id}").Order(StringComparer.Ordinal));
    }

    static bool IsOf(WeaveDiagnostic d, Case c) => Regex.IsMatch(d.Method, $"Cases/{c.Name}[/:]");
}
