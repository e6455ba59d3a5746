using System.Text;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;
using Spectre.Console;

namespace Weft.Cli;

internal static class Il
{
    public static ExitCode Run(Subject subject, string name, IAnsiConsole console)
    {
        using var _ = subject;
        using var before = ModuleDefinition.ReadModule(subject.Path, new ReaderParameters { ReadSymbols = true, SymbolReaderProvider = new DefaultSymbolReaderProvider(throwIfNoSymbol: false) });
        var methods = Find(before, name);
        if (methods.Count == 0)
            throw new CommandException(ExitCode.NotFound, $"{Path.GetFileName(subject.Path)} has no method {name} with a body.");
        using var after = subject.IsWoven ? null : ModuleDefinition.ReadModule(subject.Weave().Path);
        foreach (var m in methods)
        {
            Write(subject.IsWoven ? "as woven" : "before", m, console);
            if (subject.IsWoven)
            {
                foreach (var made in WovenMethods.Of(m))
                    Write("made of it", made, console);
                continue;
            }
            var same = after!.GetAllTypes().SelectMany(t => t.Methods).First(x => x.FullName == m.FullName);
            if (Text(same) != Text(m))
                Write("after", same, console);
            var made2 = WovenMethods.Of(same).ToList();
            foreach (var made in made2)
                Write("made of it", made, console);
            if (made2.Count == 0)
                console.WriteLine("// it cannot suspend: nothing is made of it");
        }
        return ExitCode.Success;
    }

    static List<MethodDefinition> Find(ModuleDefinition module, string name)
        => [.. module.GetAllTypes().SelectMany(t => t.Methods).Where(m => m.HasBody && Matches(m, name))];

    static bool Matches(MethodDefinition m, string name)
    {
        var full = m.DeclaringType.FullName.Replace('/', '.') + "." + m.Name;
        return m.Name == name || full == name || full.EndsWith("." + name, StringComparison.Ordinal);
    }

    static void Write(string heading, MethodDefinition m, IAnsiConsole console)
    {
        console.WriteLine($"// {heading}: {m.FullName}");
        console.WriteLine(Text(m));
    }

    /// <summary>One instruction a line, with labels by index, locals, and protected regions as comments.</summary>
    public static string Text(MethodDefinition m)
    {
        var b = new StringBuilder();
        var index = new Dictionary<Instruction, int>();
        foreach (var i in m.Body.Instructions)
            index[i] = index.Count;
        foreach (var v in m.Body.Variables)
            b.AppendLine($"  .local {v.Index}: {v.VariableType.FullName}");
        foreach (var h in m.Body.ExceptionHandlers)
            b.AppendLine($"  .try {Label(h.TryStart)}..{Label(h.TryEnd)} {(h.FilterStart is null ? "" : $"filter {Label(h.FilterStart)} ")}{h.HandlerType.ToString().ToLowerInvariant()} {h.CatchType?.FullName} {Label(h.HandlerStart)}..{Label(h.HandlerEnd)}");
        foreach (var i in m.Body.Instructions)
            b.AppendLine($"  {Label(i)}: {i.OpCode.Name} {Operand(i.Operand)}".TrimEnd());
        return b.ToString();

        string Label(Instruction? i) => i is null ? "end" : index[i].ToString("d4", System.Globalization.CultureInfo.InvariantCulture);

        string? Operand(object? o) => o switch
        {
            Instruction i => Label(i),
            Instruction[] many => string.Join(", ", many.Select(Label)),
            string s => $"\"{s.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal)}\"",
            VariableDefinition v => v.Index.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ParameterDefinition p => p.Name is { Length: > 0 } ? p.Name : "this",
            IFormattable f => f.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
            _ => o?.ToString(),
        };
    }
}
