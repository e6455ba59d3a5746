// A compiled program to weave, a folder to weave it to, and a way to run it.

using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Weft.Weaver.Tests;

internal sealed class Subject
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(Environment.GetEnvironmentVariable("WEFT_TESTS") == "full" ? 10 : 4);

    Subject(string name, string folder)
    {
        Name = name;
        Folder = folder;
    }

    /// <summary>Do the tests that take long.</summary>
    public static bool IsFull => Environment.GetEnvironmentVariable("WEFT_TESTS") == "full";

    public string Name { get; }

    public string Folder { get; }

    public string Assembly => Path.Combine(Folder, Name + ".dll");

    /// <summary>The root of the repository.</summary>
    public static string Repository => Metadata("Repository");

    /// <summary>The corpus as the compiler made it.</summary>
    public static Subject Compiled(string configuration) => Project("Corpus" + configuration);

    private static readonly Dictionary<string, Lazy<Subject>> s_woven = new()
    {
        ["Debug"] = new(() => Compiled("Debug").Weave(out _)), ["Release"] = new(() => Compiled("Release").Weave(out _)),
    };

    /// <summary>The woven corpus, for those who read it and run it.</summary>
    public static Subject Woven(string configuration) => s_woven[configuration].Value;

    /// <summary>Where woven copies go; gone when the process ends.</summary>
    private static readonly Lazy<string> s_root = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("weft-weaver-tests-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    });

    /// <summary>A project's output as the compiler made it.</summary>
    public static Subject Project(string name) => new(name, Path.Combine(Metadata("Binaries"), name, Metadata("Configuration")));

    /// <summary>A program that the compiler of the SDK makes of a source, in a folder of its own.</summary>
    public static Subject Compile(string name, string source, bool optimised) => Compile(name, [(name + ".cs", source)], optimised);

    /// <summary>The same, with a library beside it, of another source.</summary>
    public static Subject Compile(string name, string source, string library, string sourceOfLibrary)
    {
        var first = Compile(library, [(library + ".cs", sourceOfLibrary)], optimised: true, isLibrary: true);
        return Compile(name, [(name + ".cs", source)], optimised: true, references: [first.Assembly]);
    }

    /// <summary>The program of a folder of sources.</summary>
    public static Subject CompileFolder(string folder, bool optimised)
        => Compile(Path.GetFileName(folder), [.. Directory.GetFiles(folder, "*.cs").Order(StringComparer.Ordinal).Select(f => (Path.GetFileName(f), File.ReadAllText(f)))], optimised);

    static Subject Compile(string name, (string Name, string Text)[] sources, bool optimised, bool isLibrary = false, string[]? references = null)
    {
        var subject = new Subject(name, Path.Combine(s_root.Value, Path.GetRandomFileName()));
        Directory.CreateDirectory(subject.Folder);
        foreach (var file in new[] { "Weft.dll", "CorpusRelease.runtimeconfig.json" })
            File.Copy(Path.Combine(Compiled("Release").Folder, file), Path.Combine(subject.Folder, file.Replace("CorpusRelease", name, StringComparison.Ordinal)));
        foreach (var library in references ?? [])
            File.Copy(library, Path.Combine(subject.Folder, Path.GetFileName(library)));
        foreach (var (file, text) in sources)
            File.WriteAllText(Path.Combine(subject.Folder, file), text);
        var start = new ProcessStartInfo("dotnet",
        [
            Path.Combine(Metadata("Roslyn"), "bincore", "csc.dll"), "/noconfig", "/nologo", optimised ? "/optimize+" : "/optimize-", "/debug:portable", "/unsafe", "/nullable:enable", $"/out:{subject.Assembly}", isLibrary ? "/target:library" : "/target:exe",
            .. (references ?? []).Select(r => "/r:" + r),
            "/r:" + Path.Combine(subject.Folder, "Weft.dll"),
            "/r:" + Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "Microsoft.CSharp.dll"),
            .. Directory.GetFiles(RuntimeEnvironment.GetRuntimeDirectory(), "System*.dll").Where(f => !f.Contains(".Native.", StringComparison.Ordinal)).Select(f => "/r:" + f),
            .. sources.Select(s => Path.Combine(subject.Folder, s.Name)),
        ]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, said);
        return subject;
    }

    /// <summary>The program of three assemblies, of which some are woven.</summary>
    public static Subject Parts(string configuration) => new("PartsApp", Project(configuration == "Debug" ? "PartsAppDebug" : "PartsApp").Folder);

    /// <summary>A file that a project's own build has left in its folder of intermediate files.</summary>
    public static string Intermediate(string project, string file) => Path.Combine(Metadata("Objects"), project, Metadata("Configuration"), file);

    /// <summary>A woven copy in a folder of its own; the libraries are woven first, as their own builds would.</summary>
    public Subject Weave(out WeaveResult result, params string[] libraries) => Weave(out result, emitting: null, libraries);

    /// <summary>As above, with a saboteur.</summary>
    public Subject Weave(out WeaveResult result, Action<Mono.Cecil.MethodDefinition>? emitting, params string[] libraries)
    {
        var woven = Copy();
        foreach (var library in libraries)
            WeaveInto(woven, library, emitting);
        result = WeaveInto(woven, Name, emitting);
        return woven;
    }

    /// <summary>A woven copy in which the variables of all hot methods stay in their frames, as else those of the largest do.</summary>
    public Subject WeaveWithVariablesInFrames()
    {
        var woven = Copy();
        WeaveInto(woven, Name, emitting: null, savedValues: 0);
        return woven;
    }

    /// <summary>A copy in a folder of its own in which these assemblies are woven, which use each other in this order, and the others are not.</summary>
    public Subject WeaveOnly(params string[] assemblies)
    {
        var woven = Copy();
        foreach (var name in assemblies)
            WeaveInto(woven, name, emitting: null);
        return woven;
    }

    Subject Copy()
    {
        var folder = Path.Combine(s_root.Value, Path.GetRandomFileName());
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(Folder))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return new Subject(Name, folder);
    }

    WeaveResult WeaveInto(Subject woven, string name, Action<Mono.Cecil.MethodDefinition>? emitting, int? savedValues = null)
    {
        var isLibrary = name != Name;
        var options = new WeaveOptions
        {
            Input = Path.Combine(Folder, name + ".dll"), Output = Path.Combine(woven.Folder, name + ".dll"), References = woven.References, IsLibrary = isLibrary, IsThirdParty = isLibrary,
            Emitting = emitting,
        };
        var of = WeaverEngine.Weave(savedValues is { } limit ? options with { SavedValues = limit } : options);
        Assert.True(of.Woven, string.Join(Environment.NewLine, of.Diagnostics));
        return of;
    }

    public IReadOnlyList<string> References => [.. Directory.GetFiles(Folder, "*.dll").Order(StringComparer.Ordinal), RuntimeEnvironment.GetRuntimeDirectory()];

    public (string Output, int ExitCode) Run(params (string Name, string Value)[] environment) => Run([], environment);

    public (string Output, int ExitCode) Run(string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Assembly);
        foreach (var a in arguments)
            start.ArgumentList.Add(a);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{Name} hangs after:{Environment.NewLine}{output.Result}");
        }
        return (output.Result + error.Result, process.ExitCode);
    }

    static string Metadata(string key)
        => typeof(Subject).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
