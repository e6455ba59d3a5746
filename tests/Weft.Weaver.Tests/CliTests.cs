using System.Diagnostics;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weft.Weaver.Tests;

/// <summary>The `weft` tool as a shell sees it: what it prints, and the code it exits with.</summary>
public sealed class CliTests
{
    static readonly Subject corpus = Subject.Compiled("Release");

    [Fact]
    public void Verify_OfACompiledAssembly_WeavesItAndFindsNothing()
    {
        var (code, output) = Run("verify", corpus.Assembly);
        Assert.Equal(0, code);
        Assert.Matches(@"^\d+ methods, 0 faults that weaving made\s*$", output);
    }

    [Fact]
    public void Verify_OfAWovenAssembly_AgainstItsCompiledForm()
        => Assert.Equal(0, Run("verify", Subject.Woven("Release").Assembly, "--unwoven", corpus.Assembly).Code);

    [Fact]
    public void Verify_OfABrokenAssembly_NamesThePlaceAndExitsWithOne()
    {
        var folder = Directory.CreateTempSubdirectory("weft-cli-").FullName;
        var broken = Path.Combine(folder, "broken.dll");
        using (var module = ModuleDefinition.ReadModule(Subject.Woven("Release").Assembly))
        {
            var body = module.GetType("Corpus.Recursion").Methods.Single(m => m.Name == "<Fib>g").Body;
            body.GetILProcessor().InsertBefore(body.Instructions[0], Instruction.Create(OpCodes.Pop));
            module.Write(broken);
        }
        var (code, output) = Run("verify", "-r", corpus.Folder, broken);
        Assert.Equal(1, code);
        Assert.Contains("Corpus.Recursion::<Fib>g(System.Int32,Weft.Runtime.G): StackUnderflow: the stack is empty at [0] pop", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_ListsMethodsPinsAndLines()
    {
        var (code, output) = Run("report", corpus.Assembly, "--all");
        Assert.Equal(0, code);
        Assert.Contains("System.Int32 Corpus.Recursion::Fib(System.Int32)", Section("can suspend:"));
        Assert.Contains(Section("keeps its thread:"), l => System.Text.RegularExpressions.Regex.IsMatch(l, @"Misc\.cs\(\d+,\d+\): (info|warning) WEFT1006: .*constructors cannot suspend"));
        Assert.Contains(Section("left alone:"), l => l.EndsWith("Corpus.Handlers::Throw(System.String)", StringComparison.Ordinal));
        Assert.Equal(1, Run("report", corpus.Assembly, "--strict").Code);

        List<string> Section(string heading)
            => [.. output.Split('\n').Select(l => l.Trim()).SkipWhile(l => l != heading).Skip(1).TakeWhile(l => l.Length > 0)];
    }

    [Fact]
    public void Il_ShowsTheMethodAndWhatIsMadeOfIt()
    {
        var (code, output) = Run("il", corpus.Assembly, "Recursion.Fib");
        Assert.Equal(0, code);
        Assert.Contains("// before: System.Int32 Corpus.Recursion::Fib(System.Int32)", output, StringComparison.Ordinal);
        Assert.Contains("// made of it: System.Int32 Corpus.Recursion::<Fib>g(System.Int32,Weft.Runtime.G)", output, StringComparison.Ordinal);
        Assert.Contains("::Resume(Weft.Runtime.G)", output, StringComparison.Ordinal);
        Assert.Contains("ldfld System.UIntPtr Weft.Runtime.GWords::stackguard", output, StringComparison.Ordinal);
        Assert.Contains("it cannot suspend", Run("il", corpus.Assembly, "Handlers.Throw").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongArguments_HaveCodesOfTheirOwn()
    {
        Assert.Equal(2, Run("weave").Code);
        Assert.Equal(2, Run("verify").Code);
        Assert.Equal(3, Run("verify", "nothing.dll").Code);
        Assert.Equal(3, Run("il", corpus.Assembly, "No.Such").Code);
        Assert.Equal(4, Run("report", Subject.Woven("Release").Assembly).Code);
        Assert.Equal(4, Run("verify", Path.Combine(corpus.Folder, corpus.Name + ".pdb")).Code);
        Assert.Equal(0, Run("--help").Code);
    }

    static (int Code, string Output) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(corpus.Folder))!, "Weft.Cli", Path.GetFileName(corpus.Folder), "weft.dll"), .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(2)), "it hangs");
        return (process.ExitCode, output + error.Result);
    }
}
